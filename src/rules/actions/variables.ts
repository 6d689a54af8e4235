// Owns the actions on variables. Configuration manual §2.8 and §4.4.

import { compileTextFormat } from "../../log/index.ts";
import type { SampleExpression } from "../../sample/index.ts";
import { compileExpression, variableProblem } from "../../sample/index.ts";
import type { ActionArguments, ActionRow, ActionWords } from "./row.ts";
import { formatOf, httpSets, tcpSets, textOf } from "./row.ts";

const sets = [...tcpSets, ...httpSets];
const conditions = ["ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt"];

/** The variable's name, checked; `name,ifset` asks for a condition. */
function variableOf(words: ActionWords): string | false {
  const [name = "", ...asked] = words.parameter.split(",");
  const problem = variableProblem(name);
  if (problem !== undefined) return words.refuse(problem, words.at - 1);
  const unknown = asked.find((condition) => !conditions.includes(condition));
  if (unknown !== undefined) return words.refuse(`unknown condition "${unknown}"`, words.at - 1);
  if (asked.length > 0)
    return words.refuse(`condition '${asked[0]}' of variables is not supported yet`, words.at - 1, "unsupported");
  return name;
}

function parseSetVar(words: ActionWords): ActionArguments | false {
  const name = variableOf(words);
  if (name === false) return false;
  const expression = words.expression(`set-var(${words.parameter})`);
  return expression !== false && { name, expression };
}

function parseSetVarFormat(words: ActionWords): ActionArguments | false {
  const name = variableOf(words);
  if (name === false) return false;
  words.take();
  const value = words.format(words.at - 1);
  return value !== false && { name, value };
}

function parseUnsetVar(words: ActionWords): ActionArguments | false {
  const name = variableOf(words);
  return name !== false && { name };
}

/** The table of this file. */
export const variableActions: readonly ActionRow[] = [
  {
    name: "set-var",
    sets,
    parenthesised: true,
    since: "1.6",
    doc: "Stores the value of an expression in a variable.",
    parse: parseSetVar,
    compile: (args) => {
      const name = textOf(args, "name");
      const get = compileExpression(args["expression"] as SampleExpression);
      return (target) => {
        const value = get(target);
        if (value !== undefined) target.setVariable(name, value);
        return undefined;
      };
    },
  },
  {
    name: "set-var-fmt",
    sets,
    parenthesised: true,
    since: "2.5",
    doc: "Stores a formatted text in a variable.",
    parse: parseSetVarFormat,
    compile: (args) => {
      const name = textOf(args, "name");
      const format = compileTextFormat(formatOf(args, "value"));
      return (target) => {
        target.setVariable(name, format(target));
        return undefined;
      };
    },
  },
  {
    name: "unset-var",
    sets,
    parenthesised: true,
    since: "1.6",
    doc: "Forgets a variable.",
    parse: parseUnsetVar,
    compile: (args) => {
      const name = textOf(args, "name");
      return (target) => {
        target.setVariable(name, undefined);
        return undefined;
      };
    },
  },
];

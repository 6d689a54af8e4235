// Owns the rows of `global` that bring in other programs' text: Lua files, and variables of the process set from expressions. What a Lua file says is not
// judged here; that it is there is. Configuration manual §3.1 "lua-load", "set-var", "set-var-fmt".

import { parseLogFormat } from "../../log/index.ts";
import { type ExpressionContext, parseExpression, variableProblem } from "../../sample/index.ts";
import { sayProblem } from "./arguments.ts";
import { notYet, ownRow } from "./global-later.ts";
import { checkValue } from "./global-values.ts";
import type { GlobalRow, GlobalScope } from "./rows.ts";
import type { Statement } from "./statement.ts";

function parseLua(statement: Statement, scope: GlobalScope) {
  const { run, draft } = scope;
  const keyword = statement.word(0);
  const path = statement.word(1);
  if (path === "") {
    const what = keyword === "lua-load" ? "a file name" : "a file";
    run.report.alert(statement, "PM1201", `'${keyword}' expects ${what} as parameter.`, { word: 1 });
    return;
  }
  if (!draft.seen.has("lua") && !draft.seen.has("tune.lua.bool-sample-conversion")) {
    draft.seen.add("lua");
    const message =
      'hlua: please set "tune.lua.bool-sample-conversion" tunable to either "normal" or "pre-3.1-bug" explicitly to avoid ambiguities. This must be set before any "lua-load" or "lua-load-per-thread" directive. Defaulting to "pre-3.1-bug".';
    run.report.warn(statement, "PM1210", message, { form: "config" });
  }
  const answer = run.environment.readFile(path);
  if (!("error" in answer)) return notYet(statement, scope);
  const verb = answer.error === "Is a directory" ? "read" : "open";
  const message = `error in Lua file '${path}': cannot ${verb} ${path}: ${answer.error}`;
  run.report.alert(statement, "PM1401", message, { word: 1 });
}

function parseLuaPath(statement: Statement, scope: GlobalScope): void {
  if (!checkValue(statement, scope, { words: 2, missing: "'%k' expects to receive a <path> as argument" })) return;
  const kind = statement.word(2);
  if (kind !== "" && kind !== "path" && kind !== "cpath") {
    const message = "'lua-prepend-path' expects <type> to either be 'path' or 'cpath'";
    scope.run.report.alert(statement, "PM1203", message, { word: 2 });
  } else scope.run.noteNoEffect(statement, "lua-prepend-path", 0);
}

function parseSetVar(statement: Statement, scope: GlobalScope): void {
  const { run } = scope;
  const [keyword, name] = [statement.word(0), statement.word(1)];
  const format = keyword === "set-var-fmt";
  if (name === "" || statement.word(2) === "") {
    const what = format ? "format string" : "sample expression";
    const message = `'${keyword}' requires a process-wide variable name ('proc.<name>') and a ${what}.`;
    run.report.alert(statement, "PM1201", message, { word: name === "" ? 1 : 2 });
    return;
  }
  const problem = variableProblem(name === "proc." ? "" : name);
  if (problem !== undefined || !name.startsWith("proc.")) {
    const scopes = `'${keyword}': cannot set variable '${name}', only scope 'proc' is permitted in the global section.`;
    const message = name === "proc." ? (variableProblem(".") ?? "") : (problem ?? scopes);
    run.report.alert(statement, "PM1203", message.replace("'.'", `'${name}'`), { word: 1 });
    return;
  }
  const context: ExpressionContext = { phase: "check", readFile: run.readPatternFile };
  const parsed = format ? parseLogFormat(statement.word(2), 2, context) : parseExpression(statement.texts, 2, context);
  if ("problem" in parsed) sayProblem(run, statement, parsed.problem, "");
  else notYet(statement, scope);
}

/** Lua and variables. */
export const GLOBAL_PROGRAM_ROWS: readonly GlobalRow[] = [
  ownRow("lua-load", "<file> [<arg>...]", "not-supported-yet", parseLua),
  ownRow("lua-load-per-thread", "<file> [<arg>...]", "not-supported-yet", parseLua),
  ownRow("lua-prepend-path", "<path> [path|cpath]", "no-effect", parseLuaPath),
  ownRow("set-var", "proc.<name> <expression>", "not-supported-yet", parseSetVar),
  ownRow("set-var-fmt", "proc.<name> <format>", "not-supported-yet", parseSetVar),
];

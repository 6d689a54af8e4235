// Owns the parser of rules: the action's words, then `if`/`unless`. What an action's words mean is its row's. Configuration manual §4.3 and §4.4.

import type { AclModel, ConditionModel } from "../acl/index.ts";
import { parseCondition } from "../acl/index.ts";
import type { ExpressionContext, LanguageProblem, SamplePhase } from "../sample/index.ts";
import { ActionWords, actionRow, actionRows, isPlannedAction } from "./actions/index.ts";
import type { RuleModel, RuleSet } from "./types.ts";

/** What the parser of rules may ask its caller, beside what expressions need. */
export interface RuleContext extends Omit<ExpressionContext, "phase"> {
  /** ACLs declared so far in this proxy. */
  readonly acls: ReadonlyMap<string, AclModel>;
  /** How the reference names the section: "frontend 'f'", "backend 'b'", "proxy 'l'". */
  readonly section: string;
  readonly file: string;
  readonly line: number;
}

/** The outcome of {@link parseRule}. */
export type ParsedRule =
  | { readonly rule: RuleModel; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

const phases: Readonly<Record<RuleSet, SamplePhase>> = {
  "tcp-request connection": "tcp-connection",
  "tcp-request session": "tcp-session",
  "tcp-request content": "tcp-request-content",
  "tcp-response content": "tcp-response-content",
  "http-request": "http-request",
  "http-response": "http-response",
  "http-after-response": "http-response",
};

/** Parses the words after the rule set's own ("http-request", "tcp-request content"), from `words[at]`. */
export function parseRule(set: RuleSet, words: readonly string[], at: number, context: RuleContext): ParsedRule {
  const written = words[at] ?? "";
  const parenthesis = written.indexOf("(");
  const name = parenthesis < 0 ? written : written.slice(0, parenthesis);
  const row = actionRow(set, name);
  if (row === undefined) return { problem: unknownAction(set, name, written, at, context) };
  const isHttp = set.startsWith("http-");
  if ((row.parenthesised === true) !== parenthesis >= 0) return { problem: badParenthesis(set, written, at, context) };
  const parameter = parenthesis < 0 ? "" : written.slice(parenthesis + 1).replace(/\)$/, "");
  const { acls, section, file, line, ...rest } = context;
  const expressions: ExpressionContext = { ...rest, phase: phases[set] };
  const reader = new ActionWords(words, at + 1, expressions, set, parameter);
  const args = row.parse(reader);
  if (args === false) {
    const { problem } = reader;
    const fallback: LanguageProblem = { message: "invalid action", word: at, start: 0, end: 0, reason: "syntax" };
    return { problem: inRule(problem ?? fallback, set, written, section) };
  }
  const condition = parseRuleCondition(set, words, reader.at, written, context, expressions);
  if ("problem" in condition) return condition;
  const rule = { set, action: { name, args }, condition: condition.condition, file, line };
  const warnings = isHttp ? [...reader.warnings, ...condition.warnings] : condition.warnings;
  return { rule, warnings };
}

function inRule(problem: LanguageProblem, set: RuleSet, written: string, section: string): LanguageProblem {
  if (!set.startsWith("http-")) return problem;
  const message = `error detected in ${section} while parsing '${set} ${written}' rule : ${problem.message}`;
  return { ...problem, message };
}

type RuleCondition =
  | { readonly condition: ConditionModel | undefined; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

function parseRuleCondition(
  set: RuleSet,
  words: readonly string[],
  at: number,
  written: string,
  context: RuleContext,
  expressions: ExpressionContext,
): RuleCondition {
  const word = words[at];
  if (word === undefined) return { condition: undefined, warnings: [] };
  const isHttp = set.startsWith("http-");
  if (word !== "if" && word !== "unless") {
    const message = isHttp
      ? `'${set} ${written}' expects either 'if' or 'unless' followed by a condition but found '${word}'`
      : `'${set} ${written}' only accepts 'if' or 'unless', in ${context.section} (got '${word}')`;
    return { problem: { message, word: at, start: 0, end: word.length, reason: "syntax" } };
  }
  const parsed = parseCondition(words, at, context.acls, expressions);
  if (!("problem" in parsed)) return parsed;
  const message = isHttp
    ? `error detected while parsing an '${set} ${written}' condition : ${parsed.problem.message}`
    : `'${set} ${written}' : error detected in ${context.section} while parsing '${word}' condition : ${parsed.problem.message}`;
  return { problem: { ...parsed.problem, message } };
}

function unknownAction(set: RuleSet, name: string, written: string, at: number, context: RuleContext): LanguageProblem {
  const unsupported = isPlannedAction(set, name);
  const names = actionNames(set).map((known) => `'${known}'`);
  const missing = written === "" ? " (missing argument)" : "";
  const expects = set.startsWith("http-")
    ? `'${set}' expects ${names.join(", ")}, but got '${written}'${missing}`
    : `'${set}' expects ${names.join(", ")} in ${context.section} (got '${written}')`;
  return {
    message: unsupported ? `'${set} ${name}' is not supported yet` : expects,
    word: at,
    start: 0,
    end: written.length,
    reason: unsupported ? "unsupported" : "unknown",
    nameKind: "action",
    name,
  };
}

function badParenthesis(set: RuleSet, written: string, at: number, context: RuleContext): LanguageProblem {
  const name = written.replace(/\(.*$/s, "");
  const isVariable = name.endsWith("-var") || name.endsWith("-var-fmt");
  const message = isVariable
    ? `invalid or incomplete action '${written}'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'`
    : `unexpected parenthesis in '${written}'`;
  const problem: LanguageProblem = { message, word: at, start: 0, end: written.length, reason: "syntax" };
  return inRule(problem, set, written, context.section);
}

/** Names of the actions of a rule set, for suggestions. */
export function actionNames(set: RuleSet): readonly string[] {
  return actionRows
    .filter((row) => row.sets.includes(set))
    .map((row) => (row.parenthesised === true ? `${row.name}(*)` : row.name));
}

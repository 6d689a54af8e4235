// Owns the checks that every keyword repeats: too many arguments, a missing one, the wrong side of a proxy, conditions at the end of a line.

import type { ConditionModel } from "../../acl/index.ts";
import { parseCondition } from "../../acl/index.ts";
import type { ExpressionContext, LanguageProblem, SamplePhase } from "../../sample/index.ts";
import { hasBackend, hasFrontend, type ProxyDraft, sectionTitle } from "./draft.ts";
import type { Remark } from "./report.ts";
import type { GlobalScope, ProxyScope } from "./rows.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";

/** True, and an alert, when a word stands behind word `last`. `keyword` is how the line is called in the message. */
export function tooManyWords(
  run: Run,
  statement: Statement,
  last: number,
  keyword = statement.texts.slice(0, 1).join(" "),
): boolean {
  const extra = statement.word(last + 1);
  if (extra === "") return false;
  run.report.alert(statement, "PM1202", `'${keyword}' cannot handle unexpected argument '${extra}'.`, {
    word: last + 1,
  });
  return true;
}

/**
 * Warns when a keyword of backends stands in a frontend, or the other way round. The line is read all the same, as in the reference, so that what else is
 * wrong with it is found.
 */
export function warnIgnored(
  scope: ProxyScope,
  statement: Statement,
  needed: "frontend" | "backend",
  keyword = statement.word(0),
  tail = "",
): void {
  const { draft, run } = scope;
  if (needed === "frontend" ? hasFrontend(draft) : hasBackend(draft)) return;
  const message = `'${keyword}' ignored because ${sectionTitle(draft)} has no ${needed} capability.${tail}`;
  run.report.warn(statement, "PM1307", message);
}

/** True, and an alert, when the line stands in a `defaults` section. */
export function notInDefaults(
  scope: ProxyScope,
  statement: Statement,
  keyword = statement.word(0),
  remark: Remark = {},
): boolean {
  if (scope.draft.section !== "defaults") return false;
  scope.run.report.alert(statement, "PM1102", `'${keyword}' not allowed in 'defaults' section.`, remark);
  return true;
}

/**
 * True when `what` was given before, and then the first value stays. `fatal`: the reference refuses the second one; otherwise it calls it an alert and
 * goes on, which is a warning here.
 */
export function alreadyGiven(
  { run, draft }: GlobalScope,
  statement: Statement,
  what: string,
  fatal = false,
  form: Remark["form"] = "parsing",
  title = what,
): boolean {
  if (!draft.seen.has(what)) {
    draft.seen.add(what);
    return false;
  }
  const message = `${title} already specified.${fatal ? "" : " Continuing."}`;
  run.report.say(fatal ? "alert" : "warning", statement, "PM1209", message, { form });
  return true;
}

/** The context in which words of this section are parsed. */
export function expressionContext(run: Run, draft: ProxyDraft, phase: SamplePhase): ExpressionContext {
  return {
    phase,
    frontend: hasFrontend(draft),
    backend: hasBackend(draft),
    proxyName: draft.name,
    readFile: run.readPatternFile,
  };
}

/** Says a problem that a parser of the language found; `prefix` is the reference's introduction. */
export function sayProblem(
  run: Run,
  statement: Statement,
  problem: LanguageProblem,
  prefix: string,
  remark: Remark = {},
): void {
  const code = problem.reason === "unsupported" ? "PM1901" : problemCode(problem);
  const tail = /[.:]$/.test(problem.message) ? "" : ".";
  run.report.alert(statement, code, `${prefix}${problem.message}${tail}`, {
    span: statement.subspan(problem.word, problem.start, problem.end),
    ...remark,
  });
}

function problemCode(problem: LanguageProblem): "PM1501" | "PM1502" | "PM1503" {
  if (problem.nameKind === "acl" || problem.nameKind === "match") return "PM1501";
  return problem.nameKind === "action" ? "PM1503" : "PM1502";
}

/** Says what a parser of the language warned about. */
export function sayWarnings(
  run: Run,
  statement: Statement,
  warnings: readonly LanguageProblem[],
  form?: Remark["form"],
): void {
  for (const warning of warnings) {
    const [message = "", ...more] = warning.message.split("\n");
    const tail = /[.:]$/.test(message) ? "" : ".";
    run.report.warn(statement, "PM1501", message + tail, {
      span: statement.subspan(warning.word, warning.start, warning.end),
      hint: more.length === 0 ? undefined : more.map((line) => line.trim()).join("\n"),
      ...(form === undefined ? {} : { form }),
    });
  }
}

/** Stands for a condition that is not done yet, so that the rest of its line is judged; a model with it never runs. */
export function placeholderCondition(statement: Statement, at: number): ConditionModel {
  return { negated: false, anyOf: [], text: statement.rest(at) };
}

/** How a message about a condition begins, where it is not like all others. */
export interface ConditionWording {
  readonly before?: string;
  readonly whole?: string;
}

/**
 * The condition that starts at word `at` (`if` or `unless`); undefined after an alert. `rule` names the line for the message:
 * "error detected while parsing switching rule".
 */
export function conditionAt(
  scope: ProxyScope,
  statement: Statement,
  at: number,
  rule: string,
  phase: SamplePhase,
  wording: ConditionWording = {},
): ConditionModel | undefined {
  const { run, draft } = scope;
  const parsed = parseCondition(statement.texts, at, draft.settings.acls, expressionContext(run, draft, phase));
  if ("problem" in parsed) {
    const { before = "", whole } = wording;
    sayProblem(run, statement, parsed.problem, whole ?? `${before}error detected while parsing ${rule} : `);
    return parsed.problem.reason === "unsupported" ? placeholderCondition(statement, at) : undefined;
  }
  sayWarnings(run, statement, parsed.warnings);
  return parsed.condition;
}

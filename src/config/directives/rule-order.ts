// Owns the two warnings about the order of rules: a rule set that is written behind one that runs later, and a rule behind an unconditional final one.
// Configuration manual §4.2 (each rule set's own words on order).

import type { RuleModel, RuleSet } from "../../rules/index.ts";
import type { ProxyDraft } from "./draft.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";

/** Rule sets of a request in the order in which they run. */
const ORDER = [
  "tcp-request connection",
  "tcp-request session",
  "tcp-request content",
  "http-request",
  "redirect",
  "use_backend",
  "use-server",
] as const;

export type OrderedSet = (typeof ORDER)[number];

/** Final actions, behind which an unconditional rule leaves nothing to do. */
const FINAL_ACTIONS = new Set(["allow", "deny", "return", "tarpit", "redirect", "auth"]);

/** Which of the ordered sets have a rule in this section so far. */
function present(draft: ProxyDraft, set: OrderedSet): boolean {
  if (set === "use_backend") return draft.switching.length > 0;
  if (set === "use-server") return draft.useServer.length > 0;
  if (set === "redirect") return draft.redirects.length > 0;
  return draft.ownRules.some((rule) => rule.set === set);
}

/** Warns when a rule of `set` comes behind rules that run later. */
export function warnMisplaced(run: Run, statement: Statement, draft: ProxyDraft, set: OrderedSet): void {
  const later = ORDER.slice(ORDER.indexOf(set) + 1).find((other) => present(draft, other));
  if (later === undefined) return;
  const article = later === "http-request" ? "an" : "a";
  const message = `a '${set}' rule placed after ${article} '${later}' rule will still be processed before.`;
  run.report.warn(statement, "PM1309", message);
}

/** Warns when the rule before this one of the same set ends it for every request. */
export function warnUnreachable(run: Run, statement: Statement, draft: ProxyDraft, set: RuleSet): void {
  if (!set.startsWith("http-")) return;
  const before = draft.ownRules.findLast((rule: RuleModel) => rule.set === set);
  if (before === undefined || before.condition !== undefined || !FINAL_ACTIONS.has(before.action.name)) return;
  const message = `previous '${set}' action is final and has no condition attached, further entries are NOOP.`;
  run.report.warn(statement, "PM1310", message, { form: "parsing-tight" });
}

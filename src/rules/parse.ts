// Owns the parser of rules: the action's words, then `if`/`unless`. Configuration manual §4.3 and §4.4.

import type { AclModel } from "../acl/index.ts";
import type { ExpressionContext, LanguageProblem } from "../sample/index.ts";
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

/** Parses the words after the rule set's own ("http-request", "tcp-request content"), from `words[at]`. */
export function parseRule(set: RuleSet, words: readonly string[], at: number, _context: RuleContext): ParsedRule {
  const name = words[at] ?? "";
  return {
    problem: {
      message: `'${set} ${name}' is not supported yet`,
      word: at,
      start: 0,
      end: name.length,
      reason: "unsupported",
    },
  };
}

/** Names of the actions of a rule set, for suggestions. */
export function actionNames(_set: RuleSet): readonly string[] {
  return [];
}

// Owns the parsers of `acl` declarations and of conditions. Configuration manual §7.1, §7.2 and §7.4.

import type { ExpressionContext, LanguageProblem } from "../sample/index.ts";
import type { AclModel, ConditionModel } from "./types.ts";

/** The outcome of {@link parseAcl}. `warnings` are texts that the reference prints as warnings. */
export type ParsedAcl =
  | { readonly acl: AclModel; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

/** The outcome of {@link parseCondition}. */
export type ParsedCondition =
  | { readonly condition: ConditionModel; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

/**
 * Parses the words after the keyword `acl`, the name first, starting at `words[at]`. The result is this declaration alone: the caller
 * appends its tests to an earlier ACL of the same name (see {@link addAcl}).
 */
export function parseAcl(words: readonly string[], at: number, _context: ExpressionContext): ParsedAcl {
  return {
    problem: { message: "not supported yet", word: at, start: 0, end: (words[at] ?? "").length, reason: "unsupported" },
  };
}

/** Adds a declaration to the ACLs of a proxy. */
export function addAcl(known: Map<string, AclModel>, acl: AclModel): void {
  const earlier = known.get(acl.name);
  known.set(acl.name, earlier === undefined ? acl : { name: acl.name, tests: [...earlier.tests, ...acl.tests] });
}

/** Parses from `if` or `unless` at `words[at]` to the last word. `known` are the ACLs declared so far in this proxy. */
export function parseCondition(
  words: readonly string[],
  at: number,
  _known: ReadonlyMap<string, AclModel>,
  _context: ExpressionContext,
): ParsedCondition {
  return {
    problem: { message: "not supported yet", word: at, start: 0, end: (words[at] ?? "").length, reason: "unsupported" },
  };
}

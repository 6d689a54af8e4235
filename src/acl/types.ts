// Owns ACLs and conditions as plain data. Configuration manual §7.1 (matching) and §7.2 (conditions).

import type { SampleExpression } from "../sample/index.ts";

/** How patterns are compared with the sample (`-m`). */
export type MatchMethod =
  | "found"
  | "bool"
  | "int"
  | "ip"
  | "bin"
  | "len"
  | "str"
  | "beg"
  | "sub"
  | "dir"
  | "dom"
  | "end"
  | "reg";

/** One test: a sample expression and its patterns. Patterns stay text here, as written or as read from the files of `-f`. */
export interface AclTest {
  readonly expression: SampleExpression;
  readonly method: MatchMethod;
  readonly ignoreCase: boolean;
  readonly patterns: readonly string[];
  /** `-f` files, in order; their lines are in `patterns` already. */
  readonly files: readonly string[];
}

/** A named ACL; several declarations with one name are alternatives (or). */
export interface AclModel {
  readonly name: string;
  readonly tests: readonly AclTest[];
}

export interface ConditionTerm {
  readonly negated: boolean;
  /** Resolved: the tests of the named ACL, of a predefined one, or of the anonymous `{ … }`. */
  readonly tests: readonly AclTest[];
  /** The name as written, or the text between the braces. */
  readonly text: string;
}

/** `if`/`unless` with alternatives (`||`, `or`) of conjunctions. An `unless` is `negated`. */
export interface ConditionModel {
  readonly negated: boolean;
  readonly anyOf: readonly (readonly ConditionTerm[])[];
  readonly text: string;
}

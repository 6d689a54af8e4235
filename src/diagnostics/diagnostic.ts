// Owns the shape of a diagnostic: what the front end says about a configuration. It knows no file system and no terminal.
// Codes are stable for ever (codes.ts); the first line of a rendered diagnostic keeps HAProxy's form (render.ts), so that scripts go on working.

import type { DiagnosticCode } from "./codes.ts";

/** A place in a file. Lines and columns count from 1; `endColumn` is exclusive. Columns count bytes, as configuration text is latin1. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** `diag` is said only in diagnostic mode (`-dD`). */
export type Severity = "alert" | "warning" | "notice" | "diag";

/**
 * How the reference introduces the message on its first line. It has no single form, and scripts match on them:
 *
 * | form | first line |
 * |---|---|
 * | `parsing` | `config : parsing [file:line] : message` |
 * | `parsing-tight` | `config : parsing [file:line]: message` |
 * | `section` | `config : Parsing [file:line]: message` |
 * | `place` | `config : [file:line] : message` |
 * | `config` | `config : message` |
 * | `late-parsing` | `parsing [file:line] : message` |
 * | `late-section` | `Parsing [file:line]: message` |
 * | `late-place` | `[file:line] : message` |
 * | `late` | `message` (checks of the whole configuration) |
 */
export type HeadlineForm =
  | "parsing"
  | "parsing-tight"
  | "section"
  | "place"
  | "config"
  | "late-parsing"
  | "late-section"
  | "late-place"
  | "late";

/** A second place that explains the first one ("first declared here"). */
export interface RelatedPlace {
  readonly span: Span;
  readonly message: string;
}

export interface Diagnostic {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly form: HeadlineForm;
  /** undefined: about the configuration as a whole. */
  readonly span: Span | undefined;
  /** What is wrong, as the reference words it where it has the message. One line. */
  readonly message: string;
  /** Why, or what to do; printed under the caret block. */
  readonly hint: string | undefined;
  readonly related: readonly RelatedPlace[];
  /** The line's text at `span`, for the caret block. */
  readonly sourceLine: string | undefined;
}

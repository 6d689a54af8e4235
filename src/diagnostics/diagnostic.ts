// Owns the shape of a diagnostic: what the front end says about a configuration. It knows no file system and no terminal.
// Codes are stable for ever (see codes.ts); the first line of a rendered diagnostic keeps HAProxy's form (see render.ts).

/** A place in a file. Lines and columns count from 1; `endColumn` is exclusive. Columns count UTF-16 code units of the line. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

export type Severity = "alert" | "warning" | "notice" | "diag";

/** A second place that explains the first one ("first declared here"). */
export interface RelatedPlace {
  readonly span: Span;
  readonly message: string;
}

export interface Diagnostic {
  readonly severity: Severity;
  /** Stable code such as "PM1203"; titles stand in codes.ts. */
  readonly code: string;
  /** undefined: about the configuration as a whole. */
  readonly span: Span | undefined;
  /**
   * The text after "config : " on HAProxy's line. When `located` is true the line reads "parsing [file:line] : message"; otherwise the
   * message stands alone because the reference prints it so after parsing.
   */
  readonly message: string;
  readonly located: boolean;
  /** What to do, or why; printed under the caret block. */
  readonly hint: string | undefined;
  readonly related: readonly RelatedPlace[];
  /** The text of the line at `span`, for the caret block. */
  readonly sourceLine: string | undefined;
}

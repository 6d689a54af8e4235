// Owns what lines of a proxy say about other lines and sections, kept until everything is read: tables, names, faults that the reference finds late.
// Configuration manual §4.

import type { DiagnosticCode } from "../../diagnostics/index.ts";
import type { Statement } from "./statement.ts";

/** A `stick-table` line, as far as others refer to it. */
export interface TableDraft {
  readonly type: string;
  readonly peers: string;
  readonly writeTo: string;
  readonly statement: Statement;
}

/** A line that names a table. */
export interface TableUseDraft {
  readonly name: string;
  readonly statement: Statement;
  /** What refers to it, in the words of its message. */
  readonly what: string;
  readonly form: "stick" | "filter";
}

/** A word that names another section. */
export interface ReferenceDraft {
  readonly kind: "http-errors" | "cache" | "fcgi-app";
  readonly name: string;
  readonly statement: Statement;
  readonly word: number;
}

/** A fault that is said when everything is read. */
export interface LateFaultDraft {
  readonly statement: Statement;
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly word: number;
}

// Owns the collecting of diagnostics of one run, in order. Alerts make the configuration unusable; the count decides when to give up.

import type {
  Diagnostic,
  DiagnosticCode,
  HeadlineForm,
  RelatedPlace,
  Severity,
  Span,
} from "../../diagnostics/index.ts";
import type { Statement } from "./statement.ts";

/** What may be said beside code and message. */
export interface Remark {
  /** Index of the word that is wrong; the keyword by default. */
  readonly word?: number;
  /** Instead of a word: an exact range. */
  readonly span?: Span;
  readonly form?: HeadlineForm;
  readonly hint?: string | undefined;
  readonly related?: readonly RelatedPlace[];
}

/** Everything said in one run. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];
  alerts = 0;
  warnings = 0;
  /** How many lines are right in the language and not done here yet (PM1901). */
  unsupported = 0;
  /** Only the language is judged (`-c`): what is not supported yet is a notice, and the configuration stays valid (docs/adr/0005). */
  readonly #languageOnly: boolean;

  constructor(languageOnly = false) {
    this.#languageOnly = languageOnly;
  }

  alert(statement: Statement, code: DiagnosticCode, message: string, remark: Remark = {}): void {
    this.say("alert", statement, code, message, remark);
  }

  warn(statement: Statement, code: DiagnosticCode, message: string, remark: Remark = {}): void {
    this.say("warning", statement, code, message, remark);
  }

  notice(statement: Statement, code: DiagnosticCode, message: string, remark: Remark = {}): void {
    this.say("notice", statement, code, message, remark);
  }

  say(severity: Severity, statement: Statement, code: DiagnosticCode, message: string, remark: Remark): void {
    this.add({
      severity,
      code,
      form: remark.form ?? "parsing",
      span: remark.span ?? statement.span(remark.word ?? 0),
      message,
      hint: remark.hint,
      related: remark.related ?? [],
      sourceLine: statement.source,
    });
  }

  /** A statement about the whole configuration, without a place of its own. */
  general(severity: Severity, code: DiagnosticCode, form: HeadlineForm, message: string, hint?: string): void {
    this.add({ severity, code, form, span: undefined, message, hint, related: [], sourceLine: undefined });
  }

  add(given: Diagnostic): void {
    const isUnsupported = given.code === "PM1901";
    if (isUnsupported) this.unsupported++;
    const diagnostic = isUnsupported && this.#languageOnly ? { ...given, severity: "notice" as const } : given;
    if (diagnostic.severity === "alert") this.alerts++;
    if (diagnostic.severity === "warning") this.warnings++;
    this.diagnostics.push(diagnostic);
  }
}

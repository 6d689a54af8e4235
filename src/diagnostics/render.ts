// Owns the text of diagnostics for a terminal or a log: HAProxy's first line exactly, then the line of the configuration with a caret under the
// word, then hints and related places. It prints nothing itself; colour is the caller's choice (a TTY). Management manual §3 ("-c").

import { diagnosticTitle } from "./codes.ts";
import type { Diagnostic, Severity, Span } from "./diagnostic.ts";

export interface RenderOptions {
  readonly pid: number;
  readonly color: boolean;
}

const LABELS: Readonly<Record<Severity, string>> = {
  alert: "[ALERT]    ",
  warning: "[WARNING]  ",
  notice: "[NOTICE]   ",
  diag: "[DIAG]     ",
};

const COLORS: Readonly<Record<Severity, string>> = { alert: "31", warning: "33", notice: "36", diag: "36" };

/** Everything after "(pid) : " on the first line. */
export function headline(diagnostic: Diagnostic): string {
  const { form, message, span } = diagnostic;
  const place = span === undefined ? "" : `[${span.file}:${span.line}]`;
  switch (form) {
    case "parsing":
      return `config : parsing ${place} : ${message}`;
    case "parsing-tight":
      return `config : parsing ${place}: ${message}`;
    case "section":
      return `config : Parsing ${place}: ${message}`;
    case "place":
      return `config : ${place} : ${message}`;
    case "config":
      return `config : ${message}`;
    case "late-parsing":
      return `parsing ${place} : ${message}`;
    case "late-section":
      return `Parsing ${place}: ${message}`;
    case "late-place":
      return `${place} : ${message}`;
    case "late":
      return message;
  }
}

/** A line of the reference's form without a caret block: `[ALERT]    (pid) : text`. */
export function renderHeadline(severity: Severity, pid: number, text: string): string {
  return `${LABELS[severity]}(${pid}) : ${text}`;
}

/** The whole diagnostic as lines joined by LF, without a final LF. Configuration text is latin1; the result is that text read as UTF-8 where it is. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const paint = (code: string, text: string) => (options.color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const first = renderHeadline(
    diagnostic.severity,
    options.pid,
    printable(readable(headline(diagnostic))).replaceAll("\n", "?"),
  );
  const label = LABELS[diagnostic.severity];
  const lines = [paint(`1;${COLORS[diagnostic.severity]}`, label.trimEnd()) + first.slice(label.trimEnd().length)];
  if (diagnostic.span !== undefined && diagnostic.sourceLine !== undefined) {
    lines.push(
      ...caretBlock(diagnostic.span, diagnostic.sourceLine, (text) => paint(COLORS[diagnostic.severity], text)),
    );
  }
  const why = [`${diagnostic.code}: ${diagnosticTitle(diagnostic.code)}`];
  if (diagnostic.hint !== undefined) why.push(...diagnostic.hint.split("\n"));
  for (const line of why) lines.push(`   | ${printable(readable(line))}`);
  for (const place of diagnostic.related) {
    lines.push(`   | ${printable(readable(`${place.span.file}:${place.span.line}: ${place.message}`))}`);
  }
  return lines.join("\n");
}

/** Longest piece of a source line that is shown; longer lines are cut around the caret. */
const SHOWN_LENGTH = 160;

function caretBlock(span: Span, source: string, paint: (text: string) => string): string[] {
  const start = Math.min(span.column - 1, source.length);
  const from = start > SHOWN_LENGTH - 40 ? start - 60 : 0;
  const shown = source.slice(from, from + SHOWN_LENGTH).replace(/[\t\v\f\r]/g, " ");
  const width = readable(source.slice(from, start)).length;
  const end = Math.min(Math.max(span.endColumn - 1, start + 1), from + SHOWN_LENGTH);
  const carets = Math.max(1, readable(source.slice(start, end)).length);
  return [
    `   | ${from > 0 ? "…" : ""}${printable(readable(shown))}`,
    `   | ${from > 0 ? " " : ""}${" ".repeat(width)}${paint("^".repeat(carets))}`,
  ];
}

/** Control characters never reach a terminal raw. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "?");
}

/** Latin1 text whose bytes are valid UTF-8 as that text; else unchanged. */
export function readable(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text)) return text;
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 255) return text;
    bytes[index] = unit;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}

// Owns diagnostics for machines: one plain object each, with names that stay, and the document that `-c --json` prints.
// docs/diagnostics/README.md describes both for their readers.

import { diagnosticTitle } from "./codes.ts";
import type { Diagnostic, Span } from "./diagnostic.ts";
import { readable } from "./render.ts";

/** Who speaks, in a document for machines. */
export interface ToolFacts {
  readonly name: string;
  readonly version: string;
}

/** Counts up when a reader of the document could misunderstand it; new facts alone do not count. */
export const JSON_REPORT_VERSION = 1;

/** The JSON form of one diagnostic: severity, code, title, message, hint, span, related. Absent facts are absent. Columns count bytes. */
export function diagnosticToJson(diagnostic: Diagnostic): Record<string, unknown> {
  const { span, hint, related } = diagnostic;
  return {
    severity: diagnostic.severity,
    code: diagnostic.code,
    title: diagnosticTitle(diagnostic.code),
    message: readable(diagnostic.message),
    ...(hint === undefined ? {} : { hint: readable(hint) }),
    ...(span === undefined ? {} : { span: spanToJson(span) }),
    ...(related.length === 0
      ? {}
      : { related: related.map((place) => ({ message: readable(place.message), span: spanToJson(place.span) })) }),
  };
}

function spanToJson(span: Span): Record<string, unknown> {
  return { file: readable(span.file), line: span.line, column: span.column, endColumn: span.endColumn };
}

/** The document of a whole run, with a final line feed. `facts` stand in front of the diagnostics. */
export function renderJsonReport(
  diagnostics: readonly Diagnostic[],
  tool: ToolFacts,
  facts: Readonly<Record<string, unknown>> = {},
): string {
  const report = {
    version: JSON_REPORT_VERSION,
    tool: { name: tool.name, version: tool.version },
    ...facts,
    diagnostics: diagnostics.map(diagnosticToJson),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

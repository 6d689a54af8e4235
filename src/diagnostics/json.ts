// Owns diagnostics for machines: one plain object each, with names that stay.

import { diagnosticTitle } from "./codes.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { readable } from "./render.ts";

/** The JSON form of one diagnostic: severity, code, title, message, file, line, column, endColumn, hint, related. Absent facts are absent. */
export function diagnosticToJson(diagnostic: Diagnostic): Record<string, unknown> {
  const { span } = diagnostic;
  return {
    severity: diagnostic.severity,
    code: diagnostic.code,
    title: diagnosticTitle(diagnostic.code),
    message: readable(diagnostic.message),
    ...(span === undefined ? {} : { file: span.file, line: span.line, column: span.column, endColumn: span.endColumn }),
    ...(diagnostic.hint === undefined ? {} : { hint: readable(diagnostic.hint) }),
    ...(diagnostic.related.length === 0
      ? {}
      : {
          related: diagnostic.related.map((place) => ({
            message: readable(place.message),
            file: place.span.file,
            line: place.span.line,
            column: place.span.column,
          })),
        }),
  };
}

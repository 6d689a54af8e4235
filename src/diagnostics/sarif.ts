// Owns diagnostics as SARIF, the format in which code scanners and editors exchange findings. OASIS SARIF 2.1.0: §3.13 sarifLog, §3.14 run,
// §3.27 result, §3.30 region, §3.49 reportingDescriptor.

import { type DiagnosticCode, diagnosticTitle } from "./codes.ts";
import type { Diagnostic, Severity, Span } from "./diagnostic.ts";
import type { ToolFacts } from "./json.ts";
import { readable } from "./render.ts";

export interface SarifOptions {
  readonly tool: ToolFacts;
  /** Absolute URI of the folder of the codes' pages, with a final slash. */
  readonly pages: string;
  /** How the run ended. */
  readonly exitCode: number;
}

/** SARIF knows three levels; what is said only on request is a note. */
const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  alert: "error",
  warning: "warning",
  notice: "note",
  diag: "note",
};

/** A whole SARIF log of one run, with a final line feed. */
export function renderSarif(diagnostics: readonly Diagnostic[], options: SarifOptions): string {
  const codes = [...new Set(diagnostics.map((one) => one.code))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: options.tool.name,
            version: options.tool.version,
            rules: codes.map((code) => ({
              id: code,
              shortDescription: { text: diagnosticTitle(code) },
              helpUri: `${options.pages}${code}.md`,
            })),
          },
        },
        invocations: [{ executionSuccessful: true, exitCode: options.exitCode }],
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((one) => resultOf(one, codes)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function resultOf(diagnostic: Diagnostic, codes: readonly DiagnosticCode[]): Record<string, unknown> {
  const { span, hint, related } = diagnostic;
  const text = hint === undefined ? diagnostic.message : `${diagnostic.message}\n${hint}`;
  return {
    ruleId: diagnostic.code,
    ruleIndex: codes.indexOf(diagnostic.code),
    level: LEVELS[diagnostic.severity],
    message: { text: readable(text) },
    ...(span === undefined ? {} : { locations: [locationOf(span, diagnostic.sourceLine)] }),
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((place, index) => ({
            id: index + 1,
            ...locationOf(place.span, undefined),
            message: { text: readable(place.message) },
          })),
        }),
  };
}

function locationOf(span: Span, source: string | undefined): Record<string, unknown> {
  const column = (byte: number) => (source === undefined ? byte : readable(source.slice(0, byte - 1)).length + 1);
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(span.file) },
      region: {
        startLine: span.line,
        startColumn: column(span.column),
        endColumn: Math.max(column(span.endColumn), column(span.column)),
        ...(source === undefined ? {} : { snippet: { text: readable(source) } }),
      },
    },
  };
}

/** A path as a URI reference: relative paths stay relative to where the run was started. */
function uriOf(path: string): string {
  const parts = readable(path).split("/").map(encodeURIComponent);
  return path.startsWith("/") ? `file://${parts.join("/")}` : parts.join("/");
}

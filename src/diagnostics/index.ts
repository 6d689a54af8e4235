// The door of diagnostics: spans, messages with stable codes, rendering, did-you-mean.

export { DIAGNOSTIC_CODES, type DiagnosticCode, diagnosticTitle } from "./codes.ts";
export type { Diagnostic, HeadlineForm, RelatedPlace, Severity, Span } from "./diagnostic.ts";
export { diagnosticToJson, JSON_REPORT_VERSION, renderJsonReport, type ToolFacts } from "./json.ts";
export { editDistance, nearestName } from "./nearest.ts";
export { headline, type RenderOptions, readable, renderDiagnostic, renderHeadline } from "./render.ts";
export { renderSarif, type SarifOptions } from "./sarif.ts";

// The door of diagnostics.

export type { Diagnostic, RelatedPlace, Severity, Span } from "./diagnostic.ts";

// Owns the way from a format to the expressions inside of it, so that a caller can check what they refer to once everything was read.

import type { SampleExpression } from "../sample/index.ts";
import type { LogFormatModel } from "./types.ts";

/** Every expression of a format, in order. */
export function formatExpressions(format: LogFormatModel): readonly SampleExpression[] {
  return format.items.flatMap((item) => (item.kind === "expression" ? [item.expression] : []));
}

// Owns the compilation of a sample expression into one closure. Configuration manual §7.3.

import type { SampleExpression, SampleValue, SampleView } from "./types.ts";

/** Evaluates to undefined where the fetch finds nothing or a cast or converter fails. */
export type CompiledExpression = (view: SampleView) => SampleValue | undefined;

/** Compiles `expression` once per thread. */
export function compileExpression(_expression: SampleExpression): CompiledExpression {
  return () => undefined;
}

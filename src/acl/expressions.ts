// Owns the way from conditions to the expressions inside of them, so that a caller can check what they refer to once everything was read.

import type { SampleExpression } from "../sample/index.ts";
import type { ConditionModel } from "./types.ts";

/** Every expression of a condition, in order. */
export function conditionExpressions(condition: ConditionModel | undefined): readonly SampleExpression[] {
  if (condition === undefined) return [];
  return condition.anyOf.flatMap((terms) => terms.flatMap((term) => term.tests.map((test) => test.expression)));
}

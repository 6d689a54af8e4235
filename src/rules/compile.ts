// Owns the compilation of rule lists into one function per rule set: conditions and actions in turn until one of them decides. Nothing is
// allocated unless a rule fires. Configuration manual §4.3 and §4.4.

import type { Predicate } from "../acl/index.ts";
import { compileCondition } from "../acl/index.ts";
import { assert } from "../stdx/index.ts";
import type { Action } from "./actions/index.ts";
import { anyActionRow } from "./actions/index.ts";
import type { RuleModel, RuleSet, RuleTarget, RuleVerdict } from "./types.ts";

const goOn: RuleVerdict = { kind: "continue" };

interface CompiledRule {
  readonly applies: Predicate | undefined;
  readonly act: Action;
}

/** Compiles the rules of `set` among `rules`, in order; other sets are skipped. */
export function compileRules(rules: readonly RuleModel[], set: RuleSet): (target: RuleTarget) => RuleVerdict {
  const compiled = rules.filter((rule) => rule.set === set).map(compileRule);
  if (compiled.length === 0) return () => goOn;
  return (target) => {
    for (let i = 0; i < compiled.length; i++) {
      const rule = compiled[i]!;
      if (rule.applies !== undefined && !rule.applies(target)) continue;
      const verdict = rule.act(target);
      if (verdict !== undefined) return verdict;
    }
    return goOn;
  };
}

function compileRule(rule: RuleModel): CompiledRule {
  const row = anyActionRow(rule.action.name);
  assert(row !== undefined, "a rule names an action that has a row");
  return {
    applies: rule.condition === undefined ? undefined : compileCondition(rule.condition),
    act: row.compile(rule.action.args, rule.action, rule.set),
  };
}

// The door of rules and actions.

export type { ActionRow } from "./actions/index.ts";
export { actionRows } from "./actions/index.ts";
export { compileRules } from "./compile.ts";
export { ruleExpressions } from "./expressions.ts";
export type { ParsedRule, RuleContext } from "./parse.ts";
export { actionNames, parseRule } from "./parse.ts";
export type {
  ActionArgument,
  ActionModel,
  FinalReply,
  ReplyModel,
  RuleModel,
  RuleSet,
  RuleTarget,
  RuleVerdict,
} from "./types.ts";

// The door of rules and actions.

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

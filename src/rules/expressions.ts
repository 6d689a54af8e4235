// Owns the way from rules to the expressions inside of them, conditions included, so that a caller can check what they refer to once everything
// was read.

import { conditionExpressions } from "../acl/index.ts";
import type { LogFormatModel } from "../log/index.ts";
import { formatExpressions } from "../log/index.ts";
import type { SampleExpression } from "../sample/index.ts";
import type { ActionArgument, ReplyModel, RuleModel } from "./types.ts";

/** Every expression of a rule's action and condition. */
export function ruleExpressions(rule: RuleModel): readonly SampleExpression[] {
  return [...Object.values(rule.action.args).flatMap(argumentExpressions), ...conditionExpressions(rule.condition)];
}

function argumentExpressions(argument: ActionArgument): readonly SampleExpression[] {
  if (typeof argument !== "object") return [];
  if ("items" in argument) return formatExpressions(argument);
  if ("fetch" in argument) return [argument];
  if ("status" in argument) return replyExpressions(argument);
  return argument.flatMap(({ value }) => formatExpressions(value));
}

function replyExpressions(reply: ReplyModel): readonly SampleExpression[] {
  const formats: LogFormatModel[] = reply.headers.map(({ value }) => value);
  if (reply.body.kind === "format") formats.push(reply.body.format);
  return formats.flatMap(formatExpressions);
}

// The door of ACLs and conditions.

export type { Predicate } from "./compile.ts";
export { compileCondition, compileTests } from "./compile.ts";
export type { ParsedCondition } from "./condition.ts";
export { parseCondition } from "./condition.ts";
export { conditionExpressions } from "./expressions.ts";
export type { AclKeyword } from "./keywords.ts";
export { aclKeyword, aclKeywordNames, predefinedAcls } from "./keywords.ts";
export type { ParsedAcl, ParsedAclTest } from "./parse.ts";
export { addAcl, parseAcl, parseAclTest } from "./parse.ts";
export type { AclModel, AclTest, ConditionModel, ConditionTerm, MatchMethod } from "./types.ts";

// The door of ACLs and conditions.

export { compileCondition } from "./compile.ts";
export type { ParsedAcl, ParsedCondition } from "./parse.ts";
export { addAcl, parseAcl, parseCondition } from "./parse.ts";
export type { AclModel, AclTest, ConditionModel, ConditionTerm, MatchMethod } from "./types.ts";

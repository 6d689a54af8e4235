// The door of ACLs and conditions.

export type { AclModel, AclTest, ConditionModel, ConditionTerm, MatchMethod } from "./types.ts";

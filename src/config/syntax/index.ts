// The door of the configuration's syntax: lines, words, conditional blocks. It knows no keyword.

export { type BlockDirective, ConditionalBlocks } from "./blocks.ts";
export { ANSWERED_VERSION, type ConditionAnswer, compareVersions, evaluateConfigCondition } from "./condition.ts";
export { joinLines, type SourceLine, splitLines } from "./tree.ts";
export { type CutLine, cutLine, MAX_WORDS, type VariableLookup, type Word, type WordProblem } from "./words.ts";

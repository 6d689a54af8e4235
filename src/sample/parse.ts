// Owns the parser of sample expressions: `fetch[(args)][,converter[(args)]]…`. Configuration manual §7.3.

import type { ExpressionContext, LanguageProblem, SampleExpression } from "./types.ts";

/** The outcome of {@link parseExpression}: `used` is the number of words that belong to the expression. */
export type ParsedExpression =
  | { readonly expression: SampleExpression; readonly used: number }
  | { readonly problem: LanguageProblem };

/** Parses the expression that starts at `words[at]`; converters may go on in the following words, as the reference allows. */
export function parseExpression(words: readonly string[], at: number, _context: ExpressionContext): ParsedExpression {
  const name = words[at] ?? "";
  return {
    problem: {
      message: name === "" ? "missing fetch method" : `sample fetch '${name}' is not supported yet`,
      word: at,
      start: 0,
      end: name.length,
      reason: name === "" ? "syntax" : "unsupported",
      nameKind: "fetch",
      name,
    },
  };
}

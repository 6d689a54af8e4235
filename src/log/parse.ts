// Owns the parsers of log formats and of `log` lines. Configuration manual §8.2.6 and "log" in §4.2.

import type { ExpressionContext, LanguageProblem } from "../sample/index.ts";
import type { LogFormatModel, LogTargetModel } from "./types.ts";

/** The outcome of {@link parseLogFormat}. */
export type ParsedLogFormat =
  | { readonly format: LogFormatModel; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

/** The outcome of {@link parseLogTarget}: a target, or `log global`. (`no log` is the caller's: it clears its list.) */
export type ParsedLogTarget =
  | { readonly target: LogTargetModel; readonly warnings: readonly LanguageProblem[] }
  | { readonly global: true }
  | { readonly problem: LanguageProblem };

/** Parses one log-format string; offsets of a problem are inside `text`, its `word` is `word`. */
export function parseLogFormat(text: string, word: number, _context: ExpressionContext): ParsedLogFormat {
  return { format: { items: [{ kind: "text", text }], text }, warnings: [] };
}

/** Parses the words after `log`, from `words[at]`. */
export function parseLogTarget(words: readonly string[], at: number): ParsedLogTarget {
  if (words[at] === "global") return { global: true };
  return {
    problem: { message: "not supported yet", word: at, start: 0, end: (words[at] ?? "").length, reason: "unsupported" },
  };
}

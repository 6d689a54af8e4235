// Owns the matching of text (latin1) against patterns for the string methods. Large lists are indexed: a set per length of prefix or suffix,
// so that a lookup costs the length of the sample and not the number of patterns. Configuration manual §7.1.3 to §7.1.5.

import { compileMatcher, lowerAscii, testRegex } from "../sample/index.ts";
import { parseHexPattern } from "./patterns.ts";
import type { MatchMethod } from "./types.ts";

/** Whether a sample's text matches. */
export type TextMatcher = (text: string) => boolean;

/** The matcher of one of the string methods. */
export function textMatcher(method: MatchMethod, patterns: readonly string[], ignoreCase: boolean): TextMatcher {
  if (method === "reg") return regexMatcher(patterns, ignoreCase);
  if (method === "bin") return exactMatcher(patterns.map(bytesOfHex));
  if (!ignoreCase) return caseMatcher(method, patterns);
  const match = caseMatcher(method, patterns.map(lowerAscii));
  return (text) => match(lowerAscii(text));
}

function caseMatcher(method: MatchMethod, patterns: readonly string[]): TextMatcher {
  switch (method) {
    case "beg":
      return edgeMatcher(patterns, (text, length) => text.slice(0, length));
    case "end":
      return edgeMatcher(patterns, (text, length) => text.slice(text.length - length));
    case "sub":
      return (text) => patterns.some((pattern) => text.includes(pattern));
    case "dir":
      return wordMatcher(patterns, "/?");
    case "dom":
      return wordMatcher(patterns, "/?.:");
    default:
      return exactMatcher(patterns);
  }
}

function bytesOfHex(pattern: string): string {
  const parsed = parseHexPattern(pattern);
  return "text" in parsed ? parsed.text : "";
}

function exactMatcher(patterns: readonly string[]): TextMatcher {
  if (patterns.length === 1) return (text) => text === patterns[0];
  const set = new Set(patterns);
  return (text) => set.has(text);
}

/** Prefixes or suffixes: one set, probed once per length that occurs. */
function edgeMatcher(patterns: readonly string[], edge: (text: string, length: number) => string): TextMatcher {
  const set = new Set(patterns);
  const lengths = [...new Set(patterns.map((pattern) => pattern.length))].sort((a, b) => a - b);
  return (text) => {
    for (const length of lengths) {
      if (length > text.length) return false;
      if (set.has(edge(text, length))) return true;
    }
    return false;
  };
}

/** Whole parts between delimiters; delimiters at the ends of a pattern do not count. */
function wordMatcher(patterns: readonly string[], delimiters: string): TextMatcher {
  const words = patterns.map((pattern) => trimDelimiters(pattern, delimiters));
  return (text) => words.some((word) => hasWord(text, word, delimiters));
}

function trimDelimiters(pattern: string, delimiters: string): string {
  let start = 0;
  let end = pattern.length;
  while (start < end && delimiters.includes(pattern[start]!)) start++;
  while (end > start && delimiters.includes(pattern[end - 1]!)) end--;
  return pattern.slice(start, end);
}

function hasWord(text: string, word: string, delimiters: string): boolean {
  // QUIRK: nothing but delimiters matches a text that ends in one.
  if (word === "") return delimiters.includes(text[text.length - 1] ?? "x");
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    const before = at === 0 || delimiters.includes(text[at - 1]!);
    if (before && (end === text.length || delimiters.includes(text[end]!))) return true;
  }
  return false;
}

function regexMatcher(patterns: readonly string[], ignoreCase: boolean): TextMatcher {
  const regexes = patterns.map((pattern) => compileMatcher(pattern, ignoreCase));
  return (text) => {
    for (const regex of regexes) if (testRegex(regex, text)) return true;
    return false;
  };
}

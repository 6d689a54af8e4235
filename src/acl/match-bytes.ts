// Owns the fast path: comparing the bytes of a head with a few patterns without making a string. Configuration manual §7.1.3.

import type { ByteRange } from "../sample/index.ts";
import { parseIntegerPatterns } from "./patterns.ts";
import type { AclTest } from "./types.ts";

/** Whether the bytes of a range match. */
export type RangeMatcher = (range: ByteRange) => boolean;

/** Above this many patterns an indexed lookup of the text is faster than comparing them one by one. */
const listLimit = 8;

const lower = new Uint8Array(256);
for (let i = 0; i < 256; i++) lower[i] = i >= 0x41 && i <= 0x5a ? i | 0x20 : i;
const same = new Uint8Array(256);
for (let i = 0; i < 256; i++) same[i] = i;

/** The matcher of a test, or undefined where only text will do. */
export function rangeMatcher(test: AclTest): RangeMatcher | undefined {
  const { method, patterns, ignoreCase } = test;
  if (method === "found") return () => true;
  if (method === "len") return lengthMatcher(patterns);
  if (patterns.length === 0 || patterns.length > listLimit) return undefined;
  if (method !== "str" && method !== "beg" && method !== "end" && method !== "sub") return undefined;
  // Known methods have their own case rule.
  if (test.expression.type === "meth" ? ignoreCase : test.expression.type !== "str") return undefined;
  const table = ignoreCase ? lower : same;
  const wanted = patterns.map((pattern) => Buffer.from(pattern, "latin1").map((byte) => table[byte]!));
  if (method === "sub") return (range) => wanted.some((pattern) => contains(range, pattern, table));
  const one = wanted.length === 1 ? wanted[0] : undefined;
  if (one !== undefined) return (range) => matches(range, one, table, method);
  return (range) => {
    for (const pattern of wanted) if (matches(range, pattern, table, method)) return true;
    return false;
  };
}

function matches(range: ByteRange, pattern: Uint8Array, table: Uint8Array, method: "str" | "beg" | "end"): boolean {
  const { bytes, start, end } = range;
  const { length } = pattern;
  const size = end - start;
  if (method === "str" ? size !== length : size < length) return false;
  const from = method === "end" ? end - length : start;
  for (let i = 0; i < length; i++) if (table[bytes[from + i]!] !== pattern[i]) return false;
  return true;
}

/** A plain search: samples are short, and the first byte rules out nearly every place. */
function contains(range: ByteRange, pattern: Uint8Array, table: Uint8Array): boolean {
  const { bytes, start, end } = range;
  const { length } = pattern;
  if (length === 0) return true;
  const first = pattern[0]!;
  for (let at = start; at <= end - length; at++) {
    if (table[bytes[at]!] !== first) continue;
    let i = 1;
    while (i < length && table[bytes[at + i]!] === pattern[i]) i++;
    if (i === length) return true;
  }
  return false;
}

function lengthMatcher(patterns: readonly string[]): RangeMatcher | undefined {
  const parsed = parseIntegerPatterns(patterns);
  if ("fault" in parsed) return undefined;
  const { ranges } = parsed;
  return (range) => {
    const length = range.end - range.start;
    for (const { min, max } of ranges) if (length >= min && length <= max) return true;
    return false;
  };
}

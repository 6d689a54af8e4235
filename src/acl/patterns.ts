// Owns the reading of patterns: what a word must look like for each matching method, and what it becomes. Used when the configuration is read
// (to refuse) and when it is compiled. Configuration manual §7.1.2 to §7.1.6.

import { parseIpv4, parseIpv6, parseMask4, regexProblem } from "../sample/index.ts";
import type { MatchMethod } from "./types.ts";

/** An inclusive range of integers. */
export interface IntegerRange {
  readonly min: number | bigint;
  readonly max: number | bigint;
}

/** A network: the address's bytes and how many of their bits count. */
export interface Network {
  readonly address: Uint8Array;
  readonly bits: number;
}

const operators = new Set(["eq", "gt", "ge", "lt", "le"]);

/** Whether a word is an operator of integer matching. */
export function isOperator(word: string): boolean {
  return operators.has(word);
}

/** Reads `value`, `min:max`, `min:` or `:max` under an operator; a string is the reference's complaint. */
export function parseIntegerPattern(word: string, operator: string, afterOperator: boolean): IntegerRange | string {
  const match = /^(-?\d+)?(:?)(-?\d+)?$/.exec(word);
  const badNumber = afterOperator
    ? `'${word}' is neither a number nor a supported operator`
    : `'${word}' is not a number`;
  if (match === null || word === "" || word === ":") return badNumber;
  const [, low = "", colon = "", high = ""] = match;
  if (low.length > 19 || high.length > 19) return badNumber;
  const min = low === "" ? Number.NEGATIVE_INFINITY : integerOf(low);
  const max = colon === "" ? min : high === "" ? Number.POSITIVE_INFINITY : integerOf(high);
  if (min > max || (colon !== "" && word.includes("-"))) return `'${word}' is not a valid number range`;
  // QUIRK: an operator before a range means nothing.
  if (colon !== "") return { min, max };
  switch (operator) {
    case "gt":
      return { min: next(min, 1), max: Number.POSITIVE_INFINITY };
    case "ge":
      return { min, max: Number.POSITIVE_INFINITY };
    case "lt":
      return { min: Number.NEGATIVE_INFINITY, max: next(min, -1) };
    case "le":
      return { min: Number.NEGATIVE_INFINITY, max: min };
    default:
      return { min, max };
  }
}

function integerOf(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

function next(value: number | bigint, step: 1 | -1): number | bigint {
  return typeof value === "bigint" ? value + BigInt(step) : value + step;
}

/** All ranges of a list of words with operators; the complaint of the first bad one, and its index. */
export function parseIntegerPatterns(
  words: readonly string[],
): { readonly ranges: readonly IntegerRange[] } | { readonly fault: string; readonly index: number } {
  const ranges: IntegerRange[] = [];
  let operator = "eq";
  let seen = false;
  for (const [index, word] of words.entries()) {
    if (isOperator(word)) {
      operator = word;
      seen = true;
      continue;
    }
    const range = parseIntegerPattern(word, operator, seen);
    if (typeof range === "string") return { fault: range, index };
    ranges.push(range);
  }
  return { ranges };
}

/** Reads an address with an optional mask. IPv4 may leave out zero octets in the middle: 10.12 is 10.0.0.12. */
export function parseNetwork(word: string): Network | undefined {
  const slash = word.indexOf("/");
  const host = slash < 0 ? word : word.slice(0, slash);
  const mask = slash < 0 ? undefined : word.slice(slash + 1);
  if (host.includes(":")) {
    const address = parseIpv6(host);
    if (address === undefined || (mask !== undefined && !/^\d{1,3}$/.test(mask))) return undefined;
    const bits = mask === undefined ? 128 : Number(mask);
    return bits <= 128 ? { address, bits } : undefined;
  }
  const address = parseShortIpv4(host);
  if (address === undefined) return undefined;
  const bits = mask === undefined ? 32 : parseMask4(mask);
  return bits < 0 ? undefined : { address, bits };
}

function parseShortIpv4(host: string): Uint8Array | undefined {
  const parts = host.split(".");
  const last = parts.pop() ?? "";
  if (parts.length > 3 || parts.length === 0) return undefined;
  while (parts.length < 3) parts.push("0");
  return parseIpv4(
    [...parts, last].map((part) => (/^0+\d/.test(part) ? part.replace(/^0+(?=\d)/, "") : part)).join("."),
  );
}

/** The bytes of a hexadecimal pattern as latin1; a string problem otherwise. */
export function parseHexPattern(word: string): { readonly text: string } | { readonly fault: string } {
  const bad = /[^0-9a-fA-F]/.exec(word);
  if (word.length % 2 !== 0) return { fault: "an even number of hex digit is expected" };
  if (bad !== null) return { fault: `an hex digit is expected (found '${bad[0]}')` };
  return { text: Buffer.from(word, "hex").toString("latin1") };
}

/** The first pattern of `words` that `method` refuses, or undefined. */
export function patternProblem(
  method: MatchMethod,
  words: readonly string[],
  ignoreCase: boolean,
): { readonly fault: string; readonly index: number } | undefined {
  switch (method) {
    case "int":
    case "len": {
      const parsed = parseIntegerPatterns(words);
      return "fault" in parsed ? parsed : undefined;
    }
    case "ip":
      return firstProblem(words, (word) =>
        parseNetwork(word) === undefined ? `'${word}' is not a valid IPv4 or IPv6 address` : undefined,
      );
    case "bin":
      return firstProblem(words, (word) => {
        const parsed = parseHexPattern(word);
        return "fault" in parsed ? parsed.fault : undefined;
      });
    case "reg":
      return firstProblem(words, (word) => regexProblem(word, ignoreCase, false));
    default:
      return undefined;
  }
}

function firstProblem(
  words: readonly string[],
  check: (word: string) => string | undefined,
): { readonly fault: string; readonly index: number } | undefined {
  for (const [index, word] of words.entries()) {
    const fault = check(word);
    if (fault !== undefined) return { fault, index };
  }
  return undefined;
}

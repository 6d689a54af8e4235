// Owns how the one value behind most keywords of `global` is checked: as data (a ValueSpec), so that a keyword is one line of a table. Messages are the
// reference's; `%k` stands for the keyword and `%v` for the value as written. It knows no keyword. Configuration manual §3.

import { tooManyWords } from "./arguments.ts";
import type { GlobalScope } from "./rows.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";
import { looseInteger, parseTime } from "./values.ts";

/** One value under test: word 1 of the statement. */
export interface GivenValue {
  readonly text: string;
  readonly statement: Statement;
  readonly scope: GlobalScope;
}

/** Says what is wrong with a value (a message template), or undefined. */
export type ValueTest = (value: GivenValue) => string | undefined;

/** How a line of one value is checked, in the reference's order: number of words, presence, repetition, value. */
export interface ValueSpec {
  /** Most words behind the keyword; 1 by default. "any": nobody counts. */
  readonly words?: number | "any";
  /** What is said when there is no value; without it the empty text is tested like any other. */
  readonly missing?: string;
  /** A second line changes nothing. `counts`: a first line of 0 does not count as one. */
  readonly once?: { readonly counts: "any" | "not-zero"; readonly message: string };
  readonly test?: ValueTest;
  /** Needs `expose-experimental-directives`; `first`: asked before the words are counted. */
  readonly experimental?: "first" | "after-words";
  /** A right line is warned about with these words. */
  readonly obsolete?: string;
  /** Messages stand behind "parsing [file:line]:" without the space. */
  readonly tight?: true;
}

/** The repetition that the reference reports and goes on from. */
export const CONTINUING = "'%k' already specified. Continuing.";

/** True when the line is right; false after an alert, or when a repetition leaves it without effect. */
export function checkValue(statement: Statement, scope: GlobalScope, spec: ValueSpec): boolean {
  const { run, draft } = scope;
  const { words = 1 } = spec;
  const keyword = statement.word(0);
  const text = statement.word(1);
  const say = (template: string, word = 1) => {
    const form = spec.tight === true ? ("parsing-tight" as const) : undefined;
    const code = text === "" ? "PM1201" : "PM1203";
    run.report.alert(statement, code, fill(template, statement), { word, ...(form === undefined ? {} : { form }) });
    return false;
  };
  if (spec.experimental === "first" && !experimentalAllowed(statement, scope)) return false;
  if (words !== "any" && tooManyWords(run, statement, words)) return false;
  if (spec.experimental === "after-words" && !experimentalAllowed(statement, scope)) return false;
  if (text === "" && spec.missing !== undefined) return say(spec.missing);
  if (spec.once !== undefined && draft.seen.has(keyword)) {
    run.report.warn(statement, "PM1209", fill(spec.once.message, statement));
    return false;
  }
  const problem = spec.test?.({ text, statement, scope });
  if (spec.once?.counts === "any" || (spec.once !== undefined && looseInteger(text) !== 0)) draft.seen.add(keyword);
  if (problem !== undefined) return say(problem);
  if (spec.obsolete !== undefined) run.report.warn(statement, "PM1109", fill(spec.obsolete, statement));
  return true;
}

/** False, and an alert, when the configuration does not allow experimental keywords. */
export function experimentalAllowed(statement: Statement, { run, draft }: GlobalScope): boolean {
  if (draft.seen.has("expose-experimental-directives")) return true;
  const message = `'${statement.word(0)}' directive is experimental, must be allowed via a global 'expose-experimental-directives'`;
  run.report.alert(statement, "PM1210", message);
  return false;
}

function fill(template: string, statement: Statement): string {
  const { file, line } = statement;
  return template
    .replace("%p", () => `parsing [${file}:${line}]`)
    .replaceAll("%k", () => statement.word(0))
    .replaceAll("%v", () => statement.word(1));
}

/** An integer as C's `atoi` sees it: digits in front, clamped to 64 bits, cut to 32. */
export function cInteger(text: string): number {
  return Number(BigInt.asIntN(32, cLong(text)));
}

/** An integer as C's `atol` sees it: digits in front, clamped to 64 bits. */
export function cLong(text: string): bigint {
  const digits = /^\s*([+-]?\d{1,40})/.exec(text)?.[1];
  if (digits === undefined) return 0n;
  const value = BigInt(digits.replace("+", ""));
  const limit = 2n ** 63n;
  return value >= limit ? limit - 1n : value < -limit ? -limit : value;
}

/** Between two numbers, read as C does. */
export function within(low: number, high: number, message: string): ValueTest {
  return ({ text }) => {
    const value = cInteger(text);
    return value < low || value > high ? message : undefined;
  };
}

/** Any integer from 0. */
export const NOT_NEGATIVE = within(0, 2 ** 31 - 1, "'%k' expects a positive numeric value.");

/** One of some words. */
export function oneOf(words: string, message: string): ValueTest {
  const set = new Set(words.split(" "));
  return ({ text }) => (set.has(text) ? undefined : message);
}

/** A whole text that is a number for C's `strtol`. */
export function wholeNumber(message: string): ValueTest {
  return ({ text }) => (text === "" || /^\s*[+-]?\d+$/.test(text) ? undefined : message);
}

/** A size: what is left of the text behind its last good character, or the bytes. */
export function readSize(text: string): { readonly bytes: number } | { readonly rest: string } {
  let bytes = 0;
  let at = 0;
  for (; at < text.length; at++) {
    const digit = "0123456789".indexOf(text.charAt(at));
    if (digit < 0) break;
    if (bytes * 10 + digit > 0xffff_ffff) return { rest: text.slice(at) };
    bytes = bytes * 10 + digit;
  }
  if (at === 0) return { rest: text };
  const unit = "kmg".indexOf(text.charAt(at).toLowerCase() || "?");
  if (unit >= 0) {
    bytes *= 1024 ** (unit + 1);
    if (bytes > 0xffff_ffff) return { rest: text.slice(at) };
    at++;
  }
  return at < text.length ? { rest: text.slice(at) } : { bytes };
}

/** A size that the reference refuses by what is left over. */
export function size(options: { readonly zero?: string; readonly most?: string } = {}): ValueTest {
  return ({ text }) => {
    const answer = readSize(text);
    if ("rest" in answer) return `unexpected '${answer.rest}' after size passed to '%k'`;
    if (answer.bytes === 0) return options.zero;
    return answer.bytes > 2 ** 31 - 1 ? options.most : undefined;
  };
}

/** A size that the reference refuses by its first bad character. */
export const SIZE_BY_CHARACTER: ValueTest = ({ text }) => {
  const answer = readSize(text);
  return "rest" in answer ? `'%k': unexpected character '${answer.rest.charAt(0)}' in size argument '%v'.` : undefined;
};

/** How a keyword words its answers to a bad time. `%c` is the bad character. */
export interface TimeMessages {
  readonly bad: string;
  readonly overflow: string;
  /** A value outside of these limits is answered with `range`. */
  readonly least?: number;
  readonly most?: number;
  readonly range?: string;
  readonly unit?: "s" | "ms";
}

/** A time; what stands behind its unit is warned about. */
export function time(messages: TimeMessages): ValueTest {
  const { bad, overflow, least = 0, most = Number.POSITIVE_INFINITY, unit = "ms" } = messages;
  return ({ text, statement, scope }) => {
    const answer = parseTime(text, unit === "s" ? "s" : "ms");
    if ("bad" in answer) return bad.replace("%c", () => answer.bad);
    if (!("ms" in answer)) return unit === "s" && Number(/^\d*/.exec(text)?.[0]) < 2 ** 31 ? undefined : overflow;
    warnTimeTail(scope.run, statement, text, answer.tail);
    return answer.ms < least || answer.ms > most ? messages.range : undefined;
  };
}

/** Letters behind a time's unit are ignored, with a warning. */
export function warnTimeTail(run: Run, statement: Statement, text: string, tail: string): void {
  if (tail === "") return;
  const message = `unexpected character '${tail.charAt(0)}' after the timer value '${text}', only (us=microseconds,ms=milliseconds,s=seconds,m=minutes,h=hours,d=days) are supported. This will be reported as an error in next versions.`;
  run.report.warn(statement, "PM1205", message, { word: 1, form: "config" });
}

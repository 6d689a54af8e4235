// Owns the expressions of `.if`, `.elif` and `-cc`: predicates, parentheses, `!`, `&&`, `||`. Nothing is skipped while parsing, so that an error in a
// branch that does not matter is still found, as in the reference. Configuration manual §2.4.

import type { VariableLookup } from "./words.ts";

/** The HAProxy version that Pointsman answers as. */
export const ANSWERED_VERSION = "3.2.26";

/** What `feature(NAME)` says yes to: what Pointsman really has, by HAProxy's names. */
const FEATURES = new Set([
  "ACCEPT4",
  "EPOLL",
  "GETADDRINFO",
  "LIBCRYPT",
  "NS",
  "OPENSSL",
  "PCRE2",
  "PCRE2_JIT",
  "THREAD",
]);

/** What `enabled(NAME)` says yes to. */
const ENABLED = new Set(["POLL", "EPOLL", "GETADDRINFO", "REUSEPORT", "FAST-FORWARD"]);

const TLS_LIBRARY = "BoringSSL";
/** BoringSSL says that it is this version of OpenSSL. */
const TLS_VERSION = "1.1.1";

export type ConditionAnswer =
  | { readonly value: boolean }
  /** `offset` is inside the text. */
  | { readonly problem: string; readonly offset: number };

/** Evaluates the words after `.if`, joined by single spaces. The empty text is false. */
export function evaluateConfigCondition(text: string, lookup: VariableLookup): ConditionAnswer {
  if (text === "") return { value: false };
  const parser = new ConditionParser(text, lookup);
  const value = parser.parseOr();
  if (parser.problem !== undefined) return parser.problem;
  const end = parser.skipSpace();
  if (end < text.length) {
    return {
      problem: `unexpected character '${text.charAt(end)}' at the end of conditional expression '${text}'`,
      offset: end,
    };
  }
  return { value };
}

interface Predicate {
  readonly name: string;
  readonly arity: 0 | 1 | 2;
  evaluate(first: string, second: string, lookup: VariableLookup): boolean | undefined;
}

const PREDICATES: readonly Predicate[] = [
  { name: "defined", arity: 1, evaluate: (name, _second, lookup) => lookup(name) !== undefined },
  { name: "feature", arity: 1, evaluate: (name) => FEATURES.has(name) },
  { name: "streq", arity: 2, evaluate: (a, b) => a === b },
  { name: "strneq", arity: 2, evaluate: (a, b) => a !== b },
  { name: "strstr", arity: 2, evaluate: (a, b) => a.includes(b) },
  { name: "version_atleast", arity: 1, evaluate: (version) => compareVersions(ANSWERED_VERSION, version) >= 0 },
  { name: "version_before", arity: 1, evaluate: (version) => compareVersions(ANSWERED_VERSION, version) < 0 },
  {
    name: "openssl_version_atleast",
    arity: 1,
    evaluate: (version) => (/^\d/.test(version) ? compareVersions(TLS_VERSION, version) >= 0 : undefined),
  },
  {
    name: "openssl_version_before",
    arity: 1,
    evaluate: (version) => (/^\d/.test(version) ? compareVersions(TLS_VERSION, version) < 0 : undefined),
  },
  { name: "ssllib_name_startswith", arity: 1, evaluate: (name) => TLS_LIBRARY.startsWith(name) },
  { name: "enabled", arity: 1, evaluate: (name) => ENABLED.has(name) },
];

/** Compares "3.2-dev5" and the like: missing parts are zero, a development version comes before its release. */
export function compareVersions(a: string, b: string): number {
  const left = versionParts(a);
  const right = versionParts(b);
  for (let index = 0; index < 4; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function versionParts(text: string): readonly number[] {
  const match = /^(\d+)?(?:\.(\d+))?(?:\.(\d+))?(-dev(\d+)?)?/.exec(text);
  const development = match?.[4] !== undefined;
  return [
    Number(match?.[1] ?? 0),
    Number(match?.[2] ?? 0),
    development ? -1 : Number(match?.[3] ?? 0),
    Number(match?.[5] ?? 0),
  ];
}

/** Deeper nesting than this is refused rather than followed. */
const MAX_DEPTH = 100;

class ConditionParser {
  readonly #text: string;
  readonly #lookup: VariableLookup;
  #at = 0;
  #depth = 0;
  problem: { readonly problem: string; readonly offset: number } | undefined;

  constructor(text: string, lookup: VariableLookup) {
    this.#text = text;
    this.#lookup = lookup;
  }

  skipSpace(): number {
    while (this.#text.charAt(this.#at) === " " || this.#text.charAt(this.#at) === "\t") this.#at++;
    return this.#at;
  }

  parseOr(): boolean {
    let value = this.#parseAnd();
    while (this.problem === undefined && this.#take("||")) value = this.#parseAnd() || value;
    return value;
  }

  #parseAnd(): boolean {
    let value = this.#parseTerm();
    while (this.problem === undefined && this.#take("&&")) value = this.#parseTerm() && value;
    return value;
  }

  #take(operator: string): boolean {
    this.skipSpace();
    if (!this.#text.startsWith(operator, this.#at)) return false;
    this.#at += operator.length;
    return true;
  }

  #parseTerm(): boolean {
    let negated = false;
    while (this.#take("!")) negated = !negated;
    const start = this.skipSpace();
    if (this.#take("(")) {
      if (++this.#depth > MAX_DEPTH) return this.#fail("too many nested conditional expressions", start);
      const value = this.parseOr();
      this.#depth--;
      if (this.problem === undefined && !this.#take(")")) {
        return this.#fail(`expected ')' after conditional expression '${this.#text.slice(start)}'`, start);
      }
      return value !== negated;
    }
    const number = /^[+-]?\d+/.exec(this.#text.slice(start, start + 24))?.[0];
    if (number !== undefined) {
      this.#at = start + number.length;
      return (Number(number) !== 0) !== negated;
    }
    return this.#parsePredicate(start) !== negated;
  }

  #parsePredicate(start: number): boolean {
    const name = /^[a-z_]+/.exec(this.#text.slice(start, start + 40))?.[0] ?? "";
    const predicate = PREDICATES.find((one) => one.name === name);
    if (predicate === undefined) {
      return this.#fail(`unparsable conditional expression '${this.#text.slice(start)}'`, start);
    }
    this.#at = start + name.length;
    const args = this.#text.charAt(this.#at) === "(" ? this.#parseArguments(predicate) : [];
    if (args === undefined) return false;
    const value = predicate.evaluate(args[0] ?? "", args[1] ?? "", this.#lookup);
    if (value !== undefined) return value;
    return this.#fail(
      `invalid argument to conditional expression predicate '${name}': '${args[0] ?? ""}'`,
      this.#at - 1,
    );
  }

  #parseArguments(predicate: Predicate): readonly string[] | undefined {
    const open = this.#at;
    const cut = cutArguments(this.#text, open + 1);
    const where = (index: number) =>
      `in argument ${index} of predicate '${predicate.name}' used in conditional expression`;
    if (cut.args.length > predicate.arity) {
      const from = cut.starts[predicate.arity] ?? open;
      this.#fail(`expected ')' before '${this.#text.slice(from - 1)}' ${where(1)}`, from - 1);
      return undefined;
    }
    if (!cut.closed) {
      this.#fail(`expected ')' ${where(1)}`, cut.end - 1);
      return undefined;
    }
    if (cut.args.length < predicate.arity && !(predicate.arity === 1 && cut.args.length === 0)) {
      const got = cut.args.length;
      this.#fail(`missing arguments (got ${got}/${predicate.arity}), type 'string' expected ${where(got)}`, cut.end);
      return undefined;
    }
    this.#at = cut.end + 1;
    return cut.args;
  }

  #fail(problem: string, offset: number): false {
    this.problem ??= { problem, offset };
    return false;
  }
}

interface CutArguments {
  readonly args: readonly string[];
  readonly starts: readonly number[];
  readonly closed: boolean;
  /** Offset of the closing parenthesis, or the end. */
  readonly end: number;
}

/** Arguments in parentheses with a second level of quotes and escapes, from just behind the `(`. */
function cutArguments(text: string, from: number): CutArguments {
  const args: string[] = [];
  const starts: number[] = [from];
  let current = "";
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"' && at + 1 < text.length) current += text.charAt(++at);
      else current += char;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "\\" && at + 1 < text.length) current += text.charAt(++at);
    else if (char === ",") {
      args.push(current);
      starts.push(at + 1);
      current = "";
    } else if (char === ")") {
      args.push(current);
      return { args, starts, closed: true, end: at };
    } else current += char;
  }
  args.push(current);
  return { args, starts, closed: false, end: text.length };
}

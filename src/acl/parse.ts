// Owns the parser of `acl` declarations: the criterion, the flags, the patterns and the files they come from. Configuration manual §7.1.

import type { ExpressionContext, LanguageProblem, SampleExpression, SampleType } from "../sample/index.ts";
import { castBetween, parseExpression } from "../sample/index.ts";
import { readPatternFile } from "./files.ts";
import type { AclKeyword } from "./keywords.ts";
import { aclKeyword } from "./keywords.ts";
import { parseNetwork, patternProblem } from "./patterns.ts";
import type { AclModel, AclTest, MatchMethod } from "./types.ts";

/** The outcome of {@link parseAcl}. `warnings` are texts that the reference prints as warnings. */
export type ParsedAcl =
  | { readonly acl: AclModel; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

/** The outcome of {@link parseAclTest}. */
export type ParsedAclTest =
  | { readonly tests: readonly AclTest[]; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

/**
 * Parses the words after the keyword `acl`, the name first, starting at `words[at]`. The result is this declaration alone: the caller
 * appends its tests to an earlier ACL of the same name (see {@link addAcl}).
 */
export function parseAcl(words: readonly string[], at: number, context: ExpressionContext): ParsedAcl {
  const name = words[at] ?? "";
  const bad = /[^a-zA-Z0-9_.:-]/.exec(name);
  if (bad !== null) {
    const message = `character '${bad[0]}' is not permitted in acl name '${name}'`;
    return { problem: { message, word: at, start: bad.index, end: bad.index + 1, reason: "syntax" } };
  }
  const parsed = parseAclTest(words, at + 1, words.length, context, name);
  if ("problem" in parsed) {
    const message = `error detected while parsing ACL '${name}' : ${parsed.problem.message}`;
    return { problem: { ...parsed.problem, message } };
  }
  return { acl: { name, tests: parsed.tests }, warnings: parsed.warnings };
}

/** Adds a declaration to the ACLs of a proxy. */
export function addAcl(known: Map<string, AclModel>, acl: AclModel): void {
  const earlier = known.get(acl.name);
  known.set(acl.name, earlier === undefined ? acl : { name: acl.name, tests: [...earlier.tests, ...acl.tests] });
}

/** Parses `criterion [flags] [patterns]` in `words[at, end)`: the inside of an `acl` line, whose name is `name`, or of braces. */
export function parseAclTest(
  words: readonly string[],
  at: number,
  end: number,
  context: ExpressionContext,
  name = "",
): ParsedAclTest {
  return new AclTestParser(words.slice(0, end), at, context, name).run();
}

/** What the sample must be cast to for each method. */
const methodInputs: Readonly<Record<MatchMethod, SampleType>> = {
  found: "any",
  bool: "sint",
  int: "sint",
  ip: "addr",
  bin: "bin",
  len: "str",
  str: "str",
  beg: "str",
  sub: "str",
  dir: "str",
  dom: "str",
  end: "str",
  reg: "str",
};

/** The type that a method compares. */
export function methodInput(method: MatchMethod): SampleType {
  return methodInputs[method];
}

const defaultMethods: Partial<Record<SampleType, MatchMethod>> = {
  bool: "bool",
  sint: "int",
  addr: "ip",
  ipv4: "ip",
  ipv6: "ip",
  str: "str",
  meth: "str",
};

function isMethod(word: string): word is MatchMethod {
  return Object.hasOwn(methodInputs, word);
}

class AclTestParser {
  readonly #words: readonly string[];
  readonly #context: ExpressionContext;
  readonly #criterion: number;
  readonly #name: string;
  #at: number;
  #expression!: SampleExpression;
  #method: MatchMethod | undefined;
  #ignoreCase = false;
  #asMap = false;
  #resolves = true;
  #patternsSeen = false;
  #dashes = false;
  #problem: LanguageProblem | undefined;
  readonly #warnings: LanguageProblem[] = [];
  /** Groups of patterns with one case rule each. */
  readonly #groups: { ignoreCase: boolean; patterns: string[]; files: string[] }[] = [];

  constructor(words: readonly string[], at: number, context: ExpressionContext, name: string) {
    this.#name = name;
    this.#words = words;
    this.#criterion = at;
    this.#at = at;
    this.#context = context;
  }

  run(): ParsedAclTest {
    const ok = this.#readCriterion() && this.#readFlags() && this.#readPatterns();
    if (!ok) return { problem: this.#problem ?? this.#fault("missing fetch method", this.#criterion) };
    const method = this.#method ?? "found";
    const groups =
      this.#groups.length === 0 ? [{ ignoreCase: this.#ignoreCase, patterns: [], files: [] }] : this.#groups;
    this.#warnAboutParenthesis();
    const tests = groups.map((group) => ({ expression: this.#expression, method, ...group }));
    return { tests, warnings: [...this.#warnings, ...this.#emptyWarnings(method)] };
  }

  #fault(message: string, word: number): LanguageProblem {
    const length = (this.#words[word] ?? "").length;
    this.#problem = { message, word, start: 0, end: length, reason: "syntax" };
    return this.#problem;
  }

  #refuse(message: string, word: number): false {
    this.#fault(message, word);
    return false;
  }

  #readCriterion(): boolean {
    const word = this.#words[this.#at] ?? "";
    const name = /^[a-zA-Z0-9._+-]*/.exec(word)?.[0] ?? "";
    const keyword = aclKeyword(name);
    const options = keyword === undefined ? {} : { oneWord: true, fetchName: keyword.fetch };
    const parsed = parseExpression(this.#words, this.#at, this.#context, options);
    if ("problem" in parsed) {
      this.#problem = wordProblem(parsed.problem, name, word, keyword);
      return false;
    }
    this.#expression = parsed.expression;
    this.#at += parsed.used;
    if (keyword !== undefined && parsed.expression.converters.length === 0) this.#method = keyword.method;
    else this.#method = defaultMethods[parsed.expression.type];
    return true;
  }

  #readFlags(): boolean {
    for (; this.#at < this.#words.length; this.#at++) {
      const flag = this.#words[this.#at]!;
      if (!flag.startsWith("-")) break;
      if (flag === "--") {
        this.#dashes = true;
        this.#at++;
        break;
      }
      if (flag === "-i") this.#ignoreCase = true;
      else if (flag === "-n") this.#resolves = false;
      else if (flag === "-M") this.#asMap = true;
      else if (!this.#readFlagWithValue(flag)) return false;
    }
    if (this.#method !== undefined) return true;
    const type = /^[a-zA-Z0-9._-]*/.exec(this.#expression.text)?.[0] ?? "";
    return this.#refuse(
      `matching method must be specified first (using '-m') when using a sample fetch of this type ('${type}')`,
      this.#criterion,
    );
  }

  #readFlagWithValue(flag: string): boolean {
    const value = this.#words[++this.#at] ?? "";
    if (flag === "-u") {
      return /^\d*$/.test(value) || this.#refuse("the argument of -u must be an integer", this.#at);
    }
    if (flag === "-m") return this.#readMethod(value);
    if (flag === "-f") return this.#readFile(value);
    return this.#refuse(
      `'${flag}' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'`,
      this.#at - 1,
    );
  }

  #readMethod(value: string): boolean {
    if (this.#patternsSeen) {
      return this.#refuse(
        "'-m' must only be specified before patterns and files in parsing ACL expression",
        this.#at - 1,
      );
    }
    if (!isMethod(value)) {
      return this.#refuse(`unknown matching method '${value}' when parsing ACL expression`, this.#at);
    }
    if (castBetween(this.#expression.type, methodInputs[value]) === "impossible") {
      const keyword = this.#expression.text.replace(/\(.*$/s, "");
      return this.#refuse(`matching method '${value}' cannot be used with fetch keyword '${keyword}'`, this.#at);
    }
    this.#method = value;
    return true;
  }

  #readFile(path: string): boolean {
    this.#patternsSeen = true;
    const read = readPatternFile(path, this.#asMap, this.#context);
    if ("fault" in read) return this.#refuse(read.fault, this.#at);
    const group = this.#group();
    group.files.push(path);
    for (const pattern of read.patterns) group.patterns.push(pattern);
    const problem = patternProblem(this.#method ?? "str", read.patterns, this.#ignoreCase);
    return problem === undefined || this.#refuse(`${problem.fault} in file <${path}>`, this.#at);
  }

  #group(): { ignoreCase: boolean; patterns: string[]; files: string[] } {
    const last = this.#groups[this.#groups.length - 1];
    if (last !== undefined && last.ignoreCase === this.#ignoreCase) return last;
    const group = { ignoreCase: this.#ignoreCase, patterns: [], files: [] };
    this.#groups.push(group);
    return group;
  }

  #readPatterns(): boolean {
    const method = this.#method ?? "str";
    const first = this.#at;
    const given = this.#words.slice(first);
    if (given.length === 0 || method === "found" || method === "bool") return true;
    const words = method === "ip" ? this.#resolved(given) : given;
    if (words === undefined) return false;
    const problem = patternProblem(method, words, this.#ignoreCase);
    if (problem !== undefined) return this.#refuse(problem.fault, first + problem.index);
    for (const word of words) this.#group().patterns.push(word);
    return true;
  }

  /** Host names among addresses become their addresses. */
  #resolved(given: readonly string[]): string[] | undefined {
    const out: string[] = [];
    for (const [index, word] of given.entries()) {
      const resolve = this.#resolves ? this.#context.resolveHost : undefined;
      const found = parseNetwork(word) === undefined && !word.includes("/") ? resolve?.(word) : [word];
      if (found === undefined || found.length === 0) {
        this.#fault(`'${word}' is not a valid IPv4 or IPv6 address`, this.#at + index);
        return undefined;
      }
      out.push(...found);
    }
    return out;
  }

  /** `path (a)` is most often `path(a)` with a blank too many. */
  #warnAboutParenthesis(): void {
    const criterion = this.#words[this.#criterion] ?? "";
    const next = this.#words[this.#criterion + 1] ?? "";
    if (criterion.includes("(") || !next.startsWith("(")) return;
    const message = `parsing acl '${this.#name}' :
  matching '${criterion}' for pattern '${next}' is likely a mistake and probably
  not what you want. Maybe you need to remove the extraneous space before '('.
  If you are really sure this is not an error, please insert '--' between the
  match and the pattern to make this warning message disappear.
`;
    this.#warnings.push({ message, word: this.#criterion + 1, start: 0, end: next.length, reason: "syntax" });
  }

  #emptyWarnings(method: MatchMethod): readonly LanguageProblem[] {
    const empty = this.#groups.every((group) => group.files.length === 0 && group.patterns.length === 0);
    if (!empty || this.#dashes || method === "found" || method === "bool") return [];
    const word = this.#words[this.#criterion] ?? "";
    const message = `parsing acl keyword '${word}' :
  no pattern to match against were provided, so this ACL will never match.
  If this is what you intended, please add '--' to get rid of this warning.
  If you intended to match only for existence, please use '-m found'.
  If you wanted to force an int to match as a bool, please use '-m bool'.
`;
    return [{ message, word: this.#criterion, start: 0, end: word.length, reason: "syntax" }];
  }
}

/** The reference words a bad criterion differently for ACL keywords and for plain fetches. */
function wordProblem(
  problem: LanguageProblem,
  name: string,
  word: string,
  keyword: AclKeyword | undefined,
): LanguageProblem {
  if (keyword === undefined) return { ...problem, message: `${problem.message} in ACL expression '${word}'` };
  const message = problem.message.replace(`fetch method '${name}' : `, "");
  return { ...problem, message: `ACL keyword '${name}' : ${message}` };
}

// Owns the parser of sample expressions: `fetch[(args)][,converter[(args)]]…`. It checks names, arguments and types; what an expression
// refers to (proxies, servers) is checked by its caller when everything was read. Configuration manual §7.3.

import type { ArgumentProblem } from "./arguments.ts";
import { parseArguments, sharedProblem } from "./arguments.ts";
import { castBetween } from "./cast.ts";
import type { Parameter } from "./rows.ts";
import { converterRow, fetchRow, knownNames } from "./tables.ts";
import type {
  Argument,
  ConverterCall,
  ExpressionContext,
  LanguageProblem,
  NameKind,
  SampleExpression,
  SampleType,
} from "./types.ts";

/** The outcome of {@link parseExpression}: `used` is the number of words that belong to the expression. */
export type ParsedExpression =
  | { readonly expression: SampleExpression; readonly used: number }
  | { readonly problem: LanguageProblem };

/** How far an expression may reach, and what to call the fetch in messages. */
export interface ParseOptions {
  /** Converters may stand in the following words (the default). */
  readonly oneWord?: boolean;
  /** Parse this canonical fetch instead of the name at the start of the word: `path_beg` reads as `path`. */
  readonly fetchName?: string;
}

/** Parses the expression that starts at `words[at]`; converters may go on in the following words, as the reference allows. */
export function parseExpression(
  words: readonly string[],
  at: number,
  context: ExpressionContext,
  options: ParseOptions = {},
): ParsedExpression {
  return new ExpressionParser(words, at, context, options).run();
}

class ExpressionParser {
  readonly #words: readonly string[];
  readonly #first: number;
  readonly #context: ExpressionContext;
  readonly #options: ParseOptions;
  #word: number;
  #at = 0;
  #problem: LanguageProblem | undefined;

  constructor(words: readonly string[], at: number, context: ExpressionContext, options: ParseOptions) {
    this.#words = words;
    this.#first = at;
    this.#word = at;
    this.#context = context;
    this.#options = options;
  }

  run(): ParsedExpression {
    const expression = this.#expression();
    if (expression !== undefined) return { expression, used: this.#word - this.#first + 1 };
    return { problem: this.#problem ?? this.#fault("missing fetch method", 0, 0) };
  }

  get #text(): string {
    return this.#words[this.#word] ?? "";
  }

  #fault(message: string, start: number, end: number): LanguageProblem {
    this.#problem = { message, word: this.#word, start, end, reason: "syntax" };
    return this.#problem;
  }

  #refuse(message: string, start: number, end: number): undefined {
    this.#fault(message, start, end);
    return undefined;
  }

  #name(): string {
    nameCharacters.lastIndex = this.#at;
    return nameCharacters.exec(this.#text)?.[0] ?? "";
  }

  #unknown(kind: NameKind, name: string): undefined {
    const planned = kind === "fetch" ? knownNames.fetches : knownNames.converters;
    const unsupported = planned.has(name) || (kind === "fetch" && planned.has(this.#options.fetchName ?? ""));
    const what = kind === "fetch" ? "fetch method" : "converter";
    this.#problem = {
      message: unsupported ? `${what} '${name}' is not supported yet` : `unknown ${what} '${name}'`,
      word: this.#word,
      start: this.#at,
      end: this.#at + name.length,
      reason: unsupported ? "unsupported" : "unknown",
      nameKind: kind,
      name,
    };
    return undefined;
  }

  #expression(): SampleExpression | undefined {
    const written = this.#name();
    if (written === "") return this.#refuse("missing fetch method", 0, 0);
    const row = fetchRow(this.#options.fetchName ?? written);
    if (row === undefined) return this.#unknown("fetch", written);
    const prefix = `fetch method '${written}' : `;
    const args = this.#arguments(written, row.parameters, () => prefix);
    if (args === undefined) return undefined;
    const checked = this.#check(row.check, row.parameters, args, `invalid args in fetch method '${written}' : `);
    if (checked === undefined) return undefined;
    if (this.#at < this.#text.length && this.#text[this.#at] !== ",") {
      return this.#refuse("missing comma after fetch keyword", this.#at, this.#text.length);
    }
    const converters: ConverterCall[] = [];
    const type = this.#converters(row.type, converters);
    if (type === undefined) return undefined;
    const text = this.#words.slice(this.#first, this.#word + 1).join(" ");
    return { fetch: { name: row.name, args: checked }, converters, type, text };
  }

  #converters(start: SampleType, out: ConverterCall[]): SampleType | undefined {
    let type = start;
    let dynamic = false;
    for (;;) {
      while (this.#text[this.#at] === ",") this.#at++;
      if (this.#at >= this.#text.length && !this.#nextWord()) return dynamic ? "any" : type;
      const name = this.#name();
      const row = converterRow(name);
      if (row === undefined) return this.#unknown("converter", name === "" ? this.#text.slice(this.#at) : name);
      const startAt = this.#at;
      const args = this.#arguments(name, row.parameters, (index) => `invalid arg ${index} in converter '${name}' : `);
      if (args === undefined) return undefined;
      if (castBetween(type, row.input) === "impossible") {
        return this.#refuse(`converter '${name}' cannot be applied`, startAt, this.#at);
      }
      const checked = this.#check(row.check, row.parameters, args, `invalid args in converter '${name}' : `);
      if (checked === undefined) return undefined;
      if (this.#at < this.#text.length && this.#text[this.#at] !== ",") {
        return this.#refuse(`missing comma after converter '${name}'`, this.#at, this.#text.length);
      }
      out.push({ name: row.name, args: checked });
      if (row.output !== "same") {
        type = row.output;
        dynamic = row.dynamic === true;
      }
    }
  }

  /** A following word that starts with the name of a converter belongs to the expression; any other word ends it. */
  #nextWord(): boolean {
    const next = this.#words[this.#word + 1];
    if (next === undefined || this.#options.oneWord === true) return false;
    nameCharacters.lastIndex = 0;
    const name = nameCharacters.exec(next)?.[0] ?? "";
    if (converterRow(name) === undefined && !knownNames.converters.has(name)) return false;
    this.#word++;
    this.#at = 0;
    return true;
  }

  #arguments(
    name: string,
    parameters: readonly Parameter[],
    prefix: (index: number) => string,
  ): readonly Argument[] | undefined {
    const parsed = parseArguments(this.#text, this.#at + name.length, parameters, this.#context.proxyName ?? "");
    if (isArgumentProblem(parsed)) return this.#refuse(prefix(parsed.index) + parsed.message, parsed.at, parsed.end);
    this.#at = parsed.end;
    return parsed.args;
  }

  #check(
    check: ((args: readonly Argument[], context: ExpressionContext) => string | readonly Argument[]) | undefined,
    parameters: readonly Parameter[],
    args: readonly Argument[],
    prefix: string,
  ): readonly Argument[] | undefined {
    const shared = sharedProblem(parameters, args);
    const result = shared ?? (check === undefined ? args : check(args, this.#context));
    return typeof result === "string" ? this.#refuse(prefix + result, 0, this.#at) : result;
  }
}

const nameCharacters = /[a-zA-Z0-9._+-]*/y;

function isArgumentProblem(parsed: object): parsed is ArgumentProblem {
  return "message" in parsed;
}

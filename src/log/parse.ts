// Owns the parser of log formats. Offsets of its problems are inside the text. Configuration manual §8.2.6.

import type { ExpressionContext, LanguageProblem } from "../sample/index.ts";
import { missingSource, parseExpression, readArgument } from "../sample/index.ts";
import { aliasRow, plannedAliases } from "./aliases.ts";
import type { LogFormatModel, LogItem, LogItemFlags } from "./types.ts";

/** The outcome of {@link parseLogFormat}. */
export type ParsedLogFormat =
  | { readonly format: LogFormatModel; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

/**
 * Parses one log-format string; offsets of a problem are inside `text`, its `word` is `word`. In the phase "log" a value that is not there
 * shows as "-"; elsewhere (headers, replies, names) as nothing.
 */
export function parseLogFormat(text: string, word: number, context: ExpressionContext): ParsedLogFormat {
  const parser = new FormatParser(text, word, context);
  const items = parser.run();
  return items === undefined ? { problem: parser.problem } : { format: { items, text }, warnings: [] };
}

type Flag = keyof LogItemFlags;

const flagLetters: Readonly<Record<string, Flag>> = { Q: "quote", X: "hexadecimal", E: "escape", M: "mandatory" };

/** Encodings that the reference has and that are not done. */
const plannedFlags = new Set(["json", "cbor", "bin", "utf8"]);

class FormatParser {
  readonly #text: string;
  readonly #word: number;
  readonly #context: ExpressionContext;
  readonly #items: LogItem[] = [];
  #at = 0;
  #literal = "";
  #flags: LogItemFlags;
  problem: LanguageProblem;

  constructor(text: string, word: number, context: ExpressionContext) {
    this.#text = text;
    this.#word = word;
    this.#context = context;
    this.#flags = { quote: false, hexadecimal: false, escape: false, mandatory: context.phase === "log" };
    this.problem = { message: "empty", word, start: 0, end: 0, reason: "syntax" };
  }

  run(): readonly LogItem[] | undefined {
    const text = this.#text;
    while (this.#at < text.length) {
      const percent = text.indexOf("%", this.#at);
      if (percent < 0) {
        this.#literal += text.slice(this.#at);
        break;
      }
      this.#literal += text.slice(this.#at, percent);
      this.#at = percent + 1;
      if (text[this.#at] === "%") {
        this.#literal += "%";
        this.#at++;
      } else if (!this.#item(percent)) return undefined;
    }
    this.#flush();
    return this.#items;
  }

  #flush(): void {
    if (this.#literal !== "") this.#items.push({ kind: "text", text: this.#literal });
    this.#literal = "";
  }

  #refuse(message: string, start: number, extra: Partial<LanguageProblem> = {}): false {
    this.problem = { message, word: this.#word, start, end: this.#text.length, reason: "syntax", ...extra };
    return false;
  }

  /** One item; `#at` stands behind its "%". */
  #item(start: number): boolean {
    if (!this.#name(start)) return false;
    let flags: LogItemFlags | undefined = this.#flags;
    if (this.#text[this.#at] === "{") flags = this.#modifiers(start);
    if (flags === undefined) return false;
    if (this.#text[this.#at] === "[") return this.#expression(flags);
    const name = /^[a-zA-Z0-9]*/.exec(this.#text.slice(this.#at, this.#at + 32))?.[0] ?? "";
    if (name === "") {
      const written = this.#text.slice(start, this.#at);
      return written.length > 1
        ? this.#refuse(`parse argument modifier without alias name near '${written}'`, start)
        : this.#refuse("truncated line after '%'", start);
    }
    const nameAt = this.#at;
    this.#at += name.length;
    if (name === "o") {
      this.#flags = flags;
      // The blank that separates it from the rest is not part of the line.
      if (this.#literal === "" && this.#items.length === 0 && this.#context.phase === "log") this.#skipBlanks();
      return true;
    }
    if (aliasRow(name) === undefined) return this.#unknownAlias(name, nameAt);
    this.#flush();
    this.#items.push({ kind: "alias", alias: name, flags });
    return true;
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === " ") this.#at++;
  }

  #unknownAlias(name: string, at: number): false {
    const unsupported = plannedAliases.has(name);
    const message = unsupported
      ? `format alias '${name}' is not supported yet`
      : `no such format alias '${name}'. If you wanted to emit the '%' character verbatim, you need to use '%%'`;
    return this.#refuse(message, at, {
      end: at + name.length,
      reason: unsupported ? "unsupported" : "unknown",
      nameKind: "alias",
      name,
    });
  }

  /** `(name:type)`: only encodings use it, and those are not done; the name is checked and dropped. */
  #name(start: number): boolean {
    if (this.#text[this.#at] !== "(") return true;
    const match = /^\(([a-zA-Z0-9_-]*)(?::(str|sint|bool))?\)/.exec(this.#text.slice(this.#at, this.#at + 128));
    if (match === null) return this.#refuse("invalid character in custom name", start);
    this.#at += match[0].length;
    return true;
  }

  /** `{+Q,-X}`. */
  #modifiers(start: number): LogItemFlags | undefined {
    const end = this.#text.indexOf("}", this.#at);
    if (end < 0) {
      this.#refuse(`truncated line after '${this.#text.slice(this.#at + 1)}'`, start);
      return undefined;
    }
    const flags: { -readonly [K in Flag]: boolean } = { ...this.#flags };
    for (const part of this.#text.slice(this.#at + 1, end).split(/[, ]+/)) {
      const name = part.replace(/^[-+]/, "");
      if (plannedFlags.has(name)) {
        this.#refuse(`format flag '${name}' is not supported yet`, this.#at, { end: end + 1, reason: "unsupported" });
        return undefined;
      }
      const flag = flagLetters[name];
      if (flag !== undefined && part !== name) flags[flag] = part.startsWith("+");
    }
    this.#at = end + 1;
    return flags;
  }

  #expression(flags: LogItemFlags): boolean {
    const open = this.#at;
    const close = expressionEnd(this.#text, open + 1);
    const inside = this.#text.slice(open + 1, close);
    const blank = inside.replace(/\(.*/s, "").search(/[^a-zA-Z0-9._+,-]/);
    const parsed = parseExpression([inside], 0, this.#context, { oneWord: true });
    if ("problem" in parsed) {
      if (blank > 0 && this.#text[close] === "]") {
        return this.#refuse(
          `expected ']' after '${inside.slice(0, blank)}', but found '${inside[blank]}'`,
          open + 1 + blank,
        );
      }
      const { problem } = parsed;
      const rest = this.#text.slice(open + 1);
      const start = open + 1 + problem.start;
      const message = `failed to parse sample expression <${rest}> : ${problem.message}`;
      this.problem = { ...problem, message, word: this.#word, start, end: open + 1 + problem.end };
      return false;
    }
    if (close >= this.#text.length) return this.#refuse(`missing ']' after '${inside}'`, open);
    const missing = missingSource(parsed.expression, this.#context);
    if (missing !== undefined) {
      const name = /^[a-zA-Z0-9._+-]*/.exec(inside)?.[0] ?? "";
      return this.#refuse(
        `sample fetch <${name}> may not be reliably used here because it needs '${missing}' which is not available here`,
        open + 1,
        { end: close },
      );
    }
    this.#at = close + 1;
    this.#flush();
    this.#items.push({ kind: "expression", expression: parsed.expression, flags });
    return true;
  }
}

/** The "]" that ends an expression: those inside of argument lists do not count. */
function expressionEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length && text[i] !== "]") {
    if (text[i] !== "(") {
      i++;
      continue;
    }
    i++;
    for (;;) {
      const argument = readArgument(text, i);
      i = argument.end + 1;
      if (text[argument.end] !== ",") break;
    }
  }
  return Math.min(i, text.length);
}

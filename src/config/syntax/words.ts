// Owns the cutting of one line into words: quotes, escapes, environment variables, comments. It keeps for each word where it stands, so that nothing
// is lost between the text and what was understood. It knows no keyword. Configuration manual §2.2 (quoting and escaping) and §2.3 (environment).

import type { DiagnosticCode } from "../../diagnostics/index.ts";

/** A word after quotes, escapes and variables were resolved, and the half-open range of the line it came from. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Why a line could not be cut; `offset` is where in the line. */
export interface WordProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly offset: number;
}

export interface CutLine {
  readonly words: readonly Word[];
  /** Offset of the unprotected `#`, or the line's length. */
  readonly commentStart: number;
  readonly problem: WordProblem | undefined;
}

/** The value of an environment variable or pseudo-variable (".LINE"); undefined when it is not set. */
export type VariableLookup = (name: string) => string | undefined;

/** The reference's limit (MAX_LINE_ARGS). */
export const MAX_WORDS = 64;

const SPACE = /[ \t\n\v\f\r]/;
const NAME_START = /[A-Za-z_.]/;
const NAME_PART = /[A-Za-z0-9_]/;
const PSEUDO_VARIABLES = [".FILE", ".LINE", ".SECTION"];
const HEX_PAIR = /^[0-9a-fA-F]{2}$/;

/** Cuts `line` (without its line feed). Never throws; on a problem the words before it are returned too. */
export function cutLine(line: string, lookup: VariableLookup): CutLine {
  return new Cutter(line, lookup).cut();
}

class Cutter {
  readonly #line: string;
  readonly #lookup: VariableLookup;
  readonly #words: Word[] = [];
  #at = 0;
  /** The word under way, as pieces; undefined between words. */
  #text: string | undefined;
  #wordStart = 0;
  #problem: WordProblem | undefined;
  /**
   * QUIRK: behind a variable that is not set the reference forgets the next separator, so that `"$NOPE" http` is the one word "http".
   * Nothing has been emitted since such a variable.
   */
  #swallow = false;

  constructor(line: string, lookup: VariableLookup) {
    this.#line = line;
    this.#lookup = lookup;
  }

  cut(): CutLine {
    const line = this.#line;
    let commentStart = line.length;
    while (this.#at < line.length && this.#problem === undefined) {
      const char = line.charAt(this.#at);
      if (SPACE.test(char)) {
        if (this.#swallow) this.#skipSpace();
        else this.#finishWord(this.#at);
        this.#at++;
      } else if (char === "#") {
        commentStart = this.#at;
        break;
      } else if (char === '"') this.#weakQuote();
      else if (char === "'") this.#strongQuote();
      else if (char === "\\") this.#escape(false);
      else this.#plainRun(/[ \t\n\v\f\r#"'\\]/g);
    }
    if (this.#problem === undefined) this.#finishWord(Math.min(this.#at, commentStart));
    return { words: this.#words, commentStart, problem: this.#problem };
  }

  /** To the last character of a run of space. */
  #skipSpace(): void {
    this.#swallow = false;
    while (SPACE.test(this.#line.charAt(this.#at + 1))) this.#at++;
  }

  #emit(text: string, from: number): void {
    this.#swallow = false;
    if (this.#text === undefined) {
      this.#wordStart = from;
      this.#text = text;
    } else this.#text += text;
  }

  #finishWord(end: number): void {
    if (this.#text === undefined) return;
    if (this.#words.length === MAX_WORDS) {
      const last = this.#words[MAX_WORDS - 1];
      this.#fail(
        "PM1004",
        `too many words, truncating after word ${MAX_WORDS}`,
        last?.start ?? 0,
        `: <${last?.text}>.`,
      );
      return;
    }
    this.#words.push({ text: this.#text, start: this.#wordStart, end });
    this.#text = undefined;
  }

  #fail(code: DiagnosticCode, what: string, offset: number, tail = ""): undefined {
    const join = code === "PM1004" ? ", position" : " at position";
    this.#problem ??= { code, message: `${what}${join} ${offset + 1}${tail}`, offset };
  }

  #plainRun(stop: RegExp): void {
    stop.lastIndex = this.#at;
    const end = stop.exec(this.#line)?.index ?? this.#line.length;
    this.#emit(this.#line.slice(this.#at, end), this.#at);
    this.#at = end;
  }

  #strongQuote(): undefined {
    const open = this.#at;
    const close = this.#line.indexOf("'", open + 1);
    if (close < 0) return this.#fail("PM1001", "unmatched quote", open);
    this.#emit(this.#line.slice(open + 1, close), open);
    this.#at = close + 1;
  }

  #weakQuote(): undefined {
    const open = this.#at++;
    this.#emit("", open);
    while (this.#at < this.#line.length && this.#problem === undefined) {
      const char = this.#line.charAt(this.#at);
      if (char === '"') {
        this.#at++;
        return;
      }
      if (char === "\\") this.#escape(true);
      else if (char === "$") this.#variable(open);
      else this.#plainRun(/["\\$]/g);
    }
    this.#fail("PM1001", "unmatched quote", open);
  }

  /** At a backslash. An escape that is none keeps its backslash, as in the reference. */
  #escape(quoted: boolean): undefined {
    const from = this.#at;
    const next = this.#line.charAt(from + 1);
    let text: string | undefined;
    if (next === "x") {
      const digits = this.#line.slice(from + 2, from + 4);
      if (!HEX_PAIR.test(digits)) return this.#fail("PM1002", "truncated or invalid hexadecimal sequence", from);
      this.#emit(String.fromCharCode(Number.parseInt(digits, 16)), from);
      this.#at = from + 4;
      return;
    }
    if (next !== "" && " \\#'\"".includes(next)) text = next;
    else if (next === "$" && quoted) text = "$";
    else if (next === "n") text = "\n";
    else if (next === "r") text = "\r";
    else if (next === "t") text = "\t";
    this.#emit(text ?? "\\", from);
    this.#at = from + (text === undefined ? 1 : 2);
  }

  /** At a `$` inside weak quotes that opened at `open`. */
  #variable(open: number): undefined {
    const line = this.#line;
    const dollar = this.#at;
    const braced = line.charAt(dollar + 1) === "{";
    const nameStart = dollar + (braced ? 2 : 1);
    let at = nameStart;
    if (!NAME_START.test(line.charAt(at))) return this.#fail("PM1003", FORBIDDEN_FIRST, at);
    while (at < line.length && (NAME_PART.test(line.charAt(at)) || (at === nameStart && line.charAt(at) === "."))) at++;
    const name = line.slice(nameStart, at);
    if (name.startsWith(".") && !PSEUDO_VARIABLES.includes(name))
      return this.#fail("PM1003", FORBIDDEN_FIRST, nameStart);
    let value = this.#lookup(name);
    let spread = false;
    if (braced) {
      if (line.startsWith("[*]", at)) {
        spread = true;
        at += 3;
      }
      if (line.charAt(at) === "-") {
        const close = line.indexOf("}", at);
        if (close >= 0) {
          value ??= line.slice(at + 1, close);
          at = close;
        }
      }
      if (line.charAt(at) !== "}")
        return this.#fail("PM1001", "unmatched brace in environment variable name", dollar + 1);
      at++;
    }
    this.#at = at;
    if (value === undefined) {
      this.#emit("", dollar);
      this.#swallow = true;
    } else if (spread) this.#spread(value, open);
    else this.#emit(value, dollar);
  }

  /** `${NAME[*]}`: each run of the value between spaces becomes a word; the first joins what stands before, the last what follows. */
  #spread(value: string, open: number): void {
    const parts = value.split(/[ \t\n\v\f\r]+/);
    for (const [index, part] of parts.entries()) {
      if (index > 0) {
        this.#finishWord(this.#at);
        if (this.#problem !== undefined) return;
      }
      this.#emit(part, index === 0 ? this.#wordStart : open);
    }
  }
}

const FORBIDDEN_FIRST = "forbidden first char in environment variable name";

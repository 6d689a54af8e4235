// Owns one statement: the words of a line, where they stand, and how the line was negated. It knows no keyword.

import type { Span } from "../../diagnostics/index.ts";
import type { SourceLocation } from "../model/index.ts";
import type { Word } from "../syntax/index.ts";

/** One non-empty line. `no` and `default` in front are taken off and kept as `negation`. */
export class Statement {
  readonly file: string;
  readonly line: number;
  /** The line as written. */
  readonly source: string;
  readonly words: readonly Word[];
  readonly negation: "no" | "default" | undefined;
  #texts: readonly string[] | undefined;

  constructor(
    file: string,
    line: number,
    source: string,
    words: readonly Word[],
    negation: "no" | "default" | undefined,
  ) {
    this.file = file;
    this.line = line;
    this.source = source;
    this.words = words;
    this.negation = negation;
  }

  /** The text of word `index`; "" beyond the last, as the reference sees it. */
  word(index: number): string {
    return this.words[index]?.text ?? "";
  }

  /** The texts of all words. */
  get texts(): readonly string[] {
    this.#texts ??= this.words.map((word) => word.text);
    return this.#texts;
  }

  /** Words from `from` joined by single spaces, as the reference reassembles free text. */
  rest(from: number): string {
    return this.texts.slice(from).join(" ");
  }

  get place(): SourceLocation {
    return { file: this.file, line: this.line };
  }

  /** Where word `index` stands; behind the last word when there is none. */
  span(index: number): Span {
    const word = this.words[index];
    if (word !== undefined) return this.#range(word.start, word.end);
    const end = this.words.at(-1)?.end ?? 0;
    return this.#range(end, end + 1);
  }

  /** A part of word `index`, by offsets into its text, as far as the text equals what was written. */
  subspan(index: number, start: number, end: number): Span {
    const word = this.words[index];
    if (word === undefined || this.source.slice(word.start, word.end) !== word.text) return this.span(index);
    return this.#range(word.start + start, word.start + Math.max(end, start + 1));
  }

  #range(start: number, end: number): Span {
    return { file: this.file, line: this.line, column: start + 1, endColumn: end + 1 };
  }
}

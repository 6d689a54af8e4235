// Owns the first half of formatting: what each line of a file is, and how deep it stands. A section's header stands at the margin, what belongs to it
// one level deeper, and what is inside of `.if … .endif` one level deeper again. It changes no text. Configuration manual §2.1 and §2.4.

import { isSectionName } from "../directives/sections.ts";
import { cutLine, splitLines, type Word } from "../syntax/index.ts";

/** What a line is. raw: it cannot be cut into words, and is left as it is. */
export type LineKind = "blank" | "comment" | "raw" | "section" | "open" | "middle" | "close" | "message" | "statement";

/** One line of the file, taken apart. */
export interface LaidLine {
  readonly kind: LineKind;
  /** Counts from 1, in the file as it was. */
  readonly number: number;
  /** The words as written, quotes and all; of a raw line the whole line. */
  readonly words: readonly string[];
  /** From `#` to the end without blanks; "" when there is none. */
  readonly comment: string;
  /** Width of the blanks in front; a tab reaches the next multiple of 8. */
  readonly column: number;
  /** Of `.if` and its kin: the block holds whole sections, not lines of one. Such a line stands where headers stand. */
  readonly outer: boolean;
  /** How many levels deep the line itself stands. Comments have that of the lines of their place. */
  readonly depth: number;
}

type Draft = { -readonly [Key in keyof LaidLine]: LaidLine[Key] };

/** Takes a text apart. A CR at the end of a line is white space. */
export function layOut(text: string): readonly LaidLine[] {
  const lines = splitLines(text).map((line) => layLine(line.text, line.number));
  findOuterBlocks(lines);
  measureDepth(lines);
  return lines;
}

/** Any variable stands for one letter here, so that a word is what stands between blanks that no quote protects. */
const ANY_VALUE = () => "x";

function layLine(text: string, number: number): Draft {
  const trimmed = text.endsWith("\r") ? text.slice(0, -1) : text;
  const line: Draft = {
    kind: "raw",
    number,
    words: [trimmed],
    comment: "",
    column: columnOf(text),
    outer: false,
    depth: 0,
  };
  const cut = cutLine(text, ANY_VALUE);
  if (cut.problem !== undefined || text.includes("\0")) return line;
  line.words = cut.words.map((word) => writtenWord(text, word));
  line.comment = text.slice(cut.commentStart).replace(/[ \t\v\f\r]+$/, "");
  const first = cut.words[0];
  if (first === undefined) line.kind = line.comment === "" ? "blank" : "comment";
  else line.kind = kindOf(first.text);
  return line;
}

/** A word as written. Behind a backslash that protects nothing a tab must stay: with a space it would be an escape. */
function writtenWord(text: string, word: Word): string {
  const written = text.slice(word.start, word.end);
  const follows = text.charAt(word.end);
  return written.endsWith("\\") && follows !== " " && follows !== "" ? `${written}\t` : written;
}

function kindOf(word: string): LineKind {
  if (isSectionName(word)) return "section";
  if (word === ".if") return "open";
  if (word === ".elif" || word === ".else") return "middle";
  if (word === ".endif") return "close";
  return word.startsWith(".") ? "message" : "statement";
}

function columnOf(text: string): number {
  let column = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\t") column += 8 - (column % 8);
    else if (char === " ") column++;
    else break;
  }
  return column;
}

/** A block of conditions while its kind is looked for. */
interface Block {
  outer: boolean;
  /** Its directives, in order. */
  readonly lines: Draft[];
}

/** A block holds whole sections when the first line in it, however deep, is a section's header, or when no section was begun before it. */
function findOuterBlocks(lines: readonly Draft[]): void {
  const open: Block[] = [];
  /** The innermost blocks that had no line yet: always the last ones of `open`. */
  let undecided = 0;
  let inSection = false;
  const settle = (block: Block) => {
    for (const line of block.lines) line.outer = block.outer;
  };
  for (const line of lines) {
    if (line.kind === "open") {
      open.push({ outer: !inSection, lines: [line] });
      undecided++;
    } else if (line.kind === "middle" || line.kind === "close") {
      const block = open.at(-1);
      line.outer = true;
      block?.lines.push(line);
      if (block === undefined || line.kind === "middle") continue;
      settle(block);
      open.pop();
      undecided = Math.max(0, undecided - 1);
    } else if (line.kind === "section" || line.kind === "statement" || line.kind === "raw") {
      for (; undecided > 0; undecided--) {
        const block = open.at(-undecided);
        if (block !== undefined) block.outer = line.kind === "section";
      }
      if (line.kind === "section") inSection = true;
    }
  }
  open.forEach(settle);
}

function measureDepth(lines: readonly Draft[]): void {
  /** Of each open block: whether it is an outer one. */
  const outer: boolean[] = [];
  /** How many of them were open when the last section began: in those, lines are that section's. */
  let settled = 0;
  let inSection = false;
  const members = () => outer.length + (inSection && !(outer.at(-1) === true && outer.length > settled) ? 1 : 0);
  for (const line of lines) {
    if (line.kind === "section") {
      line.depth = outer.length;
      settled = outer.length;
      inSection = true;
    } else if (line.kind === "open") {
      line.depth = line.outer ? outer.length : outer.length + 1;
      outer.push(line.outer);
    } else if (line.kind === "middle" || line.kind === "close") {
      const was = outer.pop() !== undefined;
      settled = Math.min(settled, outer.length);
      line.depth = line.outer ? outer.length : outer.length + 1;
      if (was && line.kind === "middle") outer.push(line.outer);
    } else if (line.kind === "statement") line.depth = outer.length + 1;
    else line.depth = members();
  }
}

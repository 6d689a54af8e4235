// Owns the second half of formatting: lines as text. Words stand one blank apart, but the names and addresses of `server` lines that follow each other
// stand in columns, and so do comments behind lines that follow each other.

import { readable } from "../../diagnostics/index.ts";

/** One line of the result. A line without words and comment is blank. */
export interface ShownLine {
  readonly depth: number;
  readonly words: readonly string[];
  readonly comment: string;
  /** The single word is the whole line and stands at the margin as it is. */
  readonly raw: boolean;
}

const INDENT = "    ";
/** What is nested deeper is not indented further: the result stays in proportion to the file. */
const DEEPEST = 24;
/** Longer names and addresses of servers take no part in the columns. */
const WIDEST_WORD = 48;
/** Behind longer lines than this a comment follows after one blank. */
const WIDEST_LINE = 80;

/** Text of the configuration is latin1; on the screen it is most likely UTF-8. */
function widthOf(text: string): number {
  return readable(text).length;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

function indent(line: ShownLine): string {
  return INDENT.repeat(Math.min(line.depth, DEEPEST));
}

/** The lines as text, without endings. */
export function renderLines(lines: readonly ShownLine[]): readonly string[] {
  const texts = lines.map((line) => (line.raw ? (line.words[0] ?? "") : indent(line) + line.words.join(" ")));
  for (const [from, to] of runs(lines, isServer)) alignServers(lines, texts, from, to);
  const comments = (line: ShownLine) => !line.raw && line.words.length > 0 && line.comment !== "";
  for (const [from, to] of runs(lines, comments)) alignComments(lines, texts, from, to);
  return texts.map((text, index) => {
    const line = lines[index];
    if (line === undefined || line.raw) return text;
    if (line.words.length === 0) return line.comment === "" ? "" : text + line.comment;
    return line.comment === "" && text.endsWith("\t") ? text.slice(0, -1) : text;
  });
}

function isServer(line: ShownLine): boolean {
  return !line.raw && line.words[0] === "server" && line.words.length >= 3;
}

/** Half-open ranges of neighbours of one depth for which `belongs` holds. */
function runs(lines: readonly ShownLine[], belongs: (line: ShownLine) => boolean): [number, number][] {
  const found: [number, number][] = [];
  let from = -1;
  for (let at = 0; at <= lines.length; at++) {
    const line = lines[at];
    const fits = line !== undefined && belongs(line);
    if (from >= 0 && (!fits || line.depth !== lines[from]?.depth)) {
      found.push([from, at]);
      from = -1;
    }
    if (fits && from < 0) from = at;
  }
  return found;
}

function alignServers(lines: readonly ShownLine[], texts: string[], from: number, to: number): void {
  const width = (word: number) => {
    let widest = 0;
    for (let at = from; at < to; at++) {
      const length = widthOf(lines[at]?.words[word] ?? "");
      if (length > widest && length <= WIDEST_WORD) widest = length;
    }
    return widest;
  };
  const [name, address] = [width(1), width(2)];
  for (let at = from; at < to; at++) {
    const line = lines[at];
    if (line === undefined) continue;
    const [keyword = "", first = "", second = "", ...rest] = line.words;
    const words = [keyword, pad(first, name), rest.length === 0 ? second : pad(second, address), ...rest];
    texts[at] = indent(line) + words.join(" ");
  }
}

function alignComments(lines: readonly ShownLine[], texts: string[], from: number, to: number): void {
  let column = 0;
  for (let at = from; at < to; at++) {
    const length = widthOf(texts[at] ?? "");
    if (length > column && length <= WIDEST_LINE) column = length;
  }
  for (let at = from; at < to; at++) texts[at] = `${pad(texts[at] ?? "", column)} ${lines[at]?.comment}`;
}

// Owns `pointsman fmt`: the same file in one layout. Words and comments keep their text, their order and their line; only blanks, blank lines and line
// endings change, so that the file means the same before and after. What it does is said in full in docs/format.md. Configuration manual §2.1 and §2.2.

import type { Diagnostic } from "../../diagnostics/index.ts";
import { cutLine, splitLines } from "../syntax/index.ts";
import { renderLines, type ShownLine } from "./columns.ts";
import { type LaidLine, layOut } from "./layout.ts";

/** A formatted file. */
export interface FormattedConfiguration {
  readonly text: string;
  readonly changed: boolean;
  /** Alerts about lines that cannot be cut into words. They were left as they are. */
  readonly problems: readonly Diagnostic[];
}

/** Formats the text of one file. Never throws; formatting the result gives the result. */
export function formatConfiguration(path: string, text: string): FormattedConfiguration {
  const lines = layOut(text);
  const shown = arrange(lines);
  const rendered = renderLines(shown);
  const ending = /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
  const formatted = rendered.length === 0 ? "" : rendered.join(ending) + ending;
  return { text: formatted, changed: formatted !== text, problems: problemsOf(path, text, lines) };
}

function problemsOf(path: string, text: string, lines: readonly LaidLine[]): readonly Diagnostic[] {
  if (!lines.some((line) => line.kind === "raw")) return [];
  const source = splitLines(text);
  return lines.flatMap((line) => {
    if (line.kind !== "raw") return [];
    const written = source[line.number - 1]?.text ?? "";
    const nul = written.indexOf("\0");
    const problem = nul < 0 ? cutLine(written, () => "x").problem : undefined;
    const offset = problem?.offset ?? nul;
    return [
      {
        severity: "alert",
        code: problem?.code ?? "PM1006",
        form: "parsing-tight",
        span: { file: path, line: line.number, column: offset + 1, endColumn: offset + 2 },
        message: problem === undefined ? `Stray NUL character at position ${nul + 1}.` : `${problem.message}:`,
        hint: "The line was left as it is.",
        related: [],
        sourceLine: written,
      } satisfies Diagnostic,
    ];
  });
}

/** The lines as they are to be shown: indented, and with the blank lines that are wanted between them. */
function arrange(lines: readonly LaidLine[]): readonly ShownLine[] {
  const shown: ShownLine[] = [];
  let before: LaidLine | undefined;
  let gap: LaidLine[] = [];
  for (const line of lines) {
    if (line.kind === "blank" || line.kind === "comment") {
      gap.push(line);
      continue;
    }
    fillGap(shown, before, gap, line);
    shown.push({ depth: line.depth, words: line.words, comment: line.comment, raw: line.kind === "raw" });
    before = line;
    gap = [];
  }
  fillGap(shown, before, gap, undefined);
  return shown;
}

/** Comments that follow each other without a blank line. */
interface Group {
  readonly comments: readonly LaidLine[];
  /** A blank line stands before it. */
  readonly apart: boolean;
}

function groupsOf(gap: readonly LaidLine[]): { readonly groups: readonly Group[]; readonly trailing: boolean } {
  const groups: { comments: LaidLine[]; apart: boolean }[] = [];
  let blank = false;
  for (const line of gap) {
    const last = groups.at(-1);
    if (line.kind === "blank") blank = true;
    else if (last === undefined || blank) {
      groups.push({ comments: [line], apart: blank });
      blank = false;
    } else last.comments.push(line);
  }
  return { groups, trailing: blank };
}

/** True for what opens a new part of the file. */
function beginsPart(line: LaidLine): boolean {
  return line.kind === "section" || (line.kind === "open" && line.outer);
}

/** True behind a line that opens a block: nothing needs to be set apart from it. */
function opens(line: LaidLine | undefined): boolean {
  return line === undefined || line.kind === "open" || line.kind === "middle";
}

/** Comments and blank lines between two other lines; `after` is undefined at the end of the file. */
function fillGap(
  shown: ShownLine[],
  before: LaidLine | undefined,
  gap: readonly LaidLine[],
  after: LaidLine | undefined,
): void {
  const { groups, trailing } = groupsOf(gap);
  const put = (comments: readonly LaidLine[], depth: number) => {
    for (const { comment } of comments) shown.push({ depth, words: [], comment, raw: false });
  };
  const blank = (wanted: boolean) => {
    if (wanted && shown.length > 0) shown.push(BLANK);
  };
  const newPart = after !== undefined && beginsPart(after);
  const setApart = newPart && !opens(before);
  let lead = 0;
  for (const [index, group] of groups.entries()) {
    if (newPart && !trailing && index === groups.length - 1) lead = leadOf(before, group, after);
    const own = group.comments.slice(0, group.comments.length - lead);
    blank(group.apart && own.length > 0);
    put(own, depthOf(before, group, after));
    if (lead === 0) continue;
    blank(group.apart || own.length > 0 || setApart);
    put(group.comments.slice(own.length), after?.depth ?? 0);
  }
  if (after !== undefined) blank(trailing || (setApart && lead === 0));
}

const BLANK: ShownLine = { depth: 0, words: [], comment: "", raw: false };

/** How many comments of the group that touches a header belong to that header. */
function leadOf(before: LaidLine | undefined, group: Group, after: LaidLine): number {
  if (group.apart || opens(before)) return group.comments.length;
  // Without a blank line anywhere, comments that stand deeper than the header belong to what is above them.
  const from = group.comments.findIndex((comment) => comment.column <= after.column);
  return from < 0 ? 0 : group.comments.length - from;
}

/** How deep a group of comments stands that is not a header's. */
function depthOf(before: LaidLine | undefined, group: Group, after: LaidLine | undefined): number {
  const { column = 0, depth = 0 } = group.comments[0] ?? {};
  if (before === undefined) return after !== undefined && beginsPart(after) ? after.depth : depth;
  if (!group.apart) return depth;
  if (after === undefined) return column === 0 ? 0 : depth;
  return beginsPart(after) && column <= after.column ? after.depth : depth;
}

// Owns the lossless view of a file: its lines with their endings. Joining `text + ending` of all lines gives the file back, byte for byte.
// It knows no keyword and evaluates nothing. Configuration manual §2.1.

export interface SourceLine {
  /** Counts from 1. */
  readonly number: number;
  /** Without the line ending; a CR before LF stays, it is white space to the language. */
  readonly text: string;
  /** "\n", or "" for a last line that has none. */
  readonly ending: "\n" | "";
}

/** The lines of a file. A file that ends in LF has no empty line behind it. */
export function splitLines(text: string): readonly SourceLine[] {
  const lines: SourceLine[] = [];
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    if (end < 0) {
      lines.push({ number: lines.length + 1, text: text.slice(at), ending: "" });
      break;
    }
    lines.push({ number: lines.length + 1, text: text.slice(at, end), ending: "\n" });
    at = end + 1;
  }
  return lines;
}

/** The file again. */
export function joinLines(lines: readonly SourceLine[]): string {
  return lines.map((line) => line.text + line.ending).join("");
}

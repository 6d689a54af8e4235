// Owns the writing of text and numbers into a log line: escaping of unprintable bytes as #XX, quoting, hexadecimal. Writing past the end of
// the buffer is harmless (the platform drops it); who compiled the format clamps the final offset. Configuration manual §8.6.

import { writeUint } from "../stdx/index.ts";

const hexDigits = Buffer.from("0123456789ABCDEF", "latin1");

function escapeTable(extra: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let i = 0; i < 256; i++) table[i] = i < 32 || i >= 127 ? 1 : 0;
  for (const char of extra) table[char.charCodeAt(0)] = 1;
  return table;
}

/** What a request line escapes. */
export const lineEscapes = escapeTable('"#');

/** What a captured header escapes: the delimiters of the list too. */
export const captureEscapes = escapeTable('"#{|}');

/** Nothing is escaped: the bytes of a sample expression stand as they are. */
export const noEscapes = new Uint8Array(256);

/** Writes `text`, escaping what `table` marks as #XX. Returns the offset after it. */
export function writeEscaped(text: string, table: Uint8Array, out: Uint8Array, at: number): number {
  let to = at;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) & 255;
    if (table[code] === 0) out[to++] = code;
    else {
      out[to] = 0x23;
      out[to + 1] = hexDigits[code >> 4]!;
      out[to + 2] = hexDigits[code & 15]!;
      to += 3;
    }
  }
  return to;
}

/** The same with a backslash before `"`, `\` and `]` (the flag E). */
export function writeProtected(text: string, table: Uint8Array, out: Uint8Array, at: number): number {
  let to = at;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) & 255;
    if (table[code] !== 0) to = writeEscaped(text[i]!, table, out, to);
    else {
      if (code === 0x22 || code === 0x5c || code === 0x5d) out[to++] = 0x5c;
      out[to++] = code;
    }
  }
  return to;
}

/** Writes text that needs no escaping. */
export function writeText(text: string, out: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Writes a decimal integer, negative or not. */
export function writeInteger(value: number, out: Uint8Array, at: number): number {
  if (value >= 0 && value < 10) {
    out[at] = 48 + value;
    return at + 1;
  }
  if (value >= 0) return writeUint(value, out, at);
  out[at] = 0x2d;
  return writeUint(-value, out, at + 1);
}

/** Writes upper-case hexadecimal digits, at least `digits` of them. */
export function writeHexUpper(value: number, digits: number, out: Uint8Array, at: number): number {
  return writeText(value.toString(16).toUpperCase().padStart(digits, "0"), out, at);
}

/** Writes `value` with exactly `digits` decimal digits; it has no more than that. */
export function writePadded(value: number, digits: number, out: Uint8Array, at: number): number {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    out[i] = 48 + rest - next * 10;
    rest = next;
  }
  return at + digits;
}

// Owns the helpers on byte ranges that every codec needs: latin1 text, small numbers, comparison, copying. Ranges are half-open,
// `[from, to)`, and never checked twice: the caller owns the bounds. It knows no protocol.

const upperToLower = /* @__PURE__ */ buildLowerTable();

function buildLowerTable(): Uint8Array {
  const table = new Uint8Array(256);
  for (let i = 0; i < 256; i++) table[i] = i >= 65 && i <= 90 ? i | 0x20 : i;
  return table;
}

/** The text of `bytes[from, to)` with one character per byte (U+0000–U+00FF). */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, from, to);
}

/** The bytes of `text`, one per character; characters above U+00FF lose their high bits. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeLatin1(text, bytes, 0);
  return bytes;
}

/** Writes `text` at `out[at…]`, one byte per character, and returns the offset after it. The caller has made room. */
export function writeLatin1(text: string, out: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Copies `source[from, to)` to `out[at…]` and returns the offset after the copy. The caller has made room. Ranges of one buffer may overlap only when `at <= from`. */
export function copyBytes(source: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  const length = to - from;
  // Below this length the call into the engine costs more than the loop.
  if (length >= 32) {
    Buffer.prototype.copy.call(source, out, at, from, to);
    return at + length;
  }
  for (let i = 0; i < length; i++) out[at + i] = source[from + i]!;
  return at + length;
}

/** Writes the decimal digits of the integer 0 ≤ `value` ≤ 2^53−1 and returns the offset after them. At most 16 bytes. */
export function writeUint(value: number, out: Uint8Array, at: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const next = rest < 0x80000000 ? (rest / 10) | 0 : Math.floor(rest / 10);
    out[i] = 48 + (rest - next * 10);
    rest = next;
  }
  return at + digits;
}

/** Writes `value` (0 ≤ value ≤ 2^53−1) in lower-case hexadecimal and returns the offset after it. At most 14 bytes. */
export function writeHex(value: number, out: Uint8Array, at: number): number {
  let digits = 1;
  for (let bound = 16; value >= bound; bound *= 16) digits++;
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const next = Math.floor(rest / 16);
    const digit = rest - next * 16;
    out[i] = digit < 10 ? 48 + digit : 87 + digit;
    rest = next;
  }
  return at + digits;
}

/** The decimal number that `bytes[from, to)` spells, or −1 when it is empty, holds anything but digits, or exceeds 2^53−1. */
export function parseUint(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to) return -1;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
    if (value > Number.MAX_SAFE_INTEGER) return -1;
  }
  return value;
}

/** Whether `bytes[from, to)` equals all of `other`. */
export function equalBytes(bytes: Uint8Array, from: number, to: number, other: Uint8Array): boolean {
  const length = to - from;
  if (length !== other.length) return false;
  for (let i = 0; i < length; i++) if (bytes[from + i] !== other[i]) return false;
  return true;
}

/** Whether `bytes[from, to)` equals all of `lower`, ASCII letters compared without case. `lower` is lower case already. */
export function equalIgnoreCase(bytes: Uint8Array, from: number, to: number, lower: Uint8Array): boolean {
  const length = to - from;
  if (length !== lower.length) return false;
  const lowerOf = upperToLower;
  for (let i = 0; i < length; i++) if (lowerOf[bytes[from + i]!] !== lower[i]) return false;
  return true;
}

/** Whether two ranges are equal, ASCII letters compared without case. */
export function equalRangesIgnoreCase(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): boolean {
  const length = aTo - aFrom;
  if (length !== bTo - bFrom) return false;
  const lowerOf = upperToLower;
  for (let i = 0; i < length; i++) if (lowerOf[a[aFrom + i]!] !== lowerOf[b[bFrom + i]!]) return false;
  return true;
}

/** The offset of the first `byte` in `bytes[from, to)`, or −1. For ranges of a few dozen bytes; it does not leave JavaScript. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number, to: number): number {
  for (let i = from; i < to; i++) if (bytes[i] === byte) return i;
  return -1;
}

/** The ASCII lower case of one byte; every other byte is itself. */
export function lowerByte(byte: number): number {
  return upperToLower[byte]!;
}

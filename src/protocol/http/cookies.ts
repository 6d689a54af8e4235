// Owns finding cookies: in the Cookie fields of a request (many per field) and in the Set-Cookie fields of a response (the first pair).
// Configuration manual §7.3.6 "req.cook", "res.cook"; RFC 6265 §4. Names are case-sensitive; a cookie without `=` is none.

import { equalBytes } from "../../stdx/index.ts";
import { fieldStride, type HeadTable } from "./head.ts";
import { ByteRange } from "./range.ts";
import { endOfMember, type FieldKey, fieldKey, nextField } from "./values.ts";

const keyCookie = fieldKey("cookie");
const keySetCookie = fieldKey("set-cookie");

const byteEquals = 0x3d;
const byteSemicolon = 0x3b;
const byteComma = 0x2c;

/**
 * Walks the cookies of one name (of every name when `name` is undefined). A response's cookies are those of Set-Cookie. `begin`, then
 * `next` until false. Reusable; the head must not be edited in between.
 */
export class CookieCursor {
  /** The name of the cookie that `next` found last. */
  readonly name = new ByteRange();
  #table: HeadTable | undefined = undefined;
  #name: Uint8Array | undefined = undefined;
  #key: FieldKey = keyCookie;
  #index = -1;
  #position = 0;
  #end = 0;

  begin(table: HeadTable, name: Uint8Array | undefined): void {
    this.#table = table;
    this.#name = name;
    this.#key = table.methodEnd > table.methodStart ? keyCookie : keySetCookie;
    this.#index = -1;
    this.#position = 0;
    this.#end = 0;
  }

  /** Sets `range` to the value of the next cookie and returns true, or false at the end. Quotes belong to the value. */
  next(range: ByteRange): boolean {
    const table = this.#table;
    if (table === undefined) return false;
    for (;;) {
      if (this.#position >= this.#end) {
        this.#index = nextField(table, this.#key, this.#index + 1);
        if (this.#index < 0) {
          this.#table = undefined;
          return false;
        }
        const slot = this.#index * fieldStride;
        this.#position = table.fields[slot + 2]!;
        this.#end = table.fields[slot + 3]!;
        continue;
      }
      if (this.#nextPair(table.bytes, range)) return true;
    }
  }

  /** Takes one `name=value` from the current field; true when it is a cookie that is looked for. */
  #nextPair(bytes: Uint8Array, range: ByteRange): boolean {
    const to = this.#end;
    const isList = this.#key === keyCookie;
    let nameStart = this.#position;
    while (nameStart < to && isGap(bytes[nameStart]!)) nameStart++;
    let nameEnd = nameStart;
    while (nameEnd < to && bytes[nameEnd] !== byteEquals && !isGap(bytes[nameEnd]!)) nameEnd++;
    let position = skipBlanks(bytes, nameEnd, to);
    if (position >= to || bytes[position] !== byteEquals) {
      this.#position = endOfPair(bytes, position, to) + 1;
      return false;
    }
    position = skipBlanks(bytes, position + 1, to);
    const pairEnd = endOfPair(bytes, position, to);
    // What follows the pair of a Set-Cookie are its attributes, up to the comma before another one.
    this.#position = isList ? pairEnd + 1 : endOfMember(bytes, pairEnd, to) + 1;
    let valueEnd = pairEnd;
    while (valueEnd > position && isBlank(bytes[valueEnd - 1]!)) valueEnd--;
    // QUIRK: an empty value counts when something follows it, and is no cookie at the end of the field.
    if (valueEnd === position && pairEnd === to) return false;
    if (this.#name !== undefined && !equalBytes(bytes, nameStart, nameEnd, this.#name)) return false;
    this.name.set(bytes, nameStart, nameEnd);
    range.set(bytes, position, valueEnd);
    return true;
  }
}

/**
 * The value of the n-th cookie of this name: 1 is the first, −1 the last. In a request head Cookie is searched, in a response head
 * Set-Cookie. `name` is the exact bytes. False when there is none.
 */
export function cookieValue(table: HeadTable, name: Uint8Array, occurrence: number, range: ByteRange): boolean {
  let wanted = occurrence > 0 ? occurrence : countCookies(table, name) + 1 + occurrence;
  if (wanted < 1) return false;
  sharedCursor.begin(table, name);
  while (sharedCursor.next(range)) if (--wanted === 0) return true;
  return false;
}

/** How many cookies of this name there are (`req.cook_cnt`, `res.cook_cnt`); of all names when `name` is undefined. */
export function countCookies(table: HeadTable, name: Uint8Array | undefined): number {
  let count = 0;
  sharedCursor.begin(table, name);
  while (sharedCursor.next(scratchRange)) count++;
  return count;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function isGap(byte: number): boolean {
  return byte === byteSemicolon || byte === byteComma || isBlank(byte);
}

function skipBlanks(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && isBlank(bytes[i]!)) i++;
  return i;
}

/**
 * The end of a pair: a semicolon or a comma outside of quotes. QUIRK: a comma also ends a value in Set-Cookie, although one cannot list
 * cookies there (RFC 6265 §3): the reference does so.
 */
function endOfPair(bytes: Uint8Array, from: number, to: number): number {
  let quoted = false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    if (byte === 0x22) quoted = !quoted;
    else if (byte === 0x5c && quoted) i++;
    else if (!quoted && (byte === byteSemicolon || byte === byteComma)) return i;
  }
  return to;
}

const sharedCursor = new CookieCursor();
const scratchRange = new ByteRange();

// Owns finding field values in a head: whole ones (`req.fhdr`) and the members of comma-separated lists (`req.hdr`), forwards and from
// the end. Configuration manual §7.3.6 "req.hdr", "req.fhdr"; RFC 9110 §5.6.1. Empty list members count, as in the reference.

import { equalBytes, latin1Bytes } from "../../stdx/index.ts";
import { fieldIdOf } from "./field-names.ts";
import { fieldStride, type HeadTable } from "./head.ts";
import { ByteRange } from "./range.ts";

/** A field name made ready for lookups; made once, when the configuration is compiled. */
export interface FieldKey {
  readonly id: number;
  /** Lower case. */
  readonly bytes: Uint8Array;
}

/** The key for a name in any case. */
export function fieldKey(name: string): FieldKey {
  const bytes = latin1Bytes(name.toLowerCase());
  return { id: bytes.length === 0 ? 0 : fieldIdOf(bytes, 0, bytes.length), bytes };
}

/** Index of the first field with this name at or after index `from`, −1 when there is none. */
export function nextField(table: HeadTable, key: FieldKey, from = 0): number {
  const { fields, bytes } = table;
  const count = table.fieldCount;
  if (key.id !== 0) {
    for (let index = from; index < count; index++) if (fields[index * fieldStride + 4] === key.id) return index;
    return -1;
  }
  for (let index = from; index < count; index++) {
    const slot = index * fieldStride;
    if (fields[slot + 4] === 0 && equalBytes(bytes, fields[slot]!, fields[slot + 1]!, key.bytes)) return index;
  }
  return -1;
}

/** Sets `range` to the value of field `index`. */
export function valueAt(table: HeadTable, index: number, range: ByteRange): void {
  const slot = index * fieldStride;
  range.set(table.bytes, table.fields[slot + 2]!, table.fields[slot + 3]!);
}

/** Sets `range` to the name of field `index`. */
export function nameAt(table: HeadTable, index: number, range: ByteRange): void {
  const slot = index * fieldStride;
  range.set(table.bytes, table.fields[slot]!, table.fields[slot + 1]!);
}

/** How many fields have this name (`req.fhdr_cnt`). */
export function countFields(table: HeadTable, key: FieldKey): number {
  let count = 0;
  for (let index = nextField(table, key); index >= 0; index = nextField(table, key, index + 1)) count++;
  return count;
}

/** How many fields there are of any name; `req.fhdr_cnt` without a name. */
export function countAllFields(table: HeadTable): number {
  return table.fieldCount;
}

/**
 * The whole value of the field's n-th occurrence: 1 is the first, −1 the last, −2 the one before it. False when there is none.
 */
export function fieldValue(table: HeadTable, key: FieldKey, occurrence: number, range: ByteRange): boolean {
  let wanted = occurrence > 0 ? occurrence : countFields(table, key) + 1 + occurrence;
  if (wanted < 1) return false;
  for (let index = nextField(table, key); index >= 0; index = nextField(table, key, index + 1)) {
    if (--wanted > 0) continue;
    valueAt(table, index, range);
    return true;
  }
  return false;
}

/** The n-th member of the comma-separated values of all fields with this name; occurrences as in {@link fieldValue}. */
export function listValue(table: HeadTable, key: FieldKey, occurrence: number, range: ByteRange): boolean {
  let wanted = occurrence > 0 ? occurrence : countListValues(table, key) + 1 + occurrence;
  if (wanted < 1) return false;
  const cursor = sharedCursor;
  cursor.begin(table, key);
  while (cursor.next(range)) if (--wanted === 0) return true;
  return false;
}

/** How many members the lists have together (`req.hdr_cnt`). */
export function countListValues(table: HeadTable, key: FieldKey): number {
  let count = 0;
  const cursor = sharedCursor;
  cursor.begin(table, key);
  while (cursor.next(scratchRange)) count++;
  return count;
}

/**
 * Walks the list members of all fields with one name. `begin`, then `next` until it returns false. Reusable; the head must not be
 * edited in between.
 */
export class ListCursor {
  #table: HeadTable | undefined = undefined;
  #key: FieldKey | undefined = undefined;
  #index = -1;
  #position = 0;
  #end = -1;

  begin(table: HeadTable, key: FieldKey): void {
    this.#table = table;
    this.#key = key;
    this.#index = -1;
    this.#position = 0;
    this.#end = -1;
  }

  /** Sets `range` to the next member and returns true, or false at the end. */
  next(range: ByteRange): boolean {
    const table = this.#table;
    const key = this.#key;
    if (table === undefined || key === undefined) return false;
    if (this.#position > this.#end) {
      this.#index = nextField(table, key, this.#index + 1);
      if (this.#index < 0) {
        this.#table = undefined;
        return false;
      }
      const slot = this.#index * fieldStride;
      this.#position = table.fields[slot + 2]!;
      this.#end = table.fields[slot + 3]!;
    }
    const { bytes } = table;
    const memberEnd = endOfMember(bytes, this.#position, this.#end);
    setTrimmed(range, bytes, this.#position, memberEnd);
    // One past the end when this was the last member: an empty member after a comma still counts.
    this.#position = memberEnd + 1;
    return true;
  }
}

/** The offset of the comma that ends the list member at `from`, or `to`. Commas inside double quotes do not end it. */
export function endOfMember(bytes: Uint8Array, from: number, to: number): number {
  let quoted = false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    if (byte === 0x22) quoted = !quoted;
    else if (byte === 0x5c && quoted) i++;
    else if (byte === 0x2c && !quoted) return i;
  }
  return to;
}

/** Sets `range` to `bytes[from, to)` without blanks at either end. */
export function setTrimmed(range: ByteRange, bytes: Uint8Array, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && (bytes[start] === 0x20 || bytes[start] === 0x09)) start++;
  while (end > start && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
  range.set(bytes, start, end);
}

const sharedCursor = new ListCursor();
const scratchRange = new ByteRange();

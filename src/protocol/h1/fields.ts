// Owns the pass over the field lines of a head: names are checked and lower-cased in place, values delimited, folded lines
// blanked, and the fields that decide framing handed to `framing.ts`. RFC 9112 §5, as lax as the reference and no laxer: a bare LF
// ends a line, obs-fold is joined, a bare CR or a NUL, blanks around a name and names that are not tokens are refused.

import { fieldIdOf, lastFramingFieldId } from "../http/field-names.ts";
import { fieldStride, type HeadTable } from "../http/head.ts";
import { byteColon, byteCr, byteLf, byteSpace, byteTab, nameClass } from "./classes.ts";
import { h1Errors } from "./errors.ts";
import { dropField, frameField } from "./framing.ts";

/**
 * Parses the lines in `bytes[from, to)` up to and with the empty line. Returns the offset after it, 0 when it is not there yet, or
 * an error. On success the table's fields, `end` and the framing inputs are set.
 */
export function parseFields(bytes: Uint8Array, from: number, to: number, table: HeadTable): number {
  const fields = table.fields;
  // The reference counts the end of the head as one of its `tune.http.maxhdr` entries.
  const slotLimit = fields.length - fieldStride;
  let slot = 0;
  let position = from;
  table.fieldsStart = from;
  for (;;) {
    if (position >= to) return 0;
    const nameStart = position;
    let byte = bytes[position]!;
    let lower = nameClass[byte]!;
    while (lower !== 0) {
      if (lower !== byte) bytes[position] = lower;
      if (++position >= to) return 0;
      byte = bytes[position]!;
      lower = nameClass[byte]!;
    }
    if (byte !== byteColon || position === nameStart) {
      if (position !== nameStart) return h1Errors.badFieldName;
      const end = endOfHead(bytes, position, to, table);
      if (end > 0) table.fieldCount = (slot / fieldStride) | 0;
      return end;
    }
    const nameEnd = position++;
    position = parseValue(bytes, position, to);
    if (position <= 0) return position;
    if (slot >= slotLimit) return h1Errors.tooManyFields;
    const id = fieldIdOf(bytes, nameStart, nameEnd);
    fields[slot] = nameStart;
    fields[slot + 1] = nameEnd;
    fields[slot + 2] = valueStart;
    fields[slot + 3] = valueEnd;
    fields[slot + 4] = id;
    if (valueStart !== nameEnd + 2 || position !== valueEnd + 2 || bytes[nameEnd + 1] !== byteSpace) {
      table.irregular = true;
    }
    if (id !== 0 && id <= lastFramingFieldId) {
      const verdict = frameField(table, slot);
      if (verdict < 0) return verdict;
      if (verdict === dropField) {
        table.irregular = true;
        continue;
      }
    }
    slot += fieldStride;
  }
}

// Results of parseValue besides the position: a second and third return value without an object.
let valueStart = 0;
let valueEnd = 0;

/** Delimits the value that starts after a colon at `from`, folded lines included. Returns the start of the next line, 0 or an error. */
function parseValue(bytes: Uint8Array, from: number, to: number): number {
  let position = from;
  for (;;) {
    if (position >= to) return 0;
    let byte = bytes[position]!;
    // Two conditions for almost every byte: control characters other than these three are accepted as the reference does.
    while (byte > byteCr || (byte !== byteLf && byte !== byteCr && byte !== 0)) {
      if (++position >= to) return 0;
      byte = bytes[position]!;
    }
    if (byte === 0) return h1Errors.badFieldValue;
    const lineEnd = position;
    if (byte === byteCr) {
      if (++position >= to) return 0;
      if (bytes[position] !== byteLf) return h1Errors.badFieldValue;
    }
    if (++position >= to) return 0;
    const next = bytes[position]!;
    if (next !== byteSpace && next !== byteTab) {
      trimValue(bytes, from, lineEnd);
      return position;
    }
    // obs-fold: the line end becomes blanks, in place, and the value goes on. The line is a regular one then.
    for (let i = lineEnd; i < position; i++) bytes[i] = byteSpace;
  }
}

function trimValue(bytes: Uint8Array, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && isBlank(bytes[start]!)) start++;
  while (end > start && isBlank(bytes[end - 1]!)) end--;
  valueStart = start;
  valueEnd = end;
}

function isBlank(byte: number): boolean {
  return byte === byteSpace || byte === byteTab;
}

function endOfHead(bytes: Uint8Array, from: number, to: number, table: HeadTable): number {
  let position = from;
  if (bytes[position] === byteCr) {
    if (++position >= to) return 0;
    if (bytes[position] !== byteLf) return h1Errors.badFieldName;
  } else if (bytes[position] === byteLf) {
    table.irregular = true;
  } else {
    return h1Errors.badFieldName;
  }
  table.end = position + 1;
  return position + 1;
}

// Owns the pass over the field lines of a head: names are checked and lower-cased in place, values delimited, folded lines
// blanked. What the fields mean is for `framing.ts`, when the head is complete. RFC 9112 §5, as lax as the reference and no laxer: a bare LF
// ends a line, obs-fold is joined, a bare CR or a NUL, blanks around a name and names that are not tokens are refused.

import { fieldIdOf } from "../http/field-names.ts";
import { fieldStride, type HeadTable } from "../http/head.ts";
import { byteColon, byteCr, byteLf, byteSpace, byteTab, nameClass } from "./classes.ts";
import { h1Errors } from "./errors.ts";

/**
 * Parses the lines in `bytes[from, to)` up to and with the empty line. Returns the offset after it, 0 when it is not there yet, or
 * an error. On success the table's fields and `end` are set.
 */
export function parseFields(bytes: Uint8Array, from: number, to: number, table: HeadTable): number {
  const fields = table.fields;
  const lowerOf = nameClass;
  // The reference counts the end of the head as one of its `tune.http.maxhdr` entries.
  const slotLimit = fields.length - fieldStride;
  const fast = to - 3;
  let slot = 0;
  let position = from;
  let irregular = table.irregular;
  table.fieldsStart = from;
  for (;;) {
    if (position >= to) return 0;
    const nameStart = position;
    let byte = bytes[position]!;
    let lower = lowerOf[byte]!;
    while (lower !== 0) {
      if (lower !== byte) bytes[position] = lower;
      if (++position >= to) return 0;
      byte = bytes[position]!;
      lower = lowerOf[byte]!;
    }
    if (byte !== byteColon || position === nameStart) {
      if (position !== nameStart) return h1Errors.badFieldName;
      table.irregular = irregular;
      table.fieldCount = (slot / fieldStride) | 0;
      const end = endOfHead(bytes, position, to, table);
      return end;
    }
    const nameEnd = position++;
    for (;;) {
      // Nearly every byte is above the carriage return; four at a time saves half of the loop.
      while (
        position < fast &&
        bytes[position]! > byteCr &&
        bytes[position + 1]! > byteCr &&
        bytes[position + 2]! > byteCr &&
        bytes[position + 3]! > byteCr
      ) {
        position += 4;
      }
      if (position >= to) return 0;
      byte = bytes[position]!;
      // Control characters other than these three are accepted as the reference does.
      if (byte > byteCr || (byte !== byteLf && byte !== byteCr && byte !== 0)) {
        position++;
        continue;
      }
      let next = position + 2;
      if (byte !== byteCr || next >= to || bytes[next - 1] !== byteLf) {
        next = endOfLine(bytes, position, to);
        if (next <= 0) return next;
      }
      if (!isBlank(bytes[next]!)) {
        position = next;
        break;
      }
      // obs-fold: the line end becomes blanks, in place, and the value goes on. The line is a regular one then.
      while (position < next) bytes[position++] = byteSpace;
    }
    if (slot >= slotLimit) return h1Errors.tooManyFields;
    fields[slot] = nameStart;
    fields[slot + 1] = nameEnd;
    fields[slot + 4] = fieldIdOf(bytes, nameStart, nameEnd);
    fields[slot + 2] = nameEnd + 2;
    fields[slot + 3] = position - 2;
    if (!isRegularLine(bytes, nameEnd, position) && !trimValue(bytes, nameEnd + 1, position, fields, slot)) {
      irregular = true;
    }
    slot += fieldStride;
  }
}

// Kept small, so that the compiler puts it into the loop.
function isRegularLine(bytes: Uint8Array, nameEnd: number, nextLine: number): boolean {
  return (
    bytes[nameEnd + 1] === byteSpace &&
    bytes[nameEnd + 2]! > byteSpace &&
    bytes[nextLine - 2] === byteCr &&
    bytes[nextLine - 3]! > byteSpace
  );
}

/**
 * Sets the value of a field to what is between a colon (before `from`) and the next line, without the blanks and the line end around
 * it. Returns whether the line is nevertheless one that is forwarded as it is: an empty value after one space.
 */
function trimValue(bytes: Uint8Array, from: number, nextLine: number, fields: Int32Array, slot: number): boolean {
  let start = from;
  let end = nextLine - 1;
  if (end > start && bytes[end - 1] === byteCr) end--;
  while (start < end && isBlank(bytes[start]!)) start++;
  while (end > start && isBlank(bytes[end - 1]!)) end--;
  fields[slot + 2] = start;
  fields[slot + 3] = end;
  return start === from + 1 && end === nextLine - 2 && bytes[from] === byteSpace && bytes[end] === byteCr;
}

/** The start of the line after the one whose end or NUL is at `at`; 0 when it has not come yet, or an error. */
function endOfLine(bytes: Uint8Array, at: number, to: number): number {
  let position = at;
  if (bytes[position] === 0) return h1Errors.badFieldValue;
  if (bytes[position] === byteCr) {
    if (++position >= to) return 0;
    if (bytes[position] !== byteLf) return h1Errors.badFieldValue;
  }
  return ++position >= to ? 0 : position;
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

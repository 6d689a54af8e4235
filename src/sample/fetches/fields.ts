// Owns the search for header fields in a head: by name, by whole line or by comma-separated element. Offsets only, no strings.
// RFC 9110 §5.3 and §5.6; configuration manual §7.3.6 "req.hdr".

import { fieldIdOfName, fieldIds } from "../../protocol/http/field-names.ts";
import type { HeadTable } from "../../protocol/http/head.ts";
import { fieldStride } from "../../protocol/http/head.ts";
import { equalIgnoreCase, latin1 } from "../../stdx/index.ts";
import type { ByteRange } from "../rows.ts";

/** A field name ready to be compared: its bytes in lower case, and its id among the known names. */
export interface FieldName {
  readonly bytes: Uint8Array;
  readonly id: number;
}

/** Prepares a name; "" stands for every field. */
export function fieldName(name: string): FieldName {
  return { bytes: Buffer.from(name.toLowerCase(), "latin1"), id: fieldIdOfName(name) };
}

/** Index of the first field from `index` on that has this name, or −1. */
export function findFieldFrom(head: HeadTable, name: FieldName, index: number): number {
  const { fields, fieldCount, bytes } = head;
  const { id } = name;
  if (name.bytes.length === 0) return index < fieldCount ? index : -1;
  for (let i = index; i < fieldCount; i++) {
    const at = i * fieldStride;
    if (id !== 0) {
      if (fields[at + 4] === id) return i;
    } else if (fields[at + 4] === 0 && equalIgnoreCase(bytes, fields[at]!, fields[at + 1]!, name.bytes)) return i;
  }
  return -1;
}

/** The value of the first Host field, "" when there is none. */
export function hostField(head: HeadTable): string {
  const { fields, fieldCount } = head;
  for (let i = 0; i < fieldCount; i++) {
    const at = i * fieldStride;
    if (fields[at + 4] === fieldIds.host) return latin1(head.bytes, fields[at + 2]!, fields[at + 3]!);
  }
  return "";
}

/** Steps to the next whole field value. `range.position` is the next field's index. */
export function nextLine(head: HeadTable, name: FieldName, range: ByteRange, resume: boolean): boolean {
  const index = findFieldFrom(head, name, resume ? range.position : 0);
  if (index < 0) return false;
  const at = index * fieldStride;
  range.bytes = head.bytes;
  range.start = head.fields[at + 2]!;
  range.end = head.fields[at + 3]!;
  range.position = index + 1;
  return true;
}

/** Steps to the next comma-separated element. `range.position` is the field, `range.cursor` the byte to go on from, −1 for the next field. */
export function nextElement(head: HeadTable, name: FieldName, range: ByteRange, resume: boolean): boolean {
  let index = resume ? range.position : -1;
  let from = resume ? range.cursor : -1;
  if (from < 0) {
    index = findFieldFrom(head, name, index + 1);
    if (index < 0) return false;
    from = head.fields[index * fieldStride + 2]!;
  }
  const { bytes } = head;
  const lineEnd = head.fields[index * fieldStride + 3]!;
  const stop = elementEnd(bytes, from, lineEnd);
  range.position = index;
  range.cursor = stop < lineEnd ? stop + 1 : -1;
  range.bytes = bytes;
  range.start = skipBlanks(bytes, from, stop);
  range.end = trimBlanks(bytes, range.start, stop);
  return true;
}

/** The comma outside of quotes that ends the element, or `end`. */
function elementEnd(bytes: Uint8Array, from: number, end: number): number {
  let quoted = false;
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x22) quoted = !quoted;
    else if (quoted) {
      if (byte === 0x5c) i++;
    } else if (byte === 0x2c) return i;
  }
  return end;
}

function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++;
  return i;
}

function trimBlanks(bytes: Uint8Array, start: number, end: number): number {
  let i = end;
  while (i > start && (bytes[i - 1] === 0x20 || bytes[i - 1] === 0x09)) i--;
  return i;
}

// Owns changes to a parsed head: every rule that rewrites works through these functions, in the table itself, so that a later rule,
// a fetch and the forwarder see the changed head. The first edit moves the head into the table's own buffer; new text is appended
// there as whole, regular lines. Framing fields are not reinterpreted: `h1/encode.ts` sees to it that they stay true.

import { fieldIdOf, idContentLength, idTransferEncoding } from "./field-names.ts";
import { fieldStride, type HeadTable, moveHead } from "./head.ts";
import { methodIdOf } from "./methods.ts";

/** Bytes that the edit buffer of one head may take, replaced text included. An edit that would need more fails, as a rewrite fails in the reference when `tune.maxrewrite` is used up. */
export const editBytesMax = 262_144;

const editBytesInitial = 4096;

/** Makes room for `length` more bytes in the table's edit buffer and returns where they go, −1 when the limit is reached. */
function makeRoom(table: HeadTable, length: number): number {
  const isEdited = table.bytes === table.edits;
  const used = isEdited ? table.editsEnd : table.end - table.start;
  const needed = used + length;
  let buffer = table.edits;
  if (buffer === undefined || buffer.length < needed) {
    if (needed > editBytesMax) return -1;
    let size = editBytesInitial;
    while (size < needed) size *= 2;
    buffer = new Uint8Array(size);
  }
  if (table.bytes !== buffer) {
    moveHead(table, buffer);
    table.edits = buffer;
  }
  table.irregular = true;
  const at = table.editsEnd;
  table.editsEnd = at + length;
  return at;
}

/** Bytes that would end a line early become blanks: whatever an expression yields, it stays one value. */
function copyValue(source: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  let position = at;
  for (let i = from; i < to; i++) {
    const byte = source[i]!;
    out[position++] = byte === 13 || byte === 10 || byte === 0 ? 32 : byte;
  }
  return position;
}

function noteFraming(table: HeadTable, id: number): void {
  if (id === idContentLength || id === idTransferEncoding) table.framingTouched = true;
}

function writeLine(
  table: HeadTable,
  slot: number,
  name: Uint8Array,
  nameFrom: number,
  nameTo: number,
  at: number,
): void {
  const { bytes, fields } = table;
  let position = at;
  for (let i = nameFrom; i < nameTo; i++) bytes[position++] = name[i]!;
  fields[slot] = at;
  fields[slot + 1] = position;
  bytes[position] = 58;
  bytes[position + 1] = 32;
  fields[slot + 2] = position + 2;
}

function endLine(table: HeadTable, slot: number, valueEnd: number): void {
  table.fields[slot + 3] = valueEnd;
  table.bytes[valueEnd] = 13;
  table.bytes[valueEnd + 1] = 10;
}

/** Gives field `index` the value `source[from, to)`; `source` may be `table.bytes`. False when there is no room: nothing changed. */
export function replaceValue(table: HeadTable, index: number, source: Uint8Array, from: number, to: number): boolean {
  const slot = index * fieldStride;
  const nameLength = table.fields[slot + 1]! - table.fields[slot]!;
  const at = makeRoom(table, nameLength + 4 + to - from);
  if (at < 0) return false;
  noteFraming(table, table.fields[slot + 4]!);
  const nameFrom = table.fields[slot]!;
  writeLine(table, slot, table.bytes, nameFrom, nameFrom + nameLength, at);
  endLine(table, slot, copyValue(source, from, to, table.bytes, table.fields[slot + 2]!));
  return true;
}

/**
 * Appends a field after all others. `name` is lower case and a token; `source` may be `table.bytes`. False when there is no room or
 * no slot left.
 */
export function appendField(table: HeadTable, name: Uint8Array, source: Uint8Array, from: number, to: number): boolean {
  const slot = table.fieldCount * fieldStride;
  if (slot >= table.fields.length) return false;
  const at = makeRoom(table, name.length + 4 + to - from);
  if (at < 0) return false;
  writeLine(table, slot, name, 0, name.length, at);
  table.fields[slot + 4] = fieldIdOf(name, 0, name.length);
  noteFraming(table, table.fields[slot + 4]!);
  endLine(table, slot, copyValue(source, from, to, table.bytes, table.fields[slot + 2]!));
  table.fieldCount++;
  return true;
}

/** {@link appendField} with a value given as latin1 text. */
export function appendFieldText(table: HeadTable, name: Uint8Array, value: string): boolean {
  const length = encodeText(value);
  return appendField(table, name, textBytes, 0, length);
}

/** {@link replaceValue} with a value given as latin1 text. */
export function replaceValueText(table: HeadTable, index: number, value: string): boolean {
  const length = encodeText(value);
  return replaceValue(table, index, textBytes, 0, length);
}

let textBytes = new Uint8Array(1024);

function encodeText(text: string): number {
  if (textBytes.length < text.length) textBytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) textBytes[i] = text.charCodeAt(i);
  return text.length;
}

/** Takes field `index` out; the later ones move down by one. */
export function removeField(table: HeadTable, index: number): void {
  const slot = index * fieldStride;
  noteFraming(table, table.fields[slot + 4]!);
  table.fields.copyWithin(slot, slot + fieldStride, table.fieldCount * fieldStride);
  table.fieldCount--;
  table.irregular = true;
  if (table.hostIndex === index) table.hostIndex = -1;
  else if (table.hostIndex > index) table.hostIndex--;
}

/** Replaces the request target. False when there is no room. The caller has checked that it holds no blank and no line end. */
export function replaceTarget(table: HeadTable, source: Uint8Array, from: number, to: number): boolean {
  return replaceTargetPart(table, table.targetStart, table.targetEnd, source, from, to);
}

/**
 * Replaces the part `[partFrom, partTo)` of the target, offsets into `table.bytes` as `target.ts` reports them, by `source[from, to)`.
 * False when there is no room.
 */
export function replaceTargetPart(
  table: HeadTable,
  partFrom: number,
  partTo: number,
  source: Uint8Array,
  from: number,
  to: number,
): boolean {
  const before = partFrom - table.targetStart;
  const after = table.targetEnd - partTo;
  const length = before + (to - from) + after;
  const at = makeRoom(table, length);
  if (at < 0) return false;
  const { bytes, targetStart, targetEnd } = table;
  let position = at;
  for (let i = 0; i < before; i++) bytes[position++] = bytes[targetStart + i]!;
  for (let i = from; i < to; i++) bytes[position++] = source[i]!;
  for (let i = targetEnd - after; i < targetEnd; i++) bytes[position++] = bytes[i]!;
  table.startIrregular = true;
  table.targetStart = at;
  table.targetEnd = position;
  return true;
}

/** Replaces the method. False when there is no room. */
export function replaceMethod(table: HeadTable, source: Uint8Array, from: number, to: number): boolean {
  const at = makeRoom(table, to - from);
  if (at < 0) return false;
  copyValue(source, from, to, table.bytes, at);
  table.startIrregular = true;
  table.methodStart = at;
  table.methodEnd = table.editsEnd;
  table.method = methodIdOf(table.bytes, at, table.editsEnd);
  return true;
}

/** Replaces status (100…999) and reason, `source[from, to)`. False when there is no room. */
export function replaceStatus(table: HeadTable, status: number, source: Uint8Array, from: number, to: number): boolean {
  const at = makeRoom(table, 3 + to - from);
  if (at < 0) return false;
  const { bytes } = table;
  bytes[at] = 48 + (((status / 100) | 0) % 10);
  bytes[at + 1] = 48 + (((status / 10) | 0) % 10);
  bytes[at + 2] = 48 + (status % 10);
  copyValue(source, from, to, bytes, at + 3);
  table.status = status;
  table.startIrregular = true;
  table.statusStart = at;
  table.reasonStart = at + 3;
  table.reasonEnd = table.editsEnd;
  return true;
}

// Owns the header actions of rules as changes of a head table given in text: names and values are latin1 strings that the caller has checked.
// A change that does not fit is dropped and counted by the caller of the rule set, as a failed rewrite is. It knows no stream.

import {
  appendFieldText,
  removeField,
  replaceMethod,
  replaceStatus,
  replaceTargetPart,
  replaceValueText,
} from "../protocol/http/edit.ts";
import { fieldIdOfName } from "../protocol/http/field-names.ts";
import { fieldStride, type HeadTable } from "../protocol/http/head.ts";
import { reasonOf } from "../protocol/http/status.ts";
import { equalIgnoreCase, latin1Bytes } from "../stdx/index.ts";

interface FieldName {
  readonly bytes: Uint8Array;
  readonly id: number;
}

/** Names come from the configuration, so there are few of them; the limit keeps computed ones from filling memory. */
const knownNames = new Map<string, FieldName>();
const knownNamesMax = 4096;

function fieldName(name: string): FieldName {
  let known = knownNames.get(name);
  if (known === undefined) {
    known = { bytes: latin1Bytes(name.toLowerCase()), id: fieldIdOfName(name) };
    if (knownNames.size < knownNamesMax) knownNames.set(name, known);
  }
  return known;
}

/** Index of the first field of that name at or after `from`, −1 when there is none. */
function findField(table: HeadTable, name: FieldName, from: number): number {
  const { bytes, fields } = table;
  for (let i = from; i < table.fieldCount; i++) {
    const slot = i * fieldStride;
    const id = fields[slot + 4]!;
    if (name.id !== 0 ? id === name.id : id === 0 && sameName(bytes, fields, slot, name.bytes)) return i;
  }
  return -1;
}

function sameName(bytes: Uint8Array, fields: Int32Array, slot: number, name: Uint8Array): boolean {
  return equalIgnoreCase(bytes, fields[slot]!, fields[slot + 1]!, name);
}

/** Whether the head has a field of that name. */
export function hasHeader(table: HeadTable, name: string): boolean {
  return findField(table, fieldName(name), 0) >= 0;
}

/** `del-header`: takes out every field of that name. */
export function deleteHeaderNamed(table: HeadTable, name: string): void {
  const known = fieldName(name);
  for (let at = findField(table, known, 0); at >= 0; at = findField(table, known, at)) removeField(table, at);
}

/** `add-header`: one more field, last. */
export function addHeaderText(table: HeadTable, name: string, value: string): boolean {
  return appendFieldText(table, fieldName(name).bytes, value);
}

/** `set-header`: the only field of that name, last. */
export function setHeaderText(table: HeadTable, name: string, value: string): boolean {
  deleteHeaderNamed(table, name);
  return addHeaderText(table, name, value);
}

/** Gives field `index` another value. */
export function replaceHeaderAt(table: HeadTable, index: number, value: string): boolean {
  return replaceValueText(table, index, value);
}

/** `set-method`. */
export function applyMethod(table: HeadTable, value: string): boolean {
  const bytes = latin1Bytes(value);
  return replaceMethod(table, bytes, 0, bytes.length);
}

const byteSlash = 0x2f;
const byteQuestion = 0x3f;

/** Where the path starts in the target: after the authority of an absolute form. */
function pathStart(table: HeadTable): number {
  const { bytes, targetStart, targetEnd } = table;
  if (bytes[targetStart] === byteSlash) return targetStart;
  for (let at = targetStart; at + 2 < targetEnd; at++) {
    if (bytes[at] !== 0x3a || bytes[at + 1] !== byteSlash || bytes[at + 2] !== byteSlash) continue;
    for (let i = at + 3; i < targetEnd; i++) if (bytes[i] === byteSlash || bytes[i] === byteQuestion) return i;
    return targetEnd;
  }
  return targetStart;
}

function queryMark(table: HeadTable, from: number): number {
  for (let at = from; at < table.targetEnd; at++) if (table.bytes[at] === byteQuestion) return at;
  return table.targetEnd;
}

/** `set-path`: the path alone, the query stays. */
export function applyPath(table: HeadTable, value: string): boolean {
  const start = pathStart(table);
  const bytes = latin1Bytes(value);
  return replaceTargetPart(table, start, queryMark(table, start), bytes, 0, bytes.length);
}

/** `set-query`: what follows the question mark; a leading one in `value` is taken as the mark. */
export function applyQuery(table: HeadTable, value: string): boolean {
  const mark = queryMark(table, pathStart(table));
  const bytes = latin1Bytes(value === "" || value.startsWith("?") ? value : `?${value}`);
  return replaceTargetPart(table, mark, table.targetEnd, bytes, 0, bytes.length);
}

/** `set-uri`: the whole target. */
export function applyTarget(table: HeadTable, value: string): boolean {
  const bytes = latin1Bytes(value);
  return replaceTargetPart(table, table.targetStart, table.targetEnd, bytes, 0, bytes.length);
}

/** `set-status`; without a reason the usual one. */
export function applyStatus(table: HeadTable, status: number, reason: string | undefined): boolean {
  const bytes = latin1Bytes(reason ?? reasonOf(status));
  return replaceStatus(table, status, bytes, 0, bytes.length);
}

// Owns the size of a head as the reference counts it in %B, %U and the byte columns: not the bytes on the wire, but those of its internal form,
// found by experiment: a start line is 20 bytes more than its three parts, a field is its name and value, the end of the head is one byte.

import { fieldStride, type HeadTable } from "../protocol/http/head.ts";
import type { LocalReply } from "./error-pages.ts";

const startLineBytes = 20;
const endOfHeadBytes = 1;
const versionBytes = 8;
const statusBytes = 3;

/** Size of a parsed head. `isRequest`: its start line has a method and a target. */
export function headBytes(table: HeadTable, isRequest: boolean): number {
  const { fields, fieldCount } = table;
  let size = startLineBytes + endOfHeadBytes + versionBytes;
  if (isRequest) size += table.methodEnd - table.methodStart + table.targetEnd - table.targetStart;
  else size += statusBytes + table.reasonEnd - table.reasonStart;
  const slots = fieldCount * fieldStride;
  for (let slot = 0; slot < slots; slot += fieldStride) {
    size += fields[slot + 1]! - fields[slot]! + fields[slot + 3]! - fields[slot + 2]!;
  }
  return size;
}

/** "connection: close" as a field. */
const closeFieldBytes = 15;

/** Size of the head of an answer of our own. */
export function replyHeadBytes(reply: LocalReply): number {
  let size = startLineBytes + endOfHeadBytes + reply.version.length + statusBytes + reply.reason.length;
  for (const line of reply.headers) size += line.length - 2;
  return reply.closes ? size + closeFieldBytes : size;
}

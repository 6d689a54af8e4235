// Owns the parsing of a response head: the status line, then the fields, then how the body ends for the request that it answers.
// RFC 9112 §4 and §6.3; lenient exactly where the reference is. Every refusal is a 502 towards the client.

import { indexOfByte } from "../../stdx/index.ts";
import { idContentLength, idTransferEncoding } from "../http/field-names.ts";
import { type BodyKind, bodyKinds, type HeadTable, resetHead } from "../http/head.ts";
import { methodIds } from "../http/methods.ts";
import { byteCr, byteLf, byteSpace, byteTab } from "./classes.ts";
import { h1Errors } from "./errors.ts";
import { parseFields } from "./fields.ts";
import { frameFields, removeFields } from "./framing.ts";
import { markStartLine, parseVersion } from "./request.ts";

/**
 * Parses the response head that starts at `bytes[from]`, the answer to a request with method `requestMethod` (an id of
 * `methods.ts`). Result, `seen` and the treatment of `bytes` are those of {@link parseRequestHead}; an error means 502.
 *
 * `table.bodyKind` says how the body ends: none (HEAD, 204, 304, 1xx), length, chunked, close, or tunnel (101, 2xx to CONNECT). A
 * status below 200 other than 101 is an interim answer: the final one follows. Whether a 101 was asked for is for the caller to
 * judge: the request's `connectionUpgrade` must have been set.
 */
export function parseResponseHead(
  bytes: Uint8Array,
  from: number,
  to: number,
  table: HeadTable,
  requestMethod: number,
  seen = from,
): number {
  if (seen > from && indexOfByte(bytes, byteLf, seen, to) < 0) return 0;
  resetHead(table, bytes);
  const fieldsStart = parseStatusLine(bytes, from, to, table);
  if (fieldsStart <= 0) return fieldsStart;
  const end = parseFields(bytes, fieldsStart, to, table);
  if (end <= 0) return end;
  const error = frameFields(table, false);
  if (error < 0) return error;
  if (table.status === 101 && !table.connectionUpgrade) return h1Errors.badUpgrade;
  finishResponse(table, requestMethod);
  return end;
}

function parseStatusLine(bytes: Uint8Array, from: number, to: number, table: HeadTable): number {
  let position = from;
  while (position < to && (bytes[position] === byteLf || bytes[position] === byteCr)) {
    if (bytes[position] === byteCr) {
      if (position + 1 >= to) return 0;
      if (bytes[position + 1] !== byteLf) return h1Errors.badStartLine;
      position++;
    }
    position++;
  }
  table.start = position;
  table.versionStart = position;
  position = parseVersion(bytes, position, to, table);
  if (position <= 0) return position;
  if (position >= to) return 0;
  if (!isBlank(bytes[position]!)) return h1Errors.badVersion;
  const versionEnd = position;
  while (position < to && isBlank(bytes[position]!)) position++;
  if (position !== versionEnd + 1 || bytes[versionEnd] !== byteSpace) markStartLine(table);
  table.statusStart = position;
  let status = 0;
  // DIFFERS: the reference also takes one or two digits; what follows such a line is not worth guessing.
  for (let i = 0; i < 3; i++, position++) {
    if (position >= to) return 0;
    const digit = bytes[position]! - 0x30;
    if (digit < 0 || digit > 9) return h1Errors.badStatus;
    status = status * 10 + digit;
  }
  table.status = status;
  return parseReason(bytes, position, to, table);
}

function parseReason(bytes: Uint8Array, from: number, to: number, table: HeadTable): number {
  if (from >= to) return 0;
  let position = from;
  const first = bytes[position]!;
  if (!isBlank(first) && first !== byteCr && first !== byteLf) return h1Errors.badStatus;
  while (position < to && isBlank(bytes[position]!)) position++;
  if (position !== from + 1 || first !== byteSpace) markStartLine(table);
  table.reasonStart = position;
  while (position < to && bytes[position] !== byteCr && bytes[position] !== byteLf) {
    if (bytes[position] === 0) return h1Errors.badStartLine;
    position++;
  }
  if (position >= to) return 0;
  table.reasonEnd = position;
  // An empty reason is filled in when the head is forwarded.
  if (position === table.reasonStart) markStartLine(table);
  if (bytes[position] === byteLf) {
    markStartLine(table);
    return position + 1;
  }
  if (position + 1 >= to) return 0;
  return bytes[position + 1] === byteLf ? position + 2 : h1Errors.badStartLine;
}

function finishResponse(table: HeadTable, requestMethod: number): void {
  const status = table.status;
  const isTunnel = status === 101 || (requestMethod === methodIds.CONNECT && status >= 200 && status < 300);
  // Lengths that cannot be true are not forwarded (RFC 9110 §8.6, RFC 9112 §6.1).
  if (isTunnel || status === 204 || (status >= 100 && status < 200)) removeLengths(table);
  if (isTunnel) table.bodyKind = bodyKinds.tunnel;
  else table.bodyKind = isWithoutBody(status, requestMethod) ? bodyKinds.none : bodyKindOf(table);
  if (table.bodyKind === bodyKinds.close || table.bodyKind === bodyKinds.tunnel) return;
  const isModern = table.version >= 11;
  const keepsOpen = isModern ? !table.connectionClose : table.connectionKeepAlive && !table.connectionClose;
  table.persistent = keepsOpen && !table.ambiguousLength && (isModern || !table.chunked);
}

function isWithoutBody(status: number, requestMethod: number): boolean {
  if (requestMethod === methodIds.HEAD) return true;
  return status === 204 || status === 304 || (status >= 100 && status < 200);
}

function bodyKindOf(table: HeadTable): BodyKind {
  if (table.chunked) return bodyKinds.chunked;
  if (table.contentLength > 0) return bodyKinds.length;
  return table.contentLength === 0 ? bodyKinds.none : bodyKinds.close;
}

function removeLengths(table: HeadTable): void {
  if (table.contentLength >= 0) removeFields(table, idContentLength);
  if (table.chunked) removeFields(table, idTransferEncoding);
  table.contentLength = -1;
  table.chunked = false;
}

function isBlank(byte: number): boolean {
  return byte === byteSpace || byte === byteTab;
}

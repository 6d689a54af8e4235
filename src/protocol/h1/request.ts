// Owns the parsing of a request head: the request line, then the fields, then what they say together. One strict pass over the
// received bytes, no strings, no I/O, never a throw. RFC 9112 §3 and §6; which malformed requests are refused and which are read
// leniently is what the reference does (`test/h1/*.md` has the cases, `test/h1/reference.test.ts` holds them against it).

import { indexOfByte } from "../../stdx/index.ts";
import { bodyKinds, type HeadTable, resetHead } from "../http/head.ts";
import { methodIdOf, methodIds } from "../http/methods.ts";
import { byteColon, byteCr, byteLf, byteSpace, byteTab, nameClass, schemeClass, targetClass } from "./classes.ts";
import { h1Errors } from "./errors.ts";
import { parseFields } from "./fields.ts";
import { frameFields } from "./framing.ts";
import { reconcileHost } from "./host.ts";

const byteSlash = 0x2f;
const byteStar = 0x2a;

/**
 * Parses the request head that starts at `bytes[from]`; `bytes[to]` is the first byte not received yet.
 *
 * Returns
 * - above 0: the offset (in `bytes`) of the byte after the head. The table is filled; `bodyKind` is none, length or chunked (tunnel
 *   for CONNECT begins only with the answer). `table.bytes` is mostly `bytes`, but rarely the table's own edit buffer, so read fields
 *   through `table.bytes` and the body at the returned offset.
 * - 0: the head is not complete. The table's content means nothing. Call again with more bytes.
 * - below 0: one of {@link h1Errors}; `h1ErrorStatus(code)` is the status to answer, then close.
 *
 * The caller bounds the head: with its buffer full (`tune.bufsize` − `tune.maxrewrite`) and 0 returned, the answer is 400.
 *
 * `seen` makes a head that arrives in pieces cheap: pass the `to` of the previous call that returned 0 for the same head (shifted
 * when the bytes were moved). Without a line feed in `bytes[seen, to)` the call returns 0 at once.
 *
 * Field names are lower-cased and folded lines blanked **in `bytes`**, which is harmless to a later call for an incomplete head; a
 * head that was parsed successfully must not be parsed again from the same bytes.
 */
export function parseRequestHead(bytes: Uint8Array, from: number, to: number, table: HeadTable, seen = from): number {
  if (seen > from && indexOfByte(bytes, byteLf, seen, to) < 0) return 0;
  resetHead(table, bytes);
  const fieldsStart = parseRequestLine(bytes, from, to, table);
  if (fieldsStart <= 0) return fieldsStart;
  const end = parseFields(bytes, fieldsStart, to, table);
  if (end <= 0) return end;
  const error = finishRequest(table);
  return error < 0 ? error : end;
}

function parseRequestLine(bytes: Uint8Array, from: number, to: number, table: HeadTable): number {
  let position = from;
  // Empty lines before a request line are ignored (RFC 9112 §2.2).
  while (position < to && (bytes[position] === byteLf || bytes[position] === byteCr)) {
    if (bytes[position] === byteCr) {
      if (position + 1 >= to) return 0;
      if (bytes[position + 1] !== byteLf) return h1Errors.badMethod;
      position++;
    }
    position++;
  }
  table.start = position;
  table.methodStart = position;
  const tokenClass = nameClass;
  while (position < to && tokenClass[bytes[position]!] !== 0) position++;
  if (position >= to) return 0;
  if (position === table.methodStart || !isBlank(bytes[position]!)) return h1Errors.badMethod;
  table.methodEnd = position;
  table.method = methodIdOf(bytes, table.methodStart, position);
  position = skipBlanks(bytes, position, to);
  table.targetStart = position;
  const visibleClass = targetClass;
  while (position < to && visibleClass[bytes[position]!] !== 0) position++;
  if (position >= to) return 0;
  if (position === table.targetStart || !isBlank(bytes[position]!)) return h1Errors.badTarget;
  table.targetEnd = position;
  position = skipBlanks(bytes, position, to);
  table.versionStart = position;
  const isRegular =
    table.targetStart === table.methodEnd + 1 &&
    position === table.targetEnd + 1 &&
    bytes[table.methodEnd] === byteSpace &&
    bytes[table.targetEnd] === byteSpace;
  if (!isRegular) markStartLine(table);
  return parseRequestVersion(bytes, position, to, table);
}

function parseRequestVersion(bytes: Uint8Array, from: number, to: number, table: HeadTable): number {
  const after = parseVersion(bytes, from, to, table);
  if (after <= 0) return after;
  if (after >= to) return 0;
  if (bytes[after] === byteLf) {
    markStartLine(table);
    return after + 1;
  }
  if (bytes[after] !== byteCr) return h1Errors.badVersion;
  if (after + 1 >= to) return 0;
  return bytes[after + 1] === byteLf ? after + 2 : h1Errors.badVersion;
}

const versionPrefix = Uint8Array.of(0x48, 0x54, 0x54, 0x50, 0x2f);

/** Parses `HTTP/x.y` at `from` and sets the table's version. Returns the offset after it, 0 or an error. Shared with responses. */
export function parseVersion(bytes: Uint8Array, from: number, to: number, table: HeadTable): number {
  if (to - from >= 8 && isVersion11(bytes, from)) return from + 8;
  const available = Math.min(to - from, 8);
  for (let i = 0; i < available; i++) {
    const byte = bytes[from + i]!;
    const isDigit = byte >= 0x30 && byte <= 0x39;
    const fits = i < 5 ? byte === versionPrefix[i] : i === 6 ? byte === 0x2e : isDigit;
    if (!fits) return h1Errors.badVersion;
  }
  if (available < 8) return 0;
  const version = (bytes[from + 5]! - 0x30) * 10 + bytes[from + 7]! - 0x30;
  // Everything above 1.1 is read and forwarded as HTTP/1.1, as the reference does.
  if (version > 11) markStartLine(table);
  table.version = Math.min(version, 11);
  return from + 8;
}

/** `HTTP/1.1`, what nearly everybody sends; {@link resetHead} has set the table's version to it. */
function isVersion11(bytes: Uint8Array, from: number): boolean {
  return (
    bytes[from] === 0x48 &&
    bytes[from + 1] === 0x54 &&
    bytes[from + 2] === 0x54 &&
    bytes[from + 3] === 0x50 &&
    bytes[from + 4] === 0x2f &&
    bytes[from + 5] === 0x31 &&
    bytes[from + 6] === 0x2e &&
    bytes[from + 7] === 0x31
  );
}

/** The start line is not forwarded as it was received. */
export function markStartLine(table: HeadTable): void {
  table.irregular = true;
  table.startIrregular = true;
}

function finishRequest(table: HeadTable): number {
  const framingError = frameFields(table, true);
  if (framingError < 0) return framingError;
  const targetError = judgeTarget(table);
  if (targetError < 0) return targetError;
  if (table.chunked) table.bodyKind = bodyKinds.chunked;
  else if (table.contentLength > 0) table.bodyKind = bodyKinds.length;
  if (table.version >= 11) {
    table.persistent = !table.connectionClose && !table.ambiguousLength;
    return 0;
  }
  table.expectContinue = false;
  table.persistent = table.connectionKeepAlive && !table.connectionClose && !table.chunked;
  // A server of that age takes the body for the next request.
  if (table.bodyKind !== bodyKinds.none && isBodyless(table.method)) return h1Errors.bodyInOldVersion;
  return 0;
}

function isBodyless(method: number): boolean {
  return method === methodIds.GET || method === methodIds.HEAD || method === methodIds.DELETE;
}

/** The form of the target (RFC 9112 §3.2) and its agreement with Host. */
function judgeTarget(table: HeadTable): number {
  const { bytes, targetStart, targetEnd } = table;
  const first = bytes[targetStart]!;
  if (table.method === methodIds.CONNECT) {
    if (first === byteSlash || first === byteStar) return h1Errors.badTarget;
    return reconcileHost(table, targetStart, true);
  }
  if (first === byteSlash) return 0;
  if (first === byteStar) {
    const isServerWide = targetEnd === targetStart + 1 && table.method === methodIds.OPTIONS;
    return isServerWide ? 0 : h1Errors.badTarget;
  }
  let position = targetStart;
  while (position < targetEnd && schemeClass[bytes[position]!] !== 0) position++;
  const isAbsolute =
    position > targetStart &&
    isLetter(first) &&
    position + 2 < targetEnd &&
    bytes[position] === byteColon &&
    bytes[position + 1] === byteSlash &&
    bytes[position + 2] === byteSlash;
  return isAbsolute ? reconcileHost(table, position + 3, false) : h1Errors.badTarget;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isBlank(byte: number): boolean {
  return byte === byteSpace || byte === byteTab;
}

function skipBlanks(bytes: Uint8Array, from: number, to: number): number {
  let position = from;
  while (position < to && isBlank(bytes[position]!)) position++;
  return position;
}

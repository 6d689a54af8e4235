// Owns the writing of a head for the next hop: start line, fields, what the engine appends, the Connection line and the empty line, into
// a buffer that the caller owns. A head that needs no change is copied in one run, any other in as few runs as its regular lines
// allow. Order, case and blanks are those of the reference: `name: value`, names lower-case, additions last, Connection at the end.

import { copyBytes, latin1Bytes, parseUint, writeLatin1, writeUint } from "../../stdx/index.ts";
import { idContentLength, idTransferEncoding } from "../http/field-names.ts";
import { bodyKinds, fieldStride, type HeadTable } from "../http/head.ts";
import { reasonOf } from "../http/status.ts";
import { byteColon, byteCr, byteLf, byteSpace } from "./classes.ts";

/** What the Connection line of a forwarded head says besides tokens that were forwarded. */
export const connectionModes = { none: 0, close: 1, keepAlive: 2 } as const;

/** One of {@link connectionModes}. */
export type ConnectionMode = (typeof connectionModes)[keyof typeof connectionModes];

/** Room for every head that {@link encodeHead} can be asked for with default limits, and a small body behind it. One per thread is enough: encode and write are one synchronous step. */
export const encodeScratch: Uint8Array = new Uint8Array(65_536);

const lineClose = latin1Bytes("connection: close\r\n");
const lineKeepAlive = latin1Bytes("connection: keep-alive\r\n");
const lineChunked = latin1Bytes("transfer-encoding: chunked\r\n");
const lengthName = latin1Bytes("content-length: ");
const version11 = latin1Bytes("HTTP/1.1");
const nothing = new Uint8Array(0);

/** The mode towards the server for this request. `close`: the engine does not want to reuse the connection (`option httpclose`). */
export function requestConnectionMode(request: HeadTable, close: boolean): ConnectionMode {
  if (request.connectionUpgrade) return connectionModes.none;
  const isModern = request.version >= 11;
  if (close) return isModern ? connectionModes.close : connectionModes.none;
  // The reference asks an old server for nothing when the length of the body could be misread.
  return isModern || request.chunked ? connectionModes.none : connectionModes.keepAlive;
}

/**
 * The mode towards a client that sent HTTP/1.x with `requestVersion`. `close`: the connection ends after this response. It must end after
 * a body that ends by closing and after a chunked one in HTTP/1.0; whether the server keeps its own connection does not matter here.
 */
export function responseConnectionMode(response: HeadTable, requestVersion: number, close: boolean): ConnectionMode {
  if (response.bodyKind === bodyKinds.tunnel || response.status < 200) return connectionModes.none;
  const isModern = response.version >= 11;
  // Chunks under HTTP/1.0: a client may not see the end of the body, so the reference closes and promises nothing.
  if (!isModern && response.chunked) return connectionModes.none;
  if (close) return isModern ? connectionModes.close : connectionModes.none;
  return isModern && requestVersion >= 11 ? connectionModes.none : connectionModes.keepAlive;
}

/**
 * Writes the head of `table` to `out[at…]` and returns the offset after it, or −1 when `out` is too small (nothing useful was
 * written). `extra[0, extraEnd)` are preformatted lines (`x-forwarded-for: 192.0.2.1\r\n`) that come after all fields of the table.
 *
 * Forwarded as the reference does: HTTP/1.1 and above as `HTTP/1.1`, older versions as received; a framing field that no longer says
 * what `bodyKind` says (a rule touched it) is corrected.
 */
export function encodeHead(
  table: HeadTable,
  out: Uint8Array,
  at: number,
  connection: ConnectionMode,
  extra: Uint8Array = nothing,
  extraEnd = 0,
): number {
  if (at + encodedBound(table) + extraEnd > out.length) return -1;
  let position: number;
  if (!table.irregular) {
    position = copyBytes(table.bytes, table.start, table.end - 2, out, at);
  } else {
    position = table.startIrregular ? encodeStartLine(table, out, at) : at;
    position = table.framingTouched ? encodeChecked(table, out, position) : encodeRuns(table, out, position);
  }
  if (extraEnd > 0) position = copyBytes(extra, 0, extraEnd, out, position);
  if (connection === connectionModes.close) position = copyBytes(lineClose, 0, lineClose.length, out, position);
  else if (connection === connectionModes.keepAlive) {
    position = copyBytes(lineKeepAlive, 0, lineKeepAlive.length, out, position);
  }
  out[position] = byteCr;
  out[position + 1] = byteLf;
  return position + 2;
}

/** Bytes that suffice for the start line, the connection and framing lines and the blanks that normalisation adds. */
const slack = 128;

function encodedBound(table: HeadTable): number {
  if (table.bytes !== table.edits) return table.end - table.start + table.fieldCount * 2 + slack;
  let bound = slack + table.methodEnd - table.methodStart + table.targetEnd - table.targetStart;
  bound += table.reasonEnd - table.reasonStart;
  const { fields } = table;
  const slots = table.fieldCount * fieldStride;
  for (let slot = 0; slot < slots; slot += fieldStride) {
    bound += fields[slot + 1]! - fields[slot]! + fields[slot + 3]! - fields[slot + 2]! + 4;
  }
  return bound;
}

function encodeStartLine(table: HeadTable, out: Uint8Array, at: number): number {
  const { bytes } = table;
  let position = at;
  if (table.methodEnd > table.methodStart) {
    position = copyBytes(bytes, table.methodStart, table.methodEnd, out, position);
    out[position++] = byteSpace;
    position = copyBytes(bytes, table.targetStart, table.targetEnd, out, position);
    out[position++] = byteSpace;
    position = encodeVersion(table, out, position);
  } else {
    position = encodeVersion(table, out, position);
    out[position++] = byteSpace;
    position = copyBytes(bytes, table.statusStart, table.statusStart + 3, out, position);
    out[position++] = byteSpace;
    if (table.reasonEnd > table.reasonStart) {
      position = copyBytes(bytes, table.reasonStart, table.reasonEnd, out, position);
    } else {
      position = writeLatin1(reasonOf(table.status), out, position);
    }
  }
  out[position] = byteCr;
  out[position + 1] = byteLf;
  return position + 2;
}

function encodeVersion(table: HeadTable, out: Uint8Array, at: number): number {
  if (table.version >= 11) return copyBytes(version11, 0, 8, out, at);
  return copyBytes(table.bytes, table.versionStart, table.versionStart + 8, out, at);
}

/** Copies neighbouring regular lines in one piece, a regular start line with them. */
function encodeRuns(table: HeadTable, out: Uint8Array, at: number): number {
  const { bytes, fields } = table;
  const slots = table.fieldCount * fieldStride;
  let position = at;
  // A regular start line is the beginning of the first run.
  let runStart = table.startIrregular ? 0 : table.start;
  let runEnd = table.startIrregular ? 0 : table.fieldsStart;
  for (let slot = 0; slot < slots; slot += fieldStride) {
    const nameStart = fields[slot]!;
    if (isRegular(bytes, fields, slot)) {
      const lineEnd = fields[slot + 3]! + 2;
      if (nameStart !== runEnd) {
        position = copyBytes(bytes, runStart, runEnd, out, position);
        runStart = nameStart;
      }
      runEnd = lineEnd;
    } else {
      position = copyBytes(bytes, runStart, runEnd, out, position);
      runStart = runEnd = 0;
      position = encodeField(bytes, fields, slot, out, position);
    }
  }
  return copyBytes(bytes, runStart, runEnd, out, position);
}

function isRegular(bytes: Uint8Array, fields: Int32Array, slot: number): boolean {
  const nameEnd = fields[slot + 1]!;
  const valueEnd = fields[slot + 3]!;
  return (
    fields[slot + 2] === nameEnd + 2 &&
    bytes[nameEnd] === byteColon &&
    bytes[nameEnd + 1] === byteSpace &&
    bytes[valueEnd] === byteCr &&
    bytes[valueEnd + 1] === byteLf
  );
}

function encodeField(bytes: Uint8Array, fields: Int32Array, slot: number, out: Uint8Array, at: number): number {
  let position = copyBytes(bytes, fields[slot]!, fields[slot + 1]!, out, at);
  out[position] = byteColon;
  out[position + 1] = byteSpace;
  position = copyBytes(bytes, fields[slot + 2]!, fields[slot + 3]!, out, position + 2);
  out[position] = byteCr;
  out[position + 1] = byteLf;
  return position + 2;
}

/**
 * The head after edits of framing fields: leaves out those that contradict the message and adds the one that it needs. A rule that
 * deletes Content-Length must not let the next hop take the body for a second request.
 */
function encodeChecked(table: HeadTable, out: Uint8Array, at: number): number {
  const { bytes, fields } = table;
  const slots = table.fieldCount * fieldStride;
  let position = at;
  if (!table.startIrregular) position = copyBytes(bytes, table.start, table.fieldsStart, out, position);
  let hasFraming = false;
  for (let slot = 0; slot < slots; slot += fieldStride) {
    const id = fields[slot + 4]!;
    if (id === idContentLength || id === idTransferEncoding) {
      if (hasFraming || !isTrueFraming(table, slot)) continue;
      hasFraming = true;
    }
    position = encodeField(bytes, fields, slot, out, position);
  }
  // A message without a body needs no framing, except an empty one that would otherwise end with the connection.
  const isBodyless = table.bodyKind === bodyKinds.none && table.contentLength !== 0;
  if (hasFraming || isBodyless || table.bodyKind === bodyKinds.tunnel) return position;
  if (table.chunked) return copyBytes(lineChunked, 0, lineChunked.length, out, position);
  if (table.contentLength < 0) return position;
  position = copyBytes(lengthName, 0, lengthName.length, out, position);
  position = writeUint(table.contentLength, out, position);
  out[position] = byteCr;
  out[position + 1] = byteLf;
  return position + 2;
}

function isTrueFraming(table: HeadTable, slot: number): boolean {
  const { bytes, fields } = table;
  const from = fields[slot + 2]!;
  const to = fields[slot + 3]!;
  if (fields[slot + 4] === idContentLength) {
    return !table.chunked && table.contentLength >= 0 && parseUint(bytes, from, to) === table.contentLength;
  }
  return table.chunked && to - from === 7;
}

// Owns the rules for Host and for the authority of a request target: which bytes they may hold, when the two agree, and the removal of a
// default port that the client wrote into both. RFC 9112 §3.2, RFC 9110 §7.2, RFC 3986 §6.2.3, decided where they are silent by the reference.

import { equalRangesIgnoreCase } from "../../stdx/index.ts";
import { replaceTarget, replaceValue } from "../http/edit.ts";
import { fieldStride, type HeadTable } from "../http/head.ts";
import { methodIds } from "../http/methods.ts";
import { byteColon, hostClass } from "./classes.ts";
import { h1Errors } from "./errors.ts";

const bracketOpen = 0x5b;
const bracketClose = 0x5d;
const byteSlash = 0x2f;
const byteQuery = 0x3f;
const byteAt = 0x40;

/** Whether `bytes[from, to)` may stand in a Host field: empty, a name or address with an optional port, or an IPv6 address in brackets. */
export function isHost(bytes: Uint8Array, from: number, to: number): boolean {
  // A module's binding is loaded anew in every round of a loop; a local one is not. The same all over this folder.
  const classOf = hostClass;
  let position = from;
  if (position < to && bytes[position] === bracketOpen) {
    position++;
    // What is inside is not judged: the reference does not either, and nobody resolves it here.
    while (position < to && classOf[bytes[position]!] !== 0) position++;
    if (position >= to || bytes[position] !== bracketClose) return false;
    position++;
    if (position < to && bytes[position] !== byteColon) return false;
  }
  while (position < to && classOf[bytes[position]!] !== 0) position++;
  return position === to;
}

/**
 * Compares Host with the authority of an absolute target or of CONNECT and takes a default port out of both, as the reference
 * forwards them. Returns 0, or the error of a mismatch. `scheme` and port rules: 80 for http, 443 for https, both for CONNECT.
 */
export function reconcileHost(table: HeadTable, authorityStart: number, isConnect: boolean): number {
  // Taking the port out of Host moves the head into the table's own buffer: what is read after that is read from here.
  const { bytes, targetStart, targetEnd } = table;
  let from = authorityStart;
  let to = from;
  while (to < targetEnd && bytes[to] !== byteSlash && bytes[to] !== byteQuery) {
    if (bytes[to] === byteAt) from = to + 1;
    to++;
  }
  // DIFFERS: the reference takes the default port out of `a:8080:80` and so makes it mean something else.
  if (!isHost(bytes, from, to) || hasTwoPorts(bytes, from, to)) return h1Errors.badTarget;
  const portStart = portOf(bytes, from, to);
  if (isConnect && (portStart < 0 || portStart === from || portStart + 1 === to)) return h1Errors.badTarget;
  const secure = isConnect ? -1 : schemeOf(bytes, targetStart, authorityStart);
  const bareEnd = isDefaultPort(bytes, portStart, to, secure) ? portStart : to;
  if (table.hostIndex >= 0) {
    const error = compareHost(table, from, to, bareEnd, secure);
    if (error < 0) return error;
  }
  if (!isConnect) normalizeTarget(table, bytes, targetStart, targetEnd, bareEnd, to);
  return 0;
}

function compareHost(table: HeadTable, from: number, to: number, bareEnd: number, secure: number): number {
  const { bytes, fields } = table;
  const slot = table.hostIndex * fieldStride;
  const hostFrom = fields[slot + 2]!;
  const hostTo = fields[slot + 3]!;
  if (equalRangesIgnoreCase(bytes, from, to, bytes, hostFrom, hostTo)) {
    // The client wrote the same default port into both: the reference forwards neither.
    if (bareEnd !== to) replaceValue(table, table.hostIndex, bytes, from, bareEnd);
    return 0;
  }
  const hostPort = portOf(bytes, hostFrom, hostTo);
  const hostBare = isDefaultPort(bytes, hostPort, hostTo, secure) ? hostPort : hostTo;
  return equalRangesIgnoreCase(bytes, from, bareEnd, bytes, hostFrom, hostBare) ? 0 : h1Errors.hostMismatch;
}

/** Whether there is more than one colon outside of brackets. */
function hasTwoPorts(bytes: Uint8Array, from: number, to: number): boolean {
  let colons = 0;
  for (let i = to - 1; i >= from && bytes[i] !== bracketClose; i--) if (bytes[i] === byteColon) colons++;
  return colons > 1;
}

/** The offset of the colon before the port, −1 when there is none. */
function portOf(bytes: Uint8Array, from: number, to: number): number {
  for (let i = to - 1; i >= from; i--) {
    const byte = bytes[i]!;
    if (byte === byteColon) return i;
    if (byte < 0x30 || byte > 0x39) return -1;
  }
  return -1;
}

/** 0: http, 1: https, 2: another scheme, which has no default port here. */
function schemeOf(bytes: Uint8Array, from: number, authorityStart: number): number {
  const length = authorityStart - from - 3;
  if (length !== 4 && length !== 5) return 2;
  const isHttp =
    (bytes[from]! | 0x20) === 0x68 &&
    (bytes[from + 1]! | 0x20) === 0x74 &&
    (bytes[from + 2]! | 0x20) === 0x74 &&
    (bytes[from + 3]! | 0x20) === 0x70;
  if (!isHttp) return 2;
  if (length === 4) return 0;
  return (bytes[from + 4]! | 0x20) === 0x73 ? 1 : 2;
}

function isDefaultPort(bytes: Uint8Array, colon: number, to: number, scheme: number): boolean {
  if (colon < 0 || scheme === 2) return false;
  const length = to - colon - 1;
  if (length === 0) return true;
  if (length === 2) return scheme !== 1 && bytes[colon + 1] === 0x38 && bytes[colon + 2] === 0x30;
  if (length !== 3 || scheme === 0) return false;
  return bytes[colon + 1] === 0x34 && bytes[colon + 2] === 0x34 && bytes[colon + 3] === 0x33;
}

const slash = Uint8Array.of(byteSlash);

/**
 * Takes `[bareEnd, to)`, a default port, out of the target, and gives an empty path its slash (but for OPTIONS, where it means the
 * server itself). Offsets are those of `bytes`, where the target was received at `[targetStart, targetEnd)`.
 */
function normalizeTarget(
  table: HeadTable,
  bytes: Uint8Array,
  targetStart: number,
  targetEnd: number,
  bareEnd: number,
  to: number,
): void {
  const needsSlash = to === targetEnd && table.method !== methodIds.OPTIONS;
  if (bareEnd === to && !needsSlash) return;
  const head = bytes.subarray(targetStart, bareEnd);
  const tail = needsSlash ? slash : bytes.subarray(to, targetEnd);
  const target = new Uint8Array(head.length + tail.length);
  target.set(head);
  target.set(tail, head.length);
  replaceTarget(table, target, 0, target.length);
}

// Owns what the fields of a head say about the length of the body, the life of the connection and upgrades, and the removal of what
// the reference removes on receipt. It runs over the table once a head is complete (`request.ts`, `response.ts`). RFC 9112 §6.3 and §9; RFC 9110 §7.8. Everything that could be read in two ways is refused.

import { equalBytes, equalIgnoreCase, equalRangesIgnoreCase, latin1Bytes } from "../../stdx/index.ts";
import { removeField } from "../http/edit.ts";
import {
  idConnection,
  idContentLength,
  idExpect,
  idHost,
  idTe,
  idTransferEncoding,
  idUpgrade,
  idWebsocketKey,
  lastFramingFieldId,
} from "../http/field-names.ts";
import { fieldStride, type HeadTable } from "../http/head.ts";
import { byteComma, byteSpace, byteTab } from "./classes.ts";
import { h1Errors } from "./errors.ts";
import { isHost } from "./host.ts";

// Verdicts on a field besides errors.
const keepField = 0;
const dropField = 1;

const wordChunked = latin1Bytes("chunked");
const wordClose = latin1Bytes("close");
const wordKeepAlive = latin1Bytes("keep-alive");
const wordUpgrade = latin1Bytes("upgrade");
const wordWebsocket = latin1Bytes("websocket");
const wordH2c = latin1Bytes("h2c");
const wordH2 = latin1Bytes("h2");
const wordContinue = latin1Bytes("100-continue");
const wordTrailers = latin1Bytes("trailers");

const upgradeToken = 1;
const upgradeField = 2;
const websocketUpgrade = 4;
const websocketKey = 8;
const codingField = 16;
const otherCoding = 32;
const websocketAccept = 64;
const lengthSeen = 128;
const http2Upgrade = 256;
// A Connection field that stays, and may need cleaning.
const connectionField = 512;

// What was seen in the head that is being parsed. Parsing is synchronous, so one set serves every connection of the thread.
let seen = 0;
let inRequest = true;

/**
 * Takes the fields of a complete head into account, in order, and removes what is not forwarded. Returns 0 or an error. It may
 * write into the received bytes, which is why it waits for the end of the head: an incomplete head is parsed again.
 */
export function frameFields(table: HeadTable, isRequest: boolean): number {
  seen = 0;
  inRequest = isRequest;
  const { fields } = table;
  const slots = table.fieldCount * fieldStride;
  let index = 0;
  let out = 0;
  for (let slot = 0; slot < slots; slot += fieldStride) {
    const id = fields[slot + 4]!;
    if (out !== slot) {
      fields[out] = fields[slot]!;
      fields[out + 1] = fields[slot + 1]!;
      fields[out + 2] = fields[slot + 2]!;
      fields[out + 3] = fields[slot + 3]!;
      fields[out + 4] = id;
    }
    if (id !== 0 && id <= lastFramingFieldId) {
      const verdict = frameField(table, out, index);
      if (verdict < 0) return verdict;
      if (verdict === dropField) continue;
    }
    out += fieldStride;
    index++;
  }
  if (out !== slots) {
    table.fieldCount = index;
    table.irregular = true;
  }
  const error = finishFraming(table);
  return error;
}

// Calls in this file do not stand in tail position where that would be natural: JavaScriptCore makes proper tail calls in strict code, which
// it neither inlines nor compiles well.

/** Takes one field with a framing id into account. Returns {@link keepField}, {@link dropField} or an error. May change the field's value offsets. */
function frameField(table: HeadTable, slot: number, index: number): number {
  const id = table.fields[slot + 4]!;
  let verdict: number = keepField;
  if (id === idHost) verdict = frameHost(table, slot, index);
  else if (id === idConnection) verdict = frameConnection(table, slot);
  else if (id === idContentLength) verdict = frameContentLength(table, slot);
  else if (id === idTransferEncoding) verdict = frameTransferEncoding(table, slot);
  else if (id === idUpgrade) verdict = frameUpgrade(table, slot);
  else if (id === idTe) verdict = frameTe(table, slot);
  else noteField(table, slot, id);
  return verdict;
}

function noteField(table: HeadTable, slot: number, id: number): void {
  const from = table.fields[slot + 2]!;
  const to = table.fields[slot + 3]!;
  if (id === idExpect) {
    if (equalIgnoreCase(table.bytes, from, to, wordContinue)) table.expectContinue = true;
  } else if (id === idWebsocketKey) {
    // 16 bytes in base64; what they are is the server's business.
    if (to - from === 24) seen |= websocketKey;
  } else {
    seen |= websocketAccept;
  }
}

function frameHost(table: HeadTable, slot: number, index: number): number {
  if (!inRequest) return keepField;
  const { bytes, fields } = table;
  const from = fields[slot + 2]!;
  const to = fields[slot + 3]!;
  if (table.hostIndex >= 0) {
    const first = table.hostIndex * fieldStride;
    const same = equalRangesIgnoreCase(bytes, from, to, bytes, fields[first + 2]!, fields[first + 3]!);
    return same ? dropField : h1Errors.badHost;
  }
  if (!isHost(bytes, from, to)) return h1Errors.badHost;
  table.hostIndex = index;
  return keepField;
}

function frameContentLength(table: HeadTable, slot: number): number {
  const { bytes, fields } = table;
  const from = fields[slot + 2]!;
  const to = fields[slot + 3]!;
  let position = from;
  let length = 0;
  while (position < to) {
    const digit = bytes[position]! - 48;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
    position++;
  }
  // One number of at most fifteen digits and no leading zero, seen for the first time: what is sent unless something is odd.
  const isPlain = position === to && to > from && to - from < 16 && (bytes[from] !== 48 || to === from + 1);
  if (!isPlain || seen & lengthSeen) {
    const verdict = frameLengthList(table, slot);
    return verdict;
  }
  seen |= lengthSeen;
  table.contentLength = length;
  return keepField;
}

/** Values are lists of the same decimal number; RFC 9112 §6.3 item 5. What is forwarded is the number once. */
function frameLengthList(table: HeadTable, slot: number): number {
  const { bytes, fields } = table;
  const start = fields[slot + 2]!;
  const to = fields[slot + 3]!;
  let from = start;
  if (from === to) return h1Errors.badContentLength;
  while (from < to) {
    const end = endOfToken(bytes, from, to);
    const length = readLength(bytes, from, trimEnd(bytes, from, end));
    if (length < 0 || (table.contentLength >= 0 && length !== table.contentLength)) return h1Errors.badContentLength;
    if (table.contentLength < 0) {
      table.contentLength = length;
      fields[slot + 2] = lengthStart;
      fields[slot + 3] = lengthEnd;
    }
    if (end === to) break;
    from = skipBlanks(bytes, end + 1, to);
    if (from === to) return h1Errors.badContentLength;
  }
  if (fields[slot + 2] !== start || fields[slot + 3] !== to) table.irregular = true;
  if (seen & lengthSeen) return dropField;
  seen |= lengthSeen;
  return keepField;
}

let lengthStart = 0;
let lengthEnd = 0;

function readLength(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to) return -1;
  let start = from;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) return -1;
    if (value === 0 && i > from) start = i;
    value = value * 10 + digit;
    // DIFFERS: the reference goes up to 2^63−1. Nobody sends eight petabytes.
    if (value > Number.MAX_SAFE_INTEGER) return -1;
  }
  lengthStart = start;
  lengthEnd = to;
  return value;
}

/** `chunked` must come last and once; nothing may follow it, in this field or another one. */
function frameTransferEncoding(table: HeadTable, slot: number): number {
  const { bytes, fields } = table;
  const to = fields[slot + 3]!;
  let from = fields[slot + 2]!;
  seen |= codingField;
  for (;;) {
    const end = endOfToken(bytes, from, to);
    const tokenEnd = trimEnd(bytes, from, end);
    if (tokenEnd === from || table.chunked) return h1Errors.badTransferEncoding;
    if (equalIgnoreCase(bytes, from, tokenEnd, wordChunked)) {
      table.chunked = true;
      for (let i = from; i < tokenEnd; i++) bytes[i] = bytes[i]! | 0x20;
    } else {
      seen |= otherCoding;
    }
    if (end === to) return keepField;
    from = skipBlanks(bytes, end + 1, to);
  }
}

/** Notes the tokens. A field with nothing but close and keep-alive goes at once, a mixed one is cleaned at the end of the head. */
function frameConnection(table: HeadTable, slot: number): number {
  const { bytes, fields } = table;
  const to = fields[slot + 3]!;
  const start = fields[slot + 2]!;
  // What nearly every client sends.
  if (to - start === 10 && equalIgnoreCase(bytes, start, to, wordKeepAlive)) {
    table.connectionKeepAlive = true;
    return dropField;
  }
  let from = skipCommas(bytes, start, to);
  let verdict: number = dropField;
  while (from < to) {
    const end = endOfToken(bytes, from, to);
    const tokenEnd = trimEnd(bytes, from, end);
    if (equalIgnoreCase(bytes, from, tokenEnd, wordClose)) table.connectionClose = true;
    else if (equalIgnoreCase(bytes, from, tokenEnd, wordKeepAlive)) table.connectionKeepAlive = true;
    else {
      if (equalIgnoreCase(bytes, from, tokenEnd, wordUpgrade)) seen |= upgradeToken;
      seen |= connectionField;
      verdict = keepField;
    }
    from = skipCommas(bytes, end, to);
  }
  return verdict;
}

/** The protocols h2 and h2c are never negotiated through a proxy: they are taken out, at once when they are alone. */
function frameUpgrade(table: HeadTable, slot: number): number {
  const { bytes, fields } = table;
  const to = fields[slot + 3]!;
  let from = skipCommas(bytes, fields[slot + 2]!, to);
  let verdict: number = dropField;
  while (from < to) {
    const end = endOfToken(bytes, from, to);
    const tokenEnd = trimEnd(bytes, from, end);
    if (isHttp2(bytes, from, tokenEnd)) seen |= http2Upgrade;
    else {
      if (equalIgnoreCase(bytes, from, tokenEnd, wordWebsocket)) seen |= websocketUpgrade;
      seen |= upgradeField;
      verdict = keepField;
    }
    from = skipCommas(bytes, end, to);
  }
  return verdict;
}

/** Of TE only `trailers` concerns the next hop of a proxy that does not recode; every other coding is taken out. */
function frameTe(table: HeadTable, slot: number): number {
  const { bytes, fields } = table;
  const to = fields[slot + 3]!;
  let from = skipCommas(bytes, fields[slot + 2]!, to);
  while (from < to) {
    const end = endOfToken(bytes, from, to);
    const tokenEnd = trimEnd(bytes, from, end);
    if (equalBytes(bytes, from, tokenEnd, wordTrailers)) {
      if (from !== fields[slot + 2] || tokenEnd !== to) table.irregular = true;
      fields[slot + 2] = from;
      fields[slot + 3] = tokenEnd;
      return keepField;
    }
    from = skipCommas(bytes, end, to);
  }
  return dropField;
}

/**
 * Judges codings, lengths and upgrades when all fields are known; common to requests and responses. Returns 0 or an error. A
 * request's Upgrade that Connection does not name is removed, a response's stays.
 */
function finishFraming(table: HeadTable): number {
  if (seen === 0) return 0;
  if (seen & codingField) {
    if (!table.chunked) return h1Errors.badTransferEncoding;
    if (seen & otherCoding) return h1Errors.unsupportedTransferEncoding;
    if (table.contentLength >= 0) {
      removeFields(table, idContentLength);
      table.contentLength = -1;
      table.ambiguousLength = true;
    }
  }
  return finishUpgrade(table);
}

/** A request needs token and field; a response's 101 is recognised by the token, and its field is forwarded either way. */
function finishUpgrade(table: HeadTable): number {
  const upgrade = seen & (upgradeToken | upgradeField);
  const isPointless = inRequest && upgrade === upgradeToken;
  if (isPointless) cleanLists(table, idConnection, isPersistenceOrUpgrade);
  else if (seen & connectionField) cleanLists(table, idConnection, isPersistence);
  if (seen & http2Upgrade) cleanLists(table, idUpgrade, isHttp2);
  if (upgrade === (upgradeToken | upgradeField)) {
    table.connectionUpgrade = true;
    const proof = inRequest ? websocketKey : websocketAccept;
    const judged = inRequest || table.status === 101;
    if (judged && seen & websocketUpgrade && !(seen & proof)) return h1Errors.badUpgrade;
  } else if (upgrade === upgradeField && inRequest) {
    removeFields(table, idUpgrade);
  } else if (upgrade === upgradeToken && !inRequest) {
    table.connectionUpgrade = true;
  }
  return 0;
}

/** Takes the tokens that `unwanted` says out of every list field with this id; a field of which nothing is left goes. */
function cleanLists(
  table: HeadTable,
  id: number,
  unwanted: (bytes: Uint8Array, from: number, to: number) => boolean,
): void {
  const { bytes, fields } = table;
  for (let slot = (table.fieldCount - 1) * fieldStride; slot >= 0; slot -= fieldStride) {
    if (fields[slot + 4] !== id) continue;
    const start = fields[slot + 2]!;
    const to = fields[slot + 3]!;
    let out = start;
    let from = skipCommas(bytes, start, to);
    while (from < to) {
      const end = endOfToken(bytes, from, to);
      const tokenEnd = trimEnd(bytes, from, end);
      if (!unwanted(bytes, from, tokenEnd)) out = keepToken(bytes, start, out, from, tokenEnd);
      from = skipCommas(bytes, end, to);
    }
    if (out === to) continue;
    table.irregular = true;
    if (out === start) removeField(table, (slot / fieldStride) | 0);
    else fields[slot + 3] = out;
  }
}

function isPersistence(bytes: Uint8Array, from: number, to: number): boolean {
  return equalIgnoreCase(bytes, from, to, wordClose) || equalIgnoreCase(bytes, from, to, wordKeepAlive);
}

function isPersistenceOrUpgrade(bytes: Uint8Array, from: number, to: number): boolean {
  return isPersistence(bytes, from, to) || equalIgnoreCase(bytes, from, to, wordUpgrade);
}

function isHttp2(bytes: Uint8Array, from: number, to: number): boolean {
  return equalIgnoreCase(bytes, from, to, wordH2c) || equalIgnoreCase(bytes, from, to, wordH2);
}

/** Moves one kept token of a list down to `out`. A list from which nothing was removed yet stays as it is, separators included. */
function keepToken(bytes: Uint8Array, start: number, out: number, from: number, to: number): number {
  if (!moved(bytes, start, out, from)) return to;
  let at = out;
  if (at !== start) bytes[at++] = byteComma;
  for (let i = from; i < to; i++) bytes[at++] = bytes[i]!;
  return at;
}

/** Whether something other than separators stands between the kept part `[start, out)` and a token at `from`. */
function moved(bytes: Uint8Array, start: number, out: number, from: number): boolean {
  if (out === start) return from !== start;
  for (let i = out; i < from; i++) {
    const byte = bytes[i];
    if (byte !== byteComma && byte !== byteSpace && byte !== byteTab) return true;
  }
  return false;
}

/** Takes every field with this id out of the table. */
export function removeFields(table: HeadTable, id: number): void {
  const fields = table.fields;
  for (let slot = (table.fieldCount - 1) * fieldStride; slot >= 0; slot -= fieldStride) {
    if (fields[slot + 4] === id) removeField(table, (slot / fieldStride) | 0);
  }
}

function endOfToken(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== byteComma) i++;
  return i;
}

function trimEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && (bytes[end - 1] === byteSpace || bytes[end - 1] === byteTab)) end--;
  return end;
}

function skipBlanks(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && (bytes[i] === byteSpace || bytes[i] === byteTab)) i++;
  return i;
}

function skipCommas(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && (bytes[i] === byteComma || bytes[i] === byteSpace || bytes[i] === byteTab)) i++;
  return i;
}

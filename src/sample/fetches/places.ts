// Owns the places of a request-target inside a head: path, query, authority, as byte ranges. Nothing becomes a string here.
// RFC 9112 §3.2; configuration manual §7.3.6.

import type { HeadTable } from "../../protocol/http/head.ts";

const slash = 0x2f;
const question = 0x3f;
const hash = 0x23;

/** What {@link pathStart} gives for an absolute target without a path, which stands for "/". */
export const emptyPath = -2;

/** First byte of the path (of the "?" when it is empty before a query), −1 when the target has none ("*", CONNECT's authority), or {@link emptyPath}. */
export function pathStart(head: HeadTable): number {
  const { bytes, targetStart: start, targetEnd: end } = head;
  const first = bytes[start]!;
  if (first === slash) return start;
  // An absolute form: skip "scheme://authority".
  for (let i = start; i + 2 < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x3a) {
      if (bytes[i + 1] !== slash || bytes[i + 2] !== slash) return -1;
      for (let j = i + 3; j < end; j++) if (bytes[j] === slash || bytes[j] === question) return j;
      return emptyPath;
    }
    if (!isSchemeByte(byte)) return -1;
  }
  return -1;
}

function isSchemeByte(byte: number): boolean {
  const lower = byte | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

/** The byte after the path that starts at `start`. */
export function pathEnd(head: HeadTable, start: number): number {
  const { bytes, targetEnd: end } = head;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === question || byte === hash) return i;
  }
  return end;
}

/** First byte of the query, behind the "?", or −1. */
export function queryStart(head: HeadTable): number {
  const { bytes, targetEnd: end } = head;
  for (let i = head.targetStart; i < end; i++) if (bytes[i] === question) return i + 1;
  return -1;
}

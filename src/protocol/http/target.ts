// Owns the parts of a request target: scheme, authority, path and query of its four forms. RFC 9112 §3.2; what `url`, `path`, `pathq`,
// `query` and `base` mean is the reference's (configuration manual §7.3.6).

import { latin1 } from "../../stdx/index.ts";
import { fieldStride, type HeadTable } from "./head.ts";
import { methodIds } from "./methods.ts";
import { ByteRange } from "./range.ts";

const byteSlash = 0x2f;
const byteQuery = 0x3f;
const byteColon = 0x3a;

/**
 * Sets `range` to the path and query (`pathq`): from the first `/` after the authority (or the `?` when the path is empty) to the end of
 * the target. False when the target has none: `*`, an authority (CONNECT), an absolute form without both.
 */
export function pathAndQuery(table: HeadTable, range: ByteRange): boolean {
  const { bytes, targetStart, targetEnd } = table;
  if (table.method === methodIds.CONNECT || targetStart >= targetEnd) return false;
  let from = targetStart;
  if (bytes[from] !== byteSlash) {
    from = authorityStart(table);
    if (from < 0) return false;
    while (from < targetEnd && bytes[from] !== byteSlash && bytes[from] !== byteQuery) from++;
    if (from >= targetEnd) return false;
  }
  range.set(bytes, from, targetEnd);
  return true;
}

/** Sets `range` to the path, without the query. False when there is none; it may be empty before a query. */
export function targetPath(table: HeadTable, range: ByteRange): boolean {
  if (!pathAndQuery(table, range)) return false;
  range.to = indexOfQuery(range.bytes, range.from, range.to);
  return true;
}

/** Sets `range` to the query, without its `?`. False when there is no `?`; it may be empty. */
export function targetQuery(table: HeadTable, range: ByteRange): boolean {
  if (!pathAndQuery(table, range)) return false;
  const mark = indexOfQuery(range.bytes, range.from, range.to);
  if (mark === range.to) return false;
  range.from = mark + 1;
  return true;
}

/** Sets `range` to the whole target (`url`). */
export function targetUrl(table: HeadTable, range: ByteRange): void {
  range.set(table.bytes, table.targetStart, table.targetEnd);
}

/** Sets `range` to the authority of an absolute target or of CONNECT. False for the other forms. */
export function targetAuthority(table: HeadTable, range: ByteRange): boolean {
  const { bytes, targetEnd } = table;
  const from = table.method === methodIds.CONNECT ? table.targetStart : authorityStart(table);
  if (from < 0) return false;
  let to = from;
  while (to < targetEnd && bytes[to] !== byteSlash && bytes[to] !== byteQuery) to++;
  range.set(bytes, from, to);
  return true;
}

/** Host and path in one text (`base`): the key of a cache and of many stick tables. */
export function baseText(table: HeadTable): string {
  let text = "";
  if (table.hostIndex >= 0) {
    const slot = table.hostIndex * fieldStride;
    text = latin1(table.bytes, table.fields[slot + 2]!, table.fields[slot + 3]!);
  }
  return targetPath(table, scratch) ? text + scratch.text() : text;
}

/** The offset after `scheme://`, −1 when the target is not in absolute form. */
function authorityStart(table: HeadTable): number {
  const { bytes, targetStart, targetEnd } = table;
  let i = targetStart;
  while (i < targetEnd && bytes[i] !== byteColon && bytes[i] !== byteSlash) i++;
  const isAbsolute =
    i > targetStart &&
    i + 2 < targetEnd &&
    bytes[i] === byteColon &&
    bytes[i + 1] === byteSlash &&
    bytes[i + 2] === byteSlash;
  return isAbsolute ? i + 3 : -1;
}

function indexOfQuery(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== byteQuery) i++;
  return i;
}

const scratch = new ByteRange();

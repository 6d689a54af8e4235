// Owns the question whether a head is too large. The reference does not count bytes on the wire but those of its internal form, whose
// overheads were found by experiment: 48 for the buffer, 8 for each line, 20 for the start line, 1 for the end of the head.
// `test/h1/limit.test.ts` holds the borders against it.

import { fieldStride, type HeadTable } from "../http/head.ts";

const bufferOverhead = 48;
const lineOverhead = 8;
const startLineOverhead = 20;
const versionAndStatus = 11;

/**
 * Whether the reference would hold this head in a buffer of `bufferBytes` (`tune.bufsize`) of which `rewriteBytes`
 * (`tune.maxrewrite`) are kept free. A request that does not fit is answered 431, a response becomes a 502. What is received is
 * bounded by the caller besides: a head that is still incomplete with the buffer full does not fit either.
 */
export function headFits(table: HeadTable, bufferBytes: number, rewriteBytes: number): boolean {
  const { fields, fieldCount } = table;
  const room = bufferBytes - rewriteBytes - bufferOverhead;
  let size = startLineOverhead + lineOverhead + lineOverhead + 1;
  // A request line has a version of eight bytes, a status line the same and three digits.
  if (table.methodEnd > table.methodStart) {
    size += table.methodEnd - table.methodStart + table.targetEnd - table.targetStart + versionAndStatus - 3;
  } else {
    size += table.reasonEnd - table.reasonStart + versionAndStatus;
  }
  const slots = fieldCount * fieldStride;
  for (let slot = 0; slot < slots; slot += fieldStride) {
    size += fields[slot + 1]! - fields[slot]! + fields[slot + 3]! - fields[slot + 2]! + lineOverhead;
  }
  return size <= room;
}

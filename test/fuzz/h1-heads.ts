// Owns the properties of a parsed HTTP/1 head that the request and the response target share.

import { encodeHead } from "../../src/protocol/h1/index.ts";
import { copyHead, fieldStride, HeadTable } from "../../src/protocol/http/index.ts";
import type { SeededRandom } from "../../src/stdx/index.ts";
import { loadFixtures } from "../h1/fixtures.ts";
import { check } from "./target.ts";

export type ParseHead = (bytes: Uint8Array, from: number, to: number, table: HeadTable, seen?: number) => number;

/** The bytes of the codec fixtures of one kind. */
export function fixtureSeeds(kind: "request" | "response" | "chunked"): Uint8Array[] {
  return loadFixtures()
    .filter((fixture) => fixture.kind === kind && fixture.bytes.length < 2000)
    .map((fixture) => fixture.bytes);
}

/** Never throws, never consumes what is not there, offsets in order, the same however it is split, and what is forwarded parses again. */
export function checkHead(bytes: Uint8Array, random: SeededRandom, parse: ParseHead): void {
  const original = bytes.slice();
  const table = new HeadTable();
  const whole = parse(bytes, 0, bytes.length, table);
  check(whole <= bytes.length, "more was consumed than there was");
  const forwarded = whole > 0 ? checkTable(table) : "";
  if (whole > 0) checkForwarded(table, parse);
  const shift = random.below(20);
  const again = new HeadTable();
  const result = parseInPieces(original, shift, random, again, parse);
  check(result === (whole > 0 ? whole + shift : whole), `split: ${result}, whole: ${whole}`);
  if (whole > 0) check(checkTable(again) === forwarded, "split and whole give different heads");
}

/** Offers the bytes in random pieces behind `shift` bytes of something else. A malformed line without a line feed needs a last, full look. */
function parseInPieces(
  original: Uint8Array,
  shift: number,
  random: SeededRandom,
  table: HeadTable,
  parse: ParseHead,
): number {
  const bytes = new Uint8Array(shift + original.length);
  bytes.set(original, shift);
  let seen = shift;
  while (seen < bytes.length) {
    const to = Math.min(bytes.length, seen + 1 + random.below(12));
    const result = parse(bytes, shift, to, table, seen);
    if (result !== 0) return result;
    seen = to;
  }
  return parse(bytes, shift, bytes.length, table);
}

/** Checks the offsets of a table and returns its head as it is forwarded. */
function checkTable(table: HeadTable): string {
  const { bytes, fields } = table;
  for (let slot = 0; slot < table.fieldCount * fieldStride; slot += fieldStride) {
    const inOrder = fields[slot]! < fields[slot + 1]! && fields[slot + 1]! < fields[slot + 2]!;
    check(inOrder && fields[slot + 2]! <= fields[slot + 3]!, "offsets of a field are out of order");
    check(fields[slot + 3]! <= bytes.length, "a value ends behind the buffer");
    for (let i = fields[slot + 2]!; i < fields[slot + 3]!; i++) {
      check(bytes[i] !== 13 && bytes[i] !== 10 && bytes[i] !== 0, "a value holds a line end or a NUL");
    }
  }
  return encode(table);
}

function encode(table: HeadTable): string {
  const out = new Uint8Array(65_536);
  const end = encodeHead(table, out, 0, 0);
  check(end > 0, "a parsed head does not fit the scratch");
  return Buffer.from(out.buffer, 0, end).toString("latin1");
}

/** What goes to the next hop is one regular head with the same framing, and a copy of the table forwards the same. */
function checkForwarded(table: HeadTable, parse: ParseHead): void {
  const forwarded = encode(table);
  const copy = new HeadTable();
  copyHead(table, copy);
  check(encode(copy) === forwarded, "a copy of the table forwards another head");
  const bytes = new Uint8Array(Buffer.from(forwarded, "latin1"));
  const next = new HeadTable();
  check(parse(bytes, 0, bytes.length, next) === bytes.length, "the forwarded head is not accepted as a whole");
  check(!next.irregular, "the forwarded head is not regular");
  check(next.bodyKind === table.bodyKind, "the forwarded head frames another body");
  check(next.bodyKind !== 1 || next.contentLength === table.contentLength, "the forwarded length differs");
  check(encode(next) === forwarded, "forwarding twice changes the head");
}

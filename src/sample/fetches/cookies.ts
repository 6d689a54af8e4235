// Owns the fetches of cookies in Cookie and Set-Cookie fields. RFC 6265 as the reference reads it; configuration manual §7.3.6.

import { fieldIds } from "../../protocol/http/field-names.ts";
import type { HeadTable } from "../../protocol/http/head.ts";
import { fieldStride } from "../../protocol/http/head.ts";
import { latin1 } from "../../stdx/index.ts";
import { leadingInteger } from "../integers.ts";
import type { ByteRange, FetchRow, Getter, RangeFinder, Source } from "../rows.ts";
import { takes, textArgument } from "../rows.ts";
import type { Argument, SampleValue, SampleView } from "../types.ts";

type HeadOf = (view: SampleView) => HeadTable | undefined;

/** A side of the conversation: where its cookies stand, and whether one line carries several. */
interface Side {
  readonly headOf: HeadOf;
  readonly fieldId: number;
  readonly several: boolean;
}

const requestSide: Side = { headOf: (view) => view.request, fieldId: fieldIds.cookie, several: true };
const responseSide: Side = { headOf: (view) => view.response, fieldId: fieldIds["set-cookie"], several: false };

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** The byte that ends the value: `;` or `,` outside of quotes, or `end`. */
function valueEnd(bytes: Uint8Array, from: number, end: number): number {
  let quoted = false;
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x22) quoted = !quoted;
    else if (quoted) {
      if (byte === 0x5c) i++;
    } else if (byte === 0x3b || byte === 0x2c) return i;
  }
  return end;
}

/**
 * Finds the next pair `name=value` in `bytes[from, end)`; an empty `wanted` takes any. Sets start, end and `cursor` (where to go on) of `range`,
 * and the name's place in `position` (its start; it ends before the "=").
 */
function nextPair(bytes: Uint8Array, from: number, end: number, wanted: Uint8Array, range: ByteRange): boolean {
  let i = from;
  while (i < end) {
    while (i < end && isBlank(bytes[i]!)) i++;
    const nameStart = i;
    while (i < end && bytes[i] !== 0x3d && bytes[i] !== 0x3b && bytes[i] !== 0x2c) i++;
    let nameEnd = i;
    while (nameEnd > nameStart && isBlank(bytes[nameEnd - 1]!)) nameEnd--;
    if (bytes[i] !== 0x3d || i >= end) {
      i++;
      continue;
    }
    i++;
    while (i < end && isBlank(bytes[i]!)) i++;
    const stop = valueEnd(bytes, i, end);
    if (wanted.length === 0 || sameBytes(bytes, nameStart, nameEnd, wanted)) {
      range.start = i;
      range.end = stop;
      while (range.end > i && isBlank(bytes[range.end - 1]!)) range.end--;
      range.cursor = stop + 1;
      return true;
    }
    i = stop + 1;
  }
  return false;
}

function sameBytes(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  if (end - start !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

/** Every cookie of that name; `range.position` is the field, `range.cursor` the byte to go on from. */
function cookieFinder(side: Side, name: string): RangeFinder {
  const wanted = Buffer.from(name, "latin1");
  return (view, range, resume) => {
    const head = side.headOf(view);
    if (head === undefined) return false;
    const { fields, fieldCount, bytes } = head;
    let from = resume ? range.cursor : -1;
    for (let index = resume ? range.position : 0; index < fieldCount; index++, from = -1) {
      const at = index * fieldStride;
      if (fields[at + 4] !== side.fieldId) continue;
      // A Set-Cookie line has one cookie; what follows are its attributes.
      if (from >= 0 && !side.several) continue;
      const lineEnd = fields[at + 3]!;
      const end = side.several ? lineEnd : valueEnd(bytes, fields[at + 2]!, lineEnd);
      if (nextPair(bytes, from < 0 ? fields[at + 2]! : from, end, wanted, range)) {
        range.bytes = bytes;
        range.position = index;
        return true;
      }
    }
    return false;
  };
}

function newRange(): ByteRange {
  return { bytes: new Uint8Array(0), start: 0, end: 0, cursor: 0, position: 0 };
}

function finderOf(side: Side): (args: readonly Argument[]) => RangeFinder {
  return (args) => cookieFinder(side, textArgument(args, 0, ""));
}

type Decode = (text: string) => SampleValue | undefined;

function decodeRange(range: ByteRange, decode: Decode | undefined): SampleValue | undefined {
  const text = latin1(range.bytes, range.start, range.end);
  return decode === undefined ? text : decode(text);
}

/** The last occurrence. */
function value(side: Side, decode: Decode | undefined): (args: readonly Argument[]) => Getter {
  return (args) => {
    const name = textArgument(args, 0, "");
    const find = cookieFinder(side, name);
    const range = newRange();
    return (view) => {
      let text: string | undefined;
      // QUIRK: without a name the first cookie is the value, not the last one.
      if (name === "") return find(view, range, false) ? decodeRange(range, decode) : undefined;
      while (find(view, range, text !== undefined)) text = latin1(range.bytes, range.start, range.end);
      return text === undefined || decode === undefined ? text : decode(text);
    };
  };
}

function count(side: Side): (args: readonly Argument[]) => Getter {
  return (args) => {
    const find = cookieFinder(side, textArgument(args, 0, ""));
    const range = newRange();
    return (view) => {
      let total = 0;
      while (find(view, range, total > 0)) total++;
      return total;
    };
  };
}

function integerOf(text: string): SampleValue | undefined {
  return text === "" ? undefined : leadingInteger(text);
}

const parameters = [takes("str", "name")];

function family(prefix: "req" | "res", side: Side, source: Source, alias: string): readonly FetchRow[] {
  const what = prefix === "req" ? "request" : "response";
  const row = { parameters, source, since: "1.5" };
  return [
    {
      ...row,
      name: `${prefix}.cook`,
      aliases: [alias],
      type: "str",
      doc: `The value of a cookie of the ${what}; ACLs try each.`,
      compile: value(side, undefined),
      ranges: finderOf(side),
    },
    {
      ...row,
      name: `${prefix}.cook_cnt`,
      aliases: [`${alias}_cnt`],
      type: "sint",
      doc: `How often a cookie stands in the ${what}.`,
      compile: count(side),
    },
    {
      ...row,
      name: `${prefix}.cook_val`,
      aliases: [`${alias}_val`],
      type: "sint",
      doc: `The value of a cookie of the ${what} as an integer; ACLs try each.`,
      compile: value(side, integerOf),
      ranges: finderOf(side),
      decode: integerOf,
    },
  ];
}

/** The table of this file. */
export const cookieFetches: readonly FetchRow[] = [
  ...family("req", requestSide, "request", "cook"),
  ...family("res", responseSide, "response", "scook"),
];

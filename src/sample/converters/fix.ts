// Owns messages of FIX (Financial Information eXchange): their validity and the values of their tags. The FIX session protocol; configuration manual
// §7.3.1 "fix_is_valid".

import type { Converter, ConverterRow } from "../rows.ts";
import { needs, textArgument } from "../rows.ts";
import type { Argument } from "../types.ts";

const separator = "\x01";
/** The versions, and the last tag that each defines. */
const lastTags: Readonly<Record<string, number>> = {
  "FIX.4.0": 140,
  "FIX.4.1": 211,
  "FIX.4.2": 446,
  "FIX.4.3": 659,
  "FIX.4.4": 956,
  "FIXT.1.1": 1621,
};

const tagNumbers: Readonly<Record<string, number>> = {
  beginstring: 8,
  bodylength: 9,
  checksum: 10,
  msgtype: 35,
  sendercompid: 49,
  targetcompid: 56,
};

/** "tag=value" up to its separator. */
interface Field {
  readonly tag: number;
  readonly value: string;
  /** The offset behind the separator. */
  readonly next: number;
}

/** The field at `at`; "incomplete" where it could still become one. */
function readField(text: string, at: number): Field | "incomplete" | "invalid" {
  const equals = text.indexOf("=", at);
  if (equals < 0) return "incomplete";
  const end = text.indexOf(separator, equals);
  if (end < 0) return "incomplete";
  const word = text.slice(at, equals);
  // The reference's tags have 32 bits.
  const tag = isNumber(word) ? Number(BigInt.asUintN(32, BigInt(word.slice(-20)))) : 0;
  return tag === 0 ? "invalid" : { tag, value: text.slice(equals + 1, end), next: end + 1 };
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

/** The sum of all bytes before `end`, as the last tag states it. */
function checksum(text: string, end: number): number {
  let sum = 0;
  for (let i = 0; i < end; i++) sum = (sum + text.charCodeAt(i)) & 255;
  return sum;
}

/** The shortest message: a version, a length of one digit, a type, a checksum. */
const messageSizeMin = 26;

/** The first three tags. */
const beginString = 8;
const bodyLength = 9;
const messageType = 35;
/** The last one. */
const checksumTag = 10;

/** Whether a whole message stands in `text`; undefined: more bytes could make it one. Values may be empty. */
function isValid(text: string): boolean | undefined {
  if (text.length < messageSizeMin) return undefined;
  let bodyStart = 0;
  let length = 0;
  let lastTag = 0;
  for (let at = 0, index = 0; ; index++) {
    const field = readField(text, at);
    if (typeof field === "string") return field === "incomplete" ? undefined : false;
    if (index === 0) lastTag = field.tag === beginString ? (lastTags[field.value] ?? 0) : 0;
    if (field.tag > lastTag) return false;
    if (index === 1) {
      if (field.tag !== bodyLength || !isNumber(field.value)) return false;
      length = Number(field.value);
      bodyStart = field.next;
    }
    if (index === 2 && field.tag !== messageType) return false;
    if (field.tag === checksumTag) {
      return length === at - bodyStart && /^[0-9]{3}$/.test(field.value) && Number(field.value) === checksum(text, at);
    }
    at = field.next;
  }
}

/** The number of a tag by its number or name, or 0. */
function tagOf(word: string): number {
  return isNumber(word) ? Number(word) : (tagNumbers[word.toLowerCase()] ?? 0);
}

/** `fix_tag_value(tag)`: the first one, looked for up to the checksum or to a field that is none. The message need not be valid otherwise. */
function tagValue(args: readonly Argument[]): Converter {
  const wanted = tagOf(textArgument(args, 0, ""));
  return (value) => {
    const text = value as string;
    for (let at = 0; ; ) {
      const field = readField(text, at);
      if (typeof field === "string") return undefined;
      if (field.tag === wanted) return field.value === "" ? undefined : field.value;
      if (field.tag === checksumTag) return undefined;
      at = field.next;
    }
  };
}

/** The table of this file. */
export const fixConverters: readonly ConverterRow[] = [
  {
    name: "fix_is_valid",
    parameters: [],
    input: "bin",
    output: "bool",
    since: "2.4",
    doc: "Whether the bytes are a valid FIX message; fails while they are not all there.",
    compile: () => (value) => isValid(value as string),
  },
  {
    name: "fix_tag_value",
    parameters: [needs("str", "tag")],
    input: "bin",
    output: "bin",
    since: "2.4",
    doc: "The value of a tag of a FIX message.",
    check: (args) =>
      tagOf(textArgument(args, 0, "")) > 0 ? args : `Unknown FIX tag name '${textArgument(args, 0, "")}'`,
    compile: tagValue,
  },
];

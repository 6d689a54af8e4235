// Owns the fetches of header fields: by element (`hdr`) and by line (`fhdr`), counted, as integers, as addresses, by name.
// Configuration manual §7.3.6.

import type { HeadTable } from "../../protocol/http/head.ts";
import { fieldStride } from "../../protocol/http/head.ts";
import { latin1 } from "../../stdx/index.ts";
import { leadingInteger } from "../integers.ts";
import { parseIpv4, parseIpv6 } from "../ip.ts";
import type { ByteRange, FetchRow, Getter, RangeFinder, Source } from "../rows.ts";
import { integerArgument, takes, textArgument } from "../rows.ts";
import type { Argument, SampleValue, SampleView } from "../types.ts";
import { fieldName, nextElement, nextLine } from "./fields.ts";

type HeadOf = (view: SampleView) => HeadTable | undefined;
type Step = typeof nextElement;

const requestOf: HeadOf = (view) => view.request;
const responseOf: HeadOf = (view) => view.response;
/** `hdr` outside of ACLs: the response's where there is one. */
const eitherOf: HeadOf = (view) => view.response ?? view.request;

/** The reference looks at most this many occurrences back. */
const historyLimit = 10;

function newRange(): ByteRange {
  return { bytes: new Uint8Array(0), start: 0, end: 0, cursor: 0, position: 0 };
}

/** All occurrences, or the one that the second argument names. */
function occurrences(headOf: HeadOf, step: Step): (args: readonly Argument[]) => RangeFinder {
  return (args) => {
    const name = fieldName(textArgument(args, 0, ""));
    const wanted = integerArgument(args, 1, 0);
    if (args.length === 0) return () => false;
    if (wanted === 0) {
      return (view, range, resume) => {
        const head = headOf(view);
        return head !== undefined && step(head, name, range, resume);
      };
    }
    return (view, range, resume) => {
      const head = headOf(view);
      return !resume && head !== undefined && nth(head, name, step, wanted, range);
    };
  };
}

/** Steps to occurrence `wanted`, counted from 1 at the front or from −1 at the back. */
function nth(
  head: HeadTable,
  name: ReturnType<typeof fieldName>,
  step: Step,
  wanted: number,
  range: ByteRange,
): boolean {
  let index = wanted;
  if (wanted < 0) {
    let count = 0;
    while (step(head, name, range, count > 0)) count++;
    index = count + 1 + wanted;
    if (index < 1) return false;
  }
  for (let i = 0; i < index; i++) if (!step(head, name, range, i > 0)) return false;
  return true;
}

type Decode = (text: string) => SampleValue | undefined;

/** The last occurrence that decodes, or the one that was asked for. */
function lastValue(headOf: HeadOf, step: Step, decode: Decode | undefined): (args: readonly Argument[]) => Getter {
  return (args) => {
    const name = fieldName(textArgument(args, 0, ""));
    const wanted = integerArgument(args, 1, 0) || -1;
    const range = newRange();
    // QUIRK: `hdr` has no value, not even in ACLs, while `hdr()` stands for every field.
    if (args.length === 0) return () => undefined;
    return (view) => {
      const head = headOf(view);
      if (head === undefined || !nth(head, name, step, wanted, range)) return undefined;
      const text = latin1(range.bytes, range.start, range.end);
      return decode === undefined ? text : decode(text);
    };
  };
}

function count(headOf: HeadOf, step: Step): (args: readonly Argument[]) => Getter {
  return (args) => {
    const name = fieldName(textArgument(args, 0, ""));
    const range = newRange();
    return (view) => {
      const head = headOf(view);
      if (head === undefined) return undefined;
      let total = 0;
      while (step(head, name, range, total > 0)) total++;
      return total;
    };
  };
}

/** Names in order, joined by the delimiter. */
function names(headOf: HeadOf): (args: readonly Argument[]) => Getter {
  return (args) => {
    const delimiter = textArgument(args, 0, ",")[0] ?? "\0";
    return (view) => {
      const head = headOf(view);
      if (head === undefined) return undefined;
      const out: string[] = [];
      for (let i = 0; i < head.fieldCount; i++) {
        const at = i * fieldStride;
        out.push(latin1(head.bytes, head.fields[at]!, head.fields[at + 1]!));
      }
      return out.join(delimiter);
    };
  };
}

function occurrenceProblem(args: readonly Argument[]): string | readonly Argument[] {
  const occurrence = integerArgument(args, 1, 0);
  if (occurrence < -historyLimit) return `header occurrence must be >= ${-historyLimit}`;
  return args;
}

/** An address, IPv4 with an optional port. */
function addressOf(text: string): SampleValue | undefined {
  return parseIpv4(text) ?? parseIpv6(text) ?? parseIpv4(text.replace(/:\d+$/, ""));
}

const integerOf: Decode = (text) => leadingInteger(text);
const occurrence = [takes("str", "name"), takes("sint", "occurrence")];
const nameOnly = [takes("str", "name")];

/** What the rows of one side share. */
interface Side {
  readonly prefix: "req" | "res";
  readonly headOf: HeadOf;
  readonly source: Source;
}

/** `hdr_cnt` stands for the request's, `shdr_cnt` for the response's. */
function aliasOf({ prefix }: Side, name: string): readonly string[] {
  return prefix === "req" ? [name] : [`s${name}`];
}

function wordFor({ prefix }: Side): string {
  return prefix === "req" ? "request" : "response";
}

/** Values of one side: elements, lines, addresses, integers. */
function valueRows(side: Side): readonly FetchRow[] {
  const { prefix, headOf, source } = side;
  const what = wordFor(side);
  const row = { source, since: "1.3", parameters: occurrence, check: occurrenceProblem };
  return [
    {
      ...row,
      name: `${prefix}.hdr`,
      aliases: prefix === "req" ? [] : ["shdr"],
      type: "str",
      doc: `The last element of a header field of the ${what}; ACLs try each.`,
      compile: lastValue(headOf, nextElement, undefined),
      ranges: occurrences(headOf, nextElement),
    },
    {
      ...row,
      name: `${prefix}.fhdr`,
      type: "str",
      doc: `The last whole line of a header field of the ${what}; ACLs try each.`,
      compile: lastValue(headOf, nextLine, undefined),
      ranges: occurrences(headOf, nextLine),
    },
    {
      ...row,
      name: `${prefix}.hdr_ip`,
      aliases: aliasOf(side, "hdr_ip"),
      type: "addr",
      doc: `The last element of a header field of the ${what} as an address; ACLs try each.`,
      compile: lastValue(headOf, nextElement, addressOf),
      ranges: occurrences(headOf, nextElement),
      decode: addressOf,
    },
    {
      ...row,
      name: `${prefix}.hdr_val`,
      aliases: aliasOf(side, "hdr_val"),
      type: "sint",
      doc: `The last element of a header field of the ${what} as an integer; ACLs try each.`,
      compile: lastValue(headOf, nextElement, integerOf),
      ranges: occurrences(headOf, nextElement),
      decode: integerOf,
    },
  ];
}

/** Counts and names of one side. */
function countRows(side: Side): readonly FetchRow[] {
  const { prefix, headOf, source } = side;
  const what = wordFor(side);
  const row = { source, since: "1.3" };
  return [
    {
      ...row,
      name: `${prefix}.hdr_cnt`,
      aliases: aliasOf(side, "hdr_cnt"),
      parameters: nameOnly,
      type: "sint",
      doc: `How many elements a header field of the ${what} has.`,
      compile: count(headOf, nextElement),
    },
    {
      ...row,
      name: `${prefix}.fhdr_cnt`,
      parameters: nameOnly,
      type: "sint",
      doc: `How many lines of a header field the ${what} has.`,
      compile: count(headOf, nextLine),
    },
    {
      ...row,
      name: `${prefix}.hdr_names`,
      parameters: [takes("str", "delimiter")],
      type: "str",
      doc: `The names of all header fields of the ${what}.`,
      compile: names(headOf),
    },
  ];
}

const requestSide: Side = { prefix: "req", headOf: requestOf, source: "request" };
const responseSide: Side = { prefix: "res", headOf: responseOf, source: "response" };

/** The table of this file. */
export const headerFetches: readonly FetchRow[] = [
  ...valueRows(requestSide),
  ...countRows(requestSide),
  ...valueRows(responseSide),
  ...countRows(responseSide),
  {
    name: "hdr",
    parameters: occurrence,
    type: "str",
    source: "eitherHead",
    since: "1.3",
    doc: "req.hdr in request rules and ACLs, res.hdr in response rules.",
    check: occurrenceProblem,
    compile: lastValue(eitherOf, nextElement, undefined),
    ranges: occurrences(eitherOf, nextElement),
  },
];

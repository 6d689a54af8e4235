// Owns the fetches that need no stream: constants, dates, random numbers. Configuration manual §7.3.2 and §7.3.7.

import { parseIpv4, parseIpv6 } from "../ip.ts";
import type { FetchRow, Getter } from "../rows.ts";
import { exactArgument, integerArgument, needs, takes, textArgument } from "../rows.ts";
import type { Argument, SampleValue } from "../types.ts";

function constant(value: SampleValue | undefined): Getter {
  return () => value;
}

function addressOf(args: readonly Argument[]): SampleValue | undefined {
  const argument = args[0];
  if (argument?.kind === "ipv4") return parseIpv4(argument.value);
  return argument?.kind === "ipv6" ? parseIpv6(argument.value) : undefined;
}

function binaryProblem(args: readonly Argument[]): string | readonly Argument[] {
  const text = textArgument(args, 0, "");
  const bad = /[^0-9a-fA-F]/.exec(text);
  if (text.length % 2 !== 0) return "an even number of hex digit is expected";
  return bad === null ? args : `an hex digit is expected (found '${bad[0]}')`;
}

/** One character of a UUID's template. */
function uuidV4(next: () => number): string {
  const words = [next(), next(), next(), next()].map((word) => word.toString(16).padStart(8, "0")).join("");
  const variant = ((Number.parseInt(words[16] ?? "0", 16) & 3) | 8).toString(16);
  return `${words.slice(0, 8)}-${words.slice(8, 12)}-4${words.slice(13, 16)}-${variant}${words.slice(17, 20)}-${words.slice(20)}`;
}

function dateGetter(args: readonly Argument[]): Getter {
  const offset = integerArgument(args, 0, 0);
  const unit = textArgument(args, 1, "s");
  if (unit === "s") return (view) => Math.floor(view.wallMs / 1000) + offset;
  return unit === "ms" ? (view) => Math.floor(view.wallMs) + offset : (view) => Math.floor(view.wallMs * 1000) + offset;
}

/** The table of this file. */
export const constantFetches: readonly FetchRow[] = [
  {
    name: "always_true",
    parameters: [],
    type: "bool",
    source: "constant",
    since: "1.0",
    doc: "True, always.",
    compile: () => constant(true),
  },
  {
    name: "always_false",
    parameters: [],
    type: "bool",
    source: "constant",
    since: "1.0",
    doc: "False, always.",
    compile: () => constant(false),
  },
  {
    name: "bool",
    parameters: [needs("str", "value")],
    type: "bool",
    source: "constant",
    since: "1.6",
    doc: "The boolean given: true, false, 1 or 0.",
    check: (args) =>
      /^(?:true|false|0|1)$/i.test(textArgument(args, 0, "")) ? args : "Expects 'true', 'false', '0' or '1'",
    compile: (args) => constant(/^(?:true|1)$/i.test(textArgument(args, 0, ""))),
  },
  {
    name: "int",
    parameters: [needs("sint", "value")],
    type: "sint",
    source: "constant",
    since: "1.6",
    doc: "The integer given.",
    compile: (args) => constant(exactArgument(args, 0, 0)),
  },
  {
    name: "str",
    parameters: [needs("str", "value")],
    type: "str",
    source: "constant",
    since: "1.6",
    doc: "The string given.",
    compile: (args) => constant(textArgument(args, 0, "")),
  },
  {
    name: "bin",
    parameters: [needs("str", "hex")],
    type: "bin",
    source: "constant",
    since: "1.6",
    doc: "The bytes given in hexadecimal.",
    check: binaryProblem,
    compile: (args) => constant(Buffer.from(textArgument(args, 0, ""), "hex").toString("latin1")),
  },
  {
    name: "meth",
    parameters: [needs("str", "method")],
    type: "meth",
    source: "constant",
    since: "1.6",
    doc: "The method given.",
    compile: (args) => constant(textArgument(args, 0, "")),
  },
  {
    name: "ipv4",
    parameters: [needs("ipv4", "address")],
    type: "ipv4",
    source: "constant",
    since: "1.6",
    doc: "The IPv4 address given.",
    compile: (args) => constant(addressOf(args)),
  },
  {
    name: "ipv6",
    parameters: [needs("ipv6", "address")],
    type: "ipv6",
    source: "constant",
    since: "1.6",
    doc: "The IPv6 address given.",
    compile: (args) => constant(addressOf(args)),
  },
  {
    name: "rand",
    parameters: [takes("sint", "range")],
    type: "sint",
    source: "constant",
    since: "1.5",
    doc: "A random number below the range, or of 32 bits.",
    compile: (args) => {
      const range = args.length === 0 ? 0x1_0000_0000 : integerArgument(args, 0, 0);
      return (view) => Math.floor((view.nextUint32() / 0x1_0000_0000) * range);
    },
  },
  {
    name: "uuid",
    parameters: [takes("sint", "version")],
    type: "str",
    source: "constant",
    since: "2.1",
    doc: "A random UUID of version 4.",
    check: (args) => (integerArgument(args, 0, 4) === 4 ? args : "only version 4 is supported yet"),
    compile: () => (view) => uuidV4(() => view.nextUint32()),
  },
  {
    name: "date",
    parameters: [takes("sint", "offset"), takes("str", "unit")],
    type: "sint",
    source: "constant",
    since: "1.5",
    doc: "The current Unix time, moved by an offset, in s, ms or us.",
    check: (args) => {
      const unit = textArgument(args, 1, "s");
      return unit === "s" || unit === "ms" || unit === "us" ? args : `expects 's', 'ms' or 'us', got '${unit}'`;
    },
    compile: dateGetter,
  },
  {
    name: "date_us",
    parameters: [],
    type: "sint",
    source: "constant",
    since: "1.6",
    doc: "The microseconds of the current second.",
    compile: () => (view) => Math.floor((view.wallMs % 1000) * 1000),
  },
];

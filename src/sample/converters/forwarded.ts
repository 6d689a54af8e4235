// Owns the Forwarded field as the reference reads it: one element, each parameter at most once, no blanks. RFC 7239 §4 and §6; configuration
// manual §7.3.1 "rfc7239_is_valid" and its family.

import { formatIp, parseIpv4, parseIpv6 } from "../ip.ts";
import type { Converter, ConverterRow } from "../rows.ts";
import { needs, textArgument } from "../rows.ts";
import type { IpAddress, SampleType, SampleValue } from "../types.ts";
import { variableText } from "./variables.ts";

/** A node: who, and optionally where. */
interface Node {
  /** An address, "unknown" or "_name". */
  readonly name: IpAddress | string;
  /** A number or "_name"; undefined: none. */
  readonly port: number | string | undefined;
}

const obfuscated = /^_[A-Za-z0-9._-]+$/;
const namePrefix = /^(?:unknown|_[A-Za-z0-9._-]+|[0-9.]+|\[[0-9a-fA-F:]*\])/;
const portPrefix = /^(?:_[A-Za-z0-9._-]+|[0-9]+)/;

/** The node at the start of `text`, and where it ends. The reference knows no dotted tail in brackets. */
function readNode(text: string): (Node & { readonly end: number }) | undefined {
  const word = namePrefix.exec(text)?.[0] ?? "";
  const name = word.startsWith("[")
    ? parseIpv6(word.slice(1, -1))
    : word === "unknown" || word.startsWith("_")
      ? word
      : parseIpv4(word);
  if (name === undefined) return undefined;
  if (text[word.length] !== ":") return { name, port: undefined, end: word.length };
  const after = text.slice(word.length + 1);
  const port = readPort(after);
  return port === undefined ? undefined : { name, port: port.value, end: word.length + 1 + port.length };
}

function readPort(text: string): { readonly value: number | string; readonly length: number } | undefined {
  const word = portPrefix.exec(text)?.[0];
  if (word === undefined) return undefined;
  if (word.startsWith("_")) return { value: word, length: word.length };
  const value = Number(word);
  return value >= 1 && value <= 65_535 ? { value, length: word.length } : undefined;
}

/** Without quotes there is neither a port nor an IPv6 address. */
function isNode(text: string, quoted: boolean): boolean {
  return (quoted || !/[:[]/.test(text)) && readNode(text)?.end === text.length;
}

/** QUIRK: a host name has no dash. */
function isHost(text: string, quoted: boolean): boolean {
  if (!quoted) return /^[A-Za-z0-9.]*$/.test(text);
  const [, name = "", port] = /^([A-Za-z0-9.]*|\[[0-9a-fA-F:]*\])(?::([0-9]+))?$/.exec(text) ?? [undefined, "-"];
  if (name === "-" || (name.startsWith("[") && parseIpv6(name.slice(1, -1)) === undefined)) return false;
  return port === undefined || readPort(port) !== undefined;
}

const validators: Readonly<Record<string, (text: string, quoted: boolean) => boolean>> = {
  for: isNode,
  by: isNode,
  host: isHost,
  proto: (text, quoted) => !quoted && (text === "http" || text === "https"),
};

/** The parameters of a Forwarded value without their quotes; undefined where it is not valid. */
function parseForwarded(text: string): ReadonlyMap<string, string> | undefined {
  const out = new Map<string, string>();
  for (let at = 0; ; at++) {
    const equals = text.indexOf("=", at);
    const name = equals < 0 ? "" : text.slice(at, equals);
    const valid = validators[name];
    if (valid === undefined || out.has(name)) return undefined;
    const quoted = text[equals + 1] === '"';
    const start = equals + (quoted ? 2 : 1);
    // QUIRK: a host may be empty, but not at the very end.
    if (start >= text.length) return undefined;
    let end = text.indexOf(quoted ? '"' : ";", start);
    if (end < 0) {
      if (quoted) return undefined;
      end = text.length;
    }
    const value = text.slice(start, end);
    if (!valid(value, quoted)) return undefined;
    out.set(name, value);
    at = quoted ? end + 1 : end;
    if (at === text.length) return out;
    if (text[at] !== ";") return undefined;
  }
}

/** An address or a text as a node's name; texts are obfuscated names. */
const toNodeName: Converter = (value) => {
  if (typeof value === "object") return value.length === 4 ? formatIp(value) : `[${formatIp(value)}]`;
  const text = variableText(value) ?? "";
  return text === "" ? "unknown" : obfuscate(text);
};

const toNodePort: Converter = (value) => {
  if (typeof value === "number" || typeof value === "bigint") return String(BigInt.asUintN(32, BigInt(value)));
  return obfuscate(variableText(value) ?? "");
};

function obfuscate(text: string): string | undefined {
  return obfuscated.test(`_${text}`) ? `_${text}` : undefined;
}

function row(name: string, input: SampleType, output: SampleType, doc: string, convert: Converter): ConverterRow {
  return { name, parameters: [], input, output, since: "2.8", doc, compile: () => convert };
}

/** The table of this file. */
export const forwardedConverters: readonly ConverterRow[] = [
  row("rfc7239_is_valid", "str", "bool", "Whether the text is a valid Forwarded value.", (value) => {
    return parseForwarded(value as string) !== undefined;
  }),
  {
    name: "rfc7239_field",
    parameters: [needs("str", "field")],
    input: "str",
    output: "str",
    since: "2.8",
    doc: "A parameter of a valid Forwarded value: for, by, host or proto.",
    compile: (args) => {
      const name = textArgument(args, 0, "");
      return (value) => parseForwarded(value as string)?.get(name);
    },
  },
  row(
    "rfc7239_n2nn",
    "str",
    "any",
    "The name of a Forwarded node: an address or a word.",
    (value): SampleValue | undefined => {
      return readNode(value as string)?.name;
    },
  ),
  row(
    "rfc7239_n2np",
    "str",
    "any",
    "The port of a Forwarded node: a number or a word.",
    (value): SampleValue | undefined => {
      return readNode(value as string)?.port;
    },
  ),
  row("rfc7239_nn", "any", "str", "An address or a word as the name of a Forwarded node.", toNodeName),
  row("rfc7239_np", "any", "str", "A number or a word as the port of a Forwarded node.", toNodePort),
];

// Owns converters between representations: hexadecimal, base64, URL escapes, JSON strings, packed integers. Configuration manual §7.3.1.

import { narrow, saturate } from "../integers.ts";
import type { Converter, ConverterRow } from "../rows.ts";
import { integerArgument, needs, takes, textArgument } from "../rows.ts";
import type { Argument, SampleType } from "../types.ts";
import { decodeBase64, decodeBase64Url } from "./base64.ts";
import { jsonEscaper, jsonVariants } from "./json.ts";

function simple(
  name: string,
  input: SampleType,
  output: SampleType,
  since: string,
  doc: string,
  convert: Converter,
): ConverterRow {
  return { name, parameters: [], input, output, since, doc, compile: () => convert };
}

function bufferOf(value: unknown): Buffer {
  return Buffer.from(value as string, "latin1");
}

const toHex: Converter = (value) => bufferOf(value).toString("hex").toUpperCase();
const toBase64: Converter = (value) => bufferOf(value).toString("base64");
const toBase64Url: Converter = (value) => bufferOf(value).toString("base64url");

const hexToInteger: Converter = (value) => {
  const text = value as string;
  if (!/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return text === "" ? 0 : narrow(BigInt.asIntN(64, BigInt(`0x${text.slice(-16)}`)));
};

const fromBase64: Converter = (value) => decodeBase64(value as string);
const fromBase64Url: Converter = (value) => decodeBase64Url(value as string);

const binaryDigits: Converter = (value) => {
  let out = "";
  for (const byte of bufferOf(value)) out += byte.toString(2).padStart(8, "0");
  return out;
};

/** `url_dec([in_form])`: "+" is a blank in the query, or everywhere in a form. A broken escape fails. */
function urlDecode(args: readonly Argument[]): Converter {
  const inForm = integerArgument(args, 0, 0) !== 0;
  return (value) => {
    const text = value as string;
    let out = "";
    let query = inForm;
    for (let i = 0; i < text.length; i++) {
      const char = text[i]!;
      if (char === "%") {
        const hex = text.slice(i + 1, i + 3);
        if (!/^[0-9a-fA-F]{2}$/.test(hex) || hex === "00") return undefined;
        out += String.fromCharCode(Number.parseInt(hex, 16));
        i += 2;
        continue;
      }
      if (char === "?") query = true;
      out += char === "+" && query ? " " : char;
    }
    return out;
  };
}

const urlEncode: Converter = (value) =>
  (value as string).replace(
    /[^A-Za-z0-9\-._~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );

/** Chunks of packed integers as decimals, joined by a separator. */
function packed(chunkValue: (chunk: Buffer) => bigint): (args: readonly Argument[]) => Converter {
  return (args) => {
    const separator = textArgument(args, 0, "");
    const size = integerArgument(args, 1, 1);
    const truncate = integerArgument(args, 2, 0) !== 0;
    return (value) => {
      const bytes = bufferOf(value);
      const out: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const chunk = bytes.subarray(at, at + size);
        if (chunk.length < size && truncate) break;
        out.push(chunkValue(chunk).toString());
      }
      return out.join(separator);
    };
  };
}

function bigEndian(chunk: Buffer): bigint {
  let total = 0n;
  for (const byte of chunk) total = (total << 8n) | BigInt(byte);
  return total;
}

/** QUIRK: the reference shifts 32-bit integers: the fifth byte meets the first one again, and the fourth one's top bit fills all higher bits. */
function littleEndian(chunk: Buffer): bigint {
  let total = 0;
  for (let i = 0; i < chunk.length; i++) total |= chunk[i]! << (8 * (i & 3));
  return BigInt.asUintN(64, BigInt(total));
}

function packedProblem(args: readonly Argument[]): string | readonly Argument[] {
  const size = integerArgument(args, 1, 0);
  if (size <= 0 || size > 8) return `chunk_size out of [1..8] range (${size})`;
  return truncateProblem(args) ?? args;
}

function chunkedProblem(args: readonly Argument[]): string | readonly Argument[] {
  const size = integerArgument(args, 1, 0);
  if (size <= 0 && (args.length > 2 || textArgument(args, 0, "") !== "")) {
    return `chunk_size needs to be positive (${size})`;
  }
  return truncateProblem(args) ?? args;
}

function truncateProblem(args: readonly Argument[]): string | undefined {
  const truncate = integerArgument(args, 2, 0);
  return truncate === 0 || truncate === 1 ? undefined : `Unsupported truncate value (${truncate})`;
}

/** `be2hex([separator[,chunk[,truncate]]])`. */
function chunkedHex(args: readonly Argument[]): Converter {
  const separator = textArgument(args, 0, "");
  const size = integerArgument(args, 1, 0);
  const truncate = integerArgument(args, 2, 0) !== 0;
  return (value) => {
    const hex = bufferOf(value).toString("hex").toUpperCase();
    if (size <= 0) return hex;
    const out: string[] = [];
    for (let at = 0; at < hex.length; at += size * 2) {
      const chunk = hex.slice(at, at + size * 2);
      if (chunk.length < size * 2 && truncate) break;
      out.push(chunk);
    }
    return out.join(separator);
  };
}

const controlMasks: Readonly<Record<string, bigint>> = { "": 0x1fffffdffn, any: 0x1ffffffffn, http: 0x2401n };

/** The mask of `has_ctl`, or what the reference says about it. */
function controlMask(text: string): bigint | string {
  const named = controlMasks[text];
  if (named !== undefined) return named;
  const digits = /^\s*[-+]?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(text)?.[0] ?? "";
  if (digits.length < text.length || text === "") {
    return `cannot parse value '${text}', problem at position ${digits.length}; expecting an integer value (decimal or hex with '0x' prefix)`;
  }
  const plain = digits.replace(/^\s*[-+]?/, "");
  const magnitude = BigInt(/^0[0-7]+$/.test(plain) ? `0o${plain}` : plain);
  const mask = BigInt.asUintN(64, BigInt(saturate(digits.includes("-") ? -magnitude : magnitude)));
  const excess = mask & ~0x1ffffffffn;
  return excess === 0n ? mask : `unsupported excess bits 0x${excess.toString(16)} in argument value ${text}`;
}

function hasControl(args: readonly Argument[]): Converter {
  const mask = controlMask(textArgument(args, 0, ""));
  const wanted = new Uint8Array(256);
  if (typeof mask === "bigint") {
    for (let byte = 0; byte < 32; byte++) wanted[byte] = Number((mask >> BigInt(byte)) & 1n);
    wanted[127] = Number((mask >> 32n) & 1n);
  }
  return (value) => {
    const text = value as string;
    for (let i = 0; i < text.length; i++) if (wanted[text.charCodeAt(i)] === 1) return true;
    return false;
  };
}

const chunkGrammar = [needs("str", "separator"), takes("sint", "chunk"), takes("sint", "truncate")];

/** The table of this file. */
export const encodingConverters: readonly ConverterRow[] = [
  simple("hex", "bin", "str", "1.5", "Two upper-case hexadecimal digits per byte.", toHex),
  simple("hex2i", "str", "sint", "1.9", "The integer of hexadecimal digits.", hexToInteger),
  simple("base64", "bin", "str", "1.5", "The base64 text of bytes.", toBase64),
  simple("ub64enc", "bin", "str", "2.4", "The base64url text of bytes, without padding.", toBase64Url),
  simple("b64dec", "str", "bin", "1.6", "The bytes of base64 text.", fromBase64),
  simple("ub64dec", "str", "bin", "2.4", "The bytes of base64url text.", fromBase64Url),
  simple("base2", "bin", "str", "2.8", "Eight binary digits per byte.", binaryDigits),
  {
    name: "be2dec",
    parameters: chunkGrammar,
    input: "bin",
    output: "str",
    since: "2.5",
    doc: "Decimal numbers of big-endian chunks.",
    check: packedProblem,
    compile: packed(bigEndian),
  },
  {
    name: "le2dec",
    parameters: chunkGrammar,
    input: "bin",
    output: "str",
    since: "2.8",
    doc: "Decimal numbers of little-endian chunks.",
    check: packedProblem,
    compile: packed(littleEndian),
  },
  {
    name: "be2hex",
    parameters: chunkGrammar,
    input: "bin",
    output: "str",
    since: "2.5",
    doc: "Hexadecimal digits in chunks with a separator.",
    check: chunkedProblem,
    compile: chunkedHex,
  },
  {
    name: "url_dec",
    parameters: [takes("sint", "in_form")],
    input: "str",
    output: "str",
    since: "1.6",
    doc: "Decodes URL escapes.",
    compile: urlDecode,
  },
  {
    name: "url_enc",
    parameters: [takes("str", "type")],
    input: "str",
    output: "str",
    since: "2.4",
    doc: "Escapes for use in a query.",
    check: (args) =>
      ["", "query"].includes(textArgument(args, 0, "")) ? args : "Unexpected encode type. Allowed value is 'query'",
    compile: () => urlEncode,
  },
  {
    name: "json",
    parameters: [takes("str", "input-code")],
    input: "str",
    output: "str",
    since: "1.6",
    doc: "Escapes for use inside a JSON string.",
    check: (args) =>
      textArgument(args, 0, "") === "" || textArgument(args, 0, "") in jsonVariants
        ? args
        : "Unexpected input code type. Allowed value are 'ascii', 'utf8', 'utf8s', 'utf8p' and 'utf8ps'",
    compile: (args) => jsonEscaper(textArgument(args, 0, "") || "ascii"),
  },
  {
    name: "has_ctl",
    parameters: [takes("str", "mask")],
    input: "bin",
    output: "bool",
    since: "3.2",
    doc: "Whether control characters occur.",
    check: (args) => {
      const mask = controlMask(textArgument(args, 0, ""));
      return typeof mask === "string" ? mask : args;
    },
    compile: hasControl,
  },
];

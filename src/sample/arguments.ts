// Owns the argument lists of fetches and converters: splitting with the second level of quoting, and turning each word into what the row
// wants. Messages are worded as the reference words them. Configuration manual §2.2 and §7.3.

import { wholeInteger } from "./integers.ts";
import { parseIpv4, parseIpv6, parseMask4, parseMask6 } from "./ip.ts";
import { regexProblem } from "./regex.ts";
import type { Parameter, ParameterKind } from "./rows.ts";
import type { Argument } from "./types.ts";
import { variableProblem } from "./variables.ts";

/** What the reference calls each kind. */
const kindNames: Readonly<Record<ParameterKind, string>> = {
  str: "string",
  sint: "integer",
  number: "string",
  var: "variable",
  timeMs: "delay",
  sizeBytes: "size",
  ipv4: "IPv4 address",
  ipv6: "IPv6 address",
  mask4: "IPv4 mask",
  mask6: "IPv6 mask",
  regex: "regex",
  frontend: "frontend",
  backend: "backend",
  server: "server",
  table: "table",
  userlist: "user list",
  fieldNumbers: "Protocol buffers field number",
};

/** A refused argument list: `index` counts from 1; `at` is the offset in the text. */
export interface ArgumentProblem {
  readonly index: number;
  readonly message: string;
  readonly at: number;
  readonly end: number;
}

/** An accepted list and the offset after its closing parenthesis. */
export interface ParsedArguments {
  readonly args: readonly Argument[];
  readonly end: number;
}

/** Parses the list that may start with "(" at `text[at]`. `proxy` is the proxy in which the words stand. */
export function parseArguments(
  text: string,
  at: number,
  parameters: readonly Parameter[],
  proxy: string,
): ParsedArguments | ArgumentProblem {
  const required = parameters.filter((parameter) => !parameter.optional).length;
  const args: Argument[] = [];
  if (text[at] !== "(" || (text[at + 1] === ")" && !takesEmptyText(parameters))) {
    return finish(args, text[at] === "(" ? at + 2 : at, at, parameters, required, proxy);
  }
  let position = at + 1;
  for (;;) {
    const parameter = parameters[args.length];
    if (parameter === undefined) {
      // The reference shows the rest from the comma on, or from the first argument when it wants none.
      const rest = text.slice(args.length === 0 ? position : position - 1);
      const message = rest === "" ? "expected ')'" : `expected ')' before '${rest}'`;
      return { index: excessIndex(args.length), message, at: position, end: text.length };
    }
    const word = readArgument(text, position);
    // An optional argument that is left empty ends the list, unless its kind can be empty.
    if (word.text === "" && args.length >= required && !acceptsNothing(parameter.kind)) {
      if (text[word.end] === ")") return finish(args, word.end + 1, at, parameters, required, proxy);
      const message = `expected ')'${word.end < text.length ? ` before '${text.slice(word.end)}'` : ""}`;
      return { index: args.length + 1, message, at: position, end: text.length };
    }
    const argument = parseArgument(word.text, parameter, args.length, proxy);
    if (typeof argument === "string") {
      return { index: args.length + 1, message: argument, at: position, end: word.end };
    }
    if (word.end >= text.length) {
      return { index: args.length + 2, message: "expected ')'", at: position, end: text.length };
    }
    args.push(argument);
    position = word.end + 1;
    if (text[word.end] === ")") return finish(args, position, at, parameters, required, proxy);
  }
}

/** QUIRK: which argument the reference blames when there is one too many: the last good one, but never the only one. */
function excessIndex(count: number): number {
  return count < 2 ? count + 1 : count;
}

/** `hdr()` has one argument, the empty string; `hdr` has none. */
function takesEmptyText(parameters: readonly Parameter[]): boolean {
  return parameters[0]?.kind === "str" && parameters[0].optional;
}

function finish(
  args: Argument[],
  end: number,
  at: number,
  parameters: readonly Parameter[],
  required: number,
  proxy: string,
): ParsedArguments | ArgumentProblem {
  const first = parameters[0];
  if (args.length === 0 && first !== undefined && (required > 0 || isProxyKind(first.kind))) {
    const argument = parseArgument("", first, 0, proxy);
    if (typeof argument === "string") return { index: 1, message: argument, at, end };
    args.push(argument);
  }
  const next = parameters[args.length];
  if (args.length < required && next !== undefined) {
    const message = `missing arguments (got ${args.length}/${required}), type '${kindNames[next.kind]}' expected`;
    return { index: args.length + 1, message, at, end };
  }
  return { args, end };
}

function isProxyKind(kind: ParameterKind): boolean {
  return kind === "frontend" || kind === "backend" || kind === "table";
}

/**
 * Reads one argument up to an unquoted comma or closing parenthesis. Quotes work as on a line; a backslash protects
 * only what {@link escapes} lists.
 */
export function readArgument(text: string, at: number): { readonly text: string; readonly end: number } {
  let out = "";
  let quote = "";
  let i = at;
  for (; i < text.length; i++) {
    const char = text[i]!;
    if (quote === "" && (char === "," || char === ")")) break;
    if ((char === '"' && quote !== "'") || (char === "'" && quote !== '"')) {
      quote = quote === "" ? char : "";
      continue;
    }
    if (char === "\\" && quote !== "'") {
      const protectedChar = escapes[text[i + 1] ?? ""];
      if (protectedChar !== undefined) {
        out += protectedChar;
        i++;
        continue;
      }
    }
    out += char;
  }
  return { text: out, end: i };
}

/** Any other character behind a backslash is left as it is, backslash included, so that regular expressions survive. */
const escapes: Readonly<Record<string, string>> = {
  r: "\r",
  n: "\n",
  t: "\t",
  " ": " ",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

function parseArgument(word: string, parameter: Parameter, index: number, proxy: string): Argument | string {
  const { kind } = parameter;
  if (word === "" && !acceptsNothing(kind)) {
    return `expected type '${kindNames[kind]}' at position ${index + 1}, but got nothing`;
  }
  return (
    convertArgument(word, kind, proxy) ??
    `failed to parse '${word}' as type '${kindNames[kind]}' at position ${index + 1}`
  );
}

function acceptsNothing(kind: ParameterKind): boolean {
  return (
    kind === "str" || kind === "number" || kind === "var" || kind === "regex" || kind === "server" || isProxyKind(kind)
  );
}

function convertArgument(word: string, kind: ParameterKind, proxy: string): Argument | undefined {
  switch (kind) {
    case "str":
    case "userlist":
      return kind === "str" ? { kind, value: word } : { kind, value: word };
    case "sint":
      return integerValue(word);
    case "number":
      return word === "" ? { kind: "sint", value: 0 } : (integerValue(word) ?? { kind: "var", value: word });
    case "var":
      return { kind, value: word };
    case "fieldNumbers":
      return /^(?:[0-9]*\.)*[0-9]+$/.test(word) ? { kind: "str", value: word } : undefined;
    case "timeMs":
      return durationValue(word);
    case "sizeBytes":
      return sizeValue(word);
    case "ipv4":
      return parseIpv4(word) === undefined ? undefined : { kind, value: word };
    case "ipv6":
      return parseIpv6(word) === undefined ? undefined : { kind, value: word };
    case "mask4":
    case "mask6": {
      const bits = kind === "mask4" ? parseMask4(word) : parseMask6(word);
      if (bits >= 0) return { kind, bits };
      // A mask with holes.
      const address = kind === "mask4" ? parseIpv4(word) : parseIpv6(word);
      return address === undefined ? undefined : { kind, bits, mask: word };
    }
    case "regex":
      return { kind, source: word, ignoreCase: false };
    case "server":
      return { kind, value: word === "" || word.includes("/") ? word : `${proxy}/${word}` };
    case "table":
      return { kind, value: word === "" ? proxy : word };
    case "frontend":
    case "backend":
      return { kind: "proxy", value: word === "" ? proxy : word };
  }
}

function integerValue(word: string): Argument | undefined {
  const value = wholeInteger(word);
  if (value === undefined) return undefined;
  return typeof value === "number"
    ? { kind: "sint", value }
    : { kind: "sint", value: Number(value), exact: value.toString() };
}

const unitMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  "": 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function durationValue(word: string): Argument | undefined {
  const match = /^(\d+)(us|ms|s|m|h|d|)$/.exec(word);
  return match === null ? undefined : { kind: "timeMs", value: Number(match[1]) * (unitMs[match[2] ?? ""] ?? 1) };
}

function sizeValue(word: string): Argument | undefined {
  const match = /^(\d+)([kmg]?)$/i.exec(word);
  if (match === null) return undefined;
  const factor = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[(match[2] ?? "").toLowerCase()] ?? 1;
  return { kind: "sizeBytes", value: Number(match[1]) * factor };
}

/** Checks that every kind shares: names of variables and the text of regular expressions. */
export function sharedProblem(parameters: readonly Parameter[], args: readonly Argument[]): string | undefined {
  for (const [index, argument] of args.entries()) {
    if (argument.kind === "regex") {
      const problem = regexProblem(argument.source, argument.ignoreCase);
      if (problem !== undefined) return problem;
    }
    if (argument.kind === "var") {
      const problem = variableProblem(argument.value);
      if (problem !== undefined)
        return parameters[index]?.kind === "number" ? "expects an integer or a variable name" : problem;
    }
  }
  return undefined;
}

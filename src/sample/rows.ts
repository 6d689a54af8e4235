// Owns the shape of the descriptor rows of fetches and converters: what the parser checks, what `explain` shows, and the implementation
// beside it. It knows no particular fetch. Configuration manual §7.3.

import type { Argument, ExpressionContext, SampleType, SampleValue, SampleView } from "./types.ts";

/**
 * What an argument may be. `number` is an integer or a variable name; `var` a variable name; `mask4`/`mask6` network masks; `fieldNumbers`
 * numbers with dots between them.
 */
export type ParameterKind =
  | "str"
  | "sint"
  | "number"
  | "var"
  | "timeMs"
  | "sizeBytes"
  | "ipv4"
  | "ipv6"
  | "mask4"
  | "mask6"
  | "regex"
  | "frontend"
  | "backend"
  | "server"
  | "table"
  | "userlist"
  | "fieldNumbers";

/** One parameter of a fetch or a converter. */
export interface Parameter {
  readonly kind: ParameterKind;
  readonly name: string;
  readonly optional: boolean;
}

/** A mandatory parameter. */
export function needs(kind: ParameterKind, name: string): Parameter {
  return { kind, name, optional: false };
}

/** An optional parameter. */
export function takes(kind: ParameterKind, name: string): Parameter {
  return { kind, name, optional: true };
}

/**
 * Where the information of a fetch exists, one letter per evaluation point of the reference's keyword dump (`-dKsmp`): tcp-request connection,
 * session, content, http-request header, body, use_backend; the backend's tcp-request content, http-request header, body, use-server, server
 * connection, tcp-response content, http-response header, body, stick-store; the frontend's tcp-response content, http-response header, body; logs;
 * checks; configuration; command line. `label` is the reference's name for the source in its messages.
 */
export const sources = {
  constant: { label: "internal state", mask: "YYYYYYYYYYYYYYYYYYYYYY" },
  internal: { label: "internal state", mask: "YYYYYYYYYYYYYYYYYYYY.Y" },
  frontend: { label: "frontend", mask: "YYYYYYYYYYYYYYYYYYY..." },
  client: { label: "client address", mask: "YYYYYYYYYYYYYYYYYYYY.." },
  clientSession: { label: "client-side connection", mask: ".YYYYYYYYYYYYYYYYYY..." },
  requestBuffer: { label: "request buffer", mask: "..YYYYYYYYY..........." },
  request: { label: "HTTP request headers", mask: "..YYYYYYYYY..........." },
  requestLine: { label: "HTTP request", mask: "..YYYYYYYYYYYYYYYYY..." },
  eitherHead: { label: "HTTP request headers,HTTP response headers", mask: "..YYYYYYYYYYYYYYYY.Y.." },
  eitherBuffer: { label: "request buffer,response buffer", mask: "..YYYYYYYYYYYYYYYY.Y.." },
  backend: { label: "backend", mask: "......YYYYYYYYYYYYYY.." },
  server: { label: "server", mask: "..........YYYYYYYYYY.." },
  serverAddress: { label: "server address", mask: "...........YYYYYYYYY.." },
  responseBuffer: { label: "response buffer", mask: "...........YYYYYYY.Y.." },
  response: { label: "HTTP response headers", mask: "...........YYYYYYY.Y.." },
  responseLine: { label: "HTTP response", mask: "...........YYYYYYYYY.." },
  responseStatistics: { label: "response buffer statistics", mask: ".........YYYYYYYYYY..." },
  transaction: { label: "transaction statistics", mask: "..YYYYYYYYYYYYYYYYY..." },
} as const;

/** The name of a row of {@link sources}. */
export type Source = keyof typeof sources;

/**
 * A range of bytes that a fetch has found, and the cursor with which it finds the next one. One object is reused; who needs the bytes later
 * makes a string of them.
 */
export interface ByteRange {
  bytes: Uint8Array;
  start: number;
  end: number;
  /** For the fetch's own use between two calls. */
  cursor: number;
  position: number;
}

/** Finds the first range (`resume` false) or the next one. False: there is none. */
export type RangeFinder = (view: SampleView, range: ByteRange, resume: boolean) => boolean;

/** Evaluates to undefined where nothing was found. */
export type Getter = (view: SampleView) => SampleValue | undefined;

/** One sample fetch. */
export interface FetchRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly type: SampleType;
  readonly source: Source;
  readonly since: string;
  readonly doc: string;
  /** Checks what the kinds cannot; the text is the reference's. May replace the arguments. */
  readonly check?: (args: readonly Argument[]) => string | readonly Argument[];
  /** The value outside ACLs. Absent when `ranges` gives the only value. */
  readonly compile?: (args: readonly Argument[]) => Getter;
  /** The places of all values as bytes, for ACLs (which try each) and for the fast paths. */
  readonly ranges?: (args: readonly Argument[]) => RangeFinder;
  /** How a range becomes a value; its text when absent. */
  readonly decode?: (text: string) => SampleValue | undefined;
  /** Addresses: the value as text without the way through bytes. */
  readonly text?: (args: readonly Argument[]) => (view: SampleView) => string | undefined;
}

/** Applies to one value of the row's input type. */
export type Converter = (value: SampleValue, view: SampleView) => SampleValue | undefined;

/** One converter. `output` "same": the type that came in. */
export interface ConverterRow {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly input: SampleType;
  readonly output: SampleType | "same";
  /** The value may have another type than `output` says, which the parser believes: what comes after looks at the value. */
  readonly dynamic?: true;
  readonly since: string;
  readonly doc: string;
  /** As in {@link FetchRow}; the context reads files and knows the proxy. */
  readonly check?: (args: readonly Argument[], context: ExpressionContext) => string | readonly Argument[];
  readonly compile: (args: readonly Argument[]) => Converter;
}

/** The string of argument `index`, or `fallback`. */
export function textArgument(args: readonly Argument[], index: number, fallback: string): string {
  const argument = args[index];
  return argument !== undefined && argument.kind === "str" ? argument.value : fallback;
}

/** The integer of argument `index` with all its digits, or `fallback`. */
export function exactArgument(args: readonly Argument[], index: number, fallback: number): number | bigint {
  const argument = args[index];
  if (argument === undefined || argument.kind !== "sint") return fallback;
  return argument.exact === undefined ? argument.value : BigInt(argument.exact);
}

/** The integer of argument `index`, or `fallback`. */
export function integerArgument(args: readonly Argument[], index: number, fallback: number): number {
  const argument = args[index];
  return argument !== undefined && argument.kind === "sint" ? argument.value : fallback;
}

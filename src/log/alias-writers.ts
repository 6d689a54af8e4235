// Owns the shapes that most aliases share: how a text, an address, a number or a list is written under the flags. An item is a reader and a
// writer, so that the generated line calls each reader by itself: a closure around both would be one function for all items, and its call to the
// reader too polymorphic to be inlined. Configuration manual §8.2.6.

import type { EndpointView } from "../sample/index.ts";
import { parseIp } from "../sample/index.ts";
import {
  captureEscapes,
  lineEscapes,
  writeEscaped,
  writeHexUpper,
  writeInteger,
  writeProtected,
  writeText,
} from "./encode.ts";
import type { LogItemFlags, LogView } from "./types.ts";

/** Writes a value and returns the offset after it. */
export type ValueWriter<Value> = (value: Value, out: Uint8Array, at: number) => number;

/** One item of a line: where its value comes from and how it is written. */
export interface Item {
  readonly read: (view: LogView) => unknown;
  /** Takes what `read` gave; {@link item} keeps the two together. */
  readonly write: ValueWriter<never>;
}

/** Makes the item under flags. */
export type ItemCompiler = (flags: LogItemFlags) => Item;

/** An item whose writer takes what its reader gives. */
export function item<Value>(read: (view: LogView) => Value, write: ValueWriter<Value>): Item {
  return { read, write };
}

const quoteByte = 0x22;
const dash = 0x2d;

/** What stands for a value that is not there. */
export function writeNothing(flags: LogItemFlags, out: Uint8Array, at: number): number {
  if (!flags.mandatory) return at;
  if (!flags.quote) {
    out[at] = dash;
    return at + 1;
  }
  out[at] = quoteByte;
  out[at + 1] = quoteByte;
  return at + 2;
}

function writeDash(out: Uint8Array, at: number): number {
  out[at] = dash;
  return at + 1;
}

/** The writer of texts under flags; "" is nothing. The two common cases are functions of their own. */
export function textWriter(flags: LogItemFlags, escapes: Uint8Array = lineEscapes): ValueWriter<string> {
  if (flags.mandatory && !flags.escape && escapes === lineEscapes) return flags.quote ? writeQuotedLine : writeLine;
  const write = flags.escape ? writeProtected : writeEscaped;
  return (value, out, start) => {
    if (value === "") return writeNothing(flags, out, start);
    let at = start;
    if (flags.quote) out[at++] = quoteByte;
    at = write(value, escapes, out, at);
    if (flags.quote) out[at++] = quoteByte;
    return at;
  };
}

function writeLine(value: string, out: Uint8Array, at: number): number {
  return value === "" ? writeDash(out, at) : writeEscaped(value, lineEscapes, out, at);
}

function writeQuotedLine(value: string, out: Uint8Array, at: number): number {
  out[at] = quoteByte;
  const end = writeEscaped(value, lineEscapes, out, at + 1);
  out[end] = quoteByte;
  return end + 1;
}

/** A text. */
export function text(read: (view: LogView) => string): ItemCompiler {
  return (flags) => item(read, textWriter(flags));
}

/** A text that is never quoted. */
export function bare(read: (view: LogView) => string): ItemCompiler {
  return (flags) => item(read, textWriter({ ...flags, quote: false }));
}

/** A number; never quoted. */
export function number(read: (view: LogView) => number): ItemCompiler {
  return () => item(read, writeInteger);
}

/** A number that the flag X shows in hexadecimal. */
export function hexable(digits: number, read: (view: LogView) => number): ItemCompiler {
  return (flags) =>
    flags.hexadecimal
      ? item(read, (value, out, at) => writeHexUpper(value, digits, out, at))
      : item(read, writeInteger);
}

/** What reads the whole view itself. */
export function whole(write: ValueWriter<LogView>): ItemCompiler {
  return () => item(identity, write);
}

function identity(view: LogView): LogView {
  return view;
}

/** Writes a number with a "+" when the line is written before the end. */
export function writeOpen(value: number, early: boolean, out: Uint8Array, at: number): number {
  if (!early) return writeInteger(value, out, at);
  out[at] = 0x2b;
  return writeInteger(value, out, at + 1);
}

/** A date by one of the writers of `dates.ts`. */
export function date(read: (view: LogView) => number, write: ValueWriter<number>): ItemCompiler {
  return () => item(read, write);
}

type ReadEndpoint = (view: LogView) => EndpointView | undefined;

/** An address as text, or as eight or 32 hexadecimal digits. */
export function address(read: ReadEndpoint): ItemCompiler {
  return (flags) => {
    if (flags.hexadecimal) {
      return item(read, (endpoint, out, at) =>
        endpoint === undefined ? writeNothing(flags, out, at) : writeText(hexOf(endpoint), out, at),
      );
    }
    if (flags.mandatory && !flags.quote && !flags.escape) return item(read, writeAddress);
    const write = textWriter(flags);
    return item(read, (endpoint, out, at) => write(addressText(endpoint), out, at));
  };
}

function addressText(endpoint: EndpointView | undefined): string {
  if (endpoint === undefined) return "";
  return endpoint.family === "unix" ? "unix" : endpoint.host;
}

function writeAddress(endpoint: EndpointView | undefined, out: Uint8Array, at: number): number {
  return endpoint === undefined ? writeDash(out, at) : writeText(addressText(endpoint), out, at);
}

function hexOf(endpoint: EndpointView): string {
  const bytes = endpoint.family === "unix" ? undefined : parseIp(endpoint.host);
  return bytes === undefined ? addressText(endpoint) : Buffer.from(bytes).toString("hex").toUpperCase();
}

/** A port; four hexadecimal digits under the flag X. */
export function port(read: ReadEndpoint): ItemCompiler {
  return (flags) => {
    if (flags.mandatory && !flags.quote && !flags.hexadecimal) return item(read, writePort);
    return item(read, (endpoint, out, at) => {
      if (endpoint === undefined) return writeNothing(flags, out, at);
      return flags.hexadecimal ? writeHexUpper(endpoint.port, 4, out, at) : writeInteger(endpoint.port, out, at);
    });
  };
}

function writePort(endpoint: EndpointView | undefined, out: Uint8Array, at: number): number {
  return endpoint === undefined ? writeDash(out, at) : writeInteger(endpoint.port, out, at);
}

type ReadList = (view: LogView) => readonly (string | undefined)[];

/** Captured headers as `{a|b|}`; nothing at all when none is configured. */
export function captures(read: ReadList): ItemCompiler {
  return (flags) =>
    item(read, (values, out, start) => {
      if (values.length === 0) return start;
      let at = start;
      if (flags.quote) out[at++] = quoteByte;
      out[at++] = 0x7b;
      for (let i = 0; i < values.length; i++) {
        if (i > 0) out[at++] = 0x7c;
        const value = values[i];
        if (value !== undefined) at = writeEscaped(value, captureEscapes, out, at);
      }
      out[at++] = 0x7d;
      if (flags.quote) out[at++] = quoteByte;
      return at;
    });
}

/** Captured headers as separate items, in the manner of common log formats. */
export function captureList(read: ReadList): ItemCompiler {
  return (flags) => {
    const write = textWriter({ ...flags, escape: false, mandatory: true }, captureEscapes);
    return item(read, (values, out, start) => {
      let at = start;
      for (let i = 0; i < values.length; i++) {
        if (i > 0) out[at++] = 0x20;
        at = write(values[i] ?? "", out, at);
      }
      return at;
    });
  };
}

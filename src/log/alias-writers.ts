// Owns the shapes that most aliases share: how a text, an address, a number or a list is written under the flags. An alias's own file only says
// where its value comes from. Configuration manual §8.2.6.

import { type EndpointView, parseIp as parseAddress } from "../sample/index.ts";
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

/** Writes one item and returns the offset after it. */
export type ItemWriter = (view: LogView, out: Uint8Array, at: number) => number;

/** Makes the writer of one item. */
export type ItemCompiler = (flags: LogItemFlags) => ItemWriter;

const quoteByte = 0x22;

/** What stands for a value that is not there. */
export function writeNothing(flags: LogItemFlags, out: Uint8Array, at: number): number {
  if (!flags.mandatory) return at;
  if (!flags.quote) {
    out[at] = 0x2d;
    return at + 1;
  }
  out[at] = quoteByte;
  out[at + 1] = quoteByte;
  return at + 2;
}

/** A text; "" is nothing. */
export function text(read: (view: LogView) => string, escapes: Uint8Array = lineEscapes): ItemCompiler {
  return (flags) => {
    const write = flags.escape ? writeProtected : writeEscaped;
    if (!flags.quote) {
      return (view, out, at) => {
        const value = read(view);
        return value === "" ? writeNothing(flags, out, at) : write(value, escapes, out, at);
      };
    }
    return (view, out, at) => {
      const value = read(view);
      if (value === "") return writeNothing(flags, out, at);
      out[at] = quoteByte;
      const end = write(value, escapes, out, at + 1);
      out[end] = quoteByte;
      return end + 1;
    };
  };
}

/** A number; never quoted. */
export function number(read: (view: LogView) => number): ItemCompiler {
  return () => (view, out, at) => writeInteger(read(view), out, at);
}

/** A number that the flag X shows in hexadecimal. */
export function hexable(digits: number, read: (view: LogView) => number): ItemCompiler {
  return (flags) =>
    flags.hexadecimal
      ? (view, out, at) => writeHexUpper(read(view), digits, out, at)
      : (view, out, at) => writeInteger(read(view), out, at);
}

/** A number that gets a "+" when the line is written before the end. */
export function open(read: (view: LogView) => number): ItemCompiler {
  return () => (view, out, at) => {
    if (!view.early) return writeInteger(read(view), out, at);
    out[at] = 0x2b;
    return writeInteger(read(view), out, at + 1);
  };
}

/** An address as text, or as eight or 32 hexadecimal digits. */
export function address(read: (view: LogView) => EndpointView | undefined): ItemCompiler {
  return (flags) => {
    if (flags.hexadecimal) {
      return (view, out, at) => {
        const endpoint = read(view);
        return endpoint === undefined ? writeNothing(flags, out, at) : writeText(hexOf(endpoint), out, at);
      };
    }
    return text((view) => {
      const endpoint = read(view);
      return endpoint === undefined ? "" : endpoint.family === "unix" ? "unix" : endpoint.host;
    })(flags);
  };
}

function hexOf(endpoint: EndpointView): string {
  if (endpoint.family === "unix") return "unix";
  const bytes = parseAddress(endpoint.host);
  return bytes === undefined ? "" : Buffer.from(bytes).toString("hex").toUpperCase();
}

/** A port; four hexadecimal digits under the flag X. */
export function port(read: (view: LogView) => EndpointView | undefined): ItemCompiler {
  return (flags) => (view, out, at) => {
    const endpoint = read(view);
    if (endpoint === undefined) return writeNothing(flags, out, at);
    return flags.hexadecimal ? writeHexUpper(endpoint.port, 4, out, at) : writeInteger(endpoint.port, out, at);
  };
}

/** Captured headers as `{a|b|}`; nothing at all when none is configured. */
export function captures(read: (view: LogView) => readonly (string | undefined)[]): ItemCompiler {
  return (flags) => (view, out, start) => {
    const values = read(view);
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
  };
}

/** Captured headers as separate items, in the manner of common log formats. */
export function captureList(read: (view: LogView) => readonly (string | undefined)[]): ItemCompiler {
  return (flags) => {
    const item = { ...flags, mandatory: true };
    return (view, out, start) => {
      const values = read(view);
      let at = start;
      for (let i = 0; i < values.length; i++) {
        if (i > 0) out[at++] = 0x20;
        const value = values[i];
        if (value === undefined) at = writeNothing(item, out, at);
        else {
          if (flags.quote) out[at++] = quoteByte;
          at = writeEscaped(value, captureEscapes, out, at);
          if (flags.quote) out[at++] = quoteByte;
        }
      }
      return at;
    };
  };
}

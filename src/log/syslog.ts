// Owns the headers in front of log lines, byte for byte as the reference writes them. The date is cached by the second; everything else is short.
// RFC 3164, RFC 5424, configuration manual "log" in §4.2.

import { writeIsoDate, writeRfc3164Date } from "./dates.ts";
import { writeInteger, writeText } from "./encode.ts";
import { logLevels } from "./target.ts";
import type { LogLevel, LogTransportFormat } from "./types.ts";

/** What a header is made of. */
export interface SyslogHeader {
  readonly format: LogTransportFormat;
  readonly facility: number;
  readonly level: LogLevel;
  readonly tag: string;
  readonly pid: number;
  /** "" when no host name is sent. */
  readonly hostname: string;
  readonly wallMs: number;
  /** RFC 5424: what `log-format-sd` made; none by default. */
  readonly structuredData?: string;
}

const space = 0x20;

/** Writes the header at `out[at…]` and returns the offset after it. At most 160 bytes and the texts given. */
export function encodeSyslogHeader(header: SyslogHeader, out: Uint8Array, at: number): number {
  switch (header.format) {
    case "raw":
      return at;
    case "short":
      return writePriority(logLevels.indexOf(header.level), out, at);
    case "priority":
      return writePriority(priorityOf(header), out, at);
    case "timed":
      return writeDate(header, out, writePriority(logLevels.indexOf(header.level), out, at));
    case "iso":
      return writeDate(header, out, at);
    case "rfc5424":
      return writeRfc5424(header, out, at);
    default:
      return writeRfc3164(header, out, at);
  }
}

function priorityOf(header: SyslogHeader): number {
  return header.facility * 8 + logLevels.indexOf(header.level);
}

function writePriority(priority: number, out: Uint8Array, at: number): number {
  out[at] = 0x3c;
  const end = writeInteger(priority, out, at + 1);
  out[end] = 0x3e;
  return end + 1;
}

function writeDate(header: SyslogHeader, out: Uint8Array, at: number): number {
  const end = writeIsoDate(header.wallMs, out, at);
  out[end] = space;
  return end + 1;
}

function writeRfc3164(header: SyslogHeader, out: Uint8Array, start: number): number {
  let at = writeRfc3164Date(header.wallMs, out, writePriority(priorityOf(header), out, start));
  out[at++] = space;
  if (header.format !== "local") {
    at = writeText(header.hostname === "" ? "localhost" : header.hostname, out, at);
    out[at++] = space;
  }
  at = writeText(header.tag, out, at);
  out[at++] = 0x5b;
  at = writeInteger(header.pid, out, at);
  return writeText("]: ", out, at);
}

function writeRfc5424(header: SyslogHeader, out: Uint8Array, start: number): number {
  let at = writePriority(priorityOf(header), out, start);
  out[at++] = 0x31;
  out[at++] = space;
  at = writeDate(header, out, at);
  at = writeText(header.hostname === "" ? "-" : header.hostname, out, at);
  out[at++] = space;
  at = writeText(header.tag, out, at);
  out[at++] = space;
  at = writeInteger(header.pid, out, at);
  at = writeText(" - ", out, at);
  at = writeText(header.structuredData === undefined ? "-" : header.structuredData, out, at);
  out[at++] = space;
  return at;
}

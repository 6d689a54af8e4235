// Owns the headers in front of log lines. RFC 3164, RFC 5424, configuration manual "log" in §4.2.

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
}

/** Writes the header at `out[at…]` and returns the offset after it. */
export function encodeSyslogHeader(_header: SyslogHeader, _out: Uint8Array, at: number): number {
  return at;
}

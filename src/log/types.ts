// Owns log formats and log targets as plain data, and the view of a finished stream that a log line is written from.
// Configuration manual §8 (log formats, timers, termination states) and "log" in §4.2.

import type { EndpointView, SampleExpression, SampleView } from "../sample/index.ts";

export type LogLevel = "emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug";
export type LogTransportFormat = "raw" | "rfc3164" | "rfc5424" | "short" | "timed" | "iso" | "priority" | "local";

/** Where lines go. `udp` host may be a name that the process resolves at start. */
export type LogAddress =
  | { readonly kind: "stdout" | "stderr" }
  | { readonly kind: "fd"; readonly fd: number }
  | { readonly kind: "udp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

export interface LogTargetModel {
  readonly address: LogAddress;
  readonly format: LogTransportFormat;
  /** No format was named: "local", which `log-send-hostname` turns into "rfc3164". */
  readonly formatIsDefault?: boolean;
  /** Longest line in bytes, 1024 by default. */
  readonly maxLength: number;
  /** 0…23. */
  readonly facility: number;
  readonly maxLevel: LogLevel;
  readonly minLevel: LogLevel | undefined;
  /** `sample <ranges>:<size>`. */
  readonly sample: { readonly ranges: readonly (readonly [number, number])[]; readonly size: number } | undefined;
}

/** One piece of a log format: literal text, an alias such as %ci, or %[expression]. */
export type LogItem =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "alias"; readonly alias: string; readonly flags: LogItemFlags }
  | { readonly kind: "expression"; readonly expression: SampleExpression; readonly flags: LogItemFlags };

export interface LogItemFlags {
  readonly quote: boolean;
  readonly hexadecimal: boolean;
  readonly escape: boolean;
  readonly mandatory: boolean;
}

export interface LogFormatModel {
  readonly items: readonly LogItem[];
  readonly text: string;
}

/**
 * A stream at the moment its line is written. Timers are in ms, −1 where the phase was not reached, as §8.4 defines them; the
 * engine computes them. All text is bytes in latin1.
 */
export interface LogView extends SampleView {
  readonly source: EndpointView;
  /** Unix ms of accept (%t, %T…), and of the request's first byte (%tr). */
  readonly acceptWallMs: number;
  readonly requestWallMs: number;
  readonly timeHandshakeMs: number; // %Th
  readonly timeIdleMs: number; // %Ti
  readonly timeRequestMs: number; // %TR
  readonly timeQueueMs: number; // %Tw
  readonly timeConnectMs: number; // %Tc
  readonly timeResponseMs: number; // %Tr
  readonly timeActiveMs: number; // %Ta
  readonly timeTotalMs: number; // %Tt
  readonly status: number;
  readonly bytesFromServer: number; // %B
  readonly bytesFromClient: number; // %U
  /** Two letters and, in HTTP, the two persistence letters: "----", "cD--". */
  readonly termination: string;
  readonly actconn: number;
  readonly feconn: number;
  readonly beconn: number;
  readonly srvConn: number;
  readonly retries: number;
  readonly redispatched: boolean;
  readonly srvQueue: number;
  readonly backendQueue: number;
  /** "GET /path HTTP/1.1", or "<BADREQ>"; the writer escapes and quotes. */
  readonly requestLine: string;
  readonly capturedRequestCookie: string;
  readonly capturedResponseCookie: string;
  readonly capturedRequestHeaders: readonly (string | undefined)[];
  readonly capturedResponseHeaders: readonly (string | undefined)[];
  readonly uniqueId: string;
  /** `logasap` wrote this line before the end: times and sizes get a "+". */
  readonly early: boolean;
  /** The frontend's listener speaks TLS: %ft gets a "~". */
  readonly overTls: boolean;
  /** The address of our side of the server connection, if any (%bi, %bp), and of the server (%si, %sp). */
  readonly serverSource: EndpointView | undefined;
  readonly serverAddress: EndpointView | undefined;
  /** The process-wide request counter (%rt). */
  readonly requestCounter: number;
  /** The machine's name (%H) and the process's number (%pid). */
  readonly hostname?: string;
  readonly pid?: number;
}

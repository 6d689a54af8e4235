// Owns the compilation of log formats into writers.

import type { SampleView } from "../sample/index.ts";
import type { LogFormatModel, LogView } from "./types.ts";

/** Writes one line at `out[at…]` and returns the offset after it; it never writes past `out.length`. */
export type LogWriter = (view: LogView, out: Uint8Array, at: number) => number;

/** Compiles a format for log lines. */
export function compileLogFormat(_format: LogFormatModel): LogWriter {
  return (_view, _out, at) => at;
}

/** Compiles a format to a latin1 string, for rules and names. Aliases that only a finished stream knows give "-". */
export function compileTextFormat(format: LogFormatModel): (view: SampleView) => string {
  return () => format.text;
}

// Owns the built-in formats by their option: `option httplog` and friends. Configuration manual §8.2.

import type { LogFormatModel } from "./types.ts";

/** Names of the built-in formats. */
export type BuiltinLogFormatName = "httplog" | "httpslog" | "tcplog" | "clf" | "default" | "error";

/** The built-in format of that name. */
export function builtinLogFormat(_name: BuiltinLogFormatName): LogFormatModel {
  return { items: [], text: "" };
}

// Owns what is known about the lines of `defaults` sections: which of them mean the same in the section that inherits them, and which are overridden by a
// later line. What is not listed here stays in its `defaults` section, which is always right. Configuration manual §4 ("defaults" and inheritance).

import type { Statement } from "../directives/statement.ts";
import { proxyRow } from "../directives/tables.ts";

/** How a line that can be moved gets along with others of its family. */
export interface LineFamily {
  /** Lines with the same key set the same thing. */
  readonly key: string;
  /** A later line of the same key leaves nothing of the earlier one. */
  readonly overrides: boolean;
}

/** Keywords whose last line counts, with the place of their value in the model where that is one value. */
const SINGLE: Readonly<Record<string, string>> = {
  mode: "mode",
  maxconn: "maxconn",
  backlog: "backlog",
  fullconn: "fullconn",
  retries: "retries",
  "retry-on": "retryOn",
  "http-reuse": "httpReuse",
  balance: "balance",
  "hash-type": "balance.hashType",
  "hash-balance-factor": "balance.hashBalanceFactor",
  default_backend: "defaultBackend",
  "monitor-uri": "monitorUri",
  "log-tag": "logTag",
  "error-log-format": "errorLogFormat",
  "unique-id-format": "uniqueIdFormat",
  "unique-id-header": "uniqueIdHeader",
  "option redispatch": "redispatch",
  "option forwardfor": "forwardFor",
  "timeout connect": "timeouts.connect",
  "timeout client": "timeouts.client",
  "timeout server": "timeouts.server",
  "timeout http-request": "timeouts.httpRequest",
  "timeout http-keep-alive": "timeouts.httpKeepAlive",
  "timeout queue": "timeouts.queue",
  "timeout check": "timeouts.check",
  "timeout tunnel": "timeouts.tunnel",
  "timeout client-fin": "timeouts.clientFin",
  "timeout server-fin": "timeouts.serverFin",
  "timeout tarpit": "timeouts.tarpit",
};

/** Lines that set one thing under several names. */
const GROUPS: Readonly<Record<string, string>> = {
  "log-format": "log-format",
  "option httplog": "log-format",
  "option tcplog": "log-format",
  "option httpslog": "log-format",
  enabled: "disabled",
  disabled: "disabled",
};

const GROUP_PATHS: Readonly<Record<string, string>> = { "log-format": "logFormat", disabled: "disabled" };

/** Lines that add up, or that cancel each other in ways of their own: all of them are kept, in order. */
const ADDING = new Set([
  "log",
  "default-server",
  "errorfile",
  "errorloc",
  "errorloc302",
  "errorloc303",
  "option httpclose",
  "option http-server-close",
  "option http-keep-alive",
  "option tcpka",
  "option clitcpka",
  "option srvtcpka",
]);

/** Options that are more than a switch, or whose relatives are. */
const TIED_OPTIONS = /^option (?:.*-?check|.*chk|originalto|forwarded)$/;

/** The family of a line of a proxy or `defaults` section; undefined for lines that cannot be moved. */
export function familyOf(statement: Statement): LineFamily | undefined {
  const name = proxyRow(statement)?.name;
  if (name === undefined) return undefined;
  if (ADDING.has(name)) return { key: name, overrides: false };
  const group = GROUPS[name];
  if (group !== undefined) return { key: group, overrides: true };
  const single = SINGLE[name] !== undefined || (name.startsWith("option ") && !TIED_OPTIONS.test(name));
  return single ? { key: name, overrides: true } : undefined;
}

/** Where a proxy's model holds what the lines of this key set; undefined when that is not one value. */
export function modelPath(key: string): string | undefined {
  return SINGLE[key] ?? GROUP_PATHS[key];
}

/** All keys with a place in the model. */
export const KEYS_WITH_PATH: readonly string[] = [...Object.keys(SINGLE), ...Object.keys(GROUP_PATHS)];

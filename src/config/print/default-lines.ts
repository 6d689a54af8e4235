// Owns the lines that the language itself would say where a configuration says nothing. Values come from the model or from the drafts, so that nothing is
// said here a second time; only what every HAProxy 3.2 accepts without a word is listed. Configuration manual §3.2, §4.2 and §5.2.

import { newServerSettings } from "../directives/draft.ts";
import type { GlobalModel, ProxyModel } from "../model/index.ts";

/** A line that nobody wrote; `key` is what a written line of the same effect has. */
export interface DefaultLine {
  readonly key: string;
  readonly words: readonly string[];
}

function line(key: string, ...values: readonly (string | number)[]): DefaultLine {
  return { key, words: [...key.split(" "), ...values.map(String)] };
}

export function globalDefaults(global: GlobalModel): readonly DefaultLine[] {
  return [
    line("tune.bufsize", global.bufsize),
    line("tune.maxrewrite", global.maxrewrite),
    line("tune.http.maxhdr", global.maxHeaders),
    line("spread-checks", global.spreadChecks),
  ];
}

export function proxyDefaults(proxy: ProxyModel): readonly DefaultLine[] {
  const lines = [line("mode", proxy.mode)];
  if (!proxy.hasBackend) return lines;
  lines.push(line("balance", proxy.balance.algorithm), line("retries", proxy.retries));
  if (proxy.mode === "http") lines.push(line("http-reuse", proxy.httpReuse));
  return lines;
}

function time(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** `default-server` with every option that is not in `given`. */
export function defaultServerWords(given: ReadonlySet<string>): readonly string[] {
  const settings = newServerSettings();
  const options: readonly (readonly [name: string, value: string])[] = [
    ["weight", String(settings.weight)],
    ["inter", time(settings.intervalMs)],
    ["rise", String(settings.rise)],
    ["fall", String(settings.fall)],
    ["init-addr", settings.initAddr.join(",")],
    ["pool-max-conn", String(settings.poolMaxConn)],
    ["pool-purge-delay", time(settings.poolPurgeDelayMs)],
  ];
  return ["default-server", ...options.filter(([name]) => !given.has(name)).flat()];
}

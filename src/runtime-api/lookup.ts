// Owns finding what a command names: `<backend>/<server>`, proxies by name or `#id`, and numbers as the reference reads them.

import type { ConfigurationModel, ProxyModel, ServerModel } from "../config/model/index.ts";
import { type Answer, failed } from "./command.ts";

export interface FoundServer {
  readonly proxy: ProxyModel;
  readonly server: ServerModel;
}

/** A server, or the answer that says why there is none. */
export function findServer(
  model: ConfigurationModel,
  text: string | undefined,
): { readonly found: FoundServer } | { readonly answer: Answer } {
  const slash = text?.indexOf("/") ?? -1;
  if (text === undefined || slash < 0 || slash === text.length - 1) {
    return { answer: failed("Require 'backend/server'.\n") };
  }
  const proxy = findProxy(model, text.slice(0, slash), ({ hasBackend }) => hasBackend);
  if (proxy === undefined) return { answer: failed("No such backend.\n") };
  const name = text.slice(slash + 1);
  const server = proxy.servers.find((one) => one.name === name || `#${one.id}` === name);
  return server === undefined ? { answer: failed("No such server.\n") } : { found: { proxy, server } };
}

/** A proxy by its name or `#` and its id. */
export function findProxy(
  model: ConfigurationModel,
  name: string,
  accepts: (proxy: ProxyModel) => boolean,
): ProxyModel | undefined {
  return model.proxies.find((proxy) => accepts(proxy) && (proxy.name === name || `#${proxy.id}` === name));
}

/** A decimal number at the start of `text` and what follows it; undefined when there is none. */
export function leadingNumber(text: string): { readonly value: number; readonly rest: string } | undefined {
  const match = /^([+-]?\d{1,15})(.*)$/s.exec(text);
  return match === null ? undefined : { value: Number(match[1]), rest: match[2] ?? "" };
}

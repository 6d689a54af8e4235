// Owns the join between the configuration's TLS binds and `tls/`: one acceptor per listener that has `ssl`, made once per thread from PEM
// text that the front end has read. It knows no handshake; the engine keeps its time.

import type { BindModel, ConfigurationModel } from "../config/model/index.ts";
import type { TlsAcceptor } from "../engine/index.ts";
import { createTlsAcceptor } from "../tls/index.ts";
import { createBunTlsEngine, createBunTransport } from "../transport/bun/index.ts";
import type { Transport } from "../transport/types.ts";

/** By listener index; undefined for plain binds. What cannot be made has been reported by {@link checkTlsBinds}. */
export function createTlsAcceptors(
  model: ConfigurationModel,
  transport: Transport,
): readonly (TlsAcceptor | undefined)[] {
  const acceptors = new Array<TlsAcceptor | undefined>(model.listenerCount).fill(undefined);
  const engine = createBunTlsEngine();
  for (const { binds } of model.proxies) {
    for (const { index, tls } of binds) {
      const acceptor = tls === undefined ? undefined : createTlsAcceptor(transport, engine, tls);
      if (acceptor !== undefined && !("fault" in acceptor)) acceptors[index] = acceptor;
    }
  }
  return acceptors;
}

/** What the TLS library refuses of the configuration: alerts without prefix, in the reference's words. */
export function checkTlsBinds(model: ConfigurationModel): readonly string[] {
  const transport = createBunTransport();
  const engine = createBunTlsEngine();
  const alerts: string[] = [];
  for (const proxy of model.proxies) {
    for (const bind of proxy.binds) {
      if (bind.tls === undefined) continue;
      const acceptor = createTlsAcceptor(transport, engine, bind.tls);
      if (!("fault" in acceptor)) continue;
      const { file, line } = bind.location;
      alerts.push(`Proxy '${proxy.name}': ${acceptor.fault} for bind '${bindText(bind)}' at [${file}:${line}].`);
    }
  }
  return alerts;
}

function bindText(bind: BindModel): string {
  const { address } = bind;
  return address.kind === "ipv4" || address.kind === "ipv6" ? `${address.host}:${address.port}` : bind.name;
}

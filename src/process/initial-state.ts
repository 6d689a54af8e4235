// Owns the first contents of the shared records: what the configuration says about servers, proxies and the process before any thread looks
// at them. Afterwards checks/ and the runtime API are the only writers of a server's state. Configuration manual §5.2.

import type { ConfigurationModel, ServerModel } from "../config/model/index.ts";
import { ADMIN_STATE, OPERATIONAL_STATE, SharedState, WEIGHT_SCALE } from "../records/index.ts";
import { encodeSocketAddress, SOCKADDR_BYTES_MAX } from "../transport/bun/socket-address.ts";
import type { SocketAddress } from "../transport/types.ts";

export interface InitialStateOptions {
  readonly model: ConfigurationModel;
  /** Worker threads; the main thread counts as one more. */
  readonly nbthread: number;
  readonly serverAddresses: readonly (SocketAddress | undefined)[];
  readonly maxconn: number;
  readonly pid: number;
  readonly wallMs: number;
}

/** Makes and fills the arena. */
export function createInitialState(options: InitialStateOptions): SharedState {
  const { model } = options;
  const state = SharedState.create({
    threads: options.nbthread + 1,
    proxies: model.proxies.length,
    servers: model.serverCount,
    listeners: model.listenerCount,
  });
  state.process.maxconn.set(0, options.maxconn);
  state.process.pid.set(0, options.pid);
  state.process.startedMs.set(0, options.wallMs);
  for (const proxy of model.proxies) {
    state.proxies.frontendMaxconn.set(proxy.index, proxy.maxconn);
    if (proxy.disabled) state.proxies.frontendState.set(proxy.index, 2);
    state.proxies.lastChangeMs.set(proxy.index, options.wallMs);
    for (const server of proxy.servers) {
      fillServer(state, server, options.serverAddresses[server.index], options.wallMs);
    }
    state.recountServers(
      proxy.index,
      proxy.servers.map((server) => server.index),
    );
  }
  return state;
}

function fillServer(state: SharedState, server: ServerModel, address: SocketAddress | undefined, wallMs: number): void {
  const records = state.servers;
  const { index, check } = server;
  const out = server.disabled || address === undefined;
  records.operationalState.set(index, out ? OPERATIONAL_STATE.stopped : OPERATIONAL_STATE.running);
  let admin = 0;
  if (server.disabled) admin |= ADMIN_STATE.configuredMaintenance | ADMIN_STATE.forcedMaintenance;
  if (address === undefined) admin |= ADMIN_STATE.resolutionMaintenance;
  records.adminState.set(index, admin);
  records.userWeight.set(index, server.weight);
  records.initialWeight.set(index, server.weight);
  records.effectiveWeight.set(index, server.weight * WEIGHT_SCALE);
  records.backup.set(index, server.backup ? 1 : 0);
  records.maxconn.set(index, server.maxconn);
  records.minconn.set(index, server.minconn);
  records.maxqueue.set(index, server.maxqueue);
  records.throttlePercent.set(index, 100);
  records.rise.set(index, check?.rise ?? 2);
  records.fall.set(index, check?.fall ?? 3);
  records.lastChangeMs.set(index, wallMs);
  if (address !== undefined) fillAddress(state, index, address);
}

function fillAddress(state: SharedState, index: number, address: SocketAddress): void {
  const records = state.servers;
  if (address.family === "unix") return;
  const bytes = new Uint8Array(SOCKADDR_BYTES_MAX);
  if (encodeSocketAddress(address, bytes, 0) < 0) return;
  const view = new DataView(bytes.buffer);
  const v4 = address.family === "ipv4";
  // In `struct sockaddr_in` the address follows the port, in `sockaddr_in6` the flow label is between them.
  const at = v4 ? 4 : 8;
  records.addressFamily.set(index, v4 ? 4 : 6);
  records.addressWord0.set(index, view.getInt32(at));
  records.addressWord1.set(index, v4 ? 0 : view.getInt32(at + 4));
  records.addressWord2.set(index, v4 ? 0 : view.getInt32(at + 8));
  records.addressWord3.set(index, v4 ? 0 : view.getInt32(at + 12));
  records.port.set(index, address.port);
}

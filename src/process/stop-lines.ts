// Owns the lines about proxies that stop or are asked about by a signal, in the reference's words. Management manual §4.

import type { ConfigurationModel, ProxyModel, ServerModel } from "../config/model/index.ts";
import { BACKEND, FRONTEND, SERVER, type SharedState } from "../records/index.ts";

function frontendTotal(state: SharedState, proxy: ProxyModel): number {
  return proxy.hasFrontend ? state.totals.sum("frontend", proxy.index, FRONTEND.connections) : 0;
}

function backendTotal(state: SharedState, proxy: ProxyModel): number {
  return proxy.hasBackend ? state.totals.sum("backend", proxy.index, BACKEND.sessions) : 0;
}

/** "Proxy x stopped (…)." */
export function stoppedLine(state: SharedState, proxy: ProxyModel): string {
  const front = frontendTotal(state, proxy);
  const back = backendTotal(state, proxy);
  return `Proxy ${proxy.name} stopped (cumulated conns: FE: ${front}, BE: ${back}).`;
}

/** In the order in which they stop: what listens first, then what is only a backend. */
export function proxiesInStopOrder(model: ConfigurationModel): readonly ProxyModel[] {
  const enabled = model.proxies.filter((proxy) => !proxy.disabled);
  return [...enabled.filter((proxy) => proxy.hasFrontend), ...enabled.filter((proxy) => !proxy.hasFrontend)];
}

/** "Proxy x hard-stopped (…)", or undefined when nothing of it is left. */
export function hardStoppedLine(state: SharedState, proxy: ProxyModel): string | undefined {
  const left = proxy.hasFrontend
    ? state.proxies.frontendConnections.get(proxy.index)
    : state.proxies.backendConnections.get(proxy.index);
  return left === 0 ? undefined : `Proxy ${proxy.name} hard-stopped (${left} remaining conns will be closed).`;
}

function connectionsText(state: SharedState, proxy: ProxyModel): string {
  const front = state.proxies.frontendConnections.get(proxy.index);
  const back = state.proxies.backendConnections.get(proxy.index);
  const unassigned = state.proxies.queued.get(proxy.index);
  const pending = proxy.servers.reduce((sum, server) => sum + state.servers.queued.get(server.index), unassigned);
  return `Conn: act(FE+BE): ${front}+${back}, ${pending} pend (${unassigned} unass), tot(FE+BE): ${frontendTotal(state, proxy)}+${backendTotal(state, proxy)}.`;
}

function serverLine(state: SharedState, proxy: ProxyModel, server: ServerModel): string {
  const { servers } = state;
  const word = servers.running(server.index) ? "UP" : "DOWN";
  const total = state.totals.sum("server", server.index, SERVER.sessions);
  return `SIGHUP: Server ${proxy.name}/${server.name} is ${word}. Conn: ${servers.served.get(server.index)} act, ${servers.queued.get(server.index)} pend, ${total} tot.`;
}

/** What SIGHUP says of one proxy: its servers, then itself. */
export function hangupLines(state: SharedState, proxy: ProxyModel): readonly string[] {
  const lines = proxy.servers.map((server) => serverLine(state, proxy, server));
  const connections = connectionsText(state, proxy);
  const active = state.proxies.usableActive.get(proxy.index);
  const backup = state.proxies.usableBackup.get(proxy.index);
  if (proxy.servers.length === 0) lines.push(`SIGHUP: Proxy ${proxy.name} has no servers. ${connections}`);
  else if (active + backup === 0) lines.push(`SIGHUP: Proxy ${proxy.name} has no server available ! ${connections}`);
  else {
    lines.push(
      `SIGHUP: Proxy ${proxy.name} has ${active} active servers and ${backup} backup servers available. ${connections}`,
    );
  }
  return lines;
}

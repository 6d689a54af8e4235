// Owns the answers to the fetches about our own state (configuration manual §7.3.2): connection counts, queues, usable servers. All of them read
// the shared records, so every thread gives the same answer.

import { FRONTEND } from "../records/index.ts";
import type { ProxyRuntime, ServerRuntime } from "./runtime.ts";
import type { Stream } from "./stream.ts";
import type { Thread } from "./thread.ts";

function findProxy(
  thread: Thread,
  stream: Stream,
  target: string | undefined,
  frontend: boolean,
): ProxyRuntime | undefined {
  if (target !== undefined && target !== "") {
    return thread.runtime.proxies.find(
      (each) => each.name === target && (frontend ? each.model.hasFrontend : each.model.hasBackend),
    );
  }
  return frontend ? stream.frontend : (stream.backend ?? stream.frontend);
}

/** "backend/server", or "server" of the stream's backend. */
function findServer(thread: Thread, stream: Stream, target: string | undefined): ServerRuntime | undefined {
  if (target === undefined) return stream.server;
  const slash = target.indexOf("/");
  const proxy = slash < 0 ? stream.backend : findProxy(thread, stream, target.slice(0, slash), false);
  const name = slash < 0 ? target : target.slice(slash + 1);
  return proxy?.servers.find((each) => each.model.name === name);
}

/** Free connection slots of a backend: −1 when a server has no limit. `queues` are added. */
function connectionSlots(thread: Thread, proxy: ProxyRuntime): number {
  const { servers } = thread.state;
  let slots = 0;
  for (const server of proxy.servers) {
    if (!servers.usable(server.index)) continue;
    const limit = servers.maxconn.get(server.index);
    if (limit === 0) return -1;
    slots += Math.max(0, limit - servers.served.get(server.index));
  }
  return slots;
}

function readServer(thread: Thread, server: ServerRuntime, name: string): number {
  const { servers } = thread.state;
  switch (name) {
    case "srv_conn":
      return servers.served.get(server.index);
    case "srv_queue":
      return servers.queued.get(server.index);
    case "srv_is_up":
      return servers.usable(server.index) ? 1 : 0;
    case "srv_weight":
      return servers.userWeight.get(server.index);
    case "srv_iweight":
      return servers.initialWeight.get(server.index);
    case "srv_conn_free": {
      const limit = servers.maxconn.get(server.index);
      return limit === 0 ? -1 : Math.max(0, limit - servers.served.get(server.index));
    }
    default:
      return -1;
  }
}

function readBackend(thread: Thread, proxy: ProxyRuntime, name: string): number {
  const { proxies } = thread.state;
  switch (name) {
    case "be_conn":
      return proxies.backendConnections.get(proxy.index);
    case "nbsrv": {
      const active = proxies.usableActive.get(proxy.index);
      return active > 0 ? active : proxies.usableBackup.get(proxy.index);
    }
    case "queue":
      return proxies.queued.get(proxy.index);
    case "avg_queue": {
      const servers = Math.max(1, proxies.usableActive.get(proxy.index) || proxies.usableBackup.get(proxy.index));
      return Math.ceil(proxies.queued.get(proxy.index) / servers);
    }
    case "connslots":
    case "be_conn_free":
      return connectionSlots(thread, proxy);
    default:
      return -1;
  }
}

/** −1: unknown. */
export function readInternal(thread: Thread, stream: Stream, name: string, target: string | undefined): number {
  if (name.startsWith("srv_")) {
    const server = findServer(thread, stream, target);
    return server === undefined ? -1 : readServer(thread, server, name);
  }
  if (name.startsWith("fe_")) {
    const proxy = findProxy(thread, stream, target, true);
    if (proxy === undefined) return -1;
    const { proxies, totals } = thread.state;
    if (name === "fe_conn") return proxies.frontendConnections.get(proxy.index);
    const field = name === "fe_req_rate" ? FRONTEND.requestRate : name === "fe_sess_rate" ? FRONTEND.sessionRate : -1;
    return field < 0 ? -1 : totals.rate("frontend", proxy.index, field, thread.wallMs);
  }
  const proxy = findProxy(thread, stream, target, false);
  return proxy === undefined ? -1 : readBackend(thread, proxy, name);
}

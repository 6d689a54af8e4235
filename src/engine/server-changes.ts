// Owns what a change of a server's state or address means for this thread: idle connections of a server that is gone are closed, and streams that
// wait for it are given to others. Who changes states is checks/ and the runtime API; this thread learns it by the backend's epoch.
// Configuration manual §5.2 "maxconn"; management manual "set server".

import { reassign } from "./connect.ts";
import type { ProxyRuntime, ServerRuntime } from "./runtime.ts";
import type { Thread } from "./thread.ts";

/** Looks at every backend whose epoch has moved on. Called on each wake-up. */
export function applyServerChanges(thread: Thread): void {
  const { proxies } = thread.state;
  for (const backend of thread.runtime.proxies) {
    if (!backend.hasBackend) continue;
    const epoch = proxies.epoch.get(backend.index);
    if (epoch === backend.seenEpoch) continue;
    backend.seenEpoch = epoch;
    for (const server of backend.servers) applyChange(thread, backend, server);
  }
}

function applyChange(thread: Thread, backend: ProxyRuntime, server: ServerRuntime): void {
  const { servers } = thread.state;
  const address = thread.services.serverAddresses[server.index];
  const willing = servers.willing(server.index);
  if (!willing || address !== server.seenAddress) server.pool.closeAll(thread);
  server.seenAddress = address;
  if (willing || server.waiting.size === 0 || backend.model.redispatch === 0) return;
  // Without redispatch they stay with their server until it comes back or their time is over, as in the reference.
  const waiting = [];
  for (let stream = server.waiting.first(); stream !== undefined; stream = server.waiting.first()) {
    waiting.push(stream);
    server.waiting.remove(stream);
    servers.queued.add(server.index, -1);
    stream.queued = false;
  }
  for (const stream of waiting) thread.guard(stream, () => reassign(stream));
}

// Owns the limits on connections: of the process, the frontend and the listener, exact over all threads. A listener that reaches a limit is paused in
// the very accept that reached it, so the kernel keeps the rest. Another thread's listener may accept one more before it hears of it: such a
// connection is parked, unread and uncounted, as if it still stood in the kernel's queue. Configuration manual §3.2 and §4.2 "maxconn".

import type { Connection, ConnectionHandler } from "../transport/types.ts";
import type { ListenerRuntime } from "./runtime.ts";
import type { Thread } from "./thread.ts";

/** Takes one place under each limit. False, and nothing taken, where one of them is reached. */
export function takePlaces(thread: Thread, listener: ListenerRuntime): boolean {
  const { proxies, listeners } = thread.state;
  const { processRecord } = thread;
  const frontend = listener.proxy.index;
  const limit = processRecord.maxconn.get(0);
  const frontendLimit = proxies.frontendMaxconn.get(frontend);
  const ownLimit = listener.model.maxconn ?? 0;
  if (!processRecord.connections.acquire(0, limit)) return refuse(thread, listener);
  if (!proxies.frontendConnections.acquire(frontend, frontendLimit)) {
    processRecord.connections.add(0, -1);
    return refuse(thread, listener);
  }
  if (!listeners.connections.acquire(listener.index, ownLimit)) {
    processRecord.connections.add(0, -1);
    proxies.frontendConnections.add(frontend, -1);
    return refuse(thread, listener);
  }
  processRecord.connectionsMax.raise(0, processRecord.connections.get(0));
  proxies.frontendConnectionsMax.raise(frontend, proxies.frontendConnections.get(frontend));
  listeners.connectionsMax.raise(listener.index, listeners.connections.get(listener.index));
  if ((limit | frontendLimit | ownLimit) !== 0 && !hasRoom(thread, listener)) limitReached(thread);
  return true;
}

function refuse(thread: Thread, listener: ListenerRuntime): false {
  pause(thread, listener);
  return false;
}

/** The last place was taken: the doors that lead to it close, in the other threads too. */
function limitReached(thread: Thread): void {
  for (const each of thread.runtime.listeners) if (!hasRoom(thread, each)) pause(thread, each);
  if (thread.state.shape.threads > 1) thread.services.wakeThreads?.();
}

function pause(thread: Thread, listener: ListenerRuntime): void {
  if (listener.full) return;
  listener.full = true;
  for (const open of listener.open) open.pause();
  thread.fullListeners++;
  thread.watchListeners();
}

function resume(thread: Thread, listener: ListenerRuntime): void {
  listener.full = false;
  thread.fullListeners--;
  for (const open of listener.open) open.resume();
}

/** Whether this listener may accept one more. */
function hasRoom(thread: Thread, listener: ListenerRuntime): boolean {
  const { proxies, listeners } = thread.state;
  const { processRecord } = thread;
  const limit = processRecord.maxconn.get(0);
  if (limit !== 0 && processRecord.connections.get(0) >= limit) return false;
  const frontendLimit = proxies.frontendMaxconn.get(listener.proxy.index);
  if (frontendLimit !== 0 && proxies.frontendConnections.get(listener.proxy.index) >= frontendLimit) return false;
  const own = listener.model.maxconn ?? 0;
  return own === 0 || listeners.connections.get(listener.index) < own;
}

/** Who leaves while parked is forgotten. */
class ParkedHandler implements ConnectionHandler {
  readonly #listener: ListenerRuntime;

  constructor(listener: ListenerRuntime) {
    this.#listener = listener;
  }

  onOpen(): void {}

  /** One read may still arrive after the pause; a connection cannot give it back, so it is kept for the session. */
  onData(connection: Connection, bytes: Uint8Array): void {
    const early = this.#listener.early.get(connection);
    this.#listener.early.set(connection, early === undefined ? bytes : new Uint8Array(Buffer.concat([early, bytes])));
  }

  onDrain(): void {}

  onEnd(connection: Connection): void {
    connection.close();
  }

  onClose(connection: Connection): void {
    const { parked, early } = this.#listener;
    const at = parked.indexOf(connection);
    if (at >= 0) parked.splice(at, 1);
    early.delete(connection);
  }
}

/** Keeps a connection that was accepted over a limit until there is room. */
export function park(thread: Thread, listener: ListenerRuntime, connection: Connection): void {
  connection.handler = new ParkedHandler(listener);
  connection.pause();
  listener.parked.push(connection);
  pause(thread, listener);
}

/** Lets parked connections in where there is room, then opens or closes the doors. */
export function admitParked(thread: Thread, admit: (listener: ListenerRuntime, connection: Connection) => void): void {
  if (thread.stopping) return;
  for (const listener of thread.runtime.listeners) {
    while (listener.parked.length > 0 && takePlaces(thread, listener)) {
      const connection = listener.parked.shift()!;
      const early = listener.early.get(connection);
      listener.early.delete(connection);
      admit(listener, connection);
      if (early !== undefined) connection.handler.onData(connection, early);
      connection.resume();
    }
    const room = listener.parked.length === 0 && hasRoom(thread, listener);
    if (listener.full && room) resume(thread, listener);
    else if (!listener.full && !room) pause(thread, listener);
  }
}

/** The engine stops: nobody else comes in. */
export function closeParked(thread: Thread): void {
  for (const listener of thread.runtime.listeners) {
    for (const connection of listener.parked.splice(0)) connection.abort();
    listener.early.clear();
  }
}

/** A session is over: its places are free, here and in threads that wait for them. */
export function givePlaces(thread: Thread, listener: ListenerRuntime): void {
  const { proxies, listeners } = thread.state;
  const { processRecord } = thread;
  const frontend = listener.proxy.index;
  const wasFull = !hasRoom(thread, listener);
  processRecord.connections.add(0, -1);
  proxies.frontendConnections.add(frontend, -1);
  listeners.connections.add(listener.index, -1);
  if (thread.fullListeners > 0) thread.lookAtLimits();
  if (wasFull && thread.state.shape.threads > 1) thread.services.wakeThreads?.();
}

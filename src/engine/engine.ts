// Owns one thread's data plane as a whole: its listeners, its stop and its wake-ups, and which phase a passed deadline belongs to. The parts do the
// work; docs/life-of-a-request.md says in which order.

import type { Listener, ListenSpec } from "../transport/types.ts";
import { closeParked } from "./accept-limits.ts";
import { connectFailed, queueTimedOut, serveQueues, turnaroundOver } from "./connect.ts";
import { serverTimedOut } from "./forward-response.ts";
import { checkLimits, Door } from "./listener.ts";
import { applyServerChanges } from "./server-changes.ts";
import { type Stream, waits } from "./stream.ts";
import { Thread } from "./thread.ts";
import { tunnelTimedOut } from "./tunnel.ts";
import type { Engine, EngineServices } from "./types.ts";

/** What a stream waited for did not come in time. */
function streamDeadline(stream: Stream): void {
  const { serverConnection } = stream;
  if (serverConnection?.pending !== undefined) {
    // The answer has beaten the deadline by a part of a turn.
    serverConnection.servePending();
    return;
  }
  switch (stream.wait) {
    case waits.queue:
      queueTimedOut(stream);
      break;
    case waits.connect:
      connectFailed(stream, "timeout");
      break;
    case waits.turnaround:
      turnaroundOver(stream);
      break;
    case waits.response:
    case waits.data:
      serverTimedOut(stream);
      break;
    case waits.tunnel:
      tunnelTimedOut(stream);
      break;
    default:
      break;
  }
}

class ThreadEngine implements Engine {
  readonly #thread: Thread;

  constructor(services: EngineServices) {
    this.#thread = new Thread(services, streamDeadline, serveQueues, checkLimits);
  }

  listen(listenerIndex: number, spec: ListenSpec): Listener | { readonly fault: string } {
    const thread = this.#thread;
    const runtime = thread.runtime.listeners[listenerIndex]!;
    const listener = thread.transport.listen(spec, new Door(thread, runtime));
    if (!("fault" in listener)) runtime.open.push(listener);
    return listener;
  }

  stop(): void {
    const thread = this.#thread;
    if (thread.stopping) return;
    thread.readClock();
    thread.stopping = true;
    this.#closeListeners();
    for (const server of thread.runtime.servers) server.pool.closeAll(thread);
    this.#eachSession((session) => session.stopSoftly());
    thread.checkDrained();
  }

  kill(): void {
    const thread = this.#thread;
    thread.readClock();
    thread.stopping = true;
    thread.killed = true;
    this.#closeListeners();
    this.#eachSession((session) => session.abortNow(false));
    for (const server of thread.runtime.servers) server.pool.closeAll(thread);
    thread.checkDrained();
  }

  wake(): void {
    const thread = this.#thread;
    thread.readClock();
    try {
      applyServerChanges(thread);
      thread.lookAround();
    } catch (error) {
      thread.bug(undefined, error);
    }
  }

  #closeListeners(): void {
    for (const listener of this.#thread.runtime.listeners) {
      for (const open of listener.open) open.close();
      listener.open.length = 0;
    }
    closeParked(this.#thread);
  }

  /** The list changes while it is walked: a session may leave it in its own turn. */
  #eachSession(visit: (session: NonNullable<Thread["firstSession"]>) => void): void {
    const sessions = [];
    for (let each = this.#thread.firstSession; each !== undefined; each = each.nextSession) sessions.push(each);
    for (const session of sessions) visit(session);
  }
}

/** Builds one thread's engine. It listens to nothing until {@link Engine.listen}. */
export function createEngine(services: EngineServices): Engine {
  return new ThreadEngine(services);
}

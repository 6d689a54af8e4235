// Owns the door: accepting, the limits on connections (process, frontend, listener) and what is counted when a session begins and ends. A listener
// that reaches a limit is paused in the very accept that reached it, so the kernel keeps the rest. Configuration manual §3.2 and §4.2 "maxconn".

import { FRONTEND, LISTENER, PROCESS } from "../records/index.ts";
import type { AcceptHandler, Connection, Listener } from "../transport/types.ts";
import { HttpSession } from "./client-http.ts";
import type { ListenerRuntime, RuleRunner } from "./runtime.ts";
import type { Session } from "./session.ts";
import { TcpSession } from "./tcp-relay.ts";
import type { Thread } from "./thread.ts";

/** What the transport calls for each connection of one bind. */
export class Door implements AcceptHandler {
  readonly #thread: Thread;
  readonly #listener: ListenerRuntime;

  constructor(thread: Thread, listener: ListenerRuntime) {
    this.#thread = thread;
    this.#listener = listener;
  }

  onAccept(connection: Connection, _listener: Listener): void {
    const thread = this.#thread;
    thread.readClock();
    try {
      accept(thread, this.#listener, connection);
    } catch (error) {
      thread.bug(undefined, error);
      connection.abort();
    }
  }
}

function accept(thread: Thread, listener: ListenerRuntime, connection: Connection): void {
  const session = openSession(thread, listener, connection);
  connection.handler = session;
  countAccept(thread, listener);
  if (listener.proxy.connectionRules !== undefined && !admits(session, listener.proxy.connectionRules)) {
    listener.proxy.frontendCounters[FRONTEND.deniedConnections]! += 1;
    listener.counters[LISTENER.deniedConnections]! += 1;
    session.refuse();
    return;
  }
  const { tlsAcceptor } = listener;
  if (tlsAcceptor === undefined) {
    begin(thread, listener, session);
    return;
  }
  thread.wheel.arm(session, thread.now + Math.min(listener.proxy.timeouts.client, listener.proxy.timeouts.httpRequest));
  tlsAcceptor.accept(
    connection,
    (secured) => {
      thread.readClock();
      session.connection = secured;
      session.handshakeMs = thread.now;
      try {
        begin(thread, listener, session);
      } catch (error) {
        thread.bug(session, error);
      }
    },
    (failed) => {
      // The acceptor has closed or lost the connection; whether it still reports it to us is not known, so the books are closed here.
      failed.abort();
      session.gone = true;
      thread.wheel.remove(session);
      closeSession(session);
    },
  );
}

/** The handshake is over, or there was none. */
function begin(thread: Thread, listener: ListenerRuntime, session: HttpSession | TcpSession): void {
  countSession(thread, listener);
  if (listener.proxy.sessionRules !== undefined && !admits(session, listener.proxy.sessionRules)) {
    listener.proxy.frontendCounters[FRONTEND.deniedSessions]! += 1;
    listener.counters[LISTENER.deniedSessions]! += 1;
    session.refuse();
    return;
  }
  session.start();
}

/** Rules about a connection look at it through a stream that lives only for them. */
function admits(session: Session, rules: NonNullable<RuleRunner>): boolean {
  const { thread } = session;
  const stream = thread.takeStream(session);
  const verdict = rules(thread.view.of(stream, false));
  thread.giveStream(stream);
  return verdict.kind !== "reject";
}

function openSession(thread: Thread, listener: ListenerRuntime, connection: Connection): HttpSession | TcpSession {
  const { now, wallMs } = thread;
  return listener.proxy.model.mode === "http"
    ? new HttpSession(thread, listener, connection, now, wallMs)
    : new TcpSession(thread, listener, connection, now, wallMs);
}

function countAccept(thread: Thread, listener: ListenerRuntime): void {
  const { proxy } = listener;
  const { proxies, listeners } = thread.state;
  const { processRecord } = thread;
  const all = processRecord.connections.add(0, 1);
  processRecord.connectionsMax.raise(0, all);
  const mine = proxies.frontendConnections.add(proxy.index, 1);
  proxies.frontendConnectionsMax.raise(proxy.index, mine);
  listeners.connectionsMax.raise(listener.index, listeners.connections.add(listener.index, 1));
  proxy.frontendCounters[FRONTEND.connections]! += 1;
  listener.counters[LISTENER.connections]! += 1;
  const total = thread.counters.process;
  total[PROCESS.connections]! += 1;
  thread.counters.countRate(total, PROCESS.connectionRate, thread.second);
  thread.counters.countRate(proxy.frontendCounters, FRONTEND.connectionRate, thread.second);
  pauseWhereFull(thread, listener, all, mine);
}

function countSession(thread: Thread, listener: ListenerRuntime): void {
  const { frontendCounters } = listener.proxy;
  frontendCounters[FRONTEND.sessions]! += 1;
  if (listener.proxy.model.mode === "http") frontendCounters[FRONTEND.sessionsH1]! += 1;
  listener.counters[LISTENER.sessions]! += 1;
  thread.counters.process[PROCESS.sessions]! += 1;
  thread.counters.countRate(thread.counters.process, PROCESS.sessionRate, thread.second);
  thread.counters.countRate(frontendCounters, FRONTEND.sessionRate, thread.second);
}

function pauseWhereFull(thread: Thread, listener: ListenerRuntime, all: number, mine: number): void {
  const { proxies, listeners } = thread.state;
  const { processRecord } = thread;
  const limit = processRecord.maxconn.get(0);
  const frontendLimit = proxies.frontendMaxconn.get(listener.proxy.index);
  if (limit !== 0 && all >= limit) {
    for (const each of thread.runtime.listeners) pause(thread, each);
  } else if (frontendLimit !== 0 && mine >= frontendLimit) {
    for (const each of thread.runtime.listeners) if (each.proxy === listener.proxy) pause(thread, each);
  } else if (
    listener.model.maxconn !== undefined &&
    listeners.connections.get(listener.index) >= listener.model.maxconn
  ) {
    pause(thread, listener);
  }
}

function pause(thread: Thread, listener: ListenerRuntime): void {
  if (listener.full) return;
  listener.full = true;
  for (const open of listener.open) open.pause();
  thread.fullListeners++;
  thread.watchListeners();
}

/** Whether this listener may accept one more. */
function hasRoom(thread: Thread, listener: ListenerRuntime): boolean {
  const { proxies, listeners } = thread.state;
  const { processRecord } = thread;
  const limit = processRecord.maxconn.get(0);
  if (limit !== 0 && processRecord.connections.get(0) >= limit) return false;
  const frontendLimit = proxies.frontendMaxconn.get(listener.proxy.index);
  if (frontendLimit !== 0 && proxies.frontendConnections.get(listener.proxy.index) >= frontendLimit) return false;
  const own = listener.model.maxconn;
  return own === undefined || listeners.connections.get(listener.index) < own;
}

/** Opens the listeners again whose limits have room. Called when a session ends here or, through `wake`, in another thread. */
export function resumeListeners(thread: Thread): void {
  if (thread.fullListeners === 0 || thread.stopping) return;
  for (const listener of thread.runtime.listeners) {
    if (!listener.full || !hasRoom(thread, listener)) continue;
    listener.full = false;
    thread.fullListeners--;
    for (const open of listener.open) open.resume();
  }
}

/** The books of a session that is over: its connection has been reported closed. Exactly once. */
export function closeSession(session: Session): void {
  if (session.closed) return;
  session.closed = true;
  const { thread, listener } = session;
  const { proxies, listeners } = thread.state;
  const { processRecord } = thread;
  processRecord.connections.add(0, -1);
  proxies.frontendConnections.add(listener.proxy.index, -1);
  listeners.connections.add(listener.index, -1);
  thread.removeSession(session);
  if (thread.fullListeners > 0) resumeListeners(thread);
  thread.checkDrained();
}

// Owns the door: from an accepted connection to a session, and what is counted when one begins and ends. Limits are accept-limits.ts's matter.
// Configuration manual §4.2 "tcp-request connection", "tcp-request session".

import { FRONTEND, LISTENER, PROCESS } from "../records/index.ts";
import type { AcceptHandler, Connection, Listener } from "../transport/types.ts";
import { admitParked, givePlaces, park, takePlaces } from "./accept-limits.ts";
import { HttpSession } from "./client-http.ts";
import type { ListenerRuntime, RuleRunner } from "./runtime.ts";
import type { Session } from "./session.ts";
import { TcpSession } from "./tcp-relay.ts";
import type { Thread } from "./thread.ts";
import type { TlsAcceptor } from "./types.ts";

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
    guarded(thread, this.#listener, connection, accept);
  }
}

function guarded(
  thread: Thread,
  listener: ListenerRuntime,
  connection: Connection,
  step: (thread: Thread, listener: ListenerRuntime, connection: Connection) => void,
): void {
  try {
    step(thread, listener, connection);
  } catch (error) {
    thread.bug(undefined, error);
    connection.abort();
  }
}

/** Brings listeners and limits together again: whoever waits is let in where there is room, and doors open and close accordingly. */
export function checkLimits(thread: Thread): void {
  admitParked(thread, (listener, connection) => guarded(thread, listener, connection, admit));
}

function accept(thread: Thread, listener: ListenerRuntime, connection: Connection): void {
  if (takePlaces(thread, listener)) admit(thread, listener, connection);
  else park(thread, listener, connection);
}

/** The connection has its places in the counts: a session begins. */
function admit(thread: Thread, listener: ListenerRuntime, connection: Connection): void {
  const session = openSession(thread, listener, connection);
  connection.handler = session;
  countAccept(thread, listener);
  if (listener.proxy.connectionRules !== undefined && !admits(session, listener.proxy.connectionRules)) {
    listener.proxy.frontendCounters[FRONTEND.deniedConnections]! += 1;
    listener.counters[LISTENER.deniedConnections]! += 1;
    session.refuse();
    return;
  }
  if (listener.tlsAcceptor === undefined) begin(thread, listener, session);
  else secure(thread, listener, session, listener.tlsAcceptor, connection);
}

function secure(
  thread: Thread,
  listener: ListenerRuntime,
  session: HttpSession | TcpSession,
  acceptor: TlsAcceptor,
  connection: Connection,
): void {
  thread.wheel.arm(session, thread.now + Math.min(listener.proxy.timeouts.client, listener.proxy.timeouts.httpRequest));
  acceptor.accept(
    connection,
    (secured) => {
      thread.readClock();
      session.connection = secured;
      session.handshakeMs = thread.now;
      countTls(thread, session);
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

function countTls(thread: Thread, session: Session): void {
  const total = thread.counters.process;
  session.overTls = true;
  total[PROCESS.tlsConnections]! += 1;
  thread.counters.countRate(total, PROCESS.tlsRate, thread.second);
  thread.processRecord.tlsConnections.add(0, 1);
}

function openSession(thread: Thread, listener: ListenerRuntime, connection: Connection): HttpSession | TcpSession {
  const { now, wallMs } = thread;
  return listener.proxy.model.mode === "http"
    ? new HttpSession(thread, listener, connection, now, wallMs)
    : new TcpSession(thread, listener, connection, now, wallMs);
}

function countAccept(thread: Thread, listener: ListenerRuntime): void {
  const { proxy } = listener;
  proxy.frontendCounters[FRONTEND.connections]! += 1;
  listener.counters[LISTENER.connections]! += 1;
  const total = thread.counters.process;
  total[PROCESS.connections]! += 1;
  thread.counters.countRate(total, PROCESS.connectionRate, thread.second);
  thread.counters.countRate(proxy.frontendCounters, FRONTEND.connectionRate, thread.second);
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

/** The books of a session that is over: its connection has been reported closed. Exactly once. */
export function closeSession(session: Session): void {
  if (session.closed) return;
  session.closed = true;
  const { thread, listener } = session;
  thread.removeSession(session);
  if (session.overTls) thread.processRecord.tlsConnections.add(0, -1);
  givePlaces(thread, listener);
  thread.checkDrained();
}

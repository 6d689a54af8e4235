// Owns the end of a stream and its books: what is counted where, the log line, the release of server, slot and stream. Everything that ends a stream
// comes through finishStream exactly once. Configuration manual §8.2 (log formats), §4.2 "option logasap", "option dontlog-normal",
// "option log-separate-errors"; management manual §9.1 for the counters.

import type { LogLevel } from "../log/index.ts";
import { BACKEND, FRONTEND, LISTENER, PROCESS, responseClass, SERVER } from "../records/index.ts";
import { HttpSession } from "./client-http.ts";
import { leaveQueue, slotFreed } from "./connect.ts";
import type { ProxyRuntime, ServerRuntime } from "./runtime.ts";
import type { Stream } from "./stream.ts";
import { causes, phases } from "./termination.ts";

/**
 * Brings the stream's bytes into the counters of everything it belongs to. Once at the end of a short exchange; a long one does it as it goes,
 * so that statistics show what flows.
 */
export function settleBytes(stream: Stream): void {
  const { session, backend, server, thread } = stream;
  const bytesIn = stream.bytesIn - stream.settledIn;
  const bytesOut = stream.bytesOut - stream.settledOut;
  stream.settledIn = stream.bytesIn;
  stream.settledOut = stream.bytesOut;
  const frontend = session!.proxy.frontendCounters;
  const listener = session!.listener.counters;
  frontend[FRONTEND.bytesIn]! += bytesIn;
  frontend[FRONTEND.bytesOut]! += bytesOut;
  listener[LISTENER.bytesIn]! += bytesIn;
  listener[LISTENER.bytesOut]! += bytesOut;
  thread.counters.process[PROCESS.bytesOut]! += bytesOut;
  if (backend === undefined) return;
  const backendCounters = backend.backendCounters;
  backendCounters[BACKEND.bytesIn]! += bytesIn;
  backendCounters[BACKEND.bytesOut]! += bytesOut;
  if (server === undefined) return;
  server.counters[SERVER.bytesIn]! += bytesIn;
  server.counters[SERVER.bytesOut]! += bytesOut;
}

/** The backend is known: the stream counts there from now on. */
export function enterBackend(stream: Stream, backend: ProxyRuntime): void {
  const { thread } = stream;
  const { proxies } = thread.state;
  stream.backend = backend;
  if (!backend.hasBackend) return;
  stream.countedBackend = true;
  const streams = proxies.backendConnections.add(backend.index, 1);
  if (streams > backend.streamsMax) {
    backend.streamsMax = streams;
    proxies.backendConnectionsMax.raise(backend.index, streams);
  }
  const counters = backend.backendCounters;
  counters[BACKEND.sessions]! += 1;
  if (backend.isHttp) counters[BACKEND.requests]! += 1;
  thread.counters.countRate(counters, BACKEND.sessionRate, thread.second);
}

/** Gives the server connection back: to the pool when it may carry another exchange, else it is closed or, in the middle of one, cut. */
export function releaseServer(stream: Stream, reusable: boolean): void {
  const { serverConnection, thread } = stream;
  if (serverConnection === undefined) return;
  const { server } = serverConnection;
  stream.serverConnection = undefined;
  serverConnection.stream = undefined;
  server.pool.countReleased(thread);
  if (!reusable) {
    serverConnection.cut();
    return;
  }
  const { session } = stream;
  if (
    stream.closeServer ||
    thread.stopping ||
    serverConnection.ended ||
    serverConnection.gone ||
    serverConnection.blocked
  ) {
    serverConnection.closeIdle();
  } else if (stream.backend!.reuse === "never") {
    if (session instanceof HttpSession && !session.gone && session.ownConnection === undefined) {
      serverConnection.idle = true;
      session.ownConnection = serverConnection;
    } else serverConnection.closeIdle();
  } else {
    serverConnection.idle = true;
    if (!server.pool.keep(thread, serverConnection)) serverConnection.closeIdle();
  }
}

/** Gives the stream's place on its server back. Who calls it calls {@link slotFreed} for the server that it returns, once its books are closed. */
export function releaseSlot(stream: Stream): ServerRuntime | undefined {
  const { server, thread } = stream;
  if (!stream.holdsSlot || server === undefined) return undefined;
  stream.holdsSlot = false;
  thread.state.servers.served.add(server.index, -1);
  return server;
}

/** The end. The client's connection is not touched; the caller has seen to it. */
export function finishStream(stream: Stream): void {
  if (stream.phase === phases.done) return;
  const session = stream.session!;
  const { thread, backend } = stream;
  if (stream.queued) leaveQueue(stream, false);
  releaseServer(stream, false);
  const freed = releaseSlot(stream);
  if (stream.countedBackend) {
    stream.countedBackend = false;
    thread.state.proxies.backendConnections.add(backend!.index, -1);
  }
  settleBytes(stream);
  countEnd(stream);
  if (session.proxy.logWriter !== undefined) logStream(stream);
  stream.phase = phases.done;
  if (session.stream === stream) session.stream = undefined;
  thread.giveStream(stream);
  if (freed !== undefined) slotFreed(thread, freed);
}

function countEnd(stream: Stream): void {
  const { session, backend, server, status, thread } = stream;
  const frontend = session!.proxy;
  if (frontend.isHttp && status > 0) {
    const kind = responseClass(status);
    frontend.frontendCounters[FRONTEND.responses1xx + kind]! += 1;
    if (backend?.hasBackend === true) backend.backendCounters[BACKEND.responses1xx + kind]! += 1;
    if (server !== undefined && stream.responseMs >= 0) server.counters[SERVER.responses1xx + kind]! += 1;
  }
  if (stream.cause === causes.internal) {
    frontend.frontendCounters[FRONTEND.internalErrors]! += 1;
    session!.listener.counters[LISTENER.internalErrors]! += 1;
    if (backend !== undefined) backend.backendCounters[BACKEND.internalErrors]! += 1;
    if (server !== undefined) server.counters[SERVER.internalErrors]! += 1;
  }
  if (stream.cause === causes.client || stream.cause === causes.clientTimeout) countAbort(stream, true);
  else if (stream.responseStarted && (stream.cause === causes.server || stream.cause === causes.serverTimeout)) {
    countAbort(stream, false);
  }
  if (server === undefined || stream.connectMs < 0) return;
  const queue = stream.queueMs - stream.requestMs;
  const connect = stream.connectMs - stream.queueMs;
  const response = stream.responseMs < 0 ? 0 : stream.responseMs - stream.connectMs;
  const total = thread.now - stream.startMs;
  thread.counters.recordTimes(server.counters, SERVER.times, queue, connect, response, total);
  thread.counters.recordTimes(backend!.backendCounters, BACKEND.times, queue, connect, response, total);
}

function countAbort(stream: Stream, byClient: boolean): void {
  const { backend, server } = stream;
  if (backend?.hasBackend !== true || stream.requestMs < 0) return;
  backend.backendCounters[byClient ? BACKEND.clientAborts : BACKEND.serverAborts]! += 1;
  if (server !== undefined) server.counters[byClient ? SERVER.clientAborts : SERVER.serverAborts]! += 1;
}

/** Writes the stream's line, once. */
export function logStream(stream: Stream): void {
  if (stream.logged || stream.silent) return;
  stream.logged = true;
  const { thread, session } = stream;
  const proxy = session!.proxy;
  let writer = proxy.logWriter;
  if (writer === undefined) return;
  const { options, logTargets } = proxy.model;
  const failed = isFailure(stream);
  if (!failed && options.dontlogNormal && !proxy.logsOnAccept) return;
  if (failed && proxy.errorLogWriter !== undefined) writer = proxy.errorLogWriter;
  const level = logLevel(stream, failed && options.logSeparateErrors);
  if (level === undefined) return;
  const { logScratch, services } = thread;
  const end = writer(thread.view.of(stream, false), logScratch, 0);
  const tag = proxy.model.logTag ?? services.model.global.logTag;
  for (const target of logTargets) services.logSink.send(target, level, tag, logScratch, 0, end);
}

function isFailure(stream: Stream): boolean {
  return (
    (stream.cause !== causes.none && stream.cause !== causes.local) ||
    stream.retries > 0 ||
    stream.redispatched ||
    stream.status >= 500
  );
}

const levels: ReadonlySet<string> = new Set(["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]);

/** Undefined: `http-request set-log-level silent`. */
function logLevel(stream: Stream, separate: boolean): LogLevel | undefined {
  const chosen = stream.logLevel;
  if (chosen !== undefined) return levels.has(chosen) ? (chosen as LogLevel) : undefined;
  return separate ? "err" : "info";
}

// Owns the way from a backend to an open server connection: persistence, use-server, balancing, the server's slots and the queues, idle connections,
// connecting, retries and redispatching. When a connection is ready it hands over to the protocol (forward-request.ts, tcp-relay.ts).
// Configuration manual §4.2 "retries", "option redispatch", "http-reuse", "timeout queue"; §5.2 "maxconn", "maxqueue".

import { ALL_FULL } from "../balance/index.ts";
import { BACKEND, SERVER } from "../records/index.ts";
import type { ConnectionFault } from "../transport/types.ts";
import { chooseServer, pickServer } from "./choose-server.ts";
import type { HttpSession } from "./client-http.ts";
import { releaseSlot } from "./finish.ts";
import { sendRequest } from "./forward-request.ts";
import { failStream } from "./reply.ts";
import type { ProxyRuntime, ServerRuntime } from "./runtime.ts";
import { ServerConnection } from "./server-http.ts";
import { type Stream, waits } from "./stream.ts";
import { relayConnected, relayFailed } from "./tcp-relay.ts";
import { type Cause, causes, phases } from "./termination.ts";
import type { Thread } from "./thread.ts";

/** The longest wait before the same server is tried again; a shorter connect timeout shortens it. */
const turnaroundMs = 1000;
/** How often waiting streams look for slots that another thread has freed. */
export const queuePollMs = 20;

/** Finds a server for the stream and goes on as far as possible now. */
export function assignServer(stream: Stream): void {
  const backend = stream.backend!;
  const chosen = chooseServer(stream, backend);
  if (chosen !== undefined) {
    stream.assigned = true;
    takeSlot(stream, chosen);
    return;
  }
  balance(stream, backend, -1);
}

function balance(stream: Stream, backend: ProxyRuntime, exclude: number): void {
  const picked = pickServer(stream, backend, exclude);
  if (picked === ALL_FULL) {
    enqueue(stream, undefined);
    return;
  }
  const server = backend.servers[picked];
  if (server === undefined) {
    stream.server = undefined;
    streamFailed(stream, 503, causes.server, phases.connect);
    return;
  }
  backend.backendCounters[BACKEND.selected]! += 1;
  server.counters[SERVER.selected]! += 1;
  takeSlot(stream, server);
}

/** Takes a place on the server, or waits for one. */
function takeSlot(stream: Stream, server: ServerRuntime): void {
  const { servers } = stream.thread.state;
  const limit = servers.maxconn.get(server.index);
  stream.server = server;
  if (server.waiting.size > 0 || !servers.served.acquire(server.index, limit)) {
    enqueue(stream, server);
    return;
  }
  gotSlot(stream, server);
}

function gotSlot(stream: Stream, server: ServerRuntime): void {
  const { thread } = stream;
  const { servers } = thread.state;
  stream.server = server;
  stream.holdsSlot = true;
  stream.session!.lastServer = server;
  const served = servers.served.get(server.index);
  if (served > server.streamsMax) {
    server.streamsMax = served;
    servers.servedMax.raise(server.index, served);
  }
  stream.queueMs = thread.now;
  server.counters[SERVER.sessions]! += 1;
  if (stream.frontend!.isHttp) server.counters[SERVER.requests]! += 1;
  thread.counters.countRate(server.counters, SERVER.sessionRate, thread.second);
  servers.lastSessionMs.set(server.index, thread.wallMs);
  thread.state.proxies.lastSessionMs.set(server.proxy.index, thread.wallMs);
  openServer(stream);
}

/** Waits in the queue of `server`, or of the backend when it is undefined. */
function enqueue(stream: Stream, server: ServerRuntime | undefined): void {
  const { thread } = stream;
  const backend = stream.backend!;
  const { servers, proxies } = thread.state;
  const list = server === undefined ? backend.waiting : server.waiting;
  stream.server = server;
  if (server !== undefined && server.model.maxqueue > 0 && servers.queued.get(server.index) >= server.model.maxqueue) {
    // A full queue is like a failed attempt: another server may do, unless only this one will.
    stream.server = undefined;
    streamFailed(stream, 503, causes.server, phases.queue);
    return;
  }
  stream.phase = phases.queue;
  stream.queued = true;
  stream.queueTicket = thread.nextTicket++;
  stream.queueMark = list.served;
  if (server === undefined) {
    proxies.queuedMax.raise(backend.index, proxies.queued.add(backend.index, 1));
  } else {
    servers.queuedMax.raise(server.index, servers.queued.add(server.index, 1));
  }
  list.push(stream);
  stream.wait = waits.queue;
  thread.wheel.arm(stream, thread.now + backend.timeouts.queue);
  thread.watchQueues(backend);
}

/** Takes the stream out of its queue, served or not, and notes its place for %sq and %bq: how many were served since it came, itself included. */
export function leaveQueue(stream: Stream, served: boolean): void {
  if (!stream.queued) return;
  const { thread, server } = stream;
  const backend = stream.backend!;
  const list = server === undefined ? backend.waiting : server.waiting;
  if (served) list.served++;
  const place = list.served - stream.queueMark + (served ? 0 : 1);
  if (server === undefined) stream.backendQueue = place;
  else stream.serverQueue = place;
  stream.queued = false;
  if (server === undefined) {
    if (backend.waiting.remove(stream)) thread.state.proxies.queued.add(backend.index, -1);
  } else if (server.waiting.remove(stream)) thread.state.servers.queued.add(server.index, -1);
}

/** A slot of `server` is free: those who wait longest take it, from the server's own queue or the backend's, in order of arrival. */
export function slotFreed(thread: Thread, server: ServerRuntime): void {
  const backend = server.proxy;
  if (server.waiting.size === 0 && backend.waiting.size === 0) {
    wakeOthers(thread, server);
    return;
  }
  const { servers } = thread.state;
  while (server.waiting.size > 0 || backend.waiting.size > 0) {
    // The backend's queue holds those who go to any server, so only a usable one may take from it.
    const own = server.waiting.first();
    const any = servers.usable(server.index) ? backend.waiting.first() : undefined;
    const next = own === undefined || (any !== undefined && any.queueTicket < own.queueTicket) ? any : own;
    if (next === undefined || !servers.served.acquire(server.index, servers.maxconn.get(server.index))) return;
    leaveQueue(next, true);
    next.deadline = Number.POSITIVE_INFINITY;
    thread.guard(next, () => gotSlot(next, server));
  }
}

/** Nobody waits here, but a stream of another thread may. */
function wakeOthers(thread: Thread, server: ServerRuntime): void {
  const { servers, proxies } = thread.state;
  if (servers.queued.get(server.index) > 0 || proxies.queued.get(server.proxy.index) > 0) {
    thread.services.wakeThreads?.();
  }
}

/** Looks for free slots of every server of a backend: called on wake-ups and, while somebody waits, every {@link queuePollMs}. */
export function serveQueues(thread: Thread, backend: ProxyRuntime): void {
  const { servers } = thread.state;
  for (const server of backend.servers) {
    if (server.waiting.size === 0 && backend.waiting.size === 0) continue;
    if (!servers.full(server.index)) slotFreed(thread, server);
  }
}

/** The server that the stream waited for is gone: another one is looked for. */
export function reassign(stream: Stream): void {
  stream.redispatched = true;
  stream.assigned = false;
  stream.server = undefined;
  stream.deadline = Number.POSITIVE_INFINITY;
  balance(stream, stream.backend!, -1);
}

/** `timeout queue` has passed. */
export function queueTimedOut(stream: Stream): void {
  leaveQueue(stream, false);
  stream.queueMs = stream.thread.now;
  streamFailed(stream, 503, causes.serverTimeout, phases.queue);
}

/** An idle connection that this request may use, or a new one. */
function openServer(stream: Stream): void {
  const { thread, session } = stream;
  const server = stream.server!;
  const idle = stream.frontend!.isHttp ? takeIdle(stream, session as HttpSession, server) : undefined;
  stream.phase = phases.connect;
  if (idle !== undefined) {
    attach(stream, idle);
    idle.idle = false;
    idle.proven = true;
    stream.reused = true;
    stream.connectMs = thread.now;
    server.counters[SERVER.reuses]! += 1;
    stream.backend!.backendCounters[BACKEND.reuses]! += 1;
    sendRequest(stream);
    return;
  }
  openNew(stream, server);
}

function takeIdle(stream: Stream, session: HttpSession, server: ServerRuntime): ServerConnection | undefined {
  const { thread } = stream;
  const own = session.ownConnection;
  if (own !== undefined) {
    session.ownConnection = undefined;
    if (own.server === server && !own.dropped && !own.ended) return own;
    own.closeIdle();
  }
  switch (stream.backend!.reuse) {
    case "never":
      return undefined;
    case "always":
      return server.pool.take(thread, false);
    case "aggressive":
      return server.pool.take(thread, !stream.notFirst);
    default:
      return stream.notFirst ? server.pool.take(thread, false) : undefined;
  }
}

function attach(stream: Stream, connection: ServerConnection): void {
  const { thread } = stream;
  connection.stream = stream;
  stream.serverConnection = connection;
  connection.server.pool.countUsed(thread);
}

function openNew(stream: Stream, server: ServerRuntime): void {
  const { thread } = stream;
  const address = thread.services.serverAddresses[server.index];
  if (address === undefined) {
    connectFailed(stream, "unreachable");
    return;
  }
  const connection = new ServerConnection(thread, server);
  attach(stream, connection);
  stream.reused = false;
  stream.wait = waits.connect;
  thread.wheel.arm(stream, thread.now + stream.backend!.timeouts.connect);
  connection.connection = thread.transport.connect({ address }, connection);
}

/** The server accepted. */
export function connected(stream: Stream): void {
  const { thread } = stream;
  const server = stream.server!;
  stream.connectMs = thread.now;
  server.counters[SERVER.connects]! += 1;
  stream.backend!.backendCounters[BACKEND.connects]! += 1;
  stream.deadline = Number.POSITIVE_INFINITY;
  if (stream.frontend!.isHttp) sendRequest(stream);
  else relayConnected(stream);
}

/** The connection could not be opened; `timeout` when the connect timeout passed. Tries again as configured, else the stream ends. */
export function connectFailed(stream: Stream, fault: ConnectionFault | undefined): void {
  const server = stream.server!;
  const backend = stream.backend!;
  stream.deadline = Number.POSITIVE_INFINITY;
  dropAttempt(stream);
  if (stream.retries >= backend.model.retries || !retriesConnect(backend)) {
    server.counters[SERVER.connectErrors]! += 1;
    backend.backendCounters[BACKEND.connectErrors]! += 1;
    streamFailed(stream, 503, fault === "timeout" ? causes.serverTimeout : causes.server, phases.connect);
    return;
  }
  stream.retries++;
  if (redispatches(stream, backend)) {
    redispatch(stream, backend, server, fault === "timeout");
    return;
  }
  server.counters[SERVER.retries]! += 1;
  backend.backendCounters[BACKEND.retries]! += 1;
  if (fault === "timeout") openServer(stream);
  else pauseBeforeRetry(stream, backend);
}

/** The attempt's connection is forgotten without a trace. */
function dropAttempt(stream: Stream): void {
  const { serverConnection, thread } = stream;
  if (serverConnection === undefined) return;
  stream.serverConnection = undefined;
  serverConnection.server.pool.countReleased(thread);
  serverConnection.cut();
}

function retriesConnect(backend: ProxyRuntime): boolean {
  const { retryOn } = backend.model;
  return retryOn.length === 0 || retryOn.includes("conn-failure") || retryOn.includes("all-retryable-errors");
}

/** Whether this retry may go to another server, as `option redispatch` says. */
function redispatches(stream: Stream, backend: ProxyRuntime): boolean {
  const { redispatch: every, retries, balance: algorithm } = backend.model;
  if (every === 0) return false;
  const usable = stream.thread.state.proxies.usableActive.get(backend.index);
  const turns =
    algorithm.algorithm === "roundrobin" || algorithm.algorithm === "leastconn" || algorithm.algorithm === "random";
  // Without persistence nobody cares for this very server, so an algorithm that is free to choose does so at once.
  if (turns && !stream.assigned && usable > 1) return true;
  return every > 0 ? stream.retries % every === 0 : (retries + 1 - stream.retries) % -every === 0;
}

function redispatch(stream: Stream, backend: ProxyRuntime, failed: ServerRuntime, timedOut: boolean): void {
  failed.counters[SERVER.redispatches]! += 1;
  backend.backendCounters[BACKEND.redispatches]! += 1;
  const freed = releaseSlot(stream);
  if (freed !== undefined) slotFreed(stream.thread, freed);
  stream.redispatched = true;
  stream.assigned = false;
  stream.excluded = backend.servers.indexOf(failed);
  // Where there is one server only, it is the same one again: give it time.
  if (!timedOut && backend.servers.length === 1) pauseBeforeRetry(stream, backend);
  else balance(stream, backend, stream.excluded);
}

function pauseBeforeRetry(stream: Stream, backend: ProxyRuntime): void {
  const { thread } = stream;
  stream.wait = waits.turnaround;
  thread.wheel.arm(stream, thread.now + Math.min(turnaroundMs, backend.timeouts.connect));
}

/** The pause before a retry is over. */
export function turnaroundOver(stream: Stream): void {
  if (stream.holdsSlot) openServer(stream);
  else balance(stream, stream.backend!, stream.excluded);
}

/** Ends a stream that found no server, in the words of its protocol. */
function streamFailed(stream: Stream, status: number, cause: Cause, phase: 1 | 2): void {
  stream.blame(cause, phase);
  if (stream.frontend!.isHttp) failStream(stream, status, cause);
  else relayFailed(stream);
}

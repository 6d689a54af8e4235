// Owns the way of a response back to its client: interim answers, the final head with its rules, the body as it comes and never faster than the
// client takes it, and what a server's end means in each phase. RFC 9112 §6.3, §9; configuration manual §8.5 for the termination states.

import {
  type ConnectionMode,
  connectionModes,
  encodeHead,
  encodeScratch,
  parseResponseHead,
  responseConnectionMode,
} from "../protocol/h1/index.ts";
import { bodyKinds, type HeadTable } from "../protocol/http/head.ts";
import { BACKEND, FRONTEND, LISTENER, SERVER } from "../records/index.ts";
import { copyBytes } from "../stdx/index.ts";
import type { ConnectionFault } from "../transport/types.ts";
import { captureCookie, captureHeaders } from "./capture.ts";
import type { HttpSession } from "./client-http.ts";
import { slotFreed } from "./connect.ts";
import { finishStream, logStream, releaseServer, releaseSlot, settleBytes } from "./finish.ts";
import { pumpRequest } from "./forward-request.ts";
import { headBytes } from "./head-size.ts";
import { abandonStream, failStream, replyFinal, replyPage } from "./reply.ts";
import type { ServerConnection } from "./server-http.ts";
import { type Stream, waits } from "./stream.ts";
import { causes, phases } from "./termination.ts";
import { beginTunnel, tunnelDrained, tunnelFromServer, tunnelServerBroke, tunnelServerEnded } from "./tunnel.ts";

const never = Number.POSITIVE_INFINITY;

/** Bytes of the server have come. */
export function responseBytes(stream: Stream, connection: ServerConnection, bytes: Uint8Array): void {
  if (stream.phase === phases.data) forwardBody(stream, connection, bytes, 0, bytes.length);
  else if (stream.phase === phases.tunnel) tunnelFromServer(stream, bytes, 0, bytes.length);
  else if (stream.phase === phases.last) connection.proven = false;
  else {
    connection.hold(bytes);
    takeHeads(stream, connection);
  }
}

/** Interim answers and the final head, as far as they are here. */
function takeHeads(stream: Stream, connection: ServerConnection): void {
  const { thread } = stream;
  const head = thread.responseHead;
  while (stream.serverConnection === connection && connection.inputTo > connection.inputFrom) {
    const { inputFrom, inputTo } = connection;
    const input = connection.input!;
    const seen = inputFrom + connection.inputTried;
    const end = parseResponseHead(input, inputFrom, inputTo, head, stream.requestMethod, seen);
    if (end === 0 && inputTo - inputFrom < thread.headBytesMax) {
      connection.inputTried = inputTo - inputFrom;
      return;
    }
    const uninvited = head.status === 101 && !stream.request.connectionUpgrade;
    if (end <= 0 || end - inputFrom > thread.bufferBytes || uninvited) {
      failStream(stream, 502, causes.proxy);
      return;
    }
    connection.inputFrom = end;
    connection.inputTried = 0;
    if (head.status >= 200 || head.status === 101) {
      takeFinalHead(stream, connection, head);
      return;
    }
    forwardInterim(stream, head);
  }
}

/** 100, 103: the client gets it as it is; HTTP/1.0 clients do not know them. */
function forwardInterim(stream: Stream, head: HeadTable): void {
  const session = stream.session as HttpSession;
  stream.bytesOut += headBytes(head, false);
  if (stream.requestVersion < 11) return;
  const end = encodeHead(head, encodeScratch, 0, connectionModes.none);
  if (end > 0) session.send(encodeScratch, 0, end, true);
  stream.thread.wheel.arm(stream, stream.thread.now + stream.backend!.timeouts.server);
}

function takeFinalHead(stream: Stream, connection: ServerConnection, head: HeadTable): void {
  const { thread } = stream;
  const session = stream.session as HttpSession;
  const frontend = stream.frontend!;
  const backend = stream.backend!;
  stream.responseMs = thread.now;
  stream.status = head.status;
  connection.beginBody(head.bodyKind, head.contentLength);
  const { inputFrom, inputTo } = connection;
  const bodyEnd = connection.bodyDone ? inputFrom : connection.scanBody(connection.input!, inputFrom, inputTo);
  if (bodyEnd < 0) {
    // Nothing was sent yet, so the client gets a proper answer.
    stream.responseMs = -1;
    failStream(stream, 502, causes.proxy);
    return;
  }
  stream.bytesOut += headBytes(head, false);
  if (frontend.captures !== undefined) {
    stream.capturedResponse = captureHeaders(frontend.captures.response, head);
    stream.responseCookie = captureCookie(frontend.captures, head);
  }
  if (backend.responseContentRules !== undefined && !passesContentRules(stream, head)) return;
  if (backend.responseRules !== undefined || frontend.responseRules !== undefined) {
    if (!runResponseRules(stream, head)) return;
  }
  if (!head.persistent || head.bodyKind === bodyKinds.close) stream.closeServer = true;
  // A client that has sent FIN is not told what it knows; streamOver closes its connection.
  if (head.bodyKind === bodyKinds.close || !stream.request.persistent || thread.stopping) stream.closeClient = true;
  stream.responseStarted = true;
  const mode = responseConnectionMode(head, stream.requestVersion, stream.closeClient);
  sendHead(stream, session, connection, head, mode, bodyEnd);
}

/** Sends the head and what is here of the body, in one write where it fits. */
/** From here on copying a body costs more than laying the head in front of it. 64 KB answers cost 0.96 → 0.90 of the reference with it. */
const LARGE_BODY = 4096;

function sendHead(
  stream: Stream,
  session: HttpSession,
  connection: ServerConnection,
  head: HeadTable,
  mode: ConnectionMode,
  bodyEnd: number,
): void {
  const input = connection.input!;
  const from = connection.inputFrom;
  const to = connection.inputTo;
  connection.dropInput();
  stream.phase = phases.data;
  const isTunnel = head.bodyKind === bodyKinds.tunnel;
  const end = isTunnel ? from : bodyEnd;
  if (end > from) stream.bytesOut += connection.bodySeen;
  if (stream.frontend!.logasap && !stream.logged) {
    // What is here of the body is counted in the early line, as in the reference.
    stream.early = true;
    logStream(stream);
  }
  if (!head.irregular && mode === connectionModes.none && head.bytes === input && head.end === from) {
    session.send(input, head.start, end, false);
  } else {
    let at = encodeHead(head, encodeScratch, 0, mode);
    if (at < 0) {
      stream.responseStarted = false;
      failStream(stream, 500, causes.proxy);
      return;
    }
    if (at <= from && end - from >= LARGE_BODY && head.bytes === input) {
      // The new head is laid over the old one, so that head and body leave in one write without a copy of the body. Nobody reads the old head any more.
      input.set(encodeScratch.subarray(0, at), from - at);
      session.send(input, from - at, end, false);
    } else if (at + end - from <= encodeScratch.length) {
      at = copyBytes(input, from, end, encodeScratch, at);
      session.send(encodeScratch, 0, at, true);
    } else {
      session.send(encodeScratch, 0, at, true);
      session.send(input, from, end, false);
    }
  }
  if (isTunnel) {
    beginTunnel(stream);
    if (to > from && stream.serverConnection !== undefined) tunnelFromServer(stream, input, from, to);
    return;
  }
  if (end < to) {
    // More bytes than the response has: the connection has lost step.
    stream.closeServer = true;
  }
  afterForward(stream, session, connection);
}

/** `tcp-response content`: only a rejection matters here. */
function passesContentRules(stream: Stream, head: HeadTable): boolean {
  stream.response = head;
  const verdict = stream.backend!.responseContentRules!(stream.thread.view.of(stream, true));
  stream.response = undefined;
  if (verdict.kind !== "reject") return true;
  countDenied(stream);
  stream.bytesOut = 0;
  failStream(stream, 502, causes.proxy);
  return false;
}

/** The backend's rules, then the frontend's. False when they ended the exchange. */
function runResponseRules(stream: Stream, head: HeadTable): boolean {
  const { thread, backend, frontend } = stream;
  stream.response = head;
  const view = thread.view.of(stream, true);
  let verdict = backend!.responseRules?.(view);
  if ((verdict === undefined || verdict.kind === "continue" || verdict.kind === "stop") && frontend !== backend) {
    verdict = frontend!.responseRules?.(view);
  }
  if (verdict === undefined || verdict.kind === "continue" || verdict.kind === "stop") {
    backend!.afterResponseRules?.(view);
    if (frontend !== backend) frontend!.afterResponseRules?.(view);
    stream.response = undefined;
    return true;
  }
  stream.response = undefined;
  const denied = verdict.kind === "reject" || verdict.reply.denied;
  if (denied) countDenied(stream);
  stream.blame(denied ? causes.proxy : causes.local, phases.head);
  // What was counted of the refused answer is not what the client gets.
  stream.bytesOut = 0;
  if (verdict.kind === "reject") abandonStream(stream);
  else replyFinal(stream, verdict.reply);
  return false;
}

function countDenied(stream: Stream): void {
  const { session, backend, server } = stream;
  session!.proxy.frontendCounters[FRONTEND.deniedResponses]! += 1;
  session!.listener.counters[LISTENER.deniedResponses]! += 1;
  if (backend !== undefined) backend.backendCounters[BACKEND.deniedResponses]! += 1;
  if (server !== undefined) server.counters[SERVER.deniedResponses]! += 1;
}

/** Passes on `bytes[from, to)` of the body. */
function forwardBody(stream: Stream, connection: ServerConnection, bytes: Uint8Array, from: number, to: number): void {
  const session = stream.session as HttpSession;
  const end = connection.scanBody(bytes, from, to);
  if (end < 0) {
    serverFailed(stream, causes.proxy);
    return;
  }
  stream.bytesOut += connection.bodySeen;
  session.send(bytes, from, end, false);
  if (end < to) stream.closeServer = true;
  afterForward(stream, session, connection);
}

/** Arms what the exchange waits for next, or ends it. */
function afterForward(stream: Stream, session: HttpSession, connection: ServerConnection): void {
  const { thread } = stream;
  if (connection.bodyDone) {
    responseComplete(stream, session);
    return;
  }
  if (session.blocked) {
    connection.pauseReading();
    stream.deadline = never;
    thread.wheel.arm(session, thread.now + session.proxy.timeouts.client);
  } else {
    settleBytes(stream);
    stream.wait = waits.data;
    thread.wheel.arm(stream, thread.now + stream.backend!.timeouts.server);
  }
}

/** The client took what waited for it. */
export function clientDrained(stream: Stream): void {
  const session = stream.session as HttpSession;
  const connection = stream.serverConnection;
  session.deadline = never;
  if (stream.phase === phases.tunnel) {
    tunnelDrained(stream, true);
    return;
  }
  if (stream.responseDone) responseComplete(stream, session);
  else if (connection !== undefined) {
    connection.resumeReading();
    if (stream.phase === phases.data || stream.phase === phases.head) {
      stream.thread.wheel.arm(stream, stream.thread.now + stream.backend!.timeouts.server);
    }
  }
}

/** The last byte of the response is with us. The exchange ends when the request is through and the client has taken everything. */
function responseComplete(stream: Stream, session: HttpSession): void {
  const { thread } = stream;
  stream.responseDone = true;
  if (!stream.requestDone) {
    // As in the reference the request goes on to the server until one of them closes.
    stream.phase = phases.last;
    stream.deadline = never;
    thread.wheel.arm(session, thread.now + session.proxy.timeouts.client);
    pumpRequest(stream);
    if (!stream.requestDone) return;
  }
  stream.deadline = never;
  if (stream.serverConnection !== undefined) {
    releaseServer(stream, true);
  }
  if (session.blocked && !session.gone) {
    const freed = releaseSlot(stream);
    if (freed !== undefined) slotFreed(thread, freed);
    stream.phase = phases.last;
    thread.wheel.arm(session, thread.now + session.proxy.timeouts.client);
    return;
  }
  const keepOpen = !stream.closeClient;
  const bodyLeft = !session.bodyDone;
  finishStream(stream);
  session.streamOver(keepOpen, bodyLeft);
}

/** The server sent FIN. */
export function serverEnded(stream: Stream, connection: ServerConnection): void {
  if (stream.phase === phases.tunnel) tunnelServerEnded(stream);
  else if (stream.phase === phases.data && connection.bodyKind === bodyKinds.close) {
    connection.bodyDone = true;
    responseComplete(stream, stream.session as HttpSession);
  } else if (stream.phase === phases.last) {
    // The response is whole, the request never will be.
    stream.closeClient = true;
    stream.requestDone = true;
    releaseServer(stream, false);
    responseComplete(stream, stream.session as HttpSession);
  } else serverBroke(stream, connection);
}

/** Both directions to the server are gone. */
export function serverClosed(stream: Stream, connection: ServerConnection, fault: ConnectionFault | undefined): void {
  if (fault === undefined || stream.phase === phases.last) serverEnded(stream, connection);
  else if (stream.phase === phases.tunnel) tunnelServerBroke(stream);
  else serverBroke(stream, connection);
}

/** The server went away before its answer was whole. */
function serverBroke(stream: Stream, connection: ServerConnection): void {
  if (stream.phase === phases.head) {
    const answered = connection.inputTo > connection.inputFrom;
    if (!answered && stream.reused && stream.notFirst) {
      // A kept connection may close at any time; the client, whose own connection was kept, retries by itself when ours closes too.
      stream.silent = true;
      stream.closeClient = true;
      abandonStream(stream);
      return;
    }
    failStream(stream, 502, answered ? causes.proxy : causes.server);
    return;
  }
  serverFailed(stream, causes.server);
}

function serverFailed(stream: Stream, cause: typeof causes.server | typeof causes.proxy): void {
  stream.blame(cause);
  abandonStream(stream);
}

/** The server's timeout has passed. */
export function serverTimedOut(stream: Stream): void {
  if (stream.phase === phases.head) {
    stream.blame(causes.serverTimeout);
    const { server, backend } = stream;
    if (server !== undefined) server.counters[SERVER.responseErrors]! += 1;
    backend!.backendCounters[BACKEND.responseErrors]! += 1;
    replyPage(stream, 504);
  } else {
    stream.blame(causes.serverTimeout);
    abandonStream(stream);
  }
}

// Owns the answers that Pointsman gives itself: error pages, replies of rules, the statistics page. A reply ends the exchange with the client;
// the rest of a request body is passed over, and the connection goes on where the protocol allows. Configuration manual §4.2 "errorfile",
// §4.4.3 "http-after-response".

import {
  type ConnectionMode,
  connectionModes,
  encodeHead,
  encodeScratch,
  parseResponseHead,
} from "../protocol/h1/index.ts";
import { bodyKinds } from "../protocol/http/head.ts";
import { methodIds } from "../protocol/http/methods.ts";
import { reasonOf } from "../protocol/http/status.ts";
import { BACKEND, FRONTEND, SERVER } from "../records/index.ts";
import type { FinalReply } from "../rules/index.ts";
import { copyBytes, writeLatin1 } from "../stdx/index.ts";
import { HttpSession } from "./client-http.ts";
import type { LocalReply } from "./error-pages.ts";
import { finishStream } from "./finish.ts";
import { replyHeadBytes } from "./head-size.ts";
import type { ProxyRuntime } from "./runtime.ts";
import type { Stream } from "./stream.ts";
import { type Cause, causes } from "./termination.ts";

const noBytes = new Uint8Array(0);

/** Answers with the page that the backend, else the frontend, has for `status`. */
export function replyPage(stream: Stream, status: number): void {
  const { backend, frontend } = stream;
  const pages = backend?.pages.has(status) === true ? backend.pages : frontend!.pages;
  sendReply(stream, pages.page(status));
}

/** Ends a stream that went wrong: with a page while nothing was answered, else by cutting the client's connection. */
export function failStream(stream: Stream, status: number, cause: Cause): void {
  stream.blame(cause);
  if (stream.responseStarted) abandonStream(stream);
  else replyPage(stream, status);
}

/** Ends a stream whose answer cannot be completed: the client sees the connection close. */
export function abandonStream(stream: Stream): void {
  const { session } = stream;
  finishStream(stream);
  if (session instanceof HttpSession) session.end(false);
}

/** Answers as a rule says. */
export function replyFinal(stream: Stream, reply: FinalReply): void {
  if (reply.useErrorPage) {
    replyPage(stream, reply.status);
    return;
  }
  const headers = reply.headers.map(lowerName);
  const framed = headers.some((line) => line.startsWith("content-length:"));
  sendReply(stream, {
    status: reply.status,
    version: "HTTP/1.1",
    reason: reasonOf(reply.status),
    headers: framed ? headers : [...headers, `content-length: ${reply.body.length}`],
    body: reply.body,
    framed: true,
    closes: false,
  });
}

function lowerName(line: string): string {
  const colon = line.indexOf(":");
  return colon < 0 ? line : line.slice(0, colon).toLowerCase() + line.slice(colon);
}

/** What is here of the request's body. */
function heldBody(session: HttpSession): Uint8Array {
  const { input, inputFrom, inputTo, bodyDone, bodyKind, bodyLeft } = session;
  if (input === undefined || bodyDone) return noBytes;
  const end = bodyKind === bodyKinds.length ? Math.min(inputTo, inputFrom + bodyLeft) : inputTo;
  return input.subarray(inputFrom, end);
}

/** Lets the statistics page answer when the proxy has one. True when it did. */
export function replyToApplet(stream: Stream, proxy: ProxyRuntime): boolean {
  const { statsApplet } = stream.thread.services;
  if (proxy.model.stats === undefined || statsApplet === undefined) return false;
  const session = stream.session as HttpSession;
  const answer = statsApplet.handle({
    proxyIndex: proxy.index,
    head: stream.request,
    body: heldBody(session),
    view: stream.thread.view.of(stream, false),
  });
  if (answer === undefined) return false;
  stream.blame(causes.local);
  stream.statsPage = true;
  const side = stream.backend === undefined ? proxy.frontendCounters : proxy.backendCounters;
  side[stream.backend === undefined ? FRONTEND.intercepted : BACKEND.intercepted]! += 1;
  const headers = answer.headers.map(lowerName).filter((line) => !line.startsWith("connection:"));
  const framed = headers.some((line) => line.startsWith("content-length:"));
  sendReply(stream, {
    status: answer.status,
    version: "HTTP/1.1",
    reason: reasonOf(answer.status),
    headers: framed ? headers : [...headers, `content-length: ${answer.body.length}`],
    body: answer.body,
    framed: true,
    closes: false,
  });
  return true;
}

/** Puts the reply on the wire and finishes the stream. */
function sendReply(stream: Stream, reply: LocalReply): void {
  const session = stream.session as HttpSession;
  const { server, thread } = stream;
  stream.status = reply.status;
  if (server !== undefined && stream.responseMs < 0 && stream.cause === causes.server && stream.requestSent) {
    server.counters[SERVER.responseErrors]! += 1;
    stream.backend!.backendCounters[BACKEND.responseErrors]! += 1;
  }
  const isHead = stream.requestMethod === methodIds.HEAD;
  const keepOpen =
    reply.framed && !reply.closes && stream.request.persistent && !stream.closeClient && !thread.stopping;
  stream.bytesOut += replyHeadBytes(reply) + (isHead ? 0 : reply.body.length);
  // An empty page (errorfile /dev/null) means silence.
  if (reply.version !== "") {
    const at = encodeReply(stream, reply, keepOpen);
    const { body } = reply;
    if (isHead || body.length === 0) session.send(encodeScratch, 0, at, true);
    else if (at + body.length <= encodeScratch.length) {
      session.send(encodeScratch, 0, copyBytes(body, 0, body.length, encodeScratch, at), true);
    } else {
      session.send(encodeScratch, 0, at, true);
      session.send(body, 0, body.length, false);
    }
  }
  stream.responseStarted = true;
  const bodyLeft = !session.bodyDone;
  finishStream(stream);
  session.streamOver(keepOpen, bodyLeft);
}

function encodeReply(stream: Stream, reply: LocalReply, keepOpen: boolean): number {
  let at = writeLatin1(`${reply.version} ${reply.status} ${reply.reason}\r\n`, encodeScratch, 0);
  for (const line of reply.headers) at = writeLatin1(`${line}\r\n`, encodeScratch, at);
  const mode = replyConnectionMode(reply, stream.requestVersion, keepOpen);
  const rules = (stream.backend?.afterResponseRules ?? stream.frontend!.afterResponseRules) !== undefined;
  if (rules) return encodeAfterRules(stream, at, mode);
  if (mode === connectionModes.close) at = writeLatin1("connection: close\r\n", encodeScratch, at);
  else if (mode === connectionModes.keepAlive) at = writeLatin1("connection: keep-alive\r\n", encodeScratch, at);
  return writeLatin1("\r\n", encodeScratch, at);
}

function replyConnectionMode(reply: LocalReply, requestVersion: number, keepOpen: boolean): ConnectionMode {
  const isModern = reply.version === "HTTP/1.1";
  if (!keepOpen) return isModern ? connectionModes.close : connectionModes.none;
  return isModern && requestVersion >= 11 ? connectionModes.none : connectionModes.keepAlive;
}

/** `http-after-response` also sees our own answers, so the head is read back into a table first. */
function encodeAfterRules(stream: Stream, end: number, mode: ConnectionMode): number {
  const { thread, backend, frontend } = stream;
  const closed = writeLatin1("\r\n", encodeScratch, end);
  const head = thread.responseHead;
  parseResponseHead(encodeScratch.slice(0, closed), 0, closed, head, stream.requestMethod);
  stream.response = head;
  const view = thread.view.of(stream, true);
  backend?.afterResponseRules?.(view);
  if (backend !== frontend) frontend!.afterResponseRules?.(view);
  stream.response = undefined;
  return encodeHead(head, encodeScratch, 0, mode);
}

// Owns the way of a request to its server: the head, spliced from the received bytes where nothing changed, and the body as it comes, never faster
// than the server takes it. RFC 9112 §6, §7; configuration manual §4.2 "option forwardfor".

import { connectionModes, encodeHead, encodeScratch, requestConnectionMode } from "../protocol/h1/index.ts";
import { copyBytes, writeLatin1 } from "../stdx/index.ts";
import { clientCutShort } from "./abort.ts";
import type { HttpSession } from "./client-http.ts";
import { hasHeader } from "./edit-head.ts";
import { failStream } from "./reply.ts";
import type { ProxyRuntime } from "./runtime.ts";
import type { ServerConnection } from "./server-http.ts";
import { type Stream, waits } from "./stream.ts";
import { causes, phases } from "./termination.ts";
import { tunnelDrained, tunnelProgress } from "./tunnel.ts";

const never = Number.POSITIVE_INFINITY;
const extraLines = new Uint8Array(1024);

/** Sends the head, and of the body what is here, in one write where it fits. The server connection is open and idle. */
export function sendRequest(stream: Stream): void {
  const session = stream.session as HttpSession;
  const connection = stream.serverConnection!;
  const { request } = stream;
  const mode = requestConnectionMode(request, stream.closeServer);
  const extraEnd = writeExtraLines(stream);
  const held = session.input;
  stream.phase = phases.head;
  if (!request.irregular && mode === connectionModes.none && extraEnd === 0) {
    if (request.bytes === held && request.end === session.inputFrom) sendSpliced(stream, session, connection);
    else {
      connection.send(request.bytes, request.start, request.end, false);
      stream.requestSent = true;
      pumpRequest(stream);
    }
    return;
  }
  let at = encodeHead(request, encodeScratch, 0, mode, extraLines, extraEnd);
  if (at < 0) {
    failStream(stream, 500, causes.proxy);
    return;
  }
  if (!session.bodyDone && held !== undefined && at + session.heldBytes <= encodeScratch.length) {
    const end = session.scanBody(held, session.inputFrom, session.inputTo);
    if (end < 0) {
      failStream(stream, 400, causes.proxy);
      return;
    }
    at = copyBytes(held, session.inputFrom, end, encodeScratch, at);
    session.inputFrom = end;
    stream.bytesIn += session.bodySeen;
  }
  connection.send(encodeScratch, 0, at, true);
  stream.requestSent = true;
  if (session.bodyDone) requestComplete(stream);
  else pumpRequest(stream);
}

/** Head and body stand one behind the other as received. */
function sendSpliced(stream: Stream, session: HttpSession, connection: ServerConnection): void {
  const { request } = stream;
  let end = request.end;
  if (!session.bodyDone) {
    end = session.scanBody(request.bytes, request.end, session.inputTo);
    if (end < 0) {
      failStream(stream, 400, causes.proxy);
      return;
    }
    stream.bytesIn += session.bodySeen;
    session.inputFrom = end;
  }
  connection.send(request.bytes, request.start, end, false);
  stream.requestSent = true;
  if (session.bodyDone) requestComplete(stream);
  else waitForBody(stream, session, connection);
}

/** More of the body has come, or the server takes bytes again. */
export function pumpRequest(stream: Stream): void {
  const session = stream.session as HttpSession;
  const connection = stream.serverConnection;
  if (connection === undefined || stream.requestDone) return;
  const { input, inputFrom, inputTo } = session;
  if (input !== undefined && inputTo > inputFrom && !session.bodyDone) {
    const end = session.scanBody(input, inputFrom, inputTo);
    if (end < 0) {
      failStream(stream, 400, causes.client);
      return;
    }
    stream.bytesIn += session.bodySeen;
    session.inputFrom = end;
    connection.send(input, inputFrom, end, false);
    if (session.inputFrom === session.inputTo) session.dropInput();
  }
  if (session.bodyDone) requestComplete(stream);
  else waitForBody(stream, session, connection);
}

function waitForBody(stream: Stream, session: HttpSession, connection: ServerConnection): void {
  const { thread } = stream;
  if (session.ended) {
    clientCutShort(stream);
    return;
  }
  if (connection.blocked) {
    session.pauseReading();
    session.deadline = never;
  } else {
    session.resumeReading();
    thread.wheel.arm(session, thread.now + session.proxy.timeouts.client);
  }
  if (stream.lineBytes.length > 8192) keepLineOnly(stream);
  // The server's time runs while it has something to take, or the whole request.
  if (connection.blocked) awaitResponse(stream);
  else stream.deadline = never;
}

/** A long upload must not pin the buffer in which its head came. */
function keepLineOnly(stream: Stream): void {
  stream.lineBytes = stream.lineBytes.slice(stream.lineFrom, stream.lineTo);
  stream.lineTo -= stream.lineFrom;
  stream.lineFrom = 0;
}

function requestComplete(stream: Stream): void {
  const session = stream.session as HttpSession;
  stream.requestDone = true;
  session.deadline = never;
  awaitResponse(stream);
}

function awaitResponse(stream: Stream): void {
  const { thread } = stream;
  stream.wait = waits.response;
  thread.wheel.arm(stream, thread.now + stream.backend!.timeouts.server);
}

/** The server has taken a part of what waits for it: its time starts again. */
export function serverTookSome(stream: Stream): void {
  if (stream.phase === phases.tunnel) tunnelProgress(stream);
  else if (!stream.requestDone || stream.phase === phases.head) awaitResponse(stream);
}

/** The server takes bytes again. */
export function serverDrained(stream: Stream): void {
  if (stream.phase === phases.tunnel) tunnelDrained(stream, false);
  else if (!stream.requestDone) pumpRequest(stream);
}

/** Writes the lines that we add into {@link extraLines}: the unique id, then X-Forwarded-For. Returns their length. */
function writeExtraLines(stream: Stream): number {
  const frontend = stream.frontend!;
  const backend = stream.backend!;
  let at = 0;
  if (frontend.uniqueId !== undefined) at = uniqueIdLine(stream, frontend);
  // The backend's setting wins over the frontend's; one line is added.
  const proxy = backend.forwardFor !== undefined ? backend : frontend.forwardFor !== undefined ? frontend : undefined;
  if (proxy !== undefined) at = forwardedForLine(stream, proxy, at);
  return at;
}

/** The id of the request is made once, and sent on where a header is named for it. */
function uniqueIdLine(stream: Stream, frontend: ProxyRuntime): number {
  if (stream.uniqueId === "")
    stream.uniqueId = frontend.uniqueId!(stream.thread.view.of(stream, false)).trim().slice(0, 256);
  if (frontend.uniqueIdHeader === undefined) return 0;
  return writeLatin1(`${frontend.uniqueIdHeader}: ${stream.uniqueId}\r\n`, extraLines, 0);
}

function forwardedForLine(stream: Stream, proxy: ProxyRuntime, at: number): number {
  const setting = proxy.forwardFor!;
  const { source } = stream.session!;
  if (source.family === "unix") return at;
  if (setting.ifNone && hasHeader(stream.request, setting.header)) return at;
  if (setting.excepts?.(source) === true) return at;
  return writeLatin1(`${setting.header}: ${source.host}\r\n`, extraLines, at);
}

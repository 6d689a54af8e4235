// Owns the way of a request from its parsed head to the choice of a backend: monitor, the frontend's rules, switching, the backend's rules, the
// statistics page. Each step is a plain function over the stream, in the reference's order. It sends nothing to a server: connect.ts goes on.
// Configuration manual §4.1 (processing), §4.2 "use_backend", "monitor-uri".

import { bodyKinds } from "../protocol/http/head.ts";
import { methodIds } from "../protocol/http/methods.ts";
import { BACKEND, FRONTEND, LISTENER, PROCESS } from "../records/index.ts";
import { equalBytes } from "../stdx/index.ts";
import { captureCookie, captureHeaders } from "./capture.ts";
import type { HttpSession } from "./client-http.ts";
import { assignServer } from "./connect.ts";
import { enterBackend, logStream } from "./finish.ts";
import { headBytes } from "./head-size.ts";
import { replyFinal, replyPage, replyToApplet } from "./reply.ts";
import type { ProxyRuntime } from "./runtime.ts";
import type { Stream } from "./stream.ts";
import { chooseBackend } from "./switching.ts";
import { causes, phases } from "./termination.ts";

/** A whole head has come: everything up to the server, or up to our own answer. */
export function processRequest(stream: Stream): void {
  const { thread, request } = stream;
  const frontend = stream.frontend!;
  const counters = frontend.frontendCounters;
  counters[FRONTEND.requests]! += 1;
  counters[FRONTEND.requestsH1]! += 1;
  thread.counters.countRate(counters, FRONTEND.requestRate, thread.second);
  thread.counters.process[PROCESS.requests]! += 1;
  stream.requestNumber = thread.processRecord.nextId();
  stream.bytesIn += headBytes(request, true);
  if (frontend.captures !== undefined) {
    stream.capturedRequest = captureHeaders(frontend.captures.request, request);
    stream.requestCookie = captureCookie(frontend.captures, request);
  }
  if (frontend.logsOnAccept) logStream(stream);
  if (frontend.monitorUri !== undefined && isMonitor(stream, frontend.monitorUri)) {
    counters[FRONTEND.intercepted]! += 1;
    stream.silent = true;
    stream.blame(causes.local);
    replyPage(stream, 200);
    return;
  }
  if (waitsForBody(stream, frontend)) return;
  analyse(stream, frontend);
}

/** The rules of the frontend, the choice of a backend, and its rules. */
function analyse(stream: Stream, frontend: ProxyRuntime): void {
  if (frontend.contentRules !== undefined && !passesContentRules(stream, frontend)) return;
  if (frontend.requestRules !== undefined && !runRequestRules(stream, frontend)) return;
  if (replyToApplet(stream, frontend)) return;
  const backend = chooseBackend(stream, frontend);
  enterBackend(stream, backend ?? frontend);
  if (backend === undefined) {
    stream.backend = frontend;
    stream.requestMs = -1;
    stream.blame(causes.server, phases.connect);
    replyPage(stream, 503);
    return;
  }
  if (backend !== frontend) {
    if (backend.contentRules !== undefined && !passesContentRules(stream, backend)) return;
    if (backend.requestRules !== undefined && !runRequestRules(stream, backend)) return;
    if (replyToApplet(stream, backend)) return;
  }
  // `httpclose` ends the connection of the side it stands on, `http-server-close` always the server's.
  if (frontend.closesOwn) stream.closeClient = true;
  if (backend.closesOwn || frontend.closesServer || backend.closesServer) stream.closeServer = true;
  assignServer(stream);
}

/** A form sent to the statistics page is handled as a whole: its body has to be here first, as far as a buffer holds it. */
function waitsForBody(stream: Stream, frontend: ProxyRuntime): boolean {
  if (stream.requestMethod !== methodIds.POST || !frontend.statsForms) return false;
  const session = stream.session as HttpSession;
  if (session.bodyDone || bodyIsHere(stream, session)) return false;
  stream.awaitsBody = true;
  stream.thread.wheel.arm(session, stream.thread.now + frontend.timeouts.httpRequest);
  return true;
}

function bodyIsHere(stream: Stream, session: HttpSession): boolean {
  const held = session.heldBytes;
  return held >= stream.thread.bufferBytes || (session.bodyKind === bodyKinds.length && held >= session.bodyLeft);
}

/** More of the body has come while analysis waits for it. */
export function bodyArrived(stream: Stream): void {
  const session = stream.session as HttpSession;
  if (!bodyIsHere(stream, session)) return;
  stream.awaitsBody = false;
  session.deadline = Number.POSITIVE_INFINITY;
  analyse(stream, stream.frontend!);
}

function isMonitor(stream: Stream, uri: Uint8Array): boolean {
  const { bytes, targetStart, targetEnd } = stream.request;
  return equalBytes(bytes, targetStart, targetEnd, uri);
}

/** False when the rules ended the request: it was answered or cut. */
function runRequestRules(stream: Stream, proxy: ProxyRuntime): boolean {
  const verdict = proxy.requestRules!(stream.thread.view.of(stream, false));
  if (verdict.kind === "continue" || verdict.kind === "stop") return true;
  if (verdict.kind === "reject") {
    rejectRequest(stream);
    return false;
  }
  const { reply } = verdict;
  if (reply.denied) {
    countDenied(stream);
    stream.blame(causes.proxy);
  } else {
    stream.blame(causes.local);
    const side = stream.backend === undefined ? proxy.frontendCounters : proxy.backendCounters;
    side[stream.backend === undefined ? FRONTEND.intercepted : BACKEND.intercepted]! += 1;
  }
  replyFinal(stream, reply);
  return false;
}

/** `tcp-request content` rules of an HTTP proxy see the request as bytes, before the rules that see it as a request. */
function passesContentRules(stream: Stream, proxy: ProxyRuntime): boolean {
  if (proxy.contentRules!(stream.thread.view.of(stream, false)).kind !== "reject") return true;
  // To them it never became a request.
  stream.lineTo = 0;
  rejectRequest(stream);
  return false;
}

/** The client is cut off without an answer. */
function rejectRequest(stream: Stream): void {
  countDenied(stream);
  stream.blame(causes.proxy);
  stream.requestMs = -1;
  (stream.session as HttpSession).abandon(stream);
}

/** A rule refused the request: counted where the rule stands. */
function countDenied(stream: Stream): void {
  const { session, backend } = stream;
  session!.proxy.frontendCounters[FRONTEND.deniedRequests]! += 1;
  session!.listener.counters[LISTENER.deniedRequests]! += 1;
  if (backend !== undefined && backend !== session!.proxy) backend.backendCounters[BACKEND.deniedRequests]! += 1;
}

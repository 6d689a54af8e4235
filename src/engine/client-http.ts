// Owns the client's side of an HTTP/1 connection: bytes become requests, one at a time; between them the connection waits under its keep-alive
// timeout, at its end it closes without losing what was sent. What a request does is the stream's matter (request.ts and its neighbours).
// RFC 9112 §9; configuration manual §4.2 "timeout http-request", "timeout http-keep-alive", "option http-ignore-probes".

import { h1ErrorStatus, parseRequestHead } from "../protocol/h1/index.ts";
import { bodyKinds } from "../protocol/http/head.ts";
import { FRONTEND, LISTENER } from "../records/index.ts";
import type { Connection, ConnectionFault, ConnectionHandler } from "../transport/types.ts";
import { clientGone, clientHalfClosed, clientTimedOut } from "./abort.ts";
import { finishStream, logStream } from "./finish.ts";
import { pumpRequest } from "./forward-request.ts";
import { clientDrained } from "./forward-response.ts";
import { closeSession } from "./listener.ts";
import { bodyArrived, processRequest } from "./request.ts";
import type { ServerConnection } from "./server-http.ts";
import { Session } from "./session.ts";
import type { Stream } from "./stream.ts";
import { type Cause, causes, phases } from "./termination.ts";
import { tunnelFromClient } from "./tunnel.ts";

/** How long a connection that we have ended may go on sending before it is cut. */
const lingerMs = 1000;

const never = Number.POSITIVE_INFINITY;

export class HttpSession extends Session implements ConnectionHandler {
  /** The rest of a request body that nobody wants any more is being passed over. */
  skipping = false;
  /** No further request will be taken: what is in `output` is sent, then the connection ends. */
  closing = false;
  /** Our FIN was sent; what the client still sends is dropped. */
  lingering = false;
  /** `nextRequest` is on the call stack, so whoever finishes a stream leaves the next one to it. */
  #looping = false;
  /** Monotonic ms of the first byte of the present request; −1 while nothing has come. */
  firstByteMs = -1;
  /** Since when the client is idle: the handshake, or the end of the last exchange. */
  idleSinceMs: number;
  /** With `http-reuse never`: the idle server connection of this session alone. */
  ownConnection: ServerConnection | undefined = undefined;

  constructor(...args: ConstructorParameters<typeof Session>) {
    super(...args);
    this.idleSinceMs = this.acceptMs;
  }

  /** Starts to wait for the first request. */
  start(): void {
    const { thread } = this;
    this.idleSinceMs = thread.now;
    this.connection!.handler = this;
    thread.wheel.arm(this, thread.now + this.proxy.timeouts.httpRequest);
  }

  onOpen(): void {}

  onData(_connection: Connection, bytes: Uint8Array): void {
    const { thread } = this;
    if (this.stream === undefined && this.pending === undefined) {
      this.pending = bytes;
      thread.serveLater(this);
      return;
    }
    thread.readClock();
    this.servePending();
    this.receive(bytes);
  }

  override receive(bytes: Uint8Array): void {
    const { thread } = this;
    try {
      if (this.closing) return;
      if (this.stream === undefined) {
        if (this.firstByteMs < 0) this.firstByteMs = thread.now;
        this.hold(bytes);
        this.nextRequest();
      } else {
        this.hold(bytes);
        this.#moreForStream(this.stream);
      }
    } catch (error) {
      thread.bug(this, error);
    }
  }

  /** Bytes came while a request is being handled: its body, or the next request, which has to wait. */
  #moreForStream(stream: Stream): void {
    if (stream.awaitsBody) bodyArrived(stream);
    else if (stream.phase === phases.tunnel) tunnelFromClient(stream);
    else if (stream.requestSent && !stream.requestDone) pumpRequest(stream);
    else if (this.heldBytes >= this.thread.bufferBytes) this.pauseReading();
  }

  onDrain(): void {
    const { thread } = this;
    thread.readClock();
    try {
      if (!this.flush()) {
        if (this.proxy.timeouts.client !== never) thread.wheel.arm(this, thread.now + this.proxy.timeouts.client);
        return;
      }
      if (this.stream !== undefined) clientDrained(this.stream);
      else if (this.closing) this.#endOutput();
    } catch (error) {
      thread.bug(this, error);
    }
  }

  onEnd(): void {
    const { thread } = this;
    thread.readClock();
    this.servePending();
    try {
      this.ended = true;
      if (this.lingering) this.connection?.close();
      else if (this.stream !== undefined) clientHalfClosed(this.stream);
      else if (!this.closing) this.#endedWhileWaiting();
    } catch (error) {
      thread.bug(this, error);
    }
  }

  onClose(_connection: Connection, _fault: ConnectionFault | undefined): void {
    const { thread } = this;
    thread.readClock();
    this.servePending();
    try {
      this.gone = true;
      this.dropOutput();
      if (this.stream !== undefined) clientGone(this.stream);
      else if (!this.closing && !this.ended) this.#endedWhileWaiting();
    } catch (error) {
      thread.services.reportBug(error);
    }
    this.#dispose();
  }

  /** The connection has gone: everything that the session holds is given back. */
  #dispose(): void {
    this.ownConnection?.closeIdle();
    this.ownConnection = undefined;
    this.dropInput();
    this.thread.wheel.remove(this);
    closeSession(this);
  }

  override onDeadline(): void {
    const { thread } = this;
    thread.readClock();
    if (this.pending !== undefined) {
      // The bytes have beaten the deadline; handling them sets the next one.
      this.servePending();
      return;
    }
    try {
      if (this.closing) this.#cutOff();
      else if (this.stream !== undefined) clientTimedOut(this.stream);
      else this.#waitedTooLong();
    } catch (error) {
      thread.bug(this, error);
    }
  }

  override refuse(): void {
    this.closing = true;
    this.connection?.close();
  }

  override stopSoftly(): void {
    this.servePending();
    if (this.stream === undefined && this.heldBytes === 0 && !this.closing) this.end(false);
  }

  override abortNow(internal: boolean): void {
    const { stream } = this;
    this.closing = true;
    this.pending = undefined;
    if (stream !== undefined) {
      stream.blame(internal ? causes.internal : causes.killed);
      this.gone = true;
      finishStream(stream);
    }
    this.connection?.abort();
  }

  /** Handles requests as long as whole ones are held and each ends at once; otherwise the stream's end comes back here. */
  nextRequest(): void {
    if (this.#looping) return;
    this.#looping = true;
    try {
      while (this.stream === undefined && !this.closing && this.inputTo > this.inputFrom) {
        if (this.skipping && !this.#skip()) break;
        if (this.inputTo === this.inputFrom) break;
        if (!this.#takeRequest()) break;
      }
    } finally {
      this.#looping = false;
    }
    if (this.stream === undefined && !this.closing) this.#waitOn();
  }

  /** One head. False when it is not complete. */
  #takeRequest(): boolean {
    const { thread, inputFrom, inputTo } = this;
    const input = this.input!;
    const stream = thread.takeStream(this);
    const end = parseRequestHead(input, inputFrom, inputTo, stream.request, inputFrom + this.inputTried);
    if (end > 0 && end - inputFrom <= thread.headBytesMax) {
      if (stream.request.bodyKind === bodyKinds.chunked && !this.#startsWell(end)) {
        thread.giveStream(stream);
        this.#refuse(400, causes.proxy);
        return false;
      }
      this.#begin(stream, end);
      return true;
    }
    if (end === 0 && inputTo - inputFrom < thread.headBytesMax) {
      this.inputTried = inputTo - inputFrom;
      thread.giveStream(stream);
      return false;
    }
    thread.giveStream(stream);
    this.#refuse(end < 0 ? h1ErrorStatus(end) : 431, causes.proxy);
    return false;
  }

  /** Whether the part of a chunked body that came with the head is well-formed: else there is no request at all, as the reference has it. */
  #startsWell(from: number): boolean {
    this.beginBody(bodyKinds.chunked, 0);
    return this.scanBody(this.input!, from, this.inputTo) >= 0;
  }

  #begin(stream: Stream, end: number): void {
    const { thread } = this;
    const { request } = stream;
    this.requests++;
    this.stream = stream;
    stream.notFirst = this.requests > 1;
    stream.startMs = this.firstByteMs;
    stream.startWallMs = thread.wallMs - (thread.now - this.firstByteMs);
    stream.idleMs = this.firstByteMs - this.idleSinceMs;
    stream.requestMs = thread.now;
    stream.requestMethod = request.method;
    stream.requestVersion = request.version;
    stream.lineBytes = this.input!;
    stream.lineFrom = request.start;
    // The original line, whatever the parser did to the table's offsets.
    stream.lineTo = lineEnd(this.input!, this.inputFrom, end);
    this.inputFrom = end;
    this.inputTried = 0;
    this.beginBody(request.bodyKind, request.contentLength);
    this.deadline = never;
    processRequest(stream);
  }

  /** Passes over the body of an answered request. True when it is over. */
  #skip(): boolean {
    const end = this.scanBody(this.input!, this.inputFrom, this.inputTo);
    if (end < 0) {
      this.end(true);
      return false;
    }
    this.inputFrom = end;
    this.firstByteMs = this.thread.now;
    if (!this.bodyDone) {
      this.dropInput();
      return false;
    }
    this.skipping = false;
    return true;
  }

  /** A stream of ours is over and its answer is in the kernel or in `output`. */
  streamOver(keepOpen: boolean, bodyLeft: boolean): void {
    const { thread } = this;
    this.stream = undefined;
    if (this.gone) return;
    if (!keepOpen || this.ended || thread.stopping) {
      this.end(bodyLeft);
      return;
    }
    this.skipping = bodyLeft;
    this.idleSinceMs = thread.now;
    this.firstByteMs = this.inputTo > this.inputFrom && !bodyLeft ? thread.now : -1;
    this.resumeReading();
    if (this.inputTo > this.inputFrom) this.nextRequest();
    else {
      this.input = undefined;
      this.#waitOn();
    }
  }

  /** Arms the timeout of whatever the client shall send next. */
  #waitOn(): void {
    const { thread } = this;
    const { timeouts } = this.proxy;
    if (this.skipping) thread.wheel.arm(this, thread.now + timeouts.client);
    else if (this.inputTo > this.inputFrom) {
      const inactive = thread.now + timeouts.client;
      const since = this.requests === 0 ? this.idleSinceMs : this.firstByteMs;
      thread.wheel.arm(this, Math.min(inactive, since + timeouts.httpRequest));
    } else if (this.requests > 0) thread.wheel.arm(this, thread.now + timeouts.httpKeepAlive);
    else thread.wheel.arm(this, this.idleSinceMs + timeouts.httpRequest);
  }

  #waitedTooLong(): void {
    const silentClose = this.heldBytes === 0 && (this.requests > 0 || this.proxy.model.options.httpIgnoreProbes);
    if (silentClose || this.skipping) this.end(false);
    else this.#refuse(408, causes.clientTimeout);
  }

  #endedWhileWaiting(): void {
    const { httpIgnoreProbes } = this.proxy.model.options;
    if (this.heldBytes === 0 && (this.requests > 0 || httpIgnoreProbes)) this.end(false);
    else if (this.skipping) this.end(false);
    else this.#refuse(400, causes.client);
  }

  /** What came is no request: the page of `status` as it stands, a line with <BADREQ>, and the end. */
  #refuse(status: number, cause: Cause): void {
    const { thread, proxy } = this;
    const stream = thread.takeStream(this);
    stream.startMs = this.firstByteMs < 0 ? this.idleSinceMs : this.firstByteMs;
    stream.startWallMs = thread.wallMs - (thread.now - stream.startMs);
    stream.status = status;
    stream.blame(cause, phases.request);
    stream.lineTo = 0;
    const nothingCame = this.requests === 0 && this.heldBytes === 0;
    stream.silent = (nothingCame && proxy.model.options.dontlognull) || proxy.logsOnAccept;
    const counters = proxy.frontendCounters;
    counters[FRONTEND.requests]! += 1;
    counters[FRONTEND.requestErrors]! += 1;
    counters[FRONTEND.responses4xx]! += 1;
    this.listener.counters[LISTENER.requestErrors]! += 1;
    const { raw } = proxy.pages.page(status);
    this.send(raw, 0, raw.length, false);
    logStream(stream);
    thread.giveStream(stream);
    this.end(true);
  }

  /** A rule cuts the client off without an answer. */
  abandon(stream: Stream): void {
    finishStream(stream);
    this.closing = true;
    this.connection?.close();
  }

  /** No more requests. `linger`: the client may still be sending, and a plain close would reset away what we have just sent. */
  override end(linger: boolean): void {
    if (this.closing && !this.lingering) return;
    this.closing = true;
    this.skipping = linger;
    this.dropInput();
    if (!this.gone) this.resumeReading();
    if (this.blocked) this.thread.wheel.arm(this, this.thread.now + this.proxy.timeouts.client);
    else this.#endOutput();
  }

  /** The peer does not take its last bytes, or our end of the connection, in time. */
  #cutOff(): void {
    const { connection, gone, lingering, thread } = this;
    // What the kernel still has to send after the lingering survives a close; a second round does not wait for it.
    if (lingering && !gone) connection?.close();
    else connection?.abort();
    // A connection that was dead when it was accepted never reports its end.
    if (gone) this.#dispose();
    else {
      this.gone = true;
      thread.wheel.arm(this, thread.now + lingerMs);
    }
  }

  #endOutput(): void {
    const { connection, thread } = this;
    if (this.skipping && !this.ended) {
      this.lingering = true;
      connection?.shutdown();
      thread.wheel.arm(this, thread.now + Math.min(lingerMs, this.proxy.timeouts.client));
    } else {
      connection?.close();
      // A peer that takes nothing must not keep the descriptor.
      thread.wheel.arm(this, thread.now + lingerMs);
    }
  }
}

function lineEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === 13 || bytes[at] === 10)) at++;
  while (at < to && bytes[at] !== 13 && bytes[at] !== 10) at++;
  return at;
}

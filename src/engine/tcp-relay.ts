// Owns `mode tcp`: a session is one stream that connects at accept and is a tunnel from then on (tunnel.ts moves the bytes). What comes before the
// server answers is held up to a buffer. Configuration manual §8.2.2 (TCP log format), §4.2 "timeout client-fin".

import { FRONTEND } from "../records/index.ts";
import type { Connection, ConnectionFault, ConnectionHandler } from "../transport/types.ts";
import { assignServer } from "./connect.ts";
import { enterBackend, finishStream, logStream } from "./finish.ts";
import { clientDrained } from "./forward-response.ts";
import { closeSession } from "./listener.ts";
import { Session } from "./session.ts";
import type { Stream } from "./stream.ts";
import { chooseBackend } from "./switching.ts";
import { causes, phases } from "./termination.ts";
import { beginTunnel, tunnelClientEnded, tunnelFromClient } from "./tunnel.ts";

export class TcpSession extends Session implements ConnectionHandler {
  #closing = false;

  /** The handshake is over: the stream begins. */
  start(): void {
    const { thread, proxy } = this;
    this.connection!.handler = this;
    this.deadline = Number.POSITIVE_INFINITY;
    this.requests = 1;
    const stream = thread.takeStream(this);
    this.stream = stream;
    stream.startMs = this.acceptMs;
    stream.startWallMs = this.acceptWallMs;
    stream.requestMs = thread.now;
    stream.requestNumber = thread.processRecord.nextId();
    stream.idleMs = 0;
    if (proxy.logsOnAccept) logStream(stream);
    if (proxy.contentRules !== undefined && proxy.contentRules(thread.view.of(stream, false)).kind === "reject") {
      proxy.frontendCounters[FRONTEND.deniedRequests]! += 1;
      stream.requestMs = -1;
      stream.blame(causes.proxy, phases.request);
      relayFailed(stream);
      return;
    }
    const backend = chooseBackend(stream, proxy);
    enterBackend(stream, backend ?? proxy);
    if (backend === undefined) {
      stream.blame(causes.server, phases.connect);
      relayFailed(stream);
    } else assignServer(stream);
  }

  onOpen(): void {}

  onData(_connection: Connection, bytes: Uint8Array): void {
    this.thread.readClock();
    this.receive(bytes);
  }

  override receive(bytes: Uint8Array): void {
    const { thread, stream } = this;
    if (stream === undefined || this.#closing) return;
    try {
      this.hold(bytes);
      if (stream.phase === phases.tunnel) tunnelFromClient(stream);
      else if (this.heldBytes >= thread.bufferBytes) this.pauseReading();
    } catch (error) {
      thread.bug(this, error);
    }
  }

  onDrain(): void {
    const { thread, stream } = this;
    thread.readClock();
    try {
      if (!this.flush()) return;
      if (stream !== undefined) clientDrained(stream);
      else if (this.#closing) this.connection?.close();
    } catch (error) {
      thread.bug(this, error);
    }
  }

  onEnd(): void {
    const { thread, stream } = this;
    thread.readClock();
    this.ended = true;
    try {
      if (stream === undefined) this.connection?.close();
      else if (stream.phase === phases.tunnel) tunnelClientEnded(stream);
      else if (stream.backend?.model.options.abortonclose === true) {
        stream.blame(causes.client);
        relayFailed(stream);
      }
    } catch (error) {
      thread.bug(this, error);
    }
  }

  onClose(_connection: Connection, _fault: ConnectionFault | undefined): void {
    const { thread, stream } = this;
    thread.readClock();
    this.gone = true;
    this.dropOutput();
    this.dropInput();
    try {
      if (stream !== undefined) {
        stream.blame(causes.client);
        this.stream = undefined;
        finishStream(stream);
      }
    } catch (error) {
      thread.services.reportBug(error);
    }
    thread.wheel.remove(this);
    closeSession(this);
  }

  /** A peer that takes none of the last bytes must not keep the descriptor. */
  override onDeadline(): void {
    this.connection?.abort();
  }

  /** The stream is over: what is still in `output` is sent, then the connection ends. */
  override end(_linger: boolean): void {
    const { thread } = this;
    this.stream = undefined;
    this.#closing = true;
    this.dropInput();
    if (this.gone) return;
    this.resumeReading();
    if (!this.blocked) this.connection?.close();
    thread.wheel.arm(this, thread.now + Math.min(this.proxy.timeouts.client, 10_000));
  }

  override refuse(): void {
    this.#closing = true;
    this.connection?.close();
  }

  override stopSoftly(): void {}

  override abortNow(internal: boolean): void {
    const { stream } = this;
    if (stream !== undefined) {
      stream.blame(internal ? causes.internal : causes.killed);
      this.stream = undefined;
      finishStream(stream);
    }
    this.#closing = true;
    this.connection?.abort();
  }
}

/** The server is there: bytes flow. */
export function relayConnected(stream: Stream): void {
  stream.responseMs = stream.thread.now;
  beginTunnel(stream);
}

/** No server: the client's connection ends. */
export function relayFailed(stream: Stream): void {
  const { session } = stream;
  finishStream(stream);
  session!.end(false);
}

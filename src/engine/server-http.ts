// Owns the server's side of an HTTP/1 exchange: one connection that carries a stream or lies idle in the pool. Bytes become a response head and a
// body; what they mean for the stream is decided in forward-response.ts and connect.ts. RFC 9112 §9.

import type { Connection, ConnectionFault, ConnectionHandler } from "../transport/types.ts";
import { connected, connectFailed } from "./connect.ts";
import { serverDrained, serverTookSome } from "./forward-request.ts";
import { responseBytes, serverClosed, serverEnded } from "./forward-response.ts";
import { Pipe } from "./pipe.ts";
import type { ServerRuntime } from "./runtime.ts";
import type { Stream } from "./stream.ts";
import { phases } from "./termination.ts";
import type { Thread } from "./thread.ts";

export class ServerConnection extends Pipe implements ConnectionHandler {
  readonly thread: Thread;
  readonly server: ServerRuntime;
  stream: Stream | undefined = undefined;
  opened = false;
  /** It has carried more than one exchange, so the server is known to keep connections (`http-reuse aggressive`). */
  proven = false;
  /** Lies in a pool or with a session, waiting for a stream. */
  idle = false;
  /** We have closed it; events of it mean nothing any more. */
  dropped = false;

  constructor(thread: Thread, server: ServerRuntime) {
    super();
    this.thread = thread;
    this.server = server;
  }

  onOpen(_connection: Connection): void {
    const { thread, stream } = this;
    if (this.dropped || stream === undefined) return;
    thread.readClock();
    this.opened = true;
    try {
      connected(stream);
    } catch (error) {
      thread.bug(stream.session, error);
    }
  }

  onData(_connection: Connection, bytes: Uint8Array): void {
    const { thread, stream } = this;
    if (this.dropped) return;
    if (stream !== undefined && stream.phase === phases.head && this.pending === undefined) {
      this.pending = bytes;
      thread.serveLater(this);
      return;
    }
    thread.readClock();
    this.servePending();
    this.receive(bytes);
  }

  override receive(bytes: Uint8Array): void {
    const { thread, stream } = this;
    if (this.dropped) return;
    if (stream === undefined) {
      // A server that speaks unasked has lost step: whatever it says would answer the wrong request.
      this.#leaveIdle();
      return;
    }
    try {
      responseBytes(stream, this, bytes);
    } catch (error) {
      thread.bug(stream.session, error);
    }
  }

  onDrain(_connection: Connection): void {
    const { thread, stream } = this;
    if (this.dropped) return;
    thread.readClock();
    try {
      const drained = this.flush();
      if (stream === undefined) return;
      if (drained) serverDrained(stream);
      else serverTookSome(stream);
    } catch (error) {
      thread.bug(stream?.session, error);
    }
  }

  onEnd(_connection: Connection): void {
    const { thread } = this;
    if (this.dropped) return;
    thread.readClock();
    this.servePending();
    if (this.dropped) return;
    const { stream } = this;
    this.ended = true;
    try {
      if (stream === undefined) this.#leaveIdle();
      else serverEnded(stream, this);
    } catch (error) {
      thread.bug(stream?.session, error);
    }
  }

  onClose(_connection: Connection, fault: ConnectionFault | undefined): void {
    const { thread } = this;
    thread.readClock();
    this.servePending();
    const { stream } = this;
    this.gone = true;
    this.dropOutput();
    if (this.dropped) return;
    try {
      if (stream === undefined) this.#leaveIdle();
      else if (!this.opened) connectFailed(stream, fault);
      else serverClosed(stream, this, fault);
    } catch (error) {
      thread.bug(stream?.session, error);
    }
    this.dropped = true;
    this.dropInput();
  }

  #leaveIdle(): void {
    if (this.idle) this.server.pool.forget(this.thread, this);
    this.closeIdle();
  }

  /** Closes a connection that carries no stream. */
  closeIdle(): void {
    this.idle = false;
    this.dropped = true;
    this.connection?.close();
  }

  /** Cuts the connection: an exchange on it will not be finished. */
  cut(): void {
    this.dropped = true;
    this.stream = undefined;
    this.pending = undefined;
    this.dropInput();
    this.dropOutput();
    this.connection?.abort();
  }

  override onDeadline(): void {}
}

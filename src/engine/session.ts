// Owns what every client connection has, whatever its protocol: where it came in, when, and its place in the connection counts. The protocols
// extend it (client-http.ts, tcp-relay.ts). Configuration manual §4.2 "maxconn" and §8.4 for the times.

import type { Connection, SocketAddress } from "../transport/types.ts";
import { Pipe } from "./pipe.ts";
import type { ListenerRuntime, ProxyRuntime, ServerRuntime } from "./runtime.ts";
import type { Stream } from "./stream.ts";
import type { Thread } from "./thread.ts";

const nowhere: SocketAddress = { family: "unix", host: "", port: 0 };

export abstract class Session extends Pipe {
  /** What it is doing now. */
  stream: Stream | undefined = undefined;
  readonly thread: Thread;
  readonly proxy: ProxyRuntime;
  readonly listener: ListenerRuntime;
  /** Monotonic and Unix ms of accept. */
  readonly acceptMs: number;
  readonly acceptWallMs: number;
  /** When the handshake was done: equal to `acceptMs` without one. */
  handshakeMs: number;
  /** Requests so far, the present one included. */
  requests = 0;
  /** Its place in the counts was given back. */
  closed = false;
  overTls = false;
  /** Who the client is. Taken while the connection lives, where a log line may be written after its end; otherwise when asked. */
  #source: SocketAddress | undefined = undefined;
  /** Where its last request went (`option prefer-last-server`). */
  lastServer: ServerRuntime | undefined = undefined;
  /** The client's address as bytes, once an algorithm has asked. */
  sourceBytes: Uint8Array | undefined = undefined;
  /** Sessions of a thread form a list, so that it can be stopped. */
  nextSession: Session | undefined = undefined;
  previousSession: Session | undefined = undefined;

  constructor(
    thread: Thread,
    listener: ListenerRuntime,
    connection: Connection,
    acceptMs: number,
    acceptWallMs: number,
  ) {
    super();
    this.thread = thread;
    this.listener = listener;
    this.proxy = listener.proxy;
    this.connection = connection;
    this.acceptMs = acceptMs;
    this.acceptWallMs = acceptWallMs;
    this.handshakeMs = acceptMs;
    if (listener.proxy.logWriter !== undefined) this.#source = connection.remoteAddress;
    thread.addSession(this);
  }

  get source(): SocketAddress {
    this.#source ??= this.connection?.remoteAddress;
    return this.#source ?? nowhere;
  }

  /** No further stream: what waits in `output` is sent, then the connection ends. `linger`: the client may still be sending. */
  abstract end(linger: boolean): void;

  /** A rule did not let the connection in. */
  abstract refuse(): void;

  /** The engine stops softly: an idle session ends now, a busy one after what it is doing. */
  abstract stopSoftly(): void;

  /** Ends at once. `internal`: because of our own bug. */
  abstract abortNow(internal: boolean): void;
}

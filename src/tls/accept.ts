// Owns the way of an accepted connection into TLS: collect the ClientHello, choose the context, hand the connection with
// the bytes to the transport's TLS, and tell the owner once how it came out. One object per handshake. It keeps no time:
// the owner's handshake timer calls `cancel`. A connection that failed is closed here.

import type { Connection, ConnectionFault, ConnectionHandler, Transport } from "../transport/types.ts";
import type { TlsBinding } from "./binding.ts";
import { type ClientHello, ClientHelloCollector } from "./client-hello.ts";

/**
 * Why a handshake came to nothing. `not-tls` and `bad-hello`: what came was no ClientHello. `no-certificate`: `strict-sni`.
 * `handshake`: the library or the client refused ({@link Connection.tlsFault} says why). `closed`, `reset`: the client went away.
 * `timeout`: the owner cancelled.
 */
export type TlsAcceptFailure =
  | "not-tls"
  | "bad-hello"
  | "no-certificate"
  | "handshake"
  | "closed"
  | "reset"
  | "timeout";

/** Told once; one object may serve many handshakes. */
export interface TlsAcceptOutcome {
  /** The connection carries plaintext from here on, and its handler is again the one from before; the owner may set another. */
  onReady(connection: Connection, hello: ClientHello): void;
  /** The connection is gone. */
  onFailure(connection: Connection, cause: TlsAcceptFailure): void;
}

/** A handshake in progress. */
export interface TlsAccepting {
  /** Ends it; `onFailure(…, "timeout")` follows. Does nothing once it came out. */
  cancel(): void;
}

const ALERT_DECODE_ERROR = 50;
const ALERT_UNRECOGNIZED_NAME = 112;

class TlsAccept implements ConnectionHandler, TlsAccepting {
  readonly #transport: Transport;
  readonly #connection: Connection;
  readonly #binding: TlsBinding;
  readonly #outcome: TlsAcceptOutcome;
  /** The owner's, which holds again once the connection is ready. */
  readonly #before: ConnectionHandler;
  #collector: ClientHelloCollector | undefined;
  #hello: ClientHello | undefined;
  #failure: TlsAcceptFailure | undefined;
  #over: boolean;

  constructor(transport: Transport, connection: Connection, binding: TlsBinding, outcome: TlsAcceptOutcome) {
    this.#transport = transport;
    this.#connection = connection;
    this.#binding = binding;
    this.#outcome = outcome;
    this.#before = connection.handler;
    this.#collector = new ClientHelloCollector();
    this.#hello = undefined;
    this.#failure = undefined;
    this.#over = false;
  }

  onData(connection: Connection, bytes: Uint8Array): void {
    const collector = this.#collector;
    if (collector === undefined || this.#failure !== undefined) return;
    const result = collector.push(bytes);
    switch (result.kind) {
      case "need-more":
        return;
      case "not-tls":
        // The reference sends nothing either.
        this.#fail("not-tls");
        return;
      case "bad":
        this.#alert(ALERT_DECODE_ERROR);
        this.#fail("bad-hello");
        return;
      case "hello":
        this.#begin(connection, result, collector.bytes);
    }
  }

  #begin(connection: Connection, hello: ClientHello, bytes: Uint8Array): void {
    this.#collector = undefined;
    this.#hello = hello;
    const context = this.#binding.pick(hello);
    if (context === undefined) {
      this.#alert(ALERT_UNRECOGNIZED_NAME);
      this.#fail("no-certificate");
      return;
    }
    this.#transport.acceptTls(connection, context, bytes, this.#binding.alpnFor(hello));
  }

  onOpen(connection: Connection): void {
    const hello = this.#hello;
    if (hello === undefined || this.#over) return;
    this.#over = true;
    connection.handler = this.#before;
    this.#outcome.onReady(connection, hello);
  }

  onDrain(): void {}

  /** FIN in the middle of a handshake: nobody is left to shake hands with. */
  onEnd(): void {
    this.#fail("closed");
  }

  onClose(connection: Connection, fault: ConnectionFault | undefined): void {
    if (this.#over) return;
    this.#over = true;
    const cause = this.#failure ?? (fault === undefined ? "closed" : fault === "tls" ? "handshake" : "reset");
    this.#outcome.onFailure(connection, cause);
  }

  cancel(): void {
    if (!this.#over && this.#failure === undefined) this.#fail("timeout");
  }

  #fail(cause: TlsAcceptFailure): void {
    this.#failure ??= cause;
    this.#connection.close();
  }

  /** A fatal alert in the clear, as a server sends it that has not yet chosen anything (RFC 8446 §6.2). */
  #alert(description: number): void {
    this.#connection.write(Uint8Array.of(21, 3, 3, 0, 2, 2, description), 0, 7);
  }
}

/**
 * Begins TLS on an accepted connection and takes over its handler until it is ready. `initial` are bytes that were read already (behind a
 * PROXY header). The connection's `owner` stays the caller's. `transport` is the one that accepted it.
 */
export function startTlsAccept(
  transport: Transport,
  connection: Connection,
  binding: TlsBinding,
  outcome: TlsAcceptOutcome,
  initial?: Uint8Array,
): TlsAccepting {
  const accept = new TlsAccept(transport, connection, binding, outcome);
  connection.handler = accept;
  if (initial !== undefined && initial.length > 0) accept.onData(connection, initial);
  return accept;
}

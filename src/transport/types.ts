// Owns the seam between the engine and the outside: bytes, time and chance come in through these interfaces and
// through nothing else. `transport/bun` implements them on real sockets, `transport/sim` on a simulated network with
// virtual time and a seed. Nothing here may name Bun, node: modules or a protocol above TCP.

/** An endpoint's address. `host` is numeric text ("127.0.0.1", "2001:db8::1"); a unix socket has its path and port 0. */
export interface SocketAddress {
  readonly family: "ipv4" | "ipv6" | "unix";
  readonly host: string;
  /** 0 for unix sockets. */
  readonly port: number;
}

/**
 * Why a connection could not be opened or has gone. `refused`, `unreachable`, `timeout`, `exhausted` (no local port or
 * descriptor) occur only before it opened; `reset` and `error` after; `tls` means a failed handshake.
 */
export type ConnectionFault = "refused" | "unreachable" | "timeout" | "exhausted" | "reset" | "tls" | "error";

/**
 * What the owner of a connection is told. One object may serve many connections: every call names its connection.
 * The order is: `onOpen` once, then any of `onData`/`onDrain`/`onEnd`, then `onClose` exactly once and nothing after it.
 * A connection that never opened gets `onClose` alone. No method may throw; a throw is our bug and aborts that connection.
 * No handler method is called from inside `connect()`, `write()`, `shutdown()`, `close()` or `abort()`: always from the event loop.
 */
export interface ConnectionHandler {
  onOpen(connection: Connection): void;
  /** `bytes` belong to the receiver from here on; the transport never writes to them again. Never empty. */
  onData(connection: Connection, bytes: Uint8Array): void;
  /** After a short write: the connection takes bytes again. */
  onDrain(connection: Connection): void;
  /** The peer sent its last byte (FIN). Our direction stays open. */
  onEnd(connection: Connection): void;
  /** Both directions are gone. `fault` is undefined for an orderly close. */
  onClose(connection: Connection, fault: ConnectionFault | undefined): void;
}

/** What a TLS connection negotiated; fixed when the connection opens. */
export interface TlsSessionInfo {
  /** As the reference logs it: "TLSv1.3". */
  readonly version: string;
  readonly cipher: string;
  /** "" when the client sent none. */
  readonly serverName: string;
  readonly alpn: string;
  readonly resumed: boolean;
}

/** A transport-level pipe in both directions, with backpressure in both directions. */
export interface Connection {
  /** The owner; may be replaced at any time outside of a callback of this connection, or inside one (then it holds from the next). */
  handler: ConnectionHandler;
  /** Free for the owner: what the handler needs to find its own state without a Map. */
  owner: unknown;
  readonly localAddress: SocketAddress;
  readonly remoteAddress: SocketAddress;
  readonly tls: TlsSessionInfo | undefined;
  /** Why the TLS handshake or session failed, in the library's words ("NO_SHARED_CIPHER"); "" if it did not. */
  readonly tlsFault: string;
  /** Bytes still writable: false from `shutdown`/`close`/`abort` or a fault on. */
  readonly writable: boolean;
  /**
   * Hands `bytes[start, end)` to the kernel and returns how many were taken (0…end−start). Fewer than asked: the caller keeps
   * the rest and `onDrain` follows. −1: the connection is gone for writing (an `onClose` follows or has been). The caller may reuse `bytes`
   * as soon as this returns. One call is one system call.
   */
  write(bytes: Uint8Array, start: number, end: number): number;
  /** Stops reading. Bytes already received may still arrive in one more `onData`. Idempotent. */
  pause(): void;
  resume(): void;
  /** Sends FIN once everything written has left. Reading goes on. */
  shutdown(): void;
  /** Orderly end of both directions: what was taken by `write` is still sent. `onClose` follows. */
  close(): void;
  /** Ends at once; the peer gets RST where the platform can. `onClose` follows. */
  abort(): void;
}

/** An open listening socket. */
export interface Listener {
  /** Where it really listens: port 0 has become a number. */
  readonly address: SocketAddress;
  /** Stops accepting exactly here; the kernel's queue is kept. Idempotent. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Receives accepted connections. The implementer sets `connection.handler` before it returns; `onOpen` is not called for accepted connections without TLS. */
export interface AcceptHandler {
  onAccept(connection: Connection, listener: Listener): void;
}

/** Where and how to listen. With `fd` the descriptor is already bound and listening and `address` only names it. */
export interface ListenSpec {
  readonly address: SocketAddress;
  readonly backlog: number;
  readonly fd?: number;
  /** Several threads listen on the same address. */
  readonly reusePort?: boolean;
}

export interface ConnectSpec {
  readonly address: SocketAddress;
  /** Where the connection comes from; port 0 lets the kernel choose one. Unset: the kernel chooses the address too. */
  readonly source?: SocketAddress | undefined;
  /** Set: TLS towards the server. The transport's TLS adapter understands the value. */
  readonly tls?: unknown;
}

/** Connections and datagrams. Failure to listen is a value, since it is the world's fault. */
export interface Transport {
  listen(spec: ListenSpec, handler: AcceptHandler): Listener | { readonly fault: string };
  /** Returns at once; `onOpen` or `onClose` follows from the event loop. `abort()` before `onOpen` cancels the attempt. */
  connect(spec: ConnectSpec, handler: ConnectionHandler): Connection;
  /**
   * Turns an accepted plain connection into a TLS server connection, with bytes that were read already (the ClientHello).
   * `onOpen` of the connection's handler follows when the handshake is done, `onClose(…, "tls")` when it failed, with
   * `tlsFault` saying how. A client that goes away during it gives `onClose` with `undefined` or "reset".
   * `alpn` is the protocol to agree on; unset or "" none is agreed, whatever the client offers.
   */
  acceptTls(connection: Connection, context: TlsServerContext, initialData: Uint8Array, alpn?: string): void;
}

/** An opaque TLS server context made by the transport's TLS adapter from PEM text; see `tls/`. */
export interface TlsServerContext {
  readonly kind: "tls-server-context";
}

export interface TimerHandle {
  readonly kind: "timer";
}

/** Time. Monotonic milliseconds for deadlines, wall-clock milliseconds for what people read. */
export interface Clock {
  /** Monotonic, fractional, in ms. Starts anywhere. */
  now(): number;
  /** Unix time in ms, fractional. */
  wallMs(): number;
  /** Calls back once, `delayMs` or a little more from now. For few, coarse timers: the engine's own wheel stands on one of these. */
  setTimer(delayMs: number, callback: () => void): TimerHandle;
  clearTimer(handle: TimerHandle): void;
  /** Calls back at the end of this turn of the event loop, once per call. */
  defer(callback: () => void): void;
}

/** Chance. */
export interface Random {
  /** The next unsigned 32-bit integer. */
  nextUint32(): number;
}

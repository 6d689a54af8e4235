// Owns one TCP or unix connection on a Bun socket: the flat object that stands in `socket.data`, and the handler
// objects that all sockets share. Per event it makes no closure, promise or async call. Knows no listener, no TLS
// handshake (see tls.ts) and nothing of what the bytes mean.
//
// How Bun 1.4.5 behaves, found by experiment and held by test/transport:
// - `Bun.connect({fd})` calls `open` at once, even while the kernel still connects; the first `drain` says that the
//   attempt ended, and SO_ERROR then says how. So an attempt can be cancelled exactly, which a promise cannot.
// - `close()` and `terminate()` call `close` from inside: the owner's `onClose` is put off to a microtask. `end()` is `close()`
//   with one more system call (it uncorks what was never corked), since nothing of ours ever waits in Bun's own buffer.
// - After `socket.shutdown()` Bun reports neither the peer's FIN nor its reset, only a plain close. FIN is sent behind its
//   back instead: then `end` and ECONNRESET are told apart, and it still closes by itself when both directions ended.
// - `drain` also comes unasked (after `resume`, after the peer's FIN): it is passed on only when a write was short.
// - A write to a connection that was reset gives −1, then an `end` that was no FIN, then `close` without an error.

import type { Connection, ConnectionFault, ConnectionHandler, SocketAddress, TlsSessionInfo } from "../types.ts";
import { ERRNO } from "./libc.ts";
import { shutdownWrites, takeSocketError } from "./sockets.ts";

/** Bun's socket, with the descriptor that its types leave out. */
export type BunSocket = Bun.Socket<unknown> & { readonly fd: number };

/** What a connection needs to know of the transport that made it. */
export interface ConnectionHost {
  /** A handler of ours threw: the connection is aborted, the error is reported here. */
  onDefect(error: unknown): void;
}

export const FLAG = {
  /** Established: may write. */
  open: 1,
  /** Our direction is over: `shutdown`, `close` or `abort` was called. */
  shut: 2,
  /** `close` or `abort` was called: the owner hears nothing but `onClose`. */
  closing: 4,
  /** `onClose` has been delivered or is in the queue. */
  gone: 8,
  /** A short write waits for `drain`. */
  blocked: 16,
  /** A write was refused although we had not ended: the peer reset. */
  broken: 32,
  paused: 64,
  /** Being connected: the first `drain` decides. */
  connecting: 128,
  /** FIN of the peer was passed on. */
  ended: 256,
  /** A TLS handshake runs on this connection. */
  handshaking: 512,
  /** `shutdown` waits for `onOpen` or for ciphertext to leave. */
  shutdownWanted: 1024,
} as const;

const NO_WRITES = FLAG.shut | FLAG.gone;
const SILENT = FLAG.closing | FLAG.gone;

const NOWHERE: SocketAddress = { family: "unix", host: "", port: 0 };

/** Runs `call`, during which a close that Bun reports is put off. */
export function deferringClose(call: () => void): void {
  const outer = insideCall;
  insideCall = true;
  try {
    call();
  } finally {
    insideCall = outer;
  }
}

let insideCall = false;
let waiting: BunConnection[] = [];

/** The one class of connection of this adapter. Fields without `readonly` are shared with tls.ts and handlers below only. */
export class BunConnection implements Connection {
  handler: ConnectionHandler;
  owner: unknown;
  flags: number;
  socket: BunSocket | undefined;
  /** Under TLS: the socket that carries the ciphertext. Only it can be reset once the TLS socket is closing. */
  carrier: BunSocket | undefined;
  readonly host: ConnectionHost;
  tls: TlsSessionInfo | undefined;
  tlsFault: string;
  fault: ConnectionFault | undefined;
  local: SocketAddress | undefined;
  remote: SocketAddress | undefined;

  constructor(host: ConnectionHost, handler: ConnectionHandler, flags: number) {
    this.handler = handler;
    this.owner = undefined;
    this.flags = flags;
    this.socket = undefined;
    this.carrier = undefined;
    this.host = host;
    this.tls = undefined;
    this.tlsFault = "";
    this.fault = undefined;
    this.local = undefined;
    this.remote = undefined;
  }

  /** Asked first while the connection lives, it stays known afterwards; never asked before, it is empty then. */
  get localAddress(): SocketAddress {
    if (this.local !== undefined) return this.local;
    const socket = this.socket;
    if (socket === undefined) return NOWHERE;
    this.local = makeAddress(socket.localFamily, socket.localAddress, socket.localPort);
    return this.local;
  }

  get remoteAddress(): SocketAddress {
    if (this.remote !== undefined) return this.remote;
    const socket = this.socket;
    if (socket === undefined) return NOWHERE;
    this.remote = makeAddress(socket.remoteFamily, socket.remoteAddress, socket.remotePort);
    return this.remote;
  }

  get writable(): boolean {
    return (this.flags & (FLAG.open | NO_WRITES | FLAG.broken)) === FLAG.open;
  }

  write(bytes: Uint8Array, start: number, end: number): number {
    if ((this.flags & NO_WRITES) !== 0) return -1;
    const wanted = end - start;
    if (wanted === 0) return 0;
    if ((this.flags & FLAG.open) === 0) {
      // Not yet established: nothing is taken, and `onOpen` says when.
      return 0;
    }
    const taken = this.socket === undefined ? -1 : this.socket.write(bytes, start, wanted);
    if (taken === wanted) return taken;
    if (taken < 0) {
      this.flags |= FLAG.broken;
      return -1;
    }
    this.flags |= FLAG.blocked;
    return taken;
  }

  pause(): void {
    if ((this.flags & (FLAG.paused | SILENT)) !== 0) return;
    this.flags |= FLAG.paused;
    if ((this.flags & FLAG.open) !== 0) this.socket?.pause();
  }

  resume(): void {
    if ((this.flags & FLAG.paused) === 0) return;
    this.flags &= ~FLAG.paused;
    if ((this.flags & (FLAG.open | SILENT)) === FLAG.open) this.socket?.resume();
  }

  shutdown(): void {
    if ((this.flags & NO_WRITES) !== 0) return;
    this.flags |= FLAG.shut;
    if ((this.flags & FLAG.open) === 0) this.flags |= FLAG.shutdownWanted;
    else this.sendFin();
  }

  sendFin(): void {
    const socket = this.socket;
    if (socket === undefined) return;
    if (this.carrier === undefined) shutdownWrites(socket.fd);
    else socket.shutdown();
  }

  close(): void {
    if ((this.flags & SILENT) !== 0) return;
    this.flags |= FLAG.closing | FLAG.shut;
    this.finish(false);
  }

  abort(): void {
    if ((this.flags & FLAG.gone) !== 0) return;
    this.flags |= FLAG.closing | FLAG.shut;
    this.finish(true);
  }

  finish(reset: boolean): void {
    const socket = this.socket;
    if (socket === undefined) {
      this.fail(undefined);
      return;
    }
    const outer = insideCall;
    insideCall = true;
    if (this.carrier === undefined) {
      if (reset) socket.terminate();
      else socket.close();
    } else if (reset) {
      this.carrier.terminate();
    } else {
      // `end()` of a TLS socket waits for the peer's close_notify, if need be for ever. This sends ours and FIN, and closes as
      // soon as all ciphertext has left.
      if (this.tls !== undefined) socket.shutdown();
      socket.close();
    }
    insideCall = outer;
  }

  /** The connection is over, found out inside a call of the owner: `onClose` follows from the event loop. */
  fail(fault: ConnectionFault | undefined): void {
    if ((this.flags & FLAG.gone) !== 0) return;
    this.flags = (this.flags | NO_WRITES) & ~FLAG.open;
    this.release();
    this.fault = fault;
    if (waiting.length === 0) queueMicrotask(deliverWaiting);
    waiting.push(this);
  }

  /** The connection is over, found out in an event. */
  lose(fault: ConnectionFault | undefined): void {
    if ((this.flags & FLAG.gone) !== 0) return;
    if (insideCall) {
      this.fail(fault);
      return;
    }
    this.flags = (this.flags | NO_WRITES) & ~FLAG.open;
    this.release();
    this.handler.onClose(this, fault);
  }

  /** Lets go of what Bun keeps for this connection. */
  release(): void {
    this.socket = undefined;
    this.carrier = undefined;
  }

  /** The connection is established. Its owner may have paused it or ended our direction meanwhile. */
  opened(): void {
    if ((this.flags & SILENT) !== 0) return;
    this.flags = (this.flags | FLAG.open) & ~(FLAG.connecting | FLAG.handshaking);
    if ((this.flags & FLAG.paused) !== 0) this.socket?.pause();
    if ((this.flags & FLAG.shutdownWanted) !== 0) this.sendFin();
    this.handler.onOpen(this);
  }
}

/** A microtask runs after the callback in which it was queued: so the owner is never called from inside its own call. */
function deliverWaiting(): void {
  const due = waiting;
  waiting = [];
  for (const connection of due) {
    try {
      connection.handler.onClose(connection, connection.fault);
    } catch (error) {
      connection.host.onDefect(error);
    }
  }
}

function makeAddress(family: string | undefined, host: string | undefined, port: number | undefined): SocketAddress {
  if (family === undefined || host === undefined) return NOWHERE;
  return { family: family === "IPv6" ? "ipv6" : "ipv4", host, port: port ?? 0 };
}

/** What an error number means for a connection that is being opened. */
export function connectFault(code: number): ConnectionFault {
  switch (code) {
    case ERRNO.ECONNREFUSED:
    case ERRNO.ENOENT:
    case ERRNO.ECONNRESET:
      return "refused";
    case ERRNO.ENETUNREACH:
    case ERRNO.EHOSTUNREACH:
    case ERRNO.ENETDOWN:
    case ERRNO.EHOSTDOWN:
      return "unreachable";
    case ERRNO.ETIMEDOUT:
      return "timeout";
    case ERRNO.EMFILE:
    case ERRNO.ENFILE:
    case ERRNO.EADDRNOTAVAIL:
    case ERRNO.EADDRINUSE:
    case ERRNO.ENOBUFS:
    case ERRNO.ENOMEM:
    case ERRNO.EAGAIN:
      return "exhausted";
    default:
      return "error";
  }
}

/** What Bun's error of a close means for a connection that was open. */
function closeFault(error: Error | undefined): ConnectionFault | undefined {
  if (error === undefined || error === null) return undefined;
  const code = "code" in error ? error.code : undefined;
  if (code === "ECONNRESET" || code === "EPIPE") return "reset";
  return code === "ETIMEDOUT" ? "timeout" : "error";
}

function connectEnded(connection: BunConnection, socket: BunSocket): void {
  const code = takeSocketError(socket.fd);
  if (code === 0) {
    connection.opened();
    return;
  }
  connection.flags |= FLAG.gone | FLAG.shut;
  connection.socket = undefined;
  socket.terminate();
  connection.handler.onClose(connection, connectFault(code));
}

function onData(socket: Bun.Socket<unknown>, bytes: Uint8Array): void {
  const connection = socket.data as BunConnection;
  // After the TLS upgrade the plain socket still reports ciphertext: it is no longer the connection's socket.
  if (connection.socket !== socket || (connection.flags & SILENT) !== 0) return;
  connection.handler.onData(connection, bytes);
}

function onDrain(socket: Bun.Socket<unknown>): void {
  const connection = socket.data as BunConnection;
  if (connection.socket !== socket || (connection.flags & SILENT) !== 0) return;
  if ((connection.flags & FLAG.connecting) !== 0) {
    connectEnded(connection, socket as BunSocket);
  } else if ((connection.flags & FLAG.blocked) !== 0) {
    connection.flags &= ~FLAG.blocked;
    if ((connection.flags & NO_WRITES) === 0) connection.handler.onDrain(connection);
  }
}

function onEnd(socket: Bun.Socket<unknown>): void {
  const connection = socket.data as BunConnection;
  const deaf = SILENT | FLAG.broken | FLAG.ended | FLAG.connecting;
  if (connection.socket !== socket || (connection.flags & deaf) !== 0) return;
  connection.flags |= FLAG.ended;
  connection.handler.onEnd(connection);
}

function onClose(socket: Bun.Socket<unknown>, error?: Error): void {
  const connection = socket.data as BunConnection;
  if (connection.socket !== socket) return;
  const flags = connection.flags;
  if ((flags & FLAG.closing) !== 0) connection.lose(undefined);
  else if (connection.tlsFault !== "") connection.lose("tls");
  else if ((flags & FLAG.connecting) !== 0) connection.lose("refused");
  else connection.lose((flags & FLAG.broken) !== 0 ? "reset" : closeFault(error));
}

/** A handler of ours threw: Bun would leave the socket open. */
export function onError(socket: Bun.Socket<unknown>, error: Error): void {
  const connection = socket.data;
  if (!(connection instanceof BunConnection)) {
    socket.terminate();
    return;
  }
  connection.host.onDefect(error);
  const told = (connection.flags & FLAG.gone) !== 0;
  connection.flags |= FLAG.gone | NO_WRITES;
  connection.release();
  socket.terminate();
  if (!told) {
    connection.fault = "error";
    if (waiting.length === 0) queueMicrotask(deliverWaiting);
    waiting.push(connection);
  }
}

/** The events of a plain socket, accepted or connected; `open` is the listener's or the connect call's own. */
export const PLAIN_EVENTS = { data: onData, drain: onDrain, end: onEnd, close: onClose, error: onError };

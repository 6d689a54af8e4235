// Owns listening: Bun accepts on a duplicate of the listening descriptor, and the original is kept, so that stopping
// for a while (`maxconn`, `rate-limit sessions`, `disable frontend`) loses no connection that waits in the kernel's queue.
// `Bun.Listener.stop(false)` inside `open` stops exactly there: no further connection is accepted, the open ones stay.
// Out of descriptors, Bun's accept fails for ever and takes a whole core: so accepting stops shortly before, and is tried again
// soon, as the reference does. Must not know sessions or their limits; the engine decides when to pause.

import type { AcceptHandler, ConnectionHandler, Listener, ListenSpec, SocketAddress } from "../types.ts";
import { BunConnection, type BunSocket, type ConnectionHost, FLAG, onError, PLAIN_EVENTS } from "./connection.ts";
import { errorText } from "./libc.ts";
import {
  closeDescriptor,
  createListeningSocket,
  descriptorLimit,
  duplicateDescriptor,
  listenAgain,
  localAddressOf,
  setNonBlocking,
} from "./sockets.ts";

/** Stands in until the accept handler has set its own: an accept handler that forgets it is our bug and gets its bytes dropped. */
const UNOWNED: ConnectionHandler = {
  onOpen: () => {},
  onData: (connection) => connection.abort(),
  onDrain: () => {},
  onEnd: (connection) => connection.close(),
  onClose: () => {},
};

/** Descriptors left free when accepting stops: for the duplicate that goes on listening, and for connections to servers. */
const SPARE_DESCRIPTORS = 8;
const EXHAUSTED_RETRY_MS = 100;

class BunListener implements Listener {
  readonly address: SocketAddress;
  readonly #fd: number;
  readonly #ownsFd: boolean;
  readonly #backlog: number;
  readonly #host: ConnectionHost;
  readonly handler: AcceptHandler;
  #accepting: { stop(closeActiveConnections?: boolean): void } | undefined;
  /** Its owner wants it to accept. */
  #wanted: boolean;
  #closed: boolean;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Descriptors are numbered from the lowest free one, so that a number this high means that they run out. */
  #ceiling: number;

  constructor(address: SocketAddress, fd: number, spec: ListenSpec, host: ConnectionHost, handler: AcceptHandler) {
    this.address = address;
    this.#fd = fd;
    this.#ownsFd = spec.fd === undefined;
    this.#backlog = spec.backlog;
    this.#host = host;
    this.handler = handler;
    this.#accepting = undefined;
    this.#wanted = true;
    this.#closed = false;
    this.#retry = undefined;
    this.#ceiling = 0;
  }

  get host(): ConnectionHost {
    return this.#host;
  }

  pause(): void {
    this.#wanted = false;
    this.#stopAccepting();
  }

  resume(): void {
    if (this.#closed) return;
    this.#wanted = true;
    if (this.#accepting === undefined && this.#retry === undefined) this.#tryAgain();
  }

  /** Descriptor `fd` has just been taken by an accepted connection. */
  watchDescriptors(fd: number): void {
    if (fd < this.#ceiling || this.#accepting === undefined) return;
    this.#stopAccepting();
    this.#tryLater();
  }

  #stopAccepting(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#accepting?.stop(false);
    this.#accepting = undefined;
  }

  #tryLater(): void {
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      if (this.#wanted && !this.#closed) this.#tryAgain();
    }, EXHAUSTED_RETRY_MS);
  }

  #tryAgain(): void {
    // Listening again takes one number, so the second free one is what the next connection would get.
    const first = duplicateDescriptor(this.#fd);
    const second = first < 0 ? first : duplicateDescriptor(this.#fd);
    if (second >= 0) closeDescriptor(second);
    if (first >= 0) closeDescriptor(first);
    if (second < 0 || second >= this.#ceiling || this.start() !== undefined) this.#tryLater();
  }

  /** Begins to accept; a text when it cannot. */
  start(): string | undefined {
    const copy = duplicateDescriptor(this.#fd);
    if (copy < 0) return `cannot duplicate the listening socket (${errorText(-copy)})`;
    const options = { fd: copy, allowHalfOpen: true, data: this, socket: ACCEPT_EVENTS };
    try {
      this.#accepting = Bun.listen(options as unknown as Bun.UnixSocketOptions<unknown>);
    } catch (error) {
      closeDescriptor(copy);
      return error instanceof Error ? error.message : String(error);
    }
    this.#ceiling = descriptorLimit() - SPARE_DESCRIPTORS;
    // Bun has set a backlog of its own.
    listenAgain(this.#fd, this.#backlog);
    return undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.pause();
    if (this.#ownsFd) closeDescriptor(this.#fd);
  }
}

function onAccepted(socket: Bun.Socket<unknown>): void {
  const listener = socket.data as BunListener;
  const connection = new BunConnection(listener.host, UNOWNED, FLAG.open);
  connection.socket = socket as BunSocket;
  socket.data = connection;
  if (listener.address.family === "unix") connection.local = listener.address;
  listener.watchDescriptors(connection.socket.fd);
  listener.handler.onAccept(connection, listener);
}

const ACCEPT_EVENTS = { ...PLAIN_EVENTS, open: onAccepted, error: onError };

/**
 * Listens as `spec` says. A descriptor given in it stays the caller's: it is duplicated and never closed here.
 * Failures are values, worded as the reference words them.
 */
export function listenOn(spec: ListenSpec, handler: AcceptHandler, host: ConnectionHost): Listener | { fault: string } {
  let fd = spec.fd;
  if (fd === undefined) {
    const made = createListeningSocket(spec);
    if (typeof made !== "number") return { fault: made.message };
    fd = made;
  } else {
    setNonBlocking(fd);
  }
  const found = localAddressOf(fd);
  if (found === undefined) return { fault: `cannot use the inherited descriptor ${fd} (not a socket)` };
  const address = spec.address.family === "unix" ? spec.address : found;
  const listener = new BunListener(address, fd, spec, host, handler);
  const fault = listener.start();
  if (fault === undefined) return listener;
  listener.close();
  return { fault };
}

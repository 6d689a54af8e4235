// Owns the production Transport: it puts together listening, connecting and TLS on Bun's sockets for one thread.
// Must not hold state about connections: each stands for itself, and the process ends what it started.

import type { AcceptHandler, Connection, ConnectionHandler, ConnectSpec, ListenSpec, Transport } from "../types.ts";
import { BunConnection, type BunSocket, type ConnectionHost, connectFault, FLAG, PLAIN_EVENTS } from "./connection.ts";
import { listenOn } from "./listener.ts";
import { closeDescriptor, createConnectingSocket } from "./sockets.ts";
import { acceptTls } from "./tls.ts";

export interface BunTransportOptions {
  /** Told of an error that a handler of ours threw; its connection has been aborted. Unset: the error is dropped. */
  readonly onDefect?: (error: unknown) => void;
}

function onConnecting(socket: Bun.Socket<unknown>): void {
  const connection = socket.data as BunConnection;
  connection.socket = socket as BunSocket;
}

function onConnectError(socket: Bun.Socket<unknown>): void {
  const connection = socket.data;
  if (connection instanceof BunConnection) connection.fail("error");
}

const CONNECT_EVENTS = { ...PLAIN_EVENTS, open: onConnecting, connectError: onConnectError };

/** The transport of one thread. Connecting never waits for a name: addresses are numeric. */
export function createBunTransport(options: BunTransportOptions = {}): Transport {
  const host: ConnectionHost = { onDefect: options.onDefect ?? (() => {}) };
  return {
    listen: (spec: ListenSpec, handler: AcceptHandler) => listenOn(spec, handler, host),
    connect: (spec: ConnectSpec, handler: ConnectionHandler) => connectTo(spec, handler, host),
    acceptTls,
  };
}

function connectTo(spec: ConnectSpec, handler: ConnectionHandler, host: ConnectionHost): Connection {
  const connection = new BunConnection(host, handler, FLAG.connecting);
  connection.remote = spec.address;
  const fd = createConnectingSocket(spec.address, spec.source);
  if (fd < 0) {
    connection.fail(connectFault(-fd));
    return connection;
  }
  const options = { fd, allowHalfOpen: true, data: connection, socket: CONNECT_EVENTS };
  try {
    // `open` has been called when this returns; the promise says nothing more, and rejects only together with `connectError`.
    void Bun.connect(options as unknown as Bun.UnixSocketOptions<unknown>);
  } catch {
    closeDescriptor(fd);
    connection.fail("error");
  }
  return connection;
}

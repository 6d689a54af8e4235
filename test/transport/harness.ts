// What the transport tests are made of: the harness that an implementation fills in, a recording handler, a sender that
// respects backpressure, and a connected pair.

import { expect } from "bun:test";
import type {
  AcceptHandler,
  Connection,
  ConnectionFault,
  ConnectionHandler,
  Listener,
  SocketAddress,
  Transport,
} from "../../src/transport/types.ts";

/** One implementation, ready for one test. */
export interface Harness {
  readonly server: Transport;
  readonly client: Transport;
  /** A fresh address on which nothing listens; listening there may turn port 0 into a number. */
  address(): SocketAddress;
  /** An address at which a connection attempt neither succeeds nor fails. */
  blackhole(): SocketAddress;
  /** Lets the world go on until `holds` does; throws when it never does. */
  until(holds: () => boolean): Promise<void>;
  /** Lets the world go on for a while in which nothing is expected. */
  rest(): Promise<void>;
  /** Ends the world; throws when it still holds a connection or timer. */
  finish(): Promise<void>;
}

/** Records what it is told, in order, and can answer by a script. */
export class Recorder implements ConnectionHandler {
  readonly events: string[] = [];
  received = 0;
  hash = new Bun.CryptoHasher("sha256");
  closed = false;
  fault: ConnectionFault | undefined;
  connection: Connection | undefined;
  readonly script: Partial<ConnectionHandler>;
  /** Set while a method of the connection runs: no event may come from inside it. */
  static inside = false;

  constructor(script: Partial<ConnectionHandler> = {}) {
    this.script = script;
  }

  #note(event: string): void {
    if (Recorder.inside) throw new Error(`${event} came from inside a call`);
    if (this.closed) throw new Error(`${event} after close`);
    if (event !== "data" || this.events.at(-1) !== "data") this.events.push(event);
  }

  onOpen(connection: Connection): void {
    this.#note("open");
    this.script.onOpen?.(connection);
  }
  onData(connection: Connection, bytes: Uint8Array): void {
    this.#note("data");
    if (bytes.length === 0) throw new Error("empty data");
    this.received += bytes.length;
    this.hash.update(bytes);
    this.script.onData?.(connection, bytes);
  }
  onDrain(connection: Connection): void {
    this.#note("drain");
    this.script.onDrain?.(connection);
  }
  onEnd(connection: Connection): void {
    this.#note("end");
    this.script.onEnd?.(connection);
  }
  onClose(connection: Connection, fault: ConnectionFault | undefined): void {
    this.#note(fault === undefined ? "close" : `close:${fault}`);
    this.closed = true;
    this.fault = fault;
    this.script.onClose?.(connection, fault);
  }
}

/** Calls a method of a connection in which no event may be delivered. */
export function quietly<T>(call: () => T): T {
  Recorder.inside = true;
  try {
    return call();
  } finally {
    Recorder.inside = false;
  }
}

/** Sends all of `bytes` in pieces of the given sizes, waiting for drain, then does `after`. Give its `onDrain` to the handler. */
export class Sender {
  sent = 0;
  shortWrites = 0;
  readonly bytes: Uint8Array;
  readonly pieceSize: () => number;
  readonly after: (connection: Connection) => void;

  constructor(bytes: Uint8Array, pieceSize: () => number, after: (connection: Connection) => void) {
    this.bytes = bytes;
    this.pieceSize = pieceSize;
    this.after = after;
  }

  go = (connection: Connection): void => {
    while (this.sent < this.bytes.length) {
      const end = Math.min(this.bytes.length, this.sent + this.pieceSize());
      const taken = quietly(() => connection.write(this.bytes, this.sent, end));
      if (taken < 0) return;
      const wanted = end - this.sent;
      this.sent += taken;
      if (taken < wanted) {
        this.shortWrites += 1;
        return;
      }
    }
    this.after(connection);
  };
}

export function sha(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 31 + (index >>> 8) * 7) & 255;
  return bytes;
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Writes a short text in one call and insists that all of it is taken. */
export function send(connection: Connection, value: string): void {
  const bytes = text(value);
  expect(quietly(() => connection.write(bytes, 0, bytes.length))).toBe(bytes.length);
}

/** A pair of connected recorders over a fresh listener. */
export interface Pair {
  readonly listener: Listener;
  readonly serverSide: Recorder;
  readonly clientSide: Recorder;
  readonly server: Connection;
  readonly client: Connection;
}

export function listenOrThrow(transport: Transport, address: SocketAddress, handler: AcceptHandler): Listener {
  const listener = transport.listen({ address, backlog: 128 }, handler);
  if ("fault" in listener) throw new Error(listener.fault);
  return listener;
}

export async function connectPair(
  harness: Harness,
  serverSide: Recorder = new Recorder(),
  clientSide: Recorder = new Recorder(),
): Promise<Pair> {
  let server: Connection | undefined;
  const listener = listenOrThrow(harness.server, harness.address(), {
    onAccept: (connection) => {
      server = connection;
      connection.handler = serverSide;
      serverSide.connection = connection;
    },
  });
  const client = quietly(() => harness.client.connect({ address: listener.address }, clientSide));
  clientSide.connection = client;
  await harness.until(() => server !== undefined && clientSide.events.includes("open"));
  if (server === undefined) throw new Error("no connection was accepted");
  return { listener, serverSide, clientSide, server, client };
}

/** One case of the suite. */
export type Case = readonly [name: string, run: (harness: Harness) => Promise<void>];

// The conformance suite of the transport seam: what every Transport owes its users (src/transport/types.ts). Each
// implementation runs all of it through a harness that says where to listen and how to let the world go on until
// something holds. A case that an implementation cannot show is skipped with its reason.

import { afterEach, describe, expect, test } from "bun:test";
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

export interface ConformanceOptions {
  readonly name: string;
  readonly make: () => Harness;
  /** Case name → why this implementation cannot show it. */
  readonly skips?: Readonly<Record<string, string>>;
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

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

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

/** Runs the whole suite against one implementation. */
export function conformance(options: ConformanceOptions): void {
  describe(`transport conformance: ${options.name}`, () => {
    let harness: Harness | undefined;
    afterEach(async () => {
      const used = harness;
      harness = undefined;
      await used?.finish();
    });
    for (const [name, run] of CASES) {
      const reason = options.skips?.[name];
      if (reason !== undefined) {
        test.skip(`${name} (${reason})`, () => {});
        continue;
      }
      test(name, async () => {
        harness = options.make();
        await run(harness);
      });
    }
  });
}

type Case = readonly [name: string, run: (harness: Harness) => Promise<void>];

const LIFE: readonly Case[] = [
  [
    "opens, carries bytes both ways and closes in order",
    async (harness) => {
      const pair = await connectPair(harness);
      send(pair.client, "ping");
      await harness.until(() => pair.serverSide.received === 4);
      send(pair.server, "pong!");
      await harness.until(() => pair.clientSide.received === 5);
      quietly(() => pair.client.close());
      await harness.until(() => pair.clientSide.closed && pair.serverSide.events.includes("end"));
      quietly(() => pair.server.close());
      await harness.until(() => pair.serverSide.closed);
      expect(pair.clientSide.events).toEqual(["open", "data", "close"]);
      expect(pair.serverSide.events).toEqual(["data", "end", "close"]);
      pair.listener.close();
    },
  ],
  [
    "a handler may write, shut down and close from inside onAccept, onOpen and onData",
    async (harness) => {
      const serverSide = new Recorder({ onEnd: (connection) => quietly(() => connection.close()) });
      const listener = listenOrThrow(harness.server, harness.address(), {
        onAccept: (connection) => {
          connection.handler = serverSide;
          send(connection, "hello");
        },
      });
      const clientSide = new Recorder({
        onOpen: (connection) => send(connection, "hi"),
        onData: (connection) => quietly(() => connection.close()),
      });
      harness.client.connect({ address: listener.address }, clientSide);
      await harness.until(() => clientSide.closed && serverSide.closed);
      expect(clientSide.events).toEqual(["open", "data", "close"]);
      listener.close();
    },
  ],
  [
    "a handler replaced during a callback holds from the next one",
    async (harness) => {
      const second = new Recorder();
      const first = new Recorder({
        onData: (connection) => {
          connection.handler = second;
        },
      });
      const pair = await connectPair(harness, first);
      send(pair.client, "one");
      await harness.until(() => first.received === 3);
      send(pair.client, "three");
      await harness.until(() => second.received === 5);
      quietly(() => pair.client.close());
      await harness.until(() => second.events.includes("end"));
      quietly(() => pair.server.close());
      await harness.until(() => second.closed);
      expect(first.events).toEqual(["data"]);
      pair.listener.close();
    },
  ],
  [
    "addresses: both ends agree",
    async (harness) => {
      const pair = await connectPair(harness);
      expect(pair.client.remoteAddress).toEqual(pair.listener.address);
      if (pair.listener.address.family !== "unix") {
        expect(pair.server.localAddress).toEqual(pair.listener.address);
        expect(pair.server.remoteAddress).toEqual(pair.client.localAddress);
        expect(pair.server.remoteAddress.port).toBeGreaterThan(0);
      }
      const known = pair.server.remoteAddress;
      pair.client.abort();
      await harness.until(() => pair.serverSide.closed);
      expect(pair.server.remoteAddress).toBe(known);
      pair.listener.close();
    },
  ],
  [
    "listening twice on one address is a fault with a text",
    async (harness) => {
      const listener = listenOrThrow(harness.server, harness.address(), {
        onAccept: (connection) => connection.abort(),
      });
      const second = harness.server.listen({ address: listener.address, backlog: 1 }, { onAccept: () => {} });
      if (listener.address.family === "unix" && !("fault" in second)) second.close();
      else expect("fault" in second ? second.fault : "").toContain("Address already in use");
      listener.close();
    },
  ],
];

const ENDINGS: readonly Case[] = [
  [
    "half-close by the client: the server still answers",
    async (harness) => {
      const serverSide = new Recorder({
        onEnd: (connection) => {
          send(connection, "answer");
          quietly(() => connection.shutdown());
        },
      });
      const pair = await connectPair(harness, serverSide);
      send(pair.client, "question");
      quietly(() => pair.client.shutdown());
      expect(pair.client.writable).toBe(false);
      expect(pair.client.write(text("x"), 0, 1)).toBe(-1);
      await harness.until(() => pair.clientSide.closed && serverSide.closed);
      expect(pair.clientSide.received).toBe(6);
      expect(pair.clientSide.events).toEqual(["open", "data", "end", "close"]);
      expect(serverSide.events).toEqual(["data", "end", "close"]);
      pair.listener.close();
    },
  ],
  [
    "half-close by the server: the client still sends",
    async (harness) => {
      const clientSide = new Recorder({
        onEnd: (connection) => {
          send(connection, "late words");
          quietly(() => connection.shutdown());
        },
      });
      const pair = await connectPair(harness, new Recorder(), clientSide);
      send(pair.server, "bye");
      quietly(() => pair.server.shutdown());
      await harness.until(() => clientSide.closed && pair.serverSide.closed);
      expect(pair.serverSide.received).toBe(10);
      expect(pair.serverSide.events).toEqual(["data", "end", "close"]);
      pair.listener.close();
    },
  ],
  [
    "abort: the peer sees a reset, the caller an end without fault",
    async (harness) => {
      const pair = await connectPair(harness);
      send(pair.client, "x");
      await harness.until(() => pair.serverSide.received === 1);
      quietly(() => pair.client.abort());
      expect(pair.client.writable).toBe(false);
      await harness.until(() => pair.clientSide.closed && pair.serverSide.closed);
      expect(pair.clientSide.events).toEqual(["open", "close"]);
      expect(pair.serverSide.events).toEqual(["data", "close:reset"]);
      pair.listener.close();
    },
  ],
  [
    "a reset after our half-close is still a reset",
    async (harness) => {
      const pair = await connectPair(harness);
      quietly(() => pair.server.shutdown());
      await harness.until(() => pair.clientSide.events.includes("end"));
      quietly(() => pair.client.abort());
      await harness.until(() => pair.serverSide.closed);
      expect(pair.serverSide.events).toEqual(["close:reset"]);
      pair.listener.close();
    },
  ],
  [
    "a reset after the peer's half-close is still a reset",
    async (harness) => {
      const pair = await connectPair(harness);
      quietly(() => pair.client.shutdown());
      await harness.until(() => pair.serverSide.events.includes("end"));
      quietly(() => pair.client.abort());
      await harness.until(() => pair.serverSide.closed);
      expect(pair.serverSide.events).toEqual(["end", "close:reset"]);
      pair.listener.close();
    },
  ],
  [
    "a reset of a paused connection is reported",
    async (harness) => {
      const pair = await connectPair(harness);
      pair.server.pause();
      await harness.rest();
      quietly(() => pair.client.abort());
      await harness.until(() => pair.serverSide.closed);
      expect(pair.serverSide.fault).toBe("reset");
      pair.listener.close();
    },
  ],
  [
    "write after close gives -1, and closing twice is harmless",
    async (harness) => {
      const pair = await connectPair(harness);
      quietly(() => pair.client.close());
      expect(pair.client.write(text("x"), 0, 1)).toBe(-1);
      quietly(() => {
        pair.client.close();
        pair.client.abort();
        pair.client.shutdown();
        pair.client.pause();
        pair.client.resume();
      });
      await harness.until(() => pair.clientSide.closed && pair.serverSide.events.includes("end"));
      quietly(() => pair.client.close());
      quietly(() => pair.server.abort());
      await harness.until(() => pair.serverSide.closed);
      expect(pair.server.write(text("x"), 0, 1)).toBe(-1);
      pair.listener.close();
    },
  ],
  [
    "writing to a connection that was reset ends in one reset",
    async (harness) => {
      const pair = await connectPair(harness);
      pair.client.abort();
      await harness.until(() => {
        if (!pair.serverSide.closed) pair.server.write(text("x"), 0, 1);
        return pair.serverSide.closed;
      });
      expect(pair.serverSide.events.at(-1)).toBe("close:reset");
      expect(pair.serverSide.events).not.toContain("end");
      pair.listener.close();
    },
  ],
  [
    "close after a large write: everything that was taken arrives",
    async (harness) => {
      const pair = await connectPair(harness);
      const bytes = pattern(60_000);
      const taken = pair.server.write(bytes, 0, bytes.length);
      expect(taken).toBeGreaterThan(0);
      quietly(() => pair.server.close());
      await harness.until(() => pair.clientSide.events.includes("end"));
      expect(pair.clientSide.received).toBe(taken);
      expect(pair.clientSide.hash.digest("hex")).toBe(sha(bytes.subarray(0, taken)));
      quietly(() => pair.client.close());
      await harness.until(() => pair.clientSide.closed && pair.serverSide.closed);
      pair.listener.close();
    },
  ],
];

const CONNECTING: readonly Case[] = [
  [
    "refused connect: onClose alone, once",
    async (harness) => {
      const listener = listenOrThrow(harness.server, harness.address(), { onAccept: () => {} });
      const address = listener.address;
      listener.close();
      await harness.rest();
      const recorder = new Recorder();
      quietly(() => harness.client.connect({ address }, recorder));
      await harness.until(() => recorder.closed);
      await harness.rest();
      expect(recorder.events).toEqual(["close:refused"]);
    },
  ],
  [
    "abort before open cancels the attempt",
    async (harness) => {
      const accepted: Recorder[] = [];
      const listener = listenOrThrow(harness.server, harness.address(), {
        onAccept: (connection) => {
          const recorder = new Recorder();
          connection.handler = recorder;
          accepted.push(recorder);
        },
      });
      const recorder = new Recorder();
      const connection = quietly(() => harness.client.connect({ address: listener.address }, recorder));
      expect(connection.writable).toBe(false);
      quietly(() => connection.abort());
      await harness.until(() => recorder.closed);
      await harness.rest();
      await harness.until(() => accepted.every((peer) => peer.closed || peer.events.includes("end")));
      for (const peer of accepted) peer.connection?.abort();
      expect(recorder.events).toEqual(["close"]);
      listener.close();
    },
  ],
  [
    "an attempt into a black hole waits, and abort ends it",
    async (harness) => {
      const recorder = new Recorder();
      const connection = quietly(() => harness.client.connect({ address: harness.blackhole() }, recorder));
      await harness.rest();
      expect(recorder.events).toEqual([]);
      expect(connection.write(text("x"), 0, 1)).toBe(0);
      quietly(() => connection.abort());
      await harness.until(() => recorder.closed);
      await harness.rest();
      expect(recorder.events).toEqual(["close"]);
    },
  ],
  [
    "pause and shutdown before open take effect when it opens",
    async (harness) => {
      const serverSide = new Recorder();
      const listener = listenOrThrow(harness.server, harness.address(), {
        onAccept: (connection) => {
          connection.handler = serverSide;
          serverSide.connection = connection;
          send(connection, "early");
        },
      });
      const clientSide = new Recorder();
      const client = harness.client.connect({ address: listener.address }, clientSide);
      quietly(() => client.shutdown());
      await harness.until(() => serverSide.events.includes("end"));
      serverSide.connection?.close();
      await harness.until(() => clientSide.closed && serverSide.closed);
      expect(clientSide.received).toBe(5);
      listener.close();
    },
  ],
];

/** Sends 6 MB to a reader that pauses after every few chunks, and checks each byte. */
async function slowReader(harness: Harness, toServer: boolean): Promise<void> {
  const bytes = pattern(6_000_000);
  let pauses = 0;
  const reader = new Recorder({
    onData: (connection) => {
      if (pauses < 20) {
        pauses += 1;
        connection.pause();
        resumeLater.push(connection);
      }
    },
    onEnd: (connection) => quietly(() => connection.close()),
  });
  const resumeLater: Connection[] = [];
  const sender = new Sender(
    bytes,
    () => 1 << 20,
    (connection) => quietly(() => connection.shutdown()),
  );
  const writer = new Recorder({ onDrain: sender.go });
  const pair = await (toServer ? connectPair(harness, reader, writer) : connectPair(harness, writer, reader));
  const readingSide = toServer ? pair.server : pair.client;
  readingSide.pause();
  sender.go(toServer ? pair.client : pair.server);
  await harness.rest();
  expect(sender.shortWrites).toBeGreaterThan(0);
  expect(sender.sent).toBeLessThan(bytes.length);
  readingSide.resume();
  await harness.until(() => {
    for (const connection of resumeLater.splice(0)) connection.resume();
    return reader.closed && writer.closed;
  });
  expect(writer.events).toContain("drain");
  expect(reader.received).toBe(bytes.length);
  expect(reader.hash.digest("hex")).toBe(sha(bytes));
  pair.listener.close();
}

const FLOW: readonly Case[] = [
  ["backpressure towards the server: a slow reader gets every byte", (harness) => slowReader(harness, true)],
  ["backpressure towards the client: a slow reader gets every byte", (harness) => slowReader(harness, false)],
  [
    "many writes of odd sizes arrive as one stream, both ways at once",
    async (harness) => {
      let seed = 7;
      const odd = (): number => {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        return 1 + ((seed >>> 8) % 4000);
      };
      const bytes = pattern(400_000);
      const shut = (connection: Connection): void => quietly(() => connection.shutdown());
      const up = new Sender(bytes, odd, shut);
      const down = new Sender(bytes, odd, shut);
      const serverSide = new Recorder({ onDrain: down.go });
      const clientSide = new Recorder({ onDrain: up.go });
      const pair = await connectPair(harness, serverSide, clientSide);
      up.go(pair.client);
      down.go(pair.server);
      await harness.until(() => serverSide.closed && clientSide.closed);
      expect(serverSide.hash.digest("hex")).toBe(sha(bytes));
      expect(clientSide.hash.digest("hex")).toBe(sha(bytes));
      pair.listener.close();
    },
  ],
  [
    "a paused connection delivers nothing more, and everything after resume",
    async (harness) => {
      const pair = await connectPair(harness);
      quietly(() => pair.server.pause());
      quietly(() => pair.server.pause());
      await harness.rest();
      send(pair.client, "held back");
      pair.client.shutdown();
      await harness.rest();
      expect(pair.serverSide.events).toEqual([]);
      quietly(() => pair.server.resume());
      quietly(() => pair.server.resume());
      await harness.until(() => pair.serverSide.events.includes("end"));
      expect(pair.serverSide.events).toEqual(["data", "end"]);
      quietly(() => pair.server.close());
      await harness.until(() => pair.serverSide.closed && pair.clientSide.closed);
      pair.listener.close();
    },
  ],
  [
    "received bytes stay what they were",
    async (harness) => {
      const kept: Uint8Array[] = [];
      const serverSide = new Recorder({
        onData: (_connection, bytes) => {
          kept.push(bytes);
        },
      });
      const pair = await connectPair(harness, serverSide);
      const scratch = text("first!");
      pair.client.write(scratch, 0, 6);
      scratch.set(text("second"));
      await harness.until(() => serverSide.received === 6);
      pair.client.write(scratch, 0, 6);
      scratch.fill(0);
      await harness.until(() => serverSide.received === 12);
      expect(kept.map((bytes) => new TextDecoder().decode(bytes)).join("")).toBe("first!second");
      pair.client.abort();
      pair.server.abort();
      await harness.until(() => pair.clientSide.closed && pair.serverSide.closed);
      pair.listener.close();
    },
  ],
];

/** Connects one recorder after the other, so that their order in the accept queue is known. */
async function queueClients(harness: Harness, address: SocketAddress, count: number): Promise<Recorder[]> {
  const clients: Recorder[] = [];
  for (let index = 0; index < count; index += 1) {
    const recorder = new Recorder();
    recorder.connection = harness.client.connect({ address }, recorder);
    await harness.until(() => recorder.events.includes("open"));
    clients.push(recorder);
  }
  return clients;
}

const LISTENING: readonly Case[] = [
  [
    "a listener paused inside onAccept stops exactly there, and its queue is served after resume",
    async (harness) => {
      const accepted: Recorder[] = [];
      let limit = 2;
      const listener = listenOrThrow(harness.server, harness.address(), {
        onAccept: (connection, from) => {
          const recorder = new Recorder();
          recorder.connection = connection;
          connection.handler = recorder;
          accepted.push(recorder);
          if (accepted.length >= limit) quietly(() => from.pause());
        },
      });
      const clients = await queueClients(harness, listener.address, 5);
      await harness.rest();
      expect(accepted.length).toBe(2);
      const last = clients[4]?.connection;
      if (last !== undefined) send(last, "waiting");
      limit = 4;
      quietly(() => listener.resume());
      quietly(() => listener.resume());
      await harness.until(() => accepted.length === 4);
      await harness.rest();
      expect(accepted.length).toBe(4);
      limit = 100;
      listener.resume();
      await harness.until(() => accepted[4]?.received === 7);
      for (const peer of accepted) peer.connection?.close();
      await harness.until(() => clients.every((client) => client.events.includes("end")));
      for (const client of clients) client.connection?.close();
      await harness.until(() => clients.concat(accepted).every((side) => side.closed));
      listener.close();
    },
  ],
  [
    "closing a listener leaves its open connections alone",
    async (harness) => {
      const pair = await connectPair(harness);
      pair.listener.close();
      pair.listener.close();
      pair.listener.resume();
      send(pair.client, "still");
      await harness.until(() => pair.serverSide.received === 5);
      pair.client.close();
      await harness.until(() => pair.serverSide.events.includes("end"));
      pair.server.close();
      await harness.until(() => pair.serverSide.closed);
    },
  ],
];

const CASES: readonly Case[] = [...LIFE, ...ENDINGS, ...CONNECTING, ...FLOW, ...LISTENING];

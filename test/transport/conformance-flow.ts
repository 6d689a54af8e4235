// Conformance cases: connecting, backpressure, integrity, and listeners that pause.

import { expect } from "bun:test";
import type { Connection, SocketAddress } from "../../src/transport/types.ts";
import {
  type Case,
  connectPair,
  type Harness,
  listenOrThrow,
  pattern,
  quietly,
  Recorder,
  Sender,
  send,
  sha,
  text,
} from "./harness.ts";

export const CONNECTING: readonly Case[] = [
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

export const FLOW: readonly Case[] = [
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

export const LISTENING: readonly Case[] = [
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

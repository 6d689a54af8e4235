// Conformance cases: the life of a connection and all the ways in which it ends.

import { expect } from "bun:test";
import { type Case, connectPair, listenOrThrow, pattern, quietly, Recorder, send, sha, text } from "./harness.ts";

export const LIFE: readonly Case[] = [
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
      const first: Recorder = new Recorder({
        onData: (connection) => {
          if (first.received === 3) connection.handler = second;
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

export const ENDINGS: readonly Case[] = [
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
    "a shutdown long after the peer's FIN ends both sides",
    async (harness) => {
      const pair = await connectPair(harness);
      quietly(() => pair.client.shutdown());
      await harness.until(() => pair.serverSide.events.includes("end"));
      await harness.rest();
      send(pair.server, "late");
      quietly(() => pair.server.shutdown());
      await harness.until(() => pair.clientSide.closed && pair.serverSide.closed);
      expect(pair.serverSide.events).toEqual(["end", "close"]);
      expect(pair.clientSide.events).toEqual(["open", "data", "end", "close"]);
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

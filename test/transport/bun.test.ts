// Runs the conformance suite on real sockets (IPv4, IPv6, unix, abstract), and holds what only real sockets have:
// inherited descriptors, start-up error texts, no descriptor left behind, a throwing handler.

import { afterAll, describe, expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import {
  closeDescriptor,
  createBunTransport,
  createListeningSocket,
  localAddressOf,
} from "../../src/transport/bun/index.ts";
import { createConnectingSocket } from "../../src/transport/bun/sockets.ts";
import type { SocketAddress } from "../../src/transport/types.ts";
import { conformance } from "./conformance.ts";
import { connectPair, type Harness, Recorder, send } from "./harness.ts";

const LOOPBACK: SocketAddress = { family: "ipv4", host: "127.0.0.1", port: 0 };

let serial = 0;
const paths: string[] = [];

// A closed listener leaves its path, as the reference does.
afterAll(() => {
  for (const path of paths) rmSync(path, { force: true });
});

function descriptorCount(): number {
  return readdirSync("/proc/self/fd").length;
}

/** A listening socket whose accept queue is full: the kernel drops further SYNs, so attempts hang. */
function fullListener(): { address: SocketAddress; close(): void } {
  const fd = createListeningSocket({ address: LOOPBACK, backlog: 0 });
  if (typeof fd !== "number") throw new Error(fd.message);
  const address = localAddressOf(fd) ?? LOOPBACK;
  const fillers = [createConnectingSocket(address, undefined), createConnectingSocket(address, undefined)];
  return {
    address,
    close: () => {
      for (const filler of fillers) closeDescriptor(filler);
      closeDescriptor(fd);
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("it never came to hold");
    await Bun.sleep(1);
  }
}

function bunHarness(address: () => SocketAddress): Harness {
  const defects: unknown[] = [];
  const transport = createBunTransport({ onDefect: (error) => defects.push(error) });
  const before = descriptorCount();
  const endings: (() => void)[] = [];
  return {
    server: transport,
    client: transport,
    address,
    blackhole: () => {
      const full = fullListener();
      endings.push(full.close);
      return full.address;
    },
    until,
    rest: () => Bun.sleep(20),
    finish: async () => {
      for (const end of endings) end();
      expect(defects).toEqual([]);
      await until(() => descriptorCount() <= before);
    },
  };
}

// Descriptors that Bun itself opens on first use (epoll, timers, its loop) must not count as leaks.
await connectPair(bunHarness(() => LOOPBACK)).then(async (pair) => {
  pair.client.abort();
  await until(() => pair.serverSide.closed);
  pair.listener.close();
});

conformance({ name: "bun, IPv4", make: () => bunHarness(() => LOOPBACK) });
conformance({ name: "bun, IPv6", make: () => bunHarness(() => ({ family: "ipv6", host: "::1", port: 0 })) });

const unixSkips = {
  "abort: the peer sees a reset, the caller an end without fault": "a unix socket has no RST",
  "a reset after our half-close is still a reset": "a unix socket has no RST",
  "a reset after the peer's half-close is still a reset": "a unix socket has no RST",
  "a reset of a paused connection is reported": "a unix socket has no RST",
};

conformance({
  name: "bun, unix socket",
  make: () =>
    bunHarness(() => {
      serial += 1;
      const path = `${tmpdir()}/pointsman-${process.pid}-${serial}.sock`;
      paths.push(path);
      return { family: "unix", host: path, port: 0 };
    }),
  skips: unixSkips,
});
conformance({
  name: "bun, abstract unix socket",
  make: () =>
    bunHarness(() => {
      serial += 1;
      return { family: "unix", host: `\0pointsman-${process.pid}-${serial}`, port: 0 };
    }),
  skips: unixSkips,
});

describe("bun transport", () => {
  test("a handler that throws costs its connection and nothing else", async () => {
    const defects: unknown[] = [];
    const transport = createBunTransport({ onDefect: (error) => defects.push(error) });
    const harness = { ...bunHarness(() => LOOPBACK), server: transport };
    const angry = new Recorder({
      onData: () => {
        throw new Error("our bug");
      },
    });
    const pair = await connectPair(harness, angry);
    send(pair.client, "x");
    await until(() => angry.closed && pair.clientSide.closed);
    expect(angry.events).toEqual(["data", "close:error"]);
    expect(pair.clientSide.events).toEqual(["open", "close:reset"]);
    expect(String(defects[0])).toContain("our bug");
    pair.listener.close();
    await harness.finish();
  });
});

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
import type { Connection, Listener, SocketAddress } from "../../src/transport/types.ts";
import { conformance } from "./conformance.ts";
import { connectPair, type Harness, listenOrThrow, Recorder, send } from "./harness.ts";

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

const notOnUnix = {
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
  inapplicable: notOnUnix,
});
conformance({
  name: "bun, abstract unix socket",
  make: () =>
    bunHarness(() => {
      serial += 1;
      return { family: "unix", host: `\0pointsman-${process.pid}-${serial}`, port: 0 };
    }),
  inapplicable: notOnUnix,
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

  test("a descriptor that is already listening is used, and stays the caller's", async () => {
    const fd = createListeningSocket({ address: LOOPBACK, backlog: 16 });
    if (typeof fd !== "number") throw new Error(fd.message);
    const address = localAddressOf(fd) ?? LOOPBACK;
    const transport = createBunTransport();
    const accepted: Recorder[] = [];
    const listen = (): Listener => {
      const spec = { address, backlog: 16, fd };
      const listener = transport.listen(spec, {
        onAccept: (connection) => {
          const recorder = new Recorder();
          recorder.connection = connection;
          connection.handler = recorder;
          accepted.push(recorder);
        },
      });
      if ("fault" in listener) throw new Error(listener.fault);
      expect(listener.address).toEqual(address);
      return listener;
    };
    const client = new Recorder();
    listen().close();
    // Nobody accepts now, but the socket lives: this one waits in its queue.
    client.connection = transport.connect({ address }, client);
    await until(() => client.events.includes("open"));
    const second = listen();
    await until(() => accepted.length === 1);
    client.connection.abort();
    await until(() => accepted[0]?.closed === true && client.closed);
    second.close();
    closeDescriptor(fd);
  });

  test("what cannot be bound is said as the reference says it", () => {
    const transport = createBunTransport();
    const faultOf = (address: SocketAddress): string => {
      const listener = transport.listen({ address, backlog: 1 }, { onAccept: () => {} });
      if (!("fault" in listener)) listener.close();
      return "fault" in listener ? listener.fault : "";
    };
    const foreign: SocketAddress = { family: "ipv4", host: "192.0.2.1", port: 0 };
    expect(faultOf(foreign)).toBe("cannot bind socket (Cannot assign requested address)");
    expect(faultOf({ family: "unix", host: "/nowhere/at/all.sock", port: 0 })).toBe(
      "cannot bind UNIX socket (No such file or directory)",
    );
    expect(faultOf({ family: "ipv4", host: "no.address", port: 0 })).toBe("cannot bind socket (invalid address)");
    const notASocket = transport.listen({ address: LOOPBACK, backlog: 1, fd: 0 }, { onAccept: () => {} });
    expect("fault" in notASocket ? notASocket.fault : "").toContain("not a socket");
  });

  test("several sockets on one address, when all ask for it", () => {
    const first = createListeningSocket({ address: LOOPBACK, backlog: 1, reusePort: true });
    if (typeof first !== "number") throw new Error(first.message);
    const address = localAddressOf(first) ?? LOOPBACK;
    const second = createListeningSocket({ address, backlog: 1, reusePort: true });
    const third = createListeningSocket({ address, backlog: 1 });
    expect(typeof second).toBe("number");
    expect(typeof third === "number" ? "" : third.message).toBe("cannot bind socket (Address already in use)");
    for (const fd of [first, second, third]) if (typeof fd === "number") closeDescriptor(fd);
  });

  test("connections come from the source address that was asked for", async () => {
    const source: SocketAddress = { family: "ipv4", host: "127.0.0.77", port: 0 };
    const harness = bunHarness(() => LOOPBACK);
    const peers: Connection[] = [];
    const listener = listenOrThrow(harness.server, LOOPBACK, {
      onAccept: (connection) => {
        connection.handler = new Recorder();
        peers.push(connection);
      },
    });
    const client = new Recorder();
    const connection = harness.client.connect({ address: listener.address, source }, client);
    await until(() => peers.length === 1 && client.events.includes("open"));
    expect(peers[0]?.remoteAddress.host).toBe("127.0.0.77");
    expect(connection.localAddress.host).toBe("127.0.0.77");
    const lost = new Recorder();
    harness.client.connect({ address: listener.address, source: { ...source, host: "192.0.2.1" } }, lost);
    await until(() => lost.closed);
    expect(lost.events).toEqual(["close:exhausted"]);
    connection.abort();
    peers[0]?.abort();
    await until(() => client.closed);
    listener.close();
    await harness.finish();
  });

  test("out of descriptors it neither spins nor stops for good", async () => {
    const child = Bun.spawn(
      ["sh", "-c", `ulimit -n 64; exec "$0" "$1"`, process.execPath, `${import.meta.dir}/descriptors.ts`],
      {
        stdout: "pipe",
      },
    );
    const transport = createBunTransport();
    const clients: Recorder[] = [];
    let output = "";
    for await (const chunk of child.stdout) {
      output += new TextDecoder().decode(chunk);
      if (clients.length > 0 || !output.includes("\n")) continue;
      const address = { ...LOOPBACK, port: Number.parseInt(output, 10) };
      for (let index = 0; index < 84; index += 1) {
        const client = new Recorder();
        client.connection = transport.connect({ address }, client);
        clients.push(client);
      }
    }
    for (const client of clients) client.connection?.abort();
    await until(() => clients.every((client) => client.closed));
    const said = JSON.parse(output.slice(output.indexOf("\n")));
    expect(said).toEqual({ stoppedBelowLimit: true, turnsWereFew: true, wentOn: true });
  });
});

// Runs the conformance suite on the simulated network: calm, and over many seeds with odd boundaries, jitter, stalls and
// short writes (faults that a transport must hide). Then holds what only the simulation has: faults, replay by seed, drained ends.

import { describe, expect, test } from "bun:test";
import {
  createSimulation,
  drawFaults,
  type FaultPlan,
  SeededRandom,
  type Simulation,
} from "../../src/transport/sim/index.ts";
import type { Connection, SocketAddress } from "../../src/transport/types.ts";
import { conformance } from "./conformance.ts";
import { connectPair, type Harness, listenOrThrow, pattern, Recorder, Sender } from "./harness.ts";

const SERVER = "10.0.0.1";
const CLIENT = "10.0.0.2";
const ANY: SocketAddress = { family: "ipv4", host: SERVER, port: 0 };

function harnessOf(simulation: Simulation): Harness {
  return {
    server: simulation.transportFor(SERVER),
    client: simulation.transportFor(CLIENT),
    address: () => ANY,
    blackhole: () => {
      const address: SocketAddress = { ...ANY, port: 9 };
      simulation.setFaults(address, { blackhole: 1 });
      return address;
    },
    until: async (holds) => {
      if (!simulation.until(holds, 600_000)) throw new Error(`seed ${simulation.seed}: it never came to hold`);
    },
    rest: async () => simulation.run(simulation.clock.now() + 100),
    finish: async () => {
      simulation.run(simulation.clock.now() + 200_000);
      expect(simulation.defects).toEqual([]);
      expect(simulation.rest()).toEqual({ connections: 0, timers: 0, listeners: 0, waitingBytes: 0 });
      expect(simulation.idle()).toBe(true);
    },
  };
}

/** The part of a drawn plan that no user of a transport may notice. */
function harmless(seed: number): Partial<FaultPlan> {
  const plan = drawFaults(new SeededRandom(seed, 9), 1);
  return {
    ...plan,
    latencyMs: plan.latencyMs / 10,
    jitterMs: plan.jitterMs / 10,
    stallMs: 15,
    refuse: 0,
    blackhole: 0,
    reset: 0,
    cut: 0,
  };
}

conformance({ name: "simulated, calm", make: () => harnessOf(createSimulation(1)) });

// A short write or a small buffer by chance would break the cases that insist on one write being taken whole.
for (let seed = 2; seed < 12; seed += 1) {
  const faults = { ...harmless(seed), shortWrite: 0, bufferBytes: 262_144 };
  conformance({ name: `simulated, seed ${seed}`, make: () => harnessOf(createSimulation(seed, { faults })) });
}

interface Outcome {
  readonly events: string;
  readonly steps: number;
  readonly bytes: number;
}

/** Twenty clients exchange bytes with an echoing server under faults; then the faults stop and everything must drain. */
async function storm(seed: number): Promise<Outcome> {
  const simulation = createSimulation(seed, { harshness: 1 });
  const harness = harnessOf(simulation);
  const recorders: Recorder[] = [];
  const listener = listenOrThrow(harness.server, ANY, {
    onAccept: (connection) => {
      const waiting: Uint8Array[] = [];
      let ended = false;
      const flush = (peer: Connection): void => {
        while (waiting.length > 0) {
          const bytes = waiting[0] ?? new Uint8Array();
          const taken = peer.write(bytes, 0, bytes.length);
          if (taken < 0) return;
          if (taken < bytes.length) {
            waiting[0] = bytes.subarray(taken);
            return;
          }
          waiting.shift();
        }
        if (ended) peer.shutdown();
      };
      const recorder = new Recorder({
        onData: (peer, bytes) => {
          waiting.push(bytes);
          flush(peer);
        },
        onDrain: flush,
        onEnd: (peer) => {
          ended = true;
          flush(peer);
        },
      });
      connection.handler = recorder;
      recorders.push(recorder);
      recorder.connection = connection;
    },
  });
  const bytes = pattern(20_000);
  for (let index = 0; index < 20; index += 1) {
    const sender = new Sender(
      bytes,
      () => simulation.scriptRandom.between(1, 5000),
      (connection) => connection.shutdown(),
    );
    const recorder = new Recorder({ onOpen: sender.go, onDrain: sender.go });
    recorder.connection = harness.client.connect({ address: listener.address }, recorder);
    recorders.push(recorder);
  }
  simulation.run(20_000);
  simulation.calm();
  listener.close();
  simulation.run(300_000);
  // What a cut left half-open is the owners' to end.
  for (const recorder of recorders) if (!recorder.closed) recorder.connection?.abort();
  await harness.finish();
  expect(recorders.every((recorder) => recorder.closed)).toBe(true);
  const events = recorders.map((recorder) => recorder.events.join(",")).join(";");
  return { events, steps: simulation.stepsTotal, bytes: simulation.bytesDelivered };
}

describe("simulation", () => {
  test("the same seed takes the same steps, another does not", async () => {
    const first = await storm(42);
    expect(await storm(42)).toEqual(first);
    expect(await storm(43)).not.toEqual(first);
  });

  test("after faults stop everything drains, whatever the seed", async () => {
    const seen = new Set<string>();
    for (let seed = 100; seed < 140; seed += 1) {
      const outcome = await storm(seed);
      for (const event of outcome.events.split(/[,;]/)) seen.add(event);
    }
    // The faults must have struck, or the case proves nothing.
    for (const event of ["open", "data", "drain", "end", "close", "close:refused", "close:reset"]) {
      expect(seen).toContain(event);
    }
  });

  test("a black hole ends in a timeout, an unknown host is unreachable", async () => {
    const simulation = createSimulation(5);
    const harness = harnessOf(simulation);
    const lost = new Recorder();
    harness.client.connect({ address: harness.blackhole() }, lost);
    const nowhere = new Recorder();
    harness.client.connect({ address: { family: "ipv4", host: "10.9.9.9", port: 80 } }, nowhere);
    simulation.run(200_000);
    expect([lost.events, nowhere.events]).toEqual([["close:timeout"], ["close:unreachable"]]);
    await harness.finish();
  });

  test("a full accept queue delays the attempt until there is room", async () => {
    const simulation = createSimulation(6);
    const harness = harnessOf(simulation);
    const accepted: Connection[] = [];
    const listener = listenOrThrow(harness.server, ANY, {
      onAccept: (connection) => {
        connection.handler = new Recorder();
        accepted.push(connection);
      },
    });
    listener.close();
    const small = harness.server.listen(
      { address: listener.address, backlog: 1 },
      { onAccept: (c) => accepted.push(c) },
    );
    if ("fault" in small) throw new Error(small.fault);
    small.pause();
    const clients = [new Recorder(), new Recorder()];
    for (const client of clients) client.connection = harness.client.connect({ address: small.address }, client);
    simulation.run(500);
    expect(clients.filter((client) => client.events.includes("open")).length).toBe(1);
    small.resume();
    simulation.run(5000);
    expect(clients.every((client) => client.events.includes("open"))).toBe(true);
    for (const client of clients) client.connection?.abort();
    small.close();
    await harness.finish();
  });

  test("an isolated host is silent and loses nothing; a crashed one resets its peers", async () => {
    const simulation = createSimulation(8);
    const harness = harnessOf(simulation);
    const pair = await connectPair(harness);
    simulation.isolate(SERVER);
    pair.client.write(pattern(10), 0, 10);
    simulation.run(simulation.clock.now() + 60_000);
    expect(pair.serverSide.received).toBe(0);
    simulation.heal();
    simulation.run(simulation.clock.now() + 10);
    expect(pair.serverSide.received).toBe(10);
    simulation.crash(SERVER);
    simulation.run(simulation.clock.now() + 10);
    expect(pair.clientSide.fault).toBe("reset");
    pair.listener.close();
    await harness.finish();
  });

  test("timers and deferred calls follow virtual time", () => {
    const simulation = createSimulation(9);
    const log: string[] = [];
    const { clock } = simulation;
    clock.setTimer(10, () => {
      log.push(`a@${clock.now()}`);
      clock.defer(() => log.push("deferred"));
    });
    const cleared = clock.setTimer(5, () => log.push("never"));
    clock.setTimer(10, () => log.push(`b@${clock.now()}`));
    clock.clearTimer(cleared);
    clock.clearTimer(cleared);
    expect(simulation.rest().timers).toBe(2);
    simulation.run(9);
    expect(log).toEqual([]);
    simulation.run(20);
    expect(log.filter((entry) => entry !== "deferred")).toEqual(["a@10", "b@10"]);
    expect(log).toContain("deferred");
    expect(simulation.rest().timers).toBe(0);
    expect(clock.now()).toBe(20);
  });
});

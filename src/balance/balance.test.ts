// Tests of the algorithms on an arena: evenness, weights, what moves when a server leaves, full and failed servers,
// backups, and turns across real threads. That hashing and round robin choose what the reference chooses is the
// differential test's business.

import { describe, expect, test } from "bun:test";
import { ADMIN_STATE, OPERATIONAL_STATE, SharedState, WEIGHT_SCALE } from "../records/index.ts";
import { ALL_FULL, type Balancer, type BalanceSpec, createBalancer, NO_KEY, NO_SERVER } from "./index.ts";
import { spreadByWeight } from "./static-map.ts";

interface Backend {
  readonly state: SharedState;
  readonly balancer: Balancer;
  change(server: number, weight: number, down?: boolean): void;
}

interface BackendOptions extends Partial<BalanceSpec> {
  readonly weights: readonly number[];
  readonly backups?: readonly number[];
  readonly allBackups?: boolean;
  readonly ids?: readonly number[];
}

function backend(options: BackendOptions): Backend {
  const { weights, backups, allBackups, ids, ...spec } = options;
  const state = SharedState.create({ threads: 1, proxies: 2, servers: weights.length + 3, listeners: 0 });
  // Not the first proxy and not the first server: offsets that are wrong show.
  const indices = weights.map((_, i) => i + 3);
  const change = (server: number, weight: number, down = false) => {
    const index = indices[server]!;
    state.servers.operationalState.set(index, OPERATIONAL_STATE.running);
    state.servers.adminState.set(index, down ? ADMIN_STATE.forcedMaintenance : 0);
    state.servers.effectiveWeight.set(index, weight * WEIGHT_SCALE);
    state.recountServers(1, indices);
  };
  for (const [i, weight] of weights.entries()) change(i, weight);
  let seed = 1;
  const balancer = createBalancer({
    spec: {
      algorithm: "roundrobin",
      draws: 2,
      uri: { len: 0, depth: 0, whole: false, pathOnly: false },
      hashType: "map-based",
      hashFunction: "sdbm",
      avalanche: false,
      hashBalanceFactor: 0,
      ...spec,
    },
    servers: indices.map((index, i) => ({ index, id: ids?.[i] ?? i + 1, backup: backups?.includes(i) ?? false })),
    allBackups: allBackups ?? false,
    proxyIndex: 1,
    state,
    random: { nextUint32: () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) },
    owner: 1,
  });
  return { state, balancer, change };
}

const ALGORITHMS = ["roundrobin", "static-rr", "leastconn", "first", "random", "hash"] as const;

function picks(balancer: Balancer, count: number, hash = () => NO_KEY): number[] {
  return Array.from({ length: count }, () => balancer.pick(hash(), -1));
}

function tally(chosen: readonly number[]): number[] {
  const counts: number[] = [];
  for (const server of chosen) counts[server] = (counts[server] ?? 0) + 1;
  return Array.from(counts, (count) => count ?? 0);
}

test("round robin goes strictly in turn, and by weight in the smoothest order", () => {
  const check = (weights: number[], expected: string) =>
    expect(picks(backend({ weights }).balancer, expected.length).join("")).toBe(expected);
  check([1, 1, 1], "012012012");
  check([1, 2, 3], "212021212021");
  check([5, 1, 1], "0001002");
  check([1], "000");
});

test("weights are kept exactly by the turn algorithms", () => {
  for (const algorithm of ["roundrobin", "static-rr"] as const) {
    expect(tally(picks(backend({ algorithm, weights: [5, 3, 2] }).balancer, 1000))).toEqual([500, 300, 200]);
  }
});

test("leastconn takes the lowest load, and turns among equals", () => {
  const { balancer, state } = backend({ algorithm: "leastconn", weights: [1, 1, 1] });
  expect(picks(balancer, 6)).toEqual([0, 1, 2, 0, 1, 2]);
  state.servers.served.set(3, 2);
  state.servers.served.set(4, 1);
  expect(picks(balancer, 3)).toEqual([2, 2, 2]);
  state.servers.queued.set(5, 3);
  expect(picks(balancer, 3)).toEqual([1, 1, 1]);
});

test("leastconn divides the load by the weight", () => {
  const { balancer, state } = backend({ algorithm: "leastconn", weights: [1, 3] });
  const chosen = Array.from({ length: 400 }, () => {
    const server = balancer.pick(NO_KEY, -1);
    state.servers.served.add(server + 3, 1);
    return server;
  });
  expect(tally(chosen)).toEqual([100, 300]);
});

test("random draws follow the weights, and two draws keep loads even", () => {
  const one = tally(picks(backend({ algorithm: "random", draws: 1, weights: [1, 2, 5] }).balancer, 80_000));
  for (const [i, share] of [10_000, 20_000, 50_000].entries()) {
    expect(Math.abs(one[i]! - share)).toBeLessThan(share * 0.05);
  }
  const { balancer, state } = backend({ algorithm: "random", draws: 2, weights: [1, 1, 1, 1] });
  for (let i = 0; i < 4000; i++) state.servers.served.add(balancer.pick(NO_KEY, -1) + 3, 1);
  for (let i = 0; i < 4; i++) expect(Math.abs(state.servers.served.get(i + 3) - 1000)).toBeLessThan(5);
});

test("first fills servers in the order of their ids", () => {
  const { balancer, state } = backend({ algorithm: "first", weights: [1, 1, 1], ids: [9, 3, 5] });
  expect(picks(balancer, 2)).toEqual([1, 1]);
  state.servers.maxconn.set(4, 1);
  state.servers.served.set(4, 1);
  expect(picks(balancer, 2)).toEqual([2, 2]);
});

test("a key stays with its server, and only the keys of a server that leaves move", () => {
  const { balancer, change } = backend({ algorithm: "hash", hashType: "consistent", weights: [10, 10, 10, 10] });
  const hashes = Array.from({ length: 4000 }, (_, i) => Math.imul(i, 2654435761) >>> 0);
  const all = () => hashes.map((hash) => balancer.pick(hash, -1));
  const before = all();
  for (const count of tally(before)) expect(Math.abs(count - 1000)).toBeLessThan(250);
  expect(all()).toEqual(before);
  change(2, 10, true);
  const during = all();
  expect(during).not.toContain(2);
  expect(during.filter((server, i) => server !== before[i]).length).toBe(
    before.filter((server) => server === 2).length,
  );
  change(2, 10);
  expect(all()).toEqual(before);
});

test("a redispatched key goes to the next server of the ring, and back when there is no other", () => {
  const { balancer, change } = backend({ algorithm: "hash", hashType: "consistent", weights: [1, 1, 1] });
  const first = balancer.pick(123456789, -1);
  expect(balancer.pick(123456789, first)).not.toBe(first);
  for (let i = 0; i < 3; i++) if (i !== first) change(i, 1, true);
  expect(balancer.pick(123456789, first)).toBe(first);
});

test("hash-balance-factor passes over servers above their share", () => {
  const { balancer, state } = backend({
    algorithm: "hash",
    hashType: "consistent",
    hashBalanceFactor: 150,
    weights: [1, 1, 1],
  });
  for (let i = 0; i < 300; i++) state.servers.served.add(balancer.pick(42, -1) + 3, 1);
  const served = [3, 4, 5].map((index) => state.servers.served.get(index));
  expect(Math.max(...served)).toBeLessThanOrEqual(151);
  expect(served.reduce((a, b) => a + b)).toBe(300);
});

describe.each([...ALGORITHMS])("%s", (algorithm) => {
  test("gives none without a usable server, and follows states at once", () => {
    const { balancer, change } = backend({ algorithm, weights: [1, 1] });
    const hash = algorithm === "hash" ? 77 : NO_KEY;
    expect([0, 1]).toContain(balancer.pick(hash, -1));
    change(0, 1, true);
    expect(picks(balancer, 3, () => hash)).toEqual([1, 1, 1]);
    change(1, 0);
    expect(balancer.pick(hash, -1)).toBe(NO_SERVER);
    change(0, 1);
    expect(picks(balancer, 3, () => hash)).toEqual([0, 0, 0]);
    expect(picks(backend({ algorithm, weights: [] }).balancer, 1)).toEqual([NO_SERVER]);
  });

  test("uses backups only when no active server is left", () => {
    for (const allBackups of [false, true]) {
      const { balancer, change } = backend({ algorithm, allBackups, weights: [1, 1, 1], backups: [1, 2] });
      expect(tally(picks(balancer, 20))).toEqual([20]);
      change(0, 1, true);
      const chosen = new Set(picks(balancer, 40));
      expect([...chosen].sort()).toEqual(allBackups && algorithm !== "first" ? [1, 2] : [1]);
      change(1, 1, true);
      expect(picks(balancer, 2)).toEqual([2, 2]);
    }
  });

  test("does not repeat the excluded server while there is another", () => {
    const { balancer, change } = backend({ algorithm, weights: [1, 1, 1] });
    for (let i = 0; i < 30; i++) expect(balancer.pick(NO_KEY, 1)).not.toBe(1);
    change(0, 1, true);
    change(2, 1, true);
    expect(balancer.pick(NO_KEY, 1)).toBe(1);
  });

  test("leaves full servers out, and says when all are full", () => {
    if (algorithm === "random") return;
    const { balancer, state } = backend({ algorithm, weights: [1, 1, 1] });
    state.servers.maxconn.set(4, 1);
    state.servers.served.set(4, 1);
    expect(picks(balancer, 40)).not.toContain(1);
    for (const index of [3, 5]) {
      state.servers.maxconn.set(index, 1);
      state.servers.served.set(index, 1);
    }
    expect(picks(balancer, 2)).toEqual([ALL_FULL, ALL_FULL]);
    state.servers.served.set(5, 0);
    expect(picks(balancer, 2)).toEqual([2, 2]);
  });
});

test("a farm of hundreds keeps its shares and survives every change", () => {
  const weights = Array.from({ length: 300 }, (_, i) => 1 + (i % 7));
  const { balancer, change } = backend({ weights });
  const total = weights.reduce((a, b) => a + b);
  expect(tally(picks(balancer, total))).toEqual(weights);
  for (let i = 0; i < 300; i += 2) change(i, 1, true);
  const odd = weights.map((weight, i) => (i % 2 === 0 ? 0 : weight));
  const half = odd.reduce((a, b) => a + b);
  picks(balancer, half * 17);
  expect(tally(picks(balancer, half * 16)).map((count) => count / 16)).toEqual(odd);
});

test("the table of map-based hashing is the slow definition's, also for large farms", () => {
  const slowly = (weights: readonly number[]) => {
    const round = weights.reduce((a, b) => a + b);
    const credit = weights.map(() => 0);
    return Array.from({ length: round }, () => {
      for (const [i, weight] of weights.entries()) credit[i]! += weight;
      const rounds = credit.map((value) => Math.floor((value + round) / round));
      const chosen = rounds.indexOf(Math.max(...rounds));
      credit[chosen]! -= round;
      return chosen;
    });
  };
  let seed = 3;
  const roll = (sides: number) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % sides;
  for (let i = 0; i < 300; i++) {
    const weights = [1, ...Array.from({ length: roll(i % 10 === 0 ? 60 : 8) }, () => 1 + roll(i % 3 === 0 ? 256 : 9))];
    expect([...spreadByWeight(weights)]).toEqual(slowly(weights));
  }
  expect(spreadByWeight([])).toHaveLength(0);
  expect([...spreadByWeight([20, 20])]).toEqual([0, 1]);
  expect(spreadByWeight(Array.from({ length: 3000 }, (_, i) => 1 + (i % 256)))).toHaveLength(378_876);
});

test("round robin stays in turn across real threads", async () => {
  const { state } = backend({ weights: [5, 3, 2] });
  const shape = state.shape;
  const source = `
    import { createBalancer } from ${JSON.stringify(`${import.meta.dir}/index.ts`)};
    import { SharedState } from ${JSON.stringify(`${import.meta.dir}/../records/index.ts`)};
    self.onmessage = ({ data: { buffer, shape, owner } }) => {
      const state = SharedState.attach(buffer, shape);
      const balancer = createBalancer({
        spec: { algorithm: "roundrobin", draws: 2, uri: {}, hashType: "map-based", hashFunction: "sdbm" },
        servers: [3, 4, 5].map((index, i) => ({ index, id: i + 1, backup: false })),
        allBackups: false, proxyIndex: 1, state, random: { nextUint32: () => 0 }, owner,
      });
      for (let i = 0; i < 20000; i++) state.servers.served.add(3 + balancer.pick(-1, -1), 1);
      self.postMessage("done");
    };`;
  const url = URL.createObjectURL(new Blob([source], { type: "application/typescript" }));
  const workers = [1, 2, 3].map((owner) => {
    const worker = new Worker(url);
    worker.postMessage({ buffer: state.buffer, shape, owner });
    return worker;
  });
  await Promise.all(workers.map((worker) => new Promise((done) => worker.addEventListener("message", done))));
  for (const worker of workers) worker.terminate();
  URL.revokeObjectURL(url);
  expect([3, 4, 5].map((index) => state.servers.served.get(index))).toEqual([30_000, 18_000, 12_000]);
});

// Owns the cost of a pick: nanoseconds per `pick` for each algorithm with 3, 10 and 200 servers, in one thread without
// contention, and of making the tables again behind a change of state. Run it with `bun bench/micro/balance.ts`.

import { type BalanceSpec, createBalancer, KeyHasher } from "../../src/balance/index.ts";
import { OPERATIONAL_STATE, SharedState, WEIGHT_SCALE } from "../../src/records/index.ts";

const SIZES = [3, 10, 200];
const ROUNDS = 5;

interface Row {
  readonly name: string;
  readonly spec: Partial<BalanceSpec>;
  readonly weight: (server: number) => number;
}

const even = () => 1;
const ROWS: readonly Row[] = [
  { name: "roundrobin", spec: { algorithm: "roundrobin" }, weight: even },
  { name: "roundrobin, weights 1…9", spec: { algorithm: "roundrobin" }, weight: (i) => 1 + (i % 9) },
  { name: "static-rr", spec: { algorithm: "static-rr" }, weight: even },
  { name: "leastconn", spec: { algorithm: "leastconn" }, weight: even },
  { name: "leastconn, weights 1…9", spec: { algorithm: "leastconn" }, weight: (i) => 1 + (i % 9) },
  { name: "first", spec: { algorithm: "first" }, weight: even },
  { name: "random(1)", spec: { algorithm: "random", draws: 1 }, weight: even },
  { name: "random(2)", spec: { algorithm: "random", draws: 2 }, weight: even },
  { name: "hash, map-based", spec: { algorithm: "uri" }, weight: even },
  { name: "hash, consistent", spec: { algorithm: "uri", hashType: "consistent" }, weight: even },
  { name: "hash, consistent, weight 100", spec: { algorithm: "uri", hashType: "consistent" }, weight: () => 100 },
];

const SPEC: BalanceSpec = {
  algorithm: "roundrobin",
  draws: 2,
  uri: { len: 0, depth: 0, whole: false, pathOnly: false },
  hashType: "map-based",
  hashFunction: "sdbm",
  avalanche: true,
  hashBalanceFactor: 0,
};

function farm(row: Row, servers: number) {
  const state = SharedState.create({ threads: 1, proxies: 1, servers, listeners: 0 });
  const indices = Array.from({ length: servers }, (_, i) => i);
  for (const i of indices) {
    state.servers.operationalState.set(i, OPERATIONAL_STATE.running);
    state.servers.effectiveWeight.set(i, row.weight(i) * WEIGHT_SCALE);
    state.servers.served.set(i, i % 5);
  }
  state.recountServers(0, indices);
  let seed = 1;
  const balancer = createBalancer({
    spec: { ...SPEC, ...row.spec },
    servers: indices.map((index) => ({ index, id: index + 1, backup: false })),
    allBackups: false,
    proxyIndex: 0,
    state,
    random: { nextUint32: () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) },
    owner: 1,
  });
  return { state, balancer };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

/** ns per call of `work`, which does `count` calls. */
function measure(count: number, work: () => void): number {
  work();
  work();
  return median(
    Array.from({ length: ROUNDS }, () => {
      const start = Bun.nanoseconds();
      work();
      return (Bun.nanoseconds() - start) / count;
    }),
  );
}

function pickCost(row: Row, servers: number): number {
  const { balancer } = farm(row, servers);
  const count = servers > 100 ? 50_000 : 300_000;
  let hash = 0;
  let sum = 0;
  const cost = measure(count, () => {
    for (let i = 0; i < count; i++) {
      hash = (hash + 0x9e3779b9) >>> 0;
      sum += balancer.pick(hash, -1);
    }
  });
  if (sum < 0) throw new Error("A bench picks servers.");
  return cost;
}

function rebuildCost(row: Row, servers: number): number {
  const { balancer, state } = farm(row, servers);
  return measure(20, () => {
    for (let i = 0; i < 20; i++) {
      state.serversChanged(0);
      balancer.pick(1, -1);
    }
  });
}

const line = (name: string, cells: readonly string[]) =>
  console.log(name.padEnd(30) + cells.map((cell) => cell.padStart(14)).join(""));
line(
  "ns per pick (µs per rebuild)",
  SIZES.map((size) => `${size} servers`),
);
for (const row of ROWS) {
  line(
    row.name,
    SIZES.map((size) => `${pickCost(row, size).toFixed(0)} (${(rebuildCost(row, size) / 1000).toFixed(0)})`),
  );
}
const target = new TextEncoder().encode("/static/images/logo-2024.png?version=3");
const hasher = new KeyHasher(SPEC);
let total = 0;
const hashing = measure(200_000, () => {
  for (let i = 0; i < 200_000; i++) total += hasher.uri(target, 0, target.length);
});
line(`hash of a ${target.length}-byte target`, [hashing.toFixed(0), total > 0 ? "" : "", ""]);

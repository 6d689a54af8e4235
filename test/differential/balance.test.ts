// The balance algorithms against the reference: for thousands of keys the same server, and for round robin the same
// sequence, also while weights and states change. One reference process answers all of it; a `listen` per case.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type BalanceSpec, NO_KEY } from "../../src/balance/index.ts";
import { pipeline } from "../support/pipeline.ts";
import { findReference, type Reference, startReference } from "../support/reference.ts";
import { bytesOf, type Case, HEAD, Ours, runtimeCommand, SPEC, section } from "./balance-cases.ts";

/** Numbers that are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function keysOf(count: number, seed: number): string[] {
  const roll = dice(seed);
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789-_./=%";
  return Array.from({ length: count }, (_, i) => {
    if (i % 3 === 0) return `/item/${i}`;
    return Array.from({ length: 1 + roll(40) }, () => letters[roll(letters.length)]).join("");
  });
}

const hashCases: Case[] = [];
for (const hashType of ["map-based", "consistent"] as const) {
  for (const hashFunction of ["sdbm", "djb2", "wt6", "crc32", "none"] as const) {
    for (const avalanche of [false, true]) {
      const name = `${hashType.slice(0, 3)}-${hashFunction}${avalanche ? "-av" : ""}`;
      const line = `hash-type ${hashType} ${hashFunction}${avalanche ? " avalanche" : ""}`;
      const spec = { hashType, hashFunction, avalanche };
      hashCases.push({ name: `h-${name}`, balance: `balance hash req.hdr(k);${line}`, spec, weights: [1, 1, 1, 1, 1] });
      hashCases.push({
        name: `w-${name}`,
        balance: `balance hash req.hdr(k);${line}`,
        spec,
        weights: [3, 100, 1, 17, 256, 40, 5],
        ids: [7, 300, 12, 5_000_000, 1, 65536, 99],
        down: [3],
      });
    }
  }
}
hashCases.push({
  name: "default-consistent",
  balance: "balance hash req.hdr(k);hash-type consistent",
  spec: { hashType: "consistent", avalanche: true },
  weights: [1, 2, 3],
});
hashCases.push({
  name: "hash-backup",
  balance: "balance hash req.hdr(k)",
  spec: {},
  weights: [1, 1, 1],
  down: [0],
  backups: [1, 2],
});
hashCases.push({
  name: "hash-allbackups",
  balance: "balance hash req.hdr(k);hash-type consistent",
  spec: { hashType: "consistent", avalanche: true },
  weights: [1, 1, 2],
  down: [0],
  backups: [1, 2],
  allBackups: true,
});

const uri = (changes: Partial<BalanceSpec["uri"]>) => ({ ...SPEC.uri, ...changes });
const URI_OPTIONS: readonly (readonly [string, Partial<BalanceSpec["uri"]>])[] = [
  ["", {}],
  ["len 6", { len: 6 }],
  ["depth 2", { depth: 2 }],
  ["depth 1", { depth: 1 }],
  ["whole", { whole: true }],
  ["path-only", { pathOnly: true }],
  ["len 12 whole", { len: 12, whole: true }],
  ["depth 2 whole", { depth: 2, whole: true }],
  ["len 6 depth 2", { len: 6, depth: 2 }],
  ["path-only whole depth 3", { pathOnly: true, whole: true, depth: 3 }],
];
const uriCases: Case[] = URI_OPTIONS.map(([words, options], i) => ({
  name: `uri-${i}`,
  balance: `balance uri ${words}`,
  spec: { algorithm: "uri", uri: uri(options) },
  weights: Array(13).fill(1),
}));
uriCases.push({
  name: "uri-consistent",
  balance: "balance uri;hash-type consistent",
  spec: { algorithm: "uri", hashType: "consistent", avalanche: true },
  weights: [1, 1, 1, 1],
});

const sourceCases: Case[] = [
  ["source", "map-based sdbm", {}],
  ["source-av", "map-based sdbm avalanche", { avalanche: true }],
  ["source-wt6", "map-based wt6", { hashFunction: "wt6" }],
  ["source-con", "consistent", { hashType: "consistent", avalanche: true }],
  ["source-con-djb2", "consistent djb2", { hashType: "consistent", hashFunction: "djb2" }],
].map(([name, line, spec]) => ({
  name: name as string,
  balance: `balance source;hash-type ${line}`,
  spec: { algorithm: "source", ...(spec as Partial<BalanceSpec>) },
  weights: [1, 2, 1, 3, 1, 1, 4],
  down: [2],
  bindOptions: "accept-proxy",
}));

/** A walk through turns: numbers are requests, words change a server. */
interface Walk extends Case {
  readonly steps: readonly (
    | number
    | { readonly verb: "weight" | "disable" | "enable"; server: number; weight: number }
  )[];
}

function walks(count: number): Walk[] {
  return Array.from({ length: count }, (_, i) => {
    const roll = dice(4711 + i);
    const servers = 1 + roll(6);
    const steps: Walk["steps"][number][] = [roll(20)];
    for (let change = 0; change < 8; change++) {
      const verb = (["weight", "disable", "enable"] as const)[roll(3)]!;
      steps.push({ verb, server: roll(servers), weight: roll(14) }, 1 + roll(70));
    }
    const weights = Array.from({ length: servers }, () => 1 + roll(i % 4 === 0 ? 100 : 12));
    return { name: `walk-${i}`, balance: "balance roundrobin", spec: { algorithm: "roundrobin" }, weights, steps };
  });
}
const roundRobinWalks = walks(24);
const turnCases: Case[] = [
  { name: "rr-long", balance: "balance roundrobin", spec: { algorithm: "roundrobin" }, weights: [3, 3, 2] },
  { name: "rr-256", balance: "balance roundrobin", spec: { algorithm: "roundrobin" }, weights: [256, 1] },
  {
    name: "rr-many",
    balance: "balance roundrobin",
    spec: { algorithm: "roundrobin" },
    weights: [5, 4, 3, 2, 1, 9, 9, 7],
  },
  {
    name: "rr-backups",
    balance: "balance roundrobin",
    spec: { algorithm: "roundrobin" },
    weights: [1, 3, 2],
    down: [0],
    backups: [1, 2],
    allBackups: true,
  },
  { name: "static-1", balance: "balance static-rr", spec: { algorithm: "static-rr" }, weights: [1, 2, 3] },
  { name: "static-2", balance: "balance static-rr", spec: { algorithm: "static-rr" }, weights: [10, 3, 7, 1, 256] },
  { name: "static-3", balance: "balance static-rr", spec: { algorithm: "static-rr" }, weights: [20, 50, 30, 90] },
  { name: "keyless-map", balance: "balance hash req.hdr(absent)", spec: {}, weights: [4, 1, 2] },
  {
    name: "keyless-ring",
    balance: "balance hash req.hdr(absent);hash-type consistent",
    spec: { hashType: "consistent", avalanche: true },
    weights: [1, 2, 3],
  },
];

const found = findReference();
const skipReason = found.path === undefined ? found.reason : "";
if (skipReason !== "") console.log(`skipped: ${skipReason}`);

describe.skipIf(skipReason !== "")("balance as the reference does it", () => {
  let reference: Reference;

  beforeAll(async () => {
    const cases = [...hashCases, ...uriCases, ...sourceCases, ...roundRobinWalks, ...turnCases];
    reference = await startReference(HEAD + cases.map(section).join(""));
  });
  afterAll(() => reference?.stop());

  const ask = (kase: Case, requests: readonly string[], connections = 4, preamble = "") =>
    pipeline({ port: reference.port(kase.name), requests, header: "x-server", connections, preamble });

  test.each(hashCases)("$name", async (kase) => {
    const ours = new Ours(kase);
    const roll = dice(99);
    const keys =
      kase.spec.hashFunction === "none"
        ? ["0", "-1", "+7", "12abc", "abc", "4294967297", "99999999999999999999", "-99999999999999999999"].concat(
            Array.from({ length: 192 }, () => String(roll(2 ** 32))),
          )
        : keysOf(200, 7);
    const answers = await ask(
      kase,
      keys.map((key) => `GET / HTTP/1.1\r\nHost: x\r\nk: ${key}\r\n\r\n`),
    );
    expect(keys.map((key) => ours.pick(ours.hasher.key(bytesOf(key), 0, key.length)))).toEqual(answers);
  });

  test.each(uriCases)("$name: $balance", async (kase) => {
    const ours = new Ours(kase);
    const targets = keysOf(60, 3)
      .map((key) => `/${key}${key.length % 4 === 0 ? "?a=/b/c?d" : ""}`)
      .concat("/", "/?", "//a//b//c", "/a/b/c/d/e/f?g/h", "http://example.com/a/b?c", "http://example.com")
      .concat(
        "http://example.com:80/",
        "http://h/a/b/c/d",
        "http://h:80",
        "http://h:443/a",
        "https://h:443/a",
        "http://h?x",
      )
      .concat("https://h:80/", "http://h:8080/a/b", "http://h:80?a", "HTTP://h:80/x");
    const answers = await ask(
      kase,
      targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: ${/\/\/([^/?]*)/.exec(target)?.[1] ?? "x"}\r\n\r\n`),
    );
    const picked = targets.map((target) => ours.pick(ours.hasher.uri(bytesOf(target), 0, target.length)));
    expect(picked).toEqual(answers);
  });

  test.each(sourceCases)("$name", async (kase) => {
    const ours = new Ours(kase);
    const roll = dice(5);
    const addresses = Array.from({ length: 40 }, () => Array.from({ length: 4 }, () => 1 + roll(254)));
    for (let i = 0; i < 10; i++) addresses.push(Array.from({ length: 16 }, () => roll(256)));
    const answers: string[] = [];
    for (const bytes of addresses) {
      const six = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
      const text = bytes.length === 4 ? bytes.join(".") : six.join(":");
      const preamble = `PROXY TCP${bytes.length === 4 ? 4 : 6} ${text} ${text} 1 2\r\n`;
      answers.push(...(await ask(kase, ["GET / HTTP/1.1\r\nHost: x\r\n\r\n"], 1, preamble)));
    }
    const hash = (bytes: number[]) => ours.hasher.address(Uint8Array.from(bytes), 0, bytes.length);
    expect(addresses.map((bytes) => ours.pick(hash(bytes)))).toEqual(answers);
  });

  const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  const inTurn = (kase: Case, count: number) => ask(kase, Array<string>(count).fill(GET), 1);

  test.each(turnCases)("$name: the same turns", async (kase) => {
    const ours = new Ours(kase);
    const answers = await inTurn(kase, 700);
    expect(answers.map(() => ours.pick(NO_KEY)).join(" ")).toBe(answers.join(" "));
  });

  test.each(roundRobinWalks)("$name: the same turns while servers change", async (walk) => {
    const ours = new Ours(walk);
    for (const step of walk.steps) {
      if (typeof step === "number") {
        const answers = await inTurn(walk, step);
        expect(answers.map(() => ours.pick(NO_KEY)).join(" ")).toBe(answers.join(" "));
        continue;
      }
      const name = `${walk.name}/s${step.server + 1}`;
      const command = step.verb === "weight" ? `set weight ${name} ${step.weight}` : `${step.verb} server ${name}`;
      await runtimeCommand(`${reference.dir}/stats`, command);
      if (step.verb === "weight") ours.weigh(step.server, step.weight);
      else if (step.verb === "disable") ours.disable(step.server);
      else ours.enable(step.server);
    }
  });
});

// What the reference does with servers that cannot take the stream: turns while a server is full and when it is free
// again, and the next server of the ring when the first refuses the connection. No time is measured: a held request
// is known by its arrival at the server.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ALL_FULL, NO_KEY } from "../../src/balance/index.ts";
import { pipeline } from "../support/pipeline.ts";
import { findReference, freePorts, type Reference, startReference } from "../support/reference.ts";
import { bytesOf, type Case, HEAD, Ours, section } from "./balance-cases.ts";

/** A server that answers only when it is told to: it holds its one slot until then. */
class Holder {
  readonly port: number;
  readonly #listener;
  #held: Bun.Socket | undefined;
  #open = false;
  #arrived: () => void = () => undefined;

  constructor() {
    this.#listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data: (socket) => {
          if (this.#open) return void socket.write(Holder.#answer);
          this.#held = socket;
          this.#arrived();
        },
      },
    });
    this.port = this.#listener.port;
  }

  static readonly #answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  /** Resolves when the next request has arrived and is being held. */
  arrival(): Promise<void> {
    this.#open = false;
    return new Promise((resolve) => {
      this.#arrived = resolve;
    });
  }

  release(): void {
    this.#open = true;
    this.#held?.write(Holder.#answer);
  }

  stop(): void {
    this.#listener.stop(true);
  }
}

const found = findReference();
const skipReason = found.path === undefined ? found.reason : "";
if (skipReason !== "") console.log(`skipped: ${skipReason}`);

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

describe.skipIf(skipReason !== "")("servers that cannot take the stream", () => {
  let reference: Reference;
  const holders: Holder[] = [];
  const fullCases: Case[] = [];
  let refusing: Case;

  beforeAll(async () => {
    for (const algorithm of ["roundrobin", "static-rr"] as const) {
      for (const weights of [
        [1, 1, 1],
        [5, 3, 2],
        [2, 7, 3],
        [4, 1, 9],
      ]) {
        const holder = new Holder();
        holders.push(holder);
        fullCases.push({
          name: `${algorithm}-${weights.join("-")}`,
          balance: `balance ${algorithm}`,
          spec: { algorithm },
          weights,
          address: (server) => (server === 1 ? `127.0.0.1:${holder.port}` : undefined),
          serverWords: (server) => (server === 1 ? "maxconn 1" : ""),
        });
      }
    }
    const [closedPort] = await freePorts(1);
    refusing = {
      name: "refusing",
      balance: "balance hash req.hdr(k);hash-type consistent none;option redispatch 1;retries 3",
      spec: { hashType: "consistent", hashFunction: "none" },
      weights: [3, 1, 2, 2],
      address: (server) => (server === 0 ? `127.0.0.1:${closedPort}` : undefined),
    };
    reference = await startReference(HEAD + [...fullCases, refusing].map(section).join(""));
  });
  afterAll(async () => {
    for (const holder of holders) holder.stop();
    await reference?.stop();
  });

  const inTurn = (kase: Case, count: number) =>
    pipeline({
      port: reference.port(kase.name),
      requests: Array<string>(count).fill(GET),
      header: "x-server",
      connections: 1,
    });

  test("a full server's turns pass, and it gets no more than its own when it is free again", async () => {
    for (const [i, kase] of fullCases.entries()) {
      const ours = new Ours(kase);
      ours.state.servers.maxconn.set(1, 1);
      // One request at a time until the second server holds one.
      const arrived = holders[i]!.arrival().then(() => "held");
      const held = inTurn(kase, 60);
      expect(await Promise.race([arrived, held])).toBe("held");
      let first = "";
      while (first !== "s2") first = ours.pick(NO_KEY);
      ours.state.servers.served.set(1, 1);
      const during = await inTurn(kase, 40);
      expect(during.map(() => ours.pick(NO_KEY)).join(" ")).toBe(during.join(" "));
      holders[i]!.release();
      ours.state.servers.served.set(1, 0);
      const answers = await held;
      const after = answers.slice(answers.indexOf("s2") + 1);
      expect(after.map(() => ours.pick(NO_KEY)).join(" ")).toBe(after.join(" "));
    }
  });

  test("a refused connection is redispatched to the next point of the ring of another server", async () => {
    const ours = new Ours(refusing);
    const keys = Array.from({ length: 150 }, (_, i) => String(Math.imul(i + 1, 2654435761) >>> 0));
    const answers = await pipeline({
      port: reference.port("refusing"),
      requests: keys.map((key) => `GET / HTTP/1.1\r\nHost: x\r\nk: ${key}\r\n\r\n`),
      header: "x-server",
      connections: 6,
    });
    const chosen = keys.map((key) => {
      const hash = ours.hasher.key(bytesOf(key), 0, key.length);
      const first = ours.balancer.pick(hash, -1);
      return `s${(first === 0 ? ours.balancer.pick(hash, 0) : first) + 1}`;
    });
    expect(chosen).toEqual(answers);
  });

  test("all servers full is told apart from none", () => {
    const ours = new Ours({ ...refusing, balance: "", spec: { algorithm: "leastconn" } });
    for (let i = 0; i < 4; i++) {
      ours.state.servers.maxconn.set(i, 1);
      ours.state.servers.served.set(i, 1);
    }
    expect(ours.balancer.pick(NO_KEY, -1)).toBe(ALL_FULL);
  });
});

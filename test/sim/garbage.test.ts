// Owns the simulation of peers that talk nonsense: requests and responses with bytes changed, lost, doubled or cut, on a faulty network. Nobody can say
// what the right answer is; but nothing of ours may break, hang, grow or be left over. Replay: POINTSMAN_SEED=<n> bun test test/sim/garbage.test.ts

import { expect, test } from "bun:test";
import { createSimulation } from "../../src/transport/sim/index.ts";
import type { Connection, ConnectionHandler } from "../../src/transport/types.ts";
import { Dice } from "./dice.ts";
import { testModel } from "./model.ts";
import { Sender } from "./sender.ts";
import { startWorld } from "./world.ts";

const requests = [
  "GET /a?b=c HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n",
  "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world",
  "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: v\r\n\r\n",
  "GET /w HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nraw bytes",
  "HEAD /h HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\ntunnel",
  "OPTIONS * HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
];

const responses = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "HTTP/1.0 200 OK\r\nX: y\r\n\r\nuntil close",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\nraw",
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nConnection: close\r\n\r\n",
];

function spoil(dice: Dice, text: string): string {
  let out = text;
  for (let i = dice.between(0, 3); i > 0; i--) {
    const at = dice.between(0, out.length);
    const kind = dice.between(0, 5);
    if (kind === 0) out = out.slice(0, at) + String.fromCharCode(dice.between(0, 255)) + out.slice(at + 1);
    else if (kind === 1) out = out.slice(0, at) + out.slice(at + dice.between(1, 10));
    else if (kind === 2) out = out.slice(0, at) + out.slice(Math.max(0, at - 20));
    else if (kind === 3) out = out.slice(0, at);
    else if (kind === 4) out = `${out.slice(0, at)}${"A".repeat(dice.between(1, 20_000))}${out.slice(at)}`;
    else out = `${out.slice(0, at)}\r\n${out.slice(at)}`;
  }
  return out;
}

/** Says something spoilt whenever it feels like it. */
class Babbler implements ConnectionHandler {
  readonly #dice: Dice;
  readonly #texts: readonly string[];
  #sender: Sender | undefined = undefined;
  #left: number;

  constructor(dice: Dice, texts: readonly string[]) {
    this.#dice = dice;
    this.#texts = texts;
    this.#left = dice.between(1, 6);
  }

  onOpen(connection: Connection): void {
    this.#sender = new Sender(connection);
    this.#say(connection);
  }

  attach(connection: Connection): void {
    this.#sender = new Sender(connection);
  }

  onData(connection: Connection): void {
    if (this.#dice.chance(0.7)) this.#say(connection);
  }

  #say(connection: Connection): void {
    const dice = this.#dice;
    if (this.#left-- <= 0) {
      const ends = ["close", "abort", "shutdown"] as const;
      connection[ends[dice.between(0, 2)]!]();
      return;
    }
    this.#sender!.send(spoil(dice, dice.pick(...this.#texts)));
    if (dice.chance(0.2)) this.#sender!.end("shutdown");
  }

  onDrain(): void {
    this.#sender?.flush();
  }

  onEnd(connection: Connection): void {
    if (this.#dice.chance(0.8)) connection.close();
  }

  onClose(): void {}
}

function play(seed: number): string[] {
  const dice = new Dice(seed, 9);
  const sim = createSimulation(seed, { harshness: dice.fraction() * 0.5 });
  const mode = dice.chance(0.15) ? "tcp" : "http";
  const model = testModel([
    { name: "f", mode, ports: [80], to: "b", httplog: true, timeouts: { client: 3000, httpRequest: 2000 } },
    {
      name: "b",
      mode,
      servers: [{ port: 8000, maxconn: dice.between(0, 3) }, { port: 8001 }],
      timeouts: { connect: 1000, server: 3000, queue: 1000, tunnel: 4000 },
      retries: 1,
      httpReuse: dice.pick("safe", "always", "never"),
    },
  ]);
  const world = startWorld(model, { transport: sim.transportFor("10.0.0.1"), clock: sim.clock, random: sim.random });
  const open = new Set<Connection>();
  for (const port of [8000, 8001]) {
    sim.transportFor("10.0.0.2").listen(
      { address: { family: "ipv4", host: "10.0.0.2", port }, backlog: 100 },
      {
        onAccept: (connection) => {
          const babbler = new Babbler(dice, responses);
          babbler.attach(connection);
          connection.handler = babbler;
          open.add(connection);
        },
      },
    );
  }
  for (let i = 0; i < 12; i++) {
    sim.clock.setTimer(dice.between(0, 3000), () => {
      const transport = sim.transportFor(`10.0.1.${i}`);
      const address = { family: "ipv4", host: "10.0.0.1", port: 80 } as const;
      open.add(transport.connect({ address }, new Babbler(dice, requests)));
    });
  }
  sim.run(30_000);
  sim.calm();
  sim.run(60_000);
  for (const connection of open) connection.abort();
  world.engine.stop();
  sim.run(90_000);
  const { state } = world;
  const problems = [...world.bugs, ...sim.defects].map((error) =>
    error instanceof Error ? (error.stack ?? "") : String(error),
  );
  if (!world.drained) problems.push("the engine did not drain");
  if (sim.rest().timers > 0) problems.push("timers are left");
  for (let i = 0; i < 2; i++) {
    if (state.servers.served.get(i) !== 0 || state.servers.used.get(i) !== 0) problems.push(`server ${i} is not free`);
  }
  if (state.proxies.backendConnections.get(1) !== 0) problems.push("the backend counts streams");
  return problems;
}

const only = process.env["POINTSMAN_SEED"];
const count = Number(process.env["POINTSMAN_SEEDS"] ?? 150);
const seeds = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];

test("peers that talk nonsense leave nothing behind", () => {
  for (const seed of seeds) expect({ seed, problems: play(seed) }).toEqual({ seed, problems: [] });
});

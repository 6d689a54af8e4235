// Owns one run of the simulation: a seed decides topology, network and manners of clients and servers; then everything calms down, the engine stops,
// and what is left over or went wrong is listed as text.

import type { ConfigurationModel, ProxyModel } from "../../src/config/model/index.ts";
import { createSimulation, type Simulation } from "../../src/transport/sim/index.ts";
import type { SocketAddress } from "../../src/transport/types.ts";
import { Client, type Outcome } from "./client.ts";
import { Dice } from "./dice.ts";
import { testModel } from "./model.ts";
import { type Seen, type ServerParts, startServer } from "./server.ts";
import { startWorld, stateOf, type World } from "./world.ts";

export interface Report {
  readonly problems: readonly string[];
  readonly outcomes: readonly Outcome[];
  readonly steps: number;
}

const proxyAddress: SocketAddress = { family: "ipv4", host: "10.0.0.1", port: 80 };

function modelOf(random: Dice, calm: boolean) {
  const maxconn = random.chance(0.5) ? random.between(1, 4) : 0;
  const servers = Array.from({ length: random.between(1, 4) }, (_, i) => ({
    port: 8000 + i,
    host: "10.0.0.2",
    maxconn,
  }));
  const algorithm = random.pick(
    "roundrobin",
    "leastconn",
    "random",
    "source",
    "uri",
  ) as ProxyModel["balance"]["algorithm"];
  return testModel([
    {
      name: "f",
      ports: [80],
      to: "b",
      httplog: true,
      maxconn: random.chance(0.3) ? random.between(2, 8) : 0,
      timeouts: {
        client: 5000,
        httpRequest: random.pick(undefined, 3000),
        httpKeepAlive: random.pick(undefined, 1000),
      },
      options: {
        httpclose: !calm && random.chance(0.1),
        httpServerClose: random.chance(0.1),
        logasap: random.chance(0.1),
      },
    },
    {
      name: "b",
      servers,
      timeouts: { connect: 1000, server: 4000, queue: calm ? undefined : random.pick(undefined, 2000) },
      retries: random.between(0, 3),
      redispatch: random.pick(0, -1, 1),
      httpReuse: random.pick("safe", "never", "aggressive", "always"),
      balance: {
        algorithm,
        draws: 2,
        uri: { len: 0, depth: 0, whole: false, pathOnly: false },
        parameter: "",
        hashType: random.pick("map-based", "consistent"),
        hashFunction: "sdbm",
        avalanche: false,
        hashBalanceFactor: 0,
      },
    },
  ]);
}

/** Plays one seed to its end. */
export function runScenario(seed: number, options: { readonly calm?: boolean } = {}): Report {
  const calm = options.calm === true;
  const random = new Dice(seed, 77);
  const sim = createSimulation(seed, calm ? {} : { harshness: random.fraction() });
  const model = modelOf(random, calm);
  const problems: string[] = [];
  const worlds = startThreads(sim, model, random.chance(0.4) ? 2 : 1);
  const seen: Seen = { counts: new Map(), violations: problems, order: [] };
  const parts: ServerParts[] = model.proxies[1]!.servers.map((server) => ({
    transport: sim.transportFor("10.0.0.2"),
    clock: sim.clock,
    random: new Dice(seed, 100 + server.index),
    address: { family: "ipv4", host: "10.0.0.2", port: 8000 + server.index },
    seen,
    calm,
    sides: [],
  }));
  for (const each of parts) startServer(each);
  const outcomes = new Map<string, Outcome>();
  const clients = startClients(sim, random, seed, outcomes, problems, calm);
  const limits = watchLimits(worlds[0]!, problems);
  for (let t = 0; t < 400; t++) {
    sim.until(limits, 100);
    sim.run(sim.clock.now() + 100);
    limits();
  }
  sim.calm();
  for (const each of parts) each.calm = true;
  sim.run(sim.clock.now() + 60_000);
  checkOutcomes(outcomes, seen, worlds, problems);
  for (const client of clients) if (!client.closed) problems.push("a client's connection never ended");
  drain(sim, worlds, parts, problems);
  return { problems, outcomes: [...outcomes.values()], steps: sim.stepsTotal };
}

/** One engine per thread on the same arena, each with its own listening socket; a wake-up of the others takes a moment. */
function startThreads(sim: Simulation, model: ConfigurationModel, threads: number): readonly World[] {
  const state = stateOf(model, threads);
  const worlds: World[] = [];
  for (let threadIndex = 0; threadIndex < threads; threadIndex++) {
    const wakeThreads = () => {
      for (const other of worlds) if (other !== worlds[threadIndex]) sim.clock.setTimer(0.3, () => other.engine.wake());
    };
    worlds.push(
      startWorld(model, {
        transport: sim.transportFor("10.0.0.1"),
        clock: sim.clock,
        random: sim.random,
        state,
        threadIndex,
        services: { wakeThreads },
      }),
    );
  }
  return worlds;
}

function startClients(
  sim: Simulation,
  random: Dice,
  seed: number,
  outcomes: Map<string, Outcome>,
  violations: string[],
  calm: boolean,
): Client[] {
  const clients: Client[] = [];
  const count = random.between(3, 15);
  for (let i = 0; i < count; i++) {
    const host = `10.0.1.${i + 1}`;
    sim.clock.setTimer(random.between(0, 10_000), () => {
      clients.push(
        new Client({
          transport: sim.transportFor(host),
          clock: sim.clock,
          random: new Dice(seed, 1000 + i),
          proxy: proxyAddress,
          name: `c${i}`,
          outcomes,
          violations,
          requests: random.between(1, 8),
          rude: !calm && random.chance(0.5),
        }),
      );
    });
  }
  return clients;
}

/** What must hold at every moment. Never true, so that the simulation runs on. */
function watchLimits(world: World, problems: string[]): () => boolean {
  const { state } = world;
  return () => {
    for (let i = 0; i < state.shape.servers; i++) {
      const limit = state.servers.maxconn.get(i);
      const served = state.servers.served.get(i);
      if (limit > 0 && served > limit) problems.push(`server ${i} has ${served} streams, ${limit} are allowed`);
      if (served < 0) problems.push(`server ${i} has ${served} streams`);
    }
    const limit = state.proxies.frontendMaxconn.get(0);
    const connections = state.proxies.frontendConnections.get(0);
    if (limit > 0 && connections > limit)
      problems.push(`the frontend has ${connections} connections, ${limit} are allowed`);
    return false;
  };
}

function checkOutcomes(
  outcomes: ReadonlyMap<string, Outcome>,
  seen: Seen,
  worlds: readonly World[],
  problems: string[],
): void {
  for (const { id, ends } of outcomes.values()) {
    if (ends !== 1) problems.push(`${id} ended ${ends} times`);
  }
  for (const [id, count] of seen.counts) {
    if (count > 1) problems.push(`${id} reached servers ${count} times`);
    if (!outcomes.has(id)) problems.push(`a server saw ${id}, which nobody sent`);
  }
  for (const id of outcomes.keys()) {
    const lines = worlds.flatMap((world) => world.lines).filter((line) => line.includes(` /${id} `)).length;
    if (lines > 1) problems.push(`${id} has ${lines} log lines`);
  }
}

/** After a soft stop nothing may be left: no session, no count, no timer, no connection. */
function drain(sim: Simulation, worlds: readonly World[], servers: readonly ServerParts[], problems: string[]): void {
  const { state } = worlds[0]!;
  for (const world of worlds) world.engine.stop();
  sim.run(sim.clock.now() + 60_000);
  for (const world of worlds) if (!world.drained) problems.push("an engine did not drain");
  // A server that the proxy gave up on while connecting may never have been told: its end is not the engine's.
  for (const { sides } of servers) for (const side of sides) side.die();
  sim.run(sim.clock.now() + 1000);
  const rest = sim.rest();
  if (rest.connections !== 0) problems.push(`${rest.connections} connection ends are left`);
  if (rest.timers !== 0) problems.push(`${rest.timers} timers are left`);
  const counts: Record<string, number> = {
    connections: state.process.connections.get(0),
    frontend: state.proxies.frontendConnections.get(0),
    backend: state.proxies.backendConnections.get(1),
    queued: state.proxies.queued.get(1),
  };
  for (let i = 0; i < state.shape.servers; i++) {
    counts[`served ${i}`] = state.servers.served.get(i);
    counts[`used ${i}`] = state.servers.used.get(i);
    counts[`idle ${i}`] = state.servers.idle.get(i);
    counts[`queued ${i}`] = state.servers.queued.get(i);
  }
  for (const [name, value] of Object.entries(counts))
    if (value !== 0) problems.push(`${name} is ${value} after the drain`);
  for (const bug of worlds.flatMap((world) => world.bugs))
    problems.push(`bug: ${bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)}`);
  for (const defect of sim.defects) problems.push(`defect: ${defect instanceof Error ? defect.stack : String(defect)}`);
}

// The door of the simulated world: a network of hosts, virtual time and chance, all from one seed. Two simulations with the same
// seed, options and product take the same steps; a failure is replayed by its seed.
// There is no cipher here: TLS "succeeds" at once and carries plain bytes.

import type { Clock, Random, SocketAddress, Transport } from "../types.ts";
import { SimConnection } from "./connection.ts";
import { CALM, drawFaults, type FaultPlan } from "./faults.ts";
import { SimNetwork } from "./network.ts";
import { SeededRandom } from "./random.ts";
import { Schedule } from "./schedule.ts";

export { CALM, drawFaults, type FaultPlan } from "./faults.ts";
export { SeededRandom } from "./random.ts";

export interface SimulationOptions {
  /** The plan of every connection that has none of its own; unset parts are calm. */
  readonly faults?: Partial<FaultPlan>;
  /** Draws the plan from the seed instead: 0 (calm) … 1 (harsh). */
  readonly harshness?: number;
}

/** What is still there; all zero once everything has drained. */
export interface SimulationRest {
  /** Ends of connections that have not been told `onClose`. */
  readonly connections: number;
  readonly timers: number;
  readonly listeners: number;
  /** Bytes that have arrived and that nobody has read. */
  readonly waitingBytes: number;
}

/** One simulated world. */
export interface Simulation {
  readonly seed: number;
  /** The transport of one host, named by its address ("10.0.0.1"). Loopback is the host's own. */
  transportFor(host: string): Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Chance for the test's own scripts, apart from the product's and the network's. */
  readonly scriptRandom: SeededRandom;
  /** Takes one turn of the event loop; false when nothing is left to happen. */
  step(): boolean;
  /** Takes all turns up to `untilMs` of virtual time. */
  run(untilMs: number): void;
  /** Takes turns until `holds` does; false when it does not within `withinMs` of virtual time or nothing is left to happen. */
  until(holds: () => boolean, withinMs: number): boolean;
  /** Nothing will happen by itself any more. */
  idle(): boolean;
  /** Sets the plan for attempts and connections to `target` from now on, or with undefined for all that have none of their own. */
  setFaults(target: SocketAddress | undefined, plan: Partial<FaultPlan>): void;
  /** From now on nothing goes wrong any more, on open connections too. Held hosts are healed. */
  calm(): void;
  /** Holds back everything to and from a host; nothing is lost. */
  isolate(host: string): void;
  heal(): void;
  /** Ends a host: its listeners go, its connections are reset. */
  crash(host: string): void;
  rest(): SimulationRest;
  /** Errors that handlers threw; a test expects none. */
  readonly defects: readonly unknown[];
  readonly stepsTotal: number;
  readonly bytesDelivered: number;
}

function targetKey(address: SocketAddress): string {
  return `${address.family}|${address.host}|${address.port}`;
}

/** A world from a seed. */
export function createSimulation(seed: number, options: SimulationOptions = {}): Simulation {
  const schedule = new Schedule(new SeededRandom(seed, 0));
  const random = new SeededRandom(seed, 1);
  const drawn = options.harshness === undefined ? CALM : drawFaults(new SeededRandom(seed, 2), options.harshness);
  let plan: FaultPlan = { ...drawn, ...options.faults };
  const plans = new Map<string, FaultPlan>();
  const defects: unknown[] = [];
  const network = new SimNetwork({
    schedule,
    random,
    planFor: (target) => plans.get(targetKey(target)) ?? plan,
    onDefect: (error) => defects.push(error),
  });
  return {
    seed,
    clock: schedule,
    random: new SeededRandom(seed, 3),
    scriptRandom: new SeededRandom(seed, 4),
    transportFor: (host) => transportOf(network, host),
    step: () => schedule.step(),
    run: (untilMs) => schedule.run(untilMs),
    until: (holds, withinMs) => runUntil(schedule, holds, withinMs),
    idle: () => schedule.idle(),
    setFaults: (target, part) => {
      if (target === undefined) plan = { ...plan, ...part };
      else plans.set(targetKey(target), { ...plan, ...part });
    },
    calm: () => {
      plan = { ...CALM };
      plans.clear();
      for (const connection of network.openConnections) connection.plan = plan;
      network.heal();
    },
    isolate: (host) => network.isolate(host),
    heal: () => network.heal(),
    crash: (host) => network.crash(host),
    rest: () => ({
      connections: network.openConnections.size,
      timers: schedule.timersPending,
      listeners: network.listenerCount,
      waitingBytes: [...network.openConnections].reduce((sum, connection) => sum + connection.waitingBytes, 0),
    }),
    defects,
    get stepsTotal() {
      return schedule.stepsTotal;
    },
    get bytesDelivered() {
      return network.bytesDelivered;
    },
  };
}

function runUntil(schedule: Schedule, holds: () => boolean, withinMs: number): boolean {
  const deadlineMs = schedule.now() + withinMs;
  while (!holds()) {
    if (schedule.now() > deadlineMs || !schedule.step()) return holds();
  }
  return true;
}

function transportOf(network: SimNetwork, host: string): Transport {
  network.addHost(host);
  return {
    listen: (spec, handler) => network.listen(host, spec, handler),
    connect: (spec, handler) => network.connect(host, spec, handler),
    acceptTls: (connection, _context, _initialData, alpn = "") => {
      if (!(connection instanceof SimConnection)) return;
      connection.tls = { version: "TLSv1.3", cipher: "TLS_SIMULATED", serverName: "", alpn, resumed: false };
      connection.state = "connecting";
      const { schedule } = network.world;
      schedule.at(schedule.now(), () => connection.opened());
    },
  };
}

// Owns the simulated hosts: who listens where, how an attempt to connect fares, and which hosts are held apart. Wildcard
// and loopback addresses belong to each host; other addresses name the host itself. Knows no protocol.

import type {
  AcceptHandler,
  Connection,
  ConnectionFault,
  ConnectionHandler,
  ConnectSpec,
  Listener,
  ListenSpec,
  SocketAddress,
} from "../types.ts";
import { type ConnectionWorld, SimConnection } from "./connection.ts";
import type { FaultPlan } from "./faults.ts";
import type { SeededRandom } from "./random.ts";
import type { Schedule } from "./schedule.ts";

const UNOWNED: ConnectionHandler = {
  onOpen: () => {},
  onData: (connection) => connection.abort(),
  onDrain: () => {},
  onEnd: (connection) => connection.close(),
  onClose: () => {},
};

/** A SYN that finds the accept queue full is dropped and sent again after these times, as Linux does. */
const SYN_RETRIES_MS = [1000, 3000, 7000, 15_000, 31_000, 63_000] as const;

class SimListener implements Listener {
  readonly address: SocketAddress;
  readonly handler: AcceptHandler;
  readonly reusePort: boolean;
  readonly #backlog: number;
  readonly #network: SimNetwork;
  #queue: SimConnection[] = [];
  #paused = false;
  #closed = false;

  constructor(network: SimNetwork, address: SocketAddress, spec: ListenSpec, handler: AcceptHandler) {
    this.#network = network;
    this.address = address;
    this.handler = handler;
    this.reusePort = spec.reusePort === true;
    this.#backlog = Math.max(spec.backlog, 1);
  }

  get full(): boolean {
    return this.#queue.length >= this.#backlog;
  }

  /** The kernel's half: the connection is established and waits to be accepted. */
  enqueue(connection: SimConnection): void {
    this.#queue.push(connection);
    this.#acceptSoon();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (this.#closed || !this.#paused) return;
    this.#paused = false;
    this.#acceptSoon();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#network.forget(this);
    for (const connection of this.#queue.splice(0)) connection.abort();
  }

  #acceptSoon(): void {
    const { schedule } = this.#network.world;
    schedule.at(schedule.now(), () => {
      if (this.#paused || this.#closed) return;
      const connection = this.#queue.shift();
      if (connection === undefined) return;
      if (this.#queue.length > 0) this.#acceptSoon();
      connection.tell(() => this.handler.onAccept(connection, this));
      connection.accepted();
    });
  }
}

/** What a network is made of; the simulation owns the rest. */
export interface NetworkParts {
  readonly schedule: Schedule;
  readonly random: SeededRandom;
  planFor(target: SocketAddress): FaultPlan;
  onDefect(error: unknown): void;
}

/** The hosts, their listeners and the connections between them. */
export class SimNetwork {
  readonly world: ConnectionWorld;
  readonly #parts: NetworkParts;
  readonly #listeners = new Map<string, SimListener[]>();
  readonly #hosts = new Set<string>();
  readonly #open = new Set<SimConnection>();
  readonly #apart = new Set<string>();
  #held: (() => void)[] = [];
  #nextPort = 32_768;
  bytesDelivered = 0;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
    this.world = {
      schedule: parts.schedule,
      random: parts.random,
      held: (from, to) => this.#apart.size > 0 && (this.#apart.has(from.host) || this.#apart.has(to.host)),
      whenHealed: (run) => this.#held.push(run),
      onGone: (connection) => this.#open.delete(connection),
      onDefect: parts.onDefect,
      onDelivered: (bytes) => {
        this.bytesDelivered += bytes;
      },
    };
  }

  /** Ends of connections that have not been told `onClose`. */
  get openConnections(): ReadonlySet<SimConnection> {
    return this.#open;
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, group) => sum + group.length, 0);
  }

  addHost(host: string): void {
    this.#hosts.add(host);
  }

  /** Nothing reaches or leaves `host` until {@link heal}; nothing is lost either. */
  isolate(host: string): void {
    this.#apart.add(host);
  }

  heal(): void {
    this.#apart.clear();
    const due = this.#held;
    this.#held = [];
    for (const run of due) this.world.schedule.at(this.world.schedule.now(), run);
  }

  /** A host dies: its listeners are gone and its connections are reset, without a word to itself. */
  crash(host: string): void {
    for (const [key, group] of this.#listeners) {
      if (!key.startsWith(`${host}|`)) continue;
      for (const listener of [...group]) listener.close();
    }
    for (const connection of [...this.#open]) {
      if (connection.localAddress.host === host) connection.abort();
    }
  }

  listen(host: string, spec: ListenSpec, handler: AcceptHandler): Listener | { readonly fault: string } {
    let address = spec.address;
    if (address.family !== "unix" && address.port === 0) address = { ...address, port: this.#takePort() };
    const key = keyOf(host, address);
    const group = this.#listeners.get(key) ?? [];
    if (group.some((other) => !other.reusePort) || (group.length > 0 && spec.reusePort !== true)) {
      return { fault: "cannot bind socket (Address already in use)" };
    }
    const listener = new SimListener(this, address, spec, handler);
    this.#listeners.set(key, [...group, listener]);
    return listener;
  }

  forget(listener: SimListener): void {
    for (const [key, group] of this.#listeners) {
      if (!group.includes(listener)) continue;
      const rest = group.filter((other) => other !== listener);
      if (rest.length > 0) this.#listeners.set(key, rest);
      else this.#listeners.delete(key);
    }
  }

  connect(host: string, spec: ConnectSpec, handler: ConnectionHandler): Connection {
    const target = spec.address;
    const plan = this.#parts.planFor(target);
    const from = isLoopback(target.host) ? target.host : host;
    const local = spec.source ?? { family: target.family, host: target.family === "unix" ? "" : from, port: 0 };
    const port = target.family === "unix" || local.port !== 0 ? local.port : this.#takePort();
    const client = new SimConnection(this.world, handler, plan, { ...local, port }, target);
    this.#open.add(client);
    const { schedule, random } = this.world;
    if (random.chance(plan.blackhole)) {
      this.#failLater(client, plan.connectTimeoutMs, "timeout");
    } else {
      const synMs = plan.latencyMs + (plan.jitterMs > 0 ? random.fraction() * plan.jitterMs : 0);
      schedule.at(schedule.now() + synMs, () => this.#synArrives(host, client, 0));
    }
    return client;
  }

  #synArrives(host: string, client: SimConnection, attempt: number): void {
    if (client.state !== "connecting") return;
    if (this.world.held(client.localAddress, client.remoteAddress)) {
      this.#sendSynAgain(host, client, attempt);
      return;
    }
    const { random, schedule } = this.world;
    const target = client.remoteAddress;
    const targetHost = isLoopback(target.host) || target.family === "unix" ? host : target.host;
    if (!this.#hosts.has(targetHost)) {
      this.#failLater(client, client.plan.latencyMs, "unreachable");
      return;
    }
    const group = this.#find(targetHost, target);
    if (group.length === 0 || random.chance(client.plan.refuse)) {
      this.#failLater(client, client.plan.latencyMs, "refused");
      return;
    }
    const listener = group[random.between(0, group.length - 1)];
    if (listener === undefined || listener.full) {
      this.#sendSynAgain(host, client, attempt);
      return;
    }
    const server = new SimConnection(this.world, UNOWNED, client.plan, target, client.localAddress);
    server.state = "open";
    server.peer = client;
    client.peer = server;
    this.#open.add(server);
    listener.enqueue(server);
    schedule.at(schedule.now() + client.plan.latencyMs, () => {
      // The attempt was cancelled while the answer was on its way: the kernel answers with RST.
      if (client.state === "gone") server.resetArrived();
      else client.opened();
    });
  }

  #sendSynAgain(host: string, client: SimConnection, attempt: number): void {
    const { schedule } = this.world;
    const waitMs = SYN_RETRIES_MS[attempt];
    if (waitMs === undefined) this.#failLater(client, 0, "timeout");
    else schedule.at(schedule.now() + waitMs, () => this.#synArrives(host, client, attempt + 1));
  }

  #failLater(client: SimConnection, delayMs: number, fault: ConnectionFault): void {
    const { schedule } = this.world;
    schedule.at(schedule.now() + delayMs, () => {
      if (client.state === "connecting") client.lose(fault);
    });
  }

  #find(host: string, target: SocketAddress): readonly SimListener[] {
    const exact = this.#listeners.get(keyOf(host, target));
    if (exact !== undefined) return exact;
    if (target.family === "unix") return [];
    const wildcard = { ...target, host: target.family === "ipv6" ? "::" : "0.0.0.0" };
    return this.#listeners.get(keyOf(host, wildcard)) ?? [];
  }

  #takePort(): number {
    this.#nextPort = this.#nextPort >= 65_535 ? 32_768 : this.#nextPort + 1;
    return this.#nextPort;
  }
}

function isLoopback(host: string): boolean {
  return host.startsWith("127.") || host === "::1";
}

function keyOf(host: string, address: SocketAddress): string {
  return `${host}|${address.family}|${address.host}|${address.port}`;
}

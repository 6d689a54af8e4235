// Owns a simulated world for health checks: servers whose answers a test sets, checks that run on virtual time, and every line that was said.

import { type HealthController, startChecks } from "../../src/checks/index.ts";
import type { CheckModel, ConfigurationModel, HttpCheckModel } from "../../src/config/model/index.ts";
import type { SharedState } from "../../src/records/index.ts";
import { createRuntimeApi, type RuntimeApi, type RuntimeApiServices } from "../../src/runtime-api/index.ts";
import type { ProductFacts } from "../../src/stats/index.ts";
import { createSimulation, type Simulation } from "../../src/transport/sim/index.ts";
import type { AcceptHandler, Connection, Listener, SocketAddress } from "../../src/transport/types.ts";
import { addressesOf, stateOf } from "../sim/world.ts";

export const testFacts: ProductFacts = {
  name: "Pointsman",
  version: "0.1.0",
  releaseDate: "2026/11/23",
  nbthread: 1,
  node: "testnode",
  ulimitN: 1024,
  maxconn: 1000,
  bootTimeMs: 5,
  warnings: 0,
};

/** `check` with short intervals. */
export function checkOf(part: Partial<CheckModel> = {}): CheckModel {
  return {
    kind: part.http === undefined ? "tcp" : "http",
    intervalMs: 1000,
    fastIntervalMs: undefined,
    downIntervalMs: undefined,
    rise: 2,
    fall: 3,
    address: undefined,
    port: undefined,
    http: undefined,
    ...part,
  };
}

/** `option httpchk`. */
export function httpCheckOf(part: Partial<HttpCheckModel> = {}): HttpCheckModel {
  return {
    method: "OPTIONS",
    uri: "/",
    version: "HTTP/1.0",
    headers: [],
    body: "",
    expect: undefined,
    disableOn404: false,
    sendState: false,
    ...part,
  };
}

/** What a scripted server does with one connection. */
export type ServerScript =
  | { readonly kind: "answer"; readonly pieces: readonly string[]; readonly close: boolean }
  | { readonly kind: "silence" }
  | { readonly kind: "reset" };

export const answer = (text: string): ServerScript => ({ kind: "answer", pieces: [text], close: true });

/** One server of the world. */
export class ScriptedServer {
  script: ServerScript = answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  /** What came in, one text per connection. */
  readonly requests: string[] = [];
  connections = 0;
  readonly #world: HealthWorld;
  readonly #address: SocketAddress;
  #listener: Listener | undefined;

  constructor(world: HealthWorld, address: SocketAddress) {
    this.#world = world;
    this.#address = address;
    this.listen();
  }

  listen(): void {
    if (this.#listener !== undefined) return;
    const handler: AcceptHandler = { onAccept: (connection) => this.#serve(connection) };
    const transport = this.#world.simulation.transportFor(this.#address.host);
    const listener = transport.listen({ address: this.#address, backlog: 64 }, handler);
    if ("fault" in listener) throw new Error(listener.fault);
    this.#listener = listener;
  }

  /** From now on connections are refused. */
  refuse(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  #serve(connection: Connection): void {
    this.connections++;
    const place = this.requests.push("") - 1;
    connection.handler = {
      onOpen: () => {},
      onData: (_, bytes) => {
        this.requests[place] += Buffer.from(bytes).toString("latin1");
        this.#answer(connection);
      },
      onDrain: () => {},
      onEnd: () => connection.close(),
      onClose: () => {},
    };
  }

  #answer(connection: Connection): void {
    const { script } = this;
    if (script.kind === "silence") return;
    if (script.kind === "reset") {
      connection.abort();
      return;
    }
    for (const piece of script.pieces) {
      const bytes = Buffer.from(piece, "latin1");
      connection.write(bytes, 0, bytes.length);
    }
    if (script.close) connection.close();
  }
}

/** Checks of a model on virtual time. */
export class HealthWorld {
  readonly simulation: Simulation;
  readonly state: SharedState;
  readonly health: HealthController;
  readonly api: RuntimeApi;
  readonly services: RuntimeApiServices;
  /** Log lines as "level text". */
  readonly log: string[] = [];
  /** Lines for stderr as "severity text". */
  readonly reports: string[] = [];
  readonly changed: number[] = [];
  readonly servers: readonly ScriptedServer[];
  readonly addresses: (SocketAddress | undefined)[];

  constructor(model: ConfigurationModel, seed = 1) {
    this.simulation = createSimulation(seed);
    this.state = stateOf(model);
    this.addresses = addressesOf(model);
    for (const proxy of model.proxies) {
      this.state.proxies.lastChangeMs.set(proxy.index, this.simulation.clock.wallMs());
      for (const server of proxy.servers) {
        this.state.servers.rise.set(server.index, server.check?.rise ?? 2);
        this.state.servers.fall.set(server.index, server.check?.fall ?? 3);
        this.state.servers.lastChangeMs.set(server.index, this.simulation.clock.wallMs());
        if (server.disabled) this.state.servers.adminState.set(server.index, 5);
      }
    }
    this.state.process.startedMs.set(0, this.simulation.clock.wallMs());
    this.servers = this.addresses.flatMap((address) =>
      address === undefined ? [] : [new ScriptedServer(this, address)],
    );
    this.health = startChecks({
      model,
      state: this.state,
      transport: this.simulation.transportFor("10.0.0.1"),
      clock: this.simulation.clock,
      random: this.simulation.random,
      logSink: {
        send: (_, level, __, bytes, start, end) =>
          this.log.push(`${level} ${Buffer.from(bytes.subarray(start, end)).toString("latin1")}`),
      },
      node: "testnode",
      serverAddresses: this.addresses,
      onStateChange: (index) => this.changed.push(index),
      onAddressChange: () => {},
      report: (severity, text) => this.reports.push(`${severity} ${text}`),
    });
    this.services = {
      model,
      state: this.state,
      clock: this.simulation.clock,
      health: this.health,
      serverAddresses: this.addresses,
      facts: testFacts,
      environment: () => ["HOME=/root", "HAPROXY_BRANCH=3.2"],
      startupLogs: () => "",
      onFrontendChange: () => {},
      onProcessLimitChange: () => {},
    };
    this.api = createRuntimeApi(this.services);
  }

  /** Lets virtual time pass. */
  pass(ms: number): void {
    this.simulation.run(this.simulation.clock.now() + ms);
  }

  /** The log lines since the last call, without check durations. */
  said(): string[] {
    return this.log.splice(0).map((line) => line.replace(/check duration: \d+ms/, "check duration: Nms"));
  }
}

// Owns a running engine in a simulated world, or on any transport: the services that `process/` would build, with everything visible to a test.

import type { ConfigurationModel } from "../../src/config/model/index.ts";
import { createEngine, type Engine, type EngineServices } from "../../src/engine/index.ts";
import { OPERATIONAL_STATE, SharedState, WEIGHT_SCALE } from "../../src/records/index.ts";
import type { Clock, Random, SocketAddress, Transport } from "../../src/transport/types.ts";

/** The shared records as the process fills them at start. */
export function stateOf(model: ConfigurationModel, threads = 1): SharedState {
  const state = SharedState.create({
    threads,
    proxies: model.proxies.length,
    servers: model.serverCount,
    listeners: model.listenerCount,
  });
  state.process.maxconn.set(0, model.global.maxconn ?? 0);
  for (const proxy of model.proxies) {
    state.proxies.frontendMaxconn.set(proxy.index, proxy.maxconn);
    for (const server of proxy.servers) {
      const up = server.disabled ? OPERATIONAL_STATE.stopped : OPERATIONAL_STATE.running;
      state.servers.operationalState.set(server.index, up);
      state.servers.userWeight.set(server.index, server.weight);
      state.servers.initialWeight.set(server.index, server.weight);
      state.servers.effectiveWeight.set(server.index, server.weight * WEIGHT_SCALE);
      state.servers.backup.set(server.index, server.backup ? 1 : 0);
      state.servers.maxconn.set(server.index, server.maxconn);
      state.servers.maxqueue.set(server.index, server.maxqueue);
    }
    state.recountServers(
      proxy.index,
      proxy.servers.map((server) => server.index),
    );
  }
  return state;
}

/** Where the servers of a model are. */
export function addressesOf(model: ConfigurationModel): (SocketAddress | undefined)[] {
  const addresses: (SocketAddress | undefined)[] = [];
  for (const proxy of model.proxies) {
    for (const server of proxy.servers) {
      const { address } = server;
      addresses[server.index] =
        address.kind === "ipv4" || address.kind === "ipv6"
          ? { family: address.kind, host: address.host, port: address.port }
          : undefined;
    }
  }
  return addresses;
}

export interface World {
  readonly engine: Engine;
  readonly state: SharedState;
  readonly lines: string[];
  readonly bugs: unknown[];
  drained: boolean;
}

export interface WorldParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly state?: SharedState;
  readonly threadIndex?: number;
  readonly services?: Partial<EngineServices>;
}

/** An engine that listens on every bind of the model. */
export function startWorld(model: ConfigurationModel, parts: WorldParts): World {
  const lines: string[] = [];
  const bugs: unknown[] = [];
  const state = parts.state ?? stateOf(model);
  const world: World = { engine: undefined as unknown as Engine, state, lines, bugs, drained: false };
  const engine = createEngine({
    model,
    threadIndex: parts.threadIndex ?? 0,
    transport: parts.transport,
    clock: parts.clock,
    random: parts.random,
    state,
    logSink: {
      send: (_target, _level, _tag, bytes, start, end) => {
        lines.push(Buffer.from(bytes.subarray(start, end)).toString("latin1"));
      },
    },
    tlsAcceptors: [],
    serverAddresses: addressesOf(model),
    statsApplet: undefined,
    pid: 4711,
    reportBug: (error) => bugs.push(error),
    onDrained: () => {
      world.drained = true;
    },
    ...parts.services,
  });
  (world as { engine: Engine }).engine = engine;
  for (const proxy of model.proxies) {
    for (const bind of proxy.binds) {
      if (bind.address.kind !== "ipv4") continue;
      const answer = engine.listen(bind.index, {
        address: { family: "ipv4", host: bind.address.host, port: bind.address.port },
        backlog: 1024,
        reusePort: (parts.state?.shape.threads ?? 1) > 1,
      });
      if ("fault" in answer) throw new Error(`cannot listen: ${answer.fault}`);
    }
  }
  return world;
}

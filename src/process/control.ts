// Owns what the main thread does while workers proxy: health checks, the runtime API on the stats sockets, and passing on what one thread
// decides to the others. It never touches a proxied byte. DESIGN §7.

import { type HealthController, startChecks } from "../checks/index.ts";
import type { ConfigurationModel } from "../config/model/index.ts";
import type { LogSink } from "../engine/index.ts";
import type { SharedState } from "../records/index.ts";
import { createRuntimeApi, type RuntimeApi } from "../runtime-api/index.ts";
import type { ProductFacts, StatsAdminAction } from "../stats/index.ts";
import { createBunRandom } from "../transport/bun/index.ts";
import type { Clock, Listener, SocketAddress, Transport } from "../transport/types.ts";
import type { BoundStatsSocket } from "./listening.ts";
import type { ToWorker } from "./messages.ts";
import type { Reporter } from "./report.ts";

export interface ControlServices {
  readonly model: ConfigurationModel;
  readonly state: SharedState;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logSink: LogSink;
  readonly serverAddresses: (SocketAddress | undefined)[];
  readonly facts: ProductFacts;
  readonly reporter: Reporter;
  readonly environment: ReadonlyMap<string, string>;
  tellWorkers(message: ToWorker): void;
}

/** The main thread's part of a running process. */
export class Control {
  readonly #services: ControlServices;
  readonly #health: HealthController;
  readonly #api: RuntimeApi;
  readonly #listeners: Listener[];
  #wakePending: boolean;

  constructor(services: ControlServices) {
    this.#services = services;
    this.#listeners = [];
    this.#wakePending = false;
    this.#health = startChecks({
      model: services.model,
      state: services.state,
      transport: services.transport,
      clock: services.clock,
      random: createBunRandom(),
      logSink: services.logSink,
      serverAddresses: services.serverAddresses,
      node: services.facts.node,
      onStateChange: () => this.#wakeWorkers(),
      onAddressChange: (serverIndex, address) => {
        services.serverAddresses[serverIndex] = address;
        services.tellWorkers({ kind: "address", serverIndex, address });
      },
      report: (severity, text) => services.reporter.report(severity, text),
    });
    this.#api = createRuntimeApi({
      model: services.model,
      state: services.state,
      clock: services.clock,
      health: this.#health,
      serverAddresses: services.serverAddresses,
      facts: services.facts,
      environment: () => [...services.environment].map(([name, value]) => `${name}=${value}`),
      startupLogs: () => services.reporter.startupText(),
      onFrontendChange: () => this.#wakeWorkers(),
      onProcessLimitChange: () => this.#wakeWorkers(),
    });
  }

  /** Opens the stats sockets. Returns what could not be listened on. */
  listen(sockets: readonly BoundStatsSocket[]): readonly string[] {
    const faults: string[] = [];
    for (const { model, spec } of sockets) {
      const options = { level: model.bind.level ?? ("operator" as const), timeoutMs: model.timeoutMs };
      const listener = this.#services.transport.listen(spec, {
        onAccept: (connection) => this.#api.attach(connection, options),
      });
      if ("fault" in listener) faults.push(listener.fault);
      else this.#listeners.push(listener);
    }
    return faults;
  }

  /** A button of the stats page was pressed in a worker. */
  applyAdminAction(serverIndex: number, action: StatsAdminAction): void {
    const health = this.#health;
    switch (action) {
      case "ready":
      case "drain":
      case "maint":
        health.setServerState(serverIndex, action);
        return;
      case "dhlth":
      case "ehlth":
        health.setCheckEnabled(serverIndex, action === "ehlth");
        return;
      case "hrunn":
        health.setServerHealth(serverIndex, "up");
        return;
      case "hnolb":
        health.setServerHealth(serverIndex, "stopping");
        return;
      case "hdown":
        health.setServerHealth(serverIndex, "down");
        return;
      case "dagent":
      case "eagent":
      case "arunn":
      case "adown":
      case "shutdown":
        // Agents do not exist yet, and sessions cannot be ended one server at a time; the page does not offer them.
        return;
    }
  }

  /** No new connection to a stats socket; the ones that are open go on. */
  stopListening(): void {
    for (const listener of this.#listeners.splice(0)) listener.close();
  }

  /** Several changes in one turn wake the workers once. */
  #wakeWorkers(): void {
    if (this.#wakePending) return;
    this.#wakePending = true;
    this.#services.clock.defer(() => {
      this.#wakePending = false;
      this.#services.tellWorkers({ kind: "wake" });
    });
  }
}

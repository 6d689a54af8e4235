// Owns what the runtime API is given and what it offers, and what one command is. Management manual §9.3.

import type { HealthController } from "../checks/index.ts";
import type { ConfigurationModel } from "../config/model/index.ts";
import type { SharedState } from "../records/index.ts";
import type { ProductFacts } from "../stats/index.ts";
import type { Clock, Connection, SocketAddress } from "../transport/types.ts";

export type CliLevel = "user" | "operator" | "admin";

/** What the whole process can do for a command beyond servers. */
export interface RuntimeApiServices {
  readonly model: ConfigurationModel;
  readonly state: SharedState;
  readonly clock: Clock;
  readonly health: HealthController;
  readonly serverAddresses: readonly (SocketAddress | undefined)[];
  readonly facts: ProductFacts;
  /** `show env`: name=value in the process's order. */
  readonly environment: () => readonly string[];
  /** `show startup-logs`: what was reported while starting, with line feeds. */
  readonly startupLogs: () => string;
  /** Percent of the time that the data plane waited; without it `show info` has no Idle_pct. */
  readonly idlePercent?: () => number | undefined;
  /** The state of a frontend (SharedState.proxies.frontendState) or a maxconn has changed: workers are to be woken. */
  onFrontendChange(proxyIndex: number): void;
  onProcessLimitChange(): void;
}

export interface RuntimeApi {
  /**
   * Serves one accepted connection of a stats socket until it closes. The API becomes its owner. `timeoutMs` is `stats timeout`
   * (10 s by default): silence in either direction ends the connection.
   */
  attach(connection: Connection, options: { readonly level: CliLevel; readonly timeoutMs: number }): void;
  /** Runs one line of commands as an `admin` socket would and returns the whole answer; for the demo, the master and tests. */
  run(line: string, level?: CliLevel): string;
  /** Closes every connection. */
  stop(): void;
}

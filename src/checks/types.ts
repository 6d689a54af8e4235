// Owns what health checking is given and what it offers. Checks run in the main thread and are the only writers of a
// server's health and state; the runtime API and the stats page change a server through HealthController, so that state,
// weights, counts, epochs and log lines stay together. Configuration manual §5.2 ("check" and its family), §4.2 "option httpchk".

import type { ConfigurationModel } from "../config/model/index.ts";
import type { LogSink } from "../engine/types.ts";
import type { SharedState } from "../records/index.ts";
import type { Clock, Random, SocketAddress, Transport } from "../transport/types.ts";

/** How the reference prefixes what it prints: `[WARNING]  (pid) : …`. */
export type ReportSeverity = "alert" | "warning" | "notice";

export interface CheckServices {
  readonly model: ConfigurationModel;
  readonly state: SharedState;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logSink: LogSink;
  /** By server index: where the server is now; undefined while its name is not resolved. The same array that the process changes. */
  readonly serverAddresses: (SocketAddress | undefined)[];
  /** Called behind each change of a server in SharedState: the process wakes the workers. */
  onStateChange(serverIndex: number): void;
  /** A server's address was changed by the runtime API: the process tells it to the workers. */
  onAddressChange(serverIndex: number, address: SocketAddress): void;
  /** The line for stderr, without prefix and line feed. */
  report(severity: ReportSeverity, text: string): void;
}

/** `set server <b>/<s> state …`. */
export type AdminState = "ready" | "drain" | "maint";
/** `set server <b>/<s> health …`. */
export type ForcedHealth = "up" | "stopping" | "down";

/** The one way to change a server at run time. */
export interface HealthController {
  setServerState(serverIndex: number, state: AdminState): void;
  setServerHealth(serverIndex: number, health: ForcedHealth): void;
  /** `weight` is the user weight, 0…256. */
  setServerWeight(serverIndex: number, weight: number): void;
  setServerAddress(serverIndex: number, address: SocketAddress, by: string): void;
  /** `enable health` and `disable health`: false where the server has no check. */
  setCheckEnabled(serverIndex: number, enabled: boolean): boolean;
  /** Ends all checks: no timer and no connection of theirs is left. */
  stop(): void;
}

// Owns what health checking is given and what it offers. Checks run in the main thread and are the only writers of a
// server's health and state; the runtime API and the stats page change a server through HealthController, so that state,
// weights, counts, epochs and log lines stay together. Configuration manual §5.2 ("check" and its family), §4.2 "option httpchk".

import type { ConfigurationModel } from "../config/model/index.ts";
import type { LogSink } from "../engine/index.ts";
import type { CheckStatusName, SharedState } from "../records/index.ts";
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
  /** This machine's name in `http-check send-state`: `node`, or the host name. */
  readonly node: string;
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
  setServerAddress(serverIndex: number, address: SocketAddress): void;
  /** `enable health` and `disable health`; no effect on a server without check. */
  setCheckEnabled(serverIndex: number, enabled: boolean): void;
  /** False where the server has no check. */
  setCheckPort(serverIndex: number, port: number): boolean;
  setCheckAddress(serverIndex: number, host: string): boolean;
  /** What `check-port` or `port` says; 0 when the check uses the server's own. */
  checkPort(serverIndex: number): number;
  checkAddress(serverIndex: number): string | undefined;
  /** Sends a line to the proxy's log targets and to stderr as the reference does for what an operator changes. */
  announce(proxyIndex: number, text: string): void;
  /** Ends all checks: no timer and no connection of theirs is left. */
  stop(): void;
}

/** What one finished check found. */
export interface CheckOutcome {
  readonly result: "failed" | "passed" | "conditionally-passed";
  readonly status: CheckStatusName;
  /** The HTTP status, 0 when there is none. */
  readonly code: number;
  /** `last_chk`: a reason phrase or what went wrong; latin1. */
  readonly text: string;
  readonly durationMs: number;
}

// Owns what statistics are given: a model, the shared records and a few facts that only the process knows.

import type { ConfigurationModel } from "../config/model/index.ts";
import type { SharedState } from "../records/index.ts";
import type { Clock, SocketAddress } from "../transport/types.ts";

/** What the process knows of itself and SharedState does not hold. Plain data: it is sent to the workers. */
export interface ProductFacts {
  /** "Pointsman". */
  readonly name: string;
  readonly version: string;
  /** yyyy/mm/dd */
  readonly releaseDate: string;
  readonly nbthread: number;
  /** The node's name: `node` or the host name. */
  readonly node: string;
  readonly ulimitN: number;
  /** The effective process-wide maxconn at start (`Hard_maxconn`). */
  readonly maxconn: number;
  /** Ms from exec to ready. */
  readonly bootTimeMs: number;
  /** Warnings while starting (`TotalWarnings`). */
  readonly warnings: number;
}

export interface StatsServices {
  readonly model: ConfigurationModel;
  readonly state: SharedState;
  readonly clock: Clock;
  readonly serverAddresses: readonly (SocketAddress | undefined)[];
  readonly facts: ProductFacts;
}

/** A button of the stats page (`stats admin`), as the reference names it. */
export type StatsAdminAction =
  | "ready"
  | "drain"
  | "maint"
  | "dhlth"
  | "ehlth"
  | "hrunn"
  | "hnolb"
  | "hdown"
  | "dagent"
  | "eagent"
  | "arunn"
  | "adown"
  | "shutdown";

export interface StatsAppletServices extends StatsServices {
  /** Hands an action of the page to the main thread, which gives it to its HealthController. */
  onAdminAction(serverIndex: number, action: StatsAdminAction): void;
}

/** The kinds of rows of `show stat`. */
export type StatsKind = "frontend" | "backend" | "server" | "listener";

export type StatsValue = number | string;

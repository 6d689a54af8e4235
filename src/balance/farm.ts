// Owns a thread's private view of the servers of one backend: which of them may be chosen now. It is derived from the
// shared records and made again when the backend's epoch has moved. Backup servers count only when no active server is
// usable, and then the first usable one alone unless `option allbackups` is set (configuration manual §5.2 "backup").

import type { SharedState } from "../records/index.ts";
import type { BalancerOptions, BalanceServer } from "./types.ts";

export class Farm {
  readonly servers: readonly BalanceServer[];
  readonly state: SharedState;
  readonly proxyIndex: number;
  /** Positions of the servers that may be chosen, in order of declaration. */
  usable: readonly number[] = [];
  /** The one backup server that stands in for all, or −1. It is chosen whether it is full or not, as in the reference. */
  onlyBackup = -1;
  readonly #allBackups: boolean;
  #epoch = -1;

  constructor(options: Pick<BalancerOptions, "servers" | "state" | "proxyIndex" | "allBackups">) {
    this.servers = options.servers;
    this.state = options.state;
    this.proxyIndex = options.proxyIndex;
    this.#allBackups = options.allBackups;
  }

  /** Brings the view up to date; true when it has changed, so that tables built on it must be made again. */
  refresh(): boolean {
    const epoch = this.state.proxies.epoch.peek(this.proxyIndex);
    if (epoch === this.#epoch) return false;
    this.#epoch = epoch;
    const active: number[] = [];
    const backups: number[] = [];
    for (const [position, server] of this.servers.entries()) {
      if (!this.state.servers.usable(server.index)) continue;
      (server.backup ? backups : active).push(position);
    }
    this.onlyBackup = -1;
    if (active.length > 0) this.usable = active;
    else if (this.#allBackups) this.usable = backups;
    else {
      this.usable = backups.slice(0, 1);
      this.onlyBackup = backups[0] ?? -1;
    }
    return true;
  }

  /** Sixteenths of a configured weight. */
  weight(position: number): number {
    return this.state.servers.effectiveWeight.get(this.servers[position]!.index);
  }

  /** Whether the server takes no stream at once: its slots are taken, or others wait for them already. */
  full(position: number): boolean {
    const { index } = this.servers[position]!;
    const { maxconn, served, queued } = this.state.servers;
    const limit = maxconn.peek(index);
    return limit !== 0 && (served.peek(index) >= limit || queued.peek(index) > 0);
  }

  /** Streams on the server and waiting for it. */
  load(position: number): number {
    const { index } = this.servers[position]!;
    return this.state.servers.served.peek(index) + this.state.servers.queued.peek(index);
  }

  /** `hash-balance-factor`: the streams that each sixteenth of weight may carry with one more stream, at `percent` of the average. */
  shareLimit(percent: number): number {
    let streams = 1;
    let weights = 0;
    for (const position of this.usable) {
      streams += this.load(position);
      weights += this.weight(position);
    }
    return (streams * percent) / (100 * weights);
  }

  /** Whether the server may take one more stream under a {@link shareLimit}; an idle one always may. */
  withinShare(position: number, limit: number): boolean {
    return this.load(position) < Math.ceil(limit * this.weight(position));
  }

  /** Whether any server that may be chosen, other than `exclude`, has a free slot. */
  anyFree(exclude: number): boolean {
    return this.usable.some((position) => position !== exclude && !this.full(position));
  }
}

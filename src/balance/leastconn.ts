// Owns `balance leastconn` and `balance first` (configuration manual §4.2 "balance"). Both look at what all threads have
// on each server, with one plain pass over the usable servers: at 200 of them that is about a microsecond. Beyond that
// a structure kept in order of load would pay; until somebody has such a farm, a scan has nothing that can go stale.

import { TURN_SERVER_CELLS } from "../records/index.ts";
import { Farm } from "./farm.ts";
import { ALL_FULL, type Balancer, type BalancerOptions, NO_SERVER } from "./types.ts";

/** A load is streams × this / weight, rounded down, so that equal shares of unequal weights are equal loads. */
const LOAD_SCALE = 4096;

/**
 * The server with the lowest load: streams in service and in queue by weight. Among equals the one that was chosen
 * longest ago takes its turn. DIFFERS: the manual promises round robin among equals, the reference takes any.
 */
export class Leastconn implements Balancer {
  readonly #farm: Farm;
  /** When each server was chosen last, on a clock of choices. */
  readonly #chosen: Int32Array;
  /** Of the usable servers: their records, and their weights (none when all weights are equal and need no division). */
  #records: Int32Array = new Int32Array(0);
  #weights: Int32Array | undefined;

  constructor(options: BalancerOptions) {
    this.#farm = new Farm(options);
    this.#chosen = options.state.turnServers;
  }

  pick(_hash: number, exclude: number): number {
    const farm = this.#farm;
    if (farm.refresh()) this.#rebuild();
    const { usable } = farm;
    if (usable.length === 0) return NO_SERVER;
    if (farm.onlyBackup >= 0) return farm.onlyBackup;
    const best = this.#leastLoaded(exclude);
    if (best < 0) return exclude >= 0 && usable.includes(exclude) && !farm.full(exclude) ? exclude : ALL_FULL;
    const now = farm.state.proxies.turn.add(farm.proxyIndex, 1);
    Atomics.store(this.#chosen, this.#records[best]! * TURN_SERVER_CELLS, now);
    return usable[best]!;
  }

  /** An index into the usable servers, or −1. The test for a free slot comes last: most servers fail an earlier one. */
  #leastLoaded(exclude: number): number {
    const farm = this.#farm;
    const records = this.#records;
    const weights = this.#weights;
    const chosen = this.#chosen;
    const { served, queued } = farm.state.servers;
    let best = -1;
    let bestLoad = Number.POSITIVE_INFINITY;
    let bestTurn = 0;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      let load = served.peek(record) + queued.peek(record);
      if (weights !== undefined && load !== 0) load = Math.floor((load * LOAD_SCALE) / weights[i]!);
      if (load > bestLoad) continue;
      const turn = chosen[record * TURN_SERVER_CELLS]!;
      if (load === bestLoad && ((turn - bestTurn) | 0) >= 0) continue;
      const position = farm.usable[i]!;
      if (position === exclude || farm.full(position)) continue;
      best = i;
      bestLoad = load;
      bestTurn = turn;
    }
    return best;
  }

  #rebuild(): void {
    const farm = this.#farm;
    this.#records = Int32Array.from(farm.usable, (position) => farm.servers[position]!.index);
    const weights = Int32Array.from(farm.usable, (position) => farm.weight(position));
    this.#weights = weights.every((weight) => weight === weights[0]) ? undefined : weights;
  }
}

/** The server with the lowest id that has a free slot. */
export class First implements Balancer {
  readonly #farm: Farm;
  #order: readonly number[] = [];

  constructor(options: BalancerOptions) {
    this.#farm = new Farm(options);
  }

  pick(_hash: number, exclude: number): number {
    const farm = this.#farm;
    if (farm.refresh()) {
      this.#order = [...farm.usable].sort((a, b) => farm.servers[a]!.id - farm.servers[b]!.id);
    }
    if (farm.usable.length === 0) return NO_SERVER;
    if (farm.onlyBackup >= 0) return farm.onlyBackup;
    for (const position of this.#order) {
      if (position !== exclude && !farm.full(position)) return position;
    }
    return exclude >= 0 && this.#order.includes(exclude) && !farm.full(exclude) ? exclude : ALL_FULL;
  }
}

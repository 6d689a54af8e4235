// Owns `balance static-rr` and every hashing algorithm with `hash-type map-based` (configuration manual §4.2): both read
// the same table, one by turns and one by the rest of a division. A weight changed at run time has no effect but by
// taking the server out (0) or back; the runtime API refuses anything else for these algorithms.

import { Farm } from "./farm.ts";
import { spreadByWeight } from "./static-map.ts";
import { ALL_FULL, type Balancer, type BalancerOptions, NO_KEY, NO_SERVER } from "./types.ts";

export class MapBased implements Balancer {
  readonly #farm: Farm;
  /** Positions by slot. */
  #table: Int32Array = new Int32Array(0);

  constructor(options: BalancerOptions) {
    this.#farm = new Farm(options);
  }

  /** QUIRK: with a key, `exclude` is ignored: a redispatched stream meets the same server again, as in the reference. */
  pick(hash: number, exclude: number): number {
    const farm = this.#farm;
    if (farm.refresh()) {
      const spread = spreadByWeight(farm.usable.map((position) => farm.weight(position)));
      this.#table = spread.map((i) => farm.usable[i]!);
    }
    if (this.#table.length === 0) return NO_SERVER;
    return hash === NO_KEY ? this.#turn(exclude) : this.#table[hash % this.#table.length]!;
  }

  /** The next server with a free slot; full ones are passed over. The turn is one number for all threads. */
  #turn(exclude: number): number {
    const { turn } = this.#farm.state.proxies;
    const { proxyIndex } = this.#farm;
    const slots = this.#table.length;
    if (!this.#farm.anyFree(exclude)) {
      return exclude >= 0 && this.#farm.anyFree(-1) ? exclude : ALL_FULL;
    }
    for (;;) {
      const seen = turn.get(proxyIndex);
      // The table may have shrunk since.
      let at = seen >= slots ? 0 : seen;
      for (let i = 0; i < slots; i++, at = at + 1 === slots ? 0 : at + 1) {
        const position = this.#table[at]!;
        if (position !== exclude && !this.#farm.full(position)) break;
      }
      if (turn.replace(proxyIndex, seen, at + 1 === slots ? 0 : at + 1)) return this.#table[at]!;
    }
  }
}

// Owns every hashing algorithm with `hash-type consistent` (configuration manual §4.2): a key belongs to the nearest
// point of the ring. The ring of each thread follows the servers' states and weights. Finding the ring's shape took
// experiments with the reference: the differential test compares thousands of keys.

import { Farm } from "./farm.ts";
import { Ring } from "./ring.ts";
import { ALL_FULL, type Balancer, type BalancerOptions, NO_KEY, NO_SERVER } from "./types.ts";

export class Consistent implements Balancer {
  readonly #farm: Farm;
  readonly #balanceFactor: number;
  /** All servers that have a weight, whether they are up or not, and the weights they stand there with. */
  #everyone: Ring = Ring.place([]);
  #weights: readonly number[] = [];
  /** Those that are usable. */
  #ring: Ring = this.#everyone;

  constructor(options: BalancerOptions) {
    this.#farm = new Farm(options);
    this.#balanceFactor = options.spec.hashBalanceFactor;
  }

  pick(hash: number, exclude: number): number {
    const farm = this.#farm;
    if (farm.refresh()) this.#rebuild();
    if (farm.usable.length === 0) return NO_SERVER;
    if (farm.onlyBackup >= 0) return farm.onlyBackup;
    if (hash === NO_KEY) return this.#turn(exclude);
    const ring = this.#ring;
    let at = ring.nearest(hash);
    if (exclude < 0 && this.#balanceFactor === 0) return ring.serverAt(at);
    const excluded = farm.usable.length > 1 ? exclude : -1;
    const limit = this.#balanceFactor === 0 ? Number.POSITIVE_INFINITY : this.#shareLimit(excluded);
    for (;;) {
      const position = ring.serverAt(at);
      if (position !== excluded && farm.withinShare(position, limit)) return position;
      at = at + 1 === ring.size ? 0 : at + 1;
    }
  }

  /** A server that goes or comes only leaves or re-enters; points are sorted again when a weight has changed. */
  #rebuild(): void {
    const farm = this.#farm;
    const weights = farm.servers.map((_, position) => farm.weight(position));
    if (weights.some((weight, i) => weight !== this.#weights[i])) {
      this.#weights = weights;
      this.#everyone = Ring.place(
        farm.servers.map(({ id }, position) => ({ position, id, weight: weights[position]! })),
      );
    }
    this.#ring = this.#everyone.only(farm.usable);
  }

  /** The limit of `hash-balance-factor`, or none when nobody is below it (the excluded server may have all the room). */
  #shareLimit(excluded: number): number {
    const farm = this.#farm;
    const limit = farm.shareLimit(this.#balanceFactor);
    const room = farm.usable.some((position) => position !== excluded && farm.withinShare(position, limit));
    return room ? limit : Number.POSITIVE_INFINITY;
  }

  /** Without a key the points of the ring take turns, as in the reference; full servers are passed over. */
  #turn(exclude: number): number {
    const farm = this.#farm;
    const { turn } = farm.state.proxies;
    if (!farm.anyFree(exclude)) return exclude >= 0 && farm.anyFree(-1) ? exclude : ALL_FULL;
    for (;;) {
      const seen = turn.get(farm.proxyIndex);
      let at = seen >= this.#ring.size ? 0 : seen;
      for (let i = 0; i < this.#ring.size; i++, at = at + 1 === this.#ring.size ? 0 : at + 1) {
        const position = this.#ring.serverAt(at);
        if (position !== exclude && !farm.full(position)) break;
      }
      if (turn.replace(farm.proxyIndex, seen, at + 1)) return this.#ring.serverAt(at);
    }
  }
}

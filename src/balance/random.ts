// Owns `balance random(<draws>)` (configuration manual §4.2 "balance"): as many servers as `draws` are drawn by weight,
// and the least loaded of them is chosen (the power of two random choices).
// DIFFERS: the reference draws a point of the consistent-hashing ring, whose arcs differ by tens of percent; here a
// draw follows the weights exactly. Nobody can observe more than a better spread.

import { Farm } from "./farm.ts";
import { ALL_FULL, type BalanceRandom, type Balancer, type BalancerOptions, NO_SERVER } from "./types.ts";

export class RandomDraw implements Balancer {
  readonly #farm: Farm;
  readonly #draws: number;
  readonly #balanceFactor: number;
  readonly #random: BalanceRandom;
  /** Sums of the weights up to and with each usable server. */
  #sums: Float64Array = new Float64Array(0);
  #weights: Int32Array = new Int32Array(0);

  constructor(options: BalancerOptions) {
    this.#farm = new Farm(options);
    this.#draws = Math.max(1, options.spec.draws);
    this.#balanceFactor = options.spec.hashBalanceFactor;
    this.#random = options.random;
  }

  pick(_hash: number, exclude: number): number {
    const farm = this.#farm;
    if (farm.refresh()) this.#rebuild();
    const { usable } = farm;
    if (usable.length === 0) return NO_SERVER;
    if (farm.onlyBackup >= 0) return farm.onlyBackup;
    const avoided = exclude >= 0 && usable.length > 1 ? usable.indexOf(exclude) : -1;
    let best = -1;
    let bestLoad = 0;
    for (let draw = 0; draw < this.#draws; draw++) {
      const drawn = this.#draw(avoided);
      if (drawn === best) continue;
      const load = farm.load(usable[drawn]!);
      if (best >= 0 && load * this.#weights[best]! >= bestLoad * this.#weights[drawn]!) continue;
      best = drawn;
      bestLoad = load;
    }
    const chosen = usable[best]!;
    if (farm.full(chosen)) return ALL_FULL;
    if (this.#balanceFactor === 0) return chosen;
    return farm.withinShare(chosen, farm.shareLimit(this.#balanceFactor)) ? chosen : this.#leastLoaded(avoided);
  }

  /** An index into `usable`, by weight, other than `avoided`. */
  #draw(avoided: number): number {
    const sums = this.#sums;
    const total = sums[sums.length - 1]!;
    const left = avoided < 0 ? 0 : this.#weights[avoided]!;
    let ticket = Math.floor((this.#random.nextUint32() / 2 ** 32) * (total - left));
    // The avoided server's stretch is cut out of the range.
    if (avoided >= 0 && ticket >= sums[avoided]! - left) ticket += left;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > ticket) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** `hash-balance-factor`: the drawn server is above its share, so the one with most room takes the stream. */
  #leastLoaded(avoided: number): number {
    const { usable } = this.#farm;
    let best = -1;
    let bestLoad = 0;
    for (let i = 0; i < usable.length; i++) {
      if (i === avoided) continue;
      const load = this.#farm.load(usable[i]!) / this.#weights[i]!;
      if (best >= 0 && load >= bestLoad) continue;
      best = i;
      bestLoad = load;
    }
    return this.#farm.full(usable[best]!) ? ALL_FULL : usable[best]!;
  }

  #rebuild(): void {
    const farm = this.#farm;
    this.#weights = Int32Array.from(farm.usable, (position) => farm.weight(position));
    this.#sums = Float64Array.from(this.#weights);
    for (let i = 1; i < this.#sums.length; i++) this.#sums[i]! += this.#sums[i - 1]!;
  }
}

// Owns the shapes of chance that a simulated network draws, on the house's seeded generator.

import { SeededRandom as BaseRandom } from "../../stdx/index.ts";

/** Seeded chance for networks and for the scripts of tests. */
export class SeededRandom extends BaseRandom {
  /** `stream` separates generators of one seed, so that more draws in one do not shift another. */
  constructor(seed: number, stream: number) {
    super(seed ^ Math.imul(stream + 1, 0x85ebca6b));
  }

  /** In [0, 1). */
  fraction(): number {
    return this.nextUint32() / 4_294_967_296;
  }

  /** A whole number in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with the given probability. A probability of 0 or 1 draws nothing. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.fraction() < probability;
  }
}

// Owns chance from a seed: the same seed gives the same numbers for ever (it is part of a bug report).
// Not for secrets.

import type { Random } from "../types.ts";

/** Seeded chance with the few shapes that the simulated network draws. */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** `stream` separates generators of one seed, so that more draws in one do not shift another. */
  constructor(seed: number, stream: number) {
    this.#a = seed | 0;
    this.#b = Math.imul(stream + 1, 0x9e3779b9) | 0;
    this.#c = 0x2545f491;
    this.#counter = 1;
    for (let round = 0; round < 16; round += 1) this.nextUint32();
  }

  /** Chris Doty-Humphrey's sfc32. */
  nextUint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  fraction(): number {
    return this.nextUint32() / 4_294_967_296;
  }

  /** A whole number in [low, high]. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** True with the given probability. A probability of 0 or 1 draws nothing. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.fraction() < probability;
  }
}

// Owns the chance of the simulation's scripts: a seed and a stream number give the same throws on every machine.

import { SeededRandom } from "../../src/stdx/index.ts";

export class Dice {
  readonly #random: SeededRandom;

  /** `stream` keeps the throws of one actor apart from another's. */
  constructor(seed: number, stream: number) {
    this.#random = new SeededRandom(seed * 65_537 + stream);
    for (let i = 0; i < 8; i++) this.#random.nextUint32();
  }

  /** In [0, 1). */
  fraction(): number {
    return this.#random.nextUint32() / 0x1_0000_0000;
  }

  /** An integer, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of the items. */
  pick<T>(...items: readonly T[]): T {
    return items[this.between(0, items.length - 1)]!;
  }
}

// Owns the seeded pseudo-random generator of simulations, fuzz targets and everything that must be replayed by a seed:
// xoshiro128** with a splitmix32 start. It is not for secrets. The same seed gives the same numbers on every machine.

/** A seeded generator; fits `transport`'s `Random`. */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    let state = seed | 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let z = state ^ (state >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) | 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    // The all-zero state would repeat zero for ever.
    this.#d = next() | 1;
  }

  /** The next unsigned 32-bit integer. */
  nextUint32(): number {
    const b = this.#b;
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    this.#c ^= this.#a;
    this.#d ^= b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return scrambled;
  }

  /** An integer 0 ≤ n < `bound`; `bound` is 1…2^32. The bias of the multiplication is below 2^−21 for bounds up to 2^11 and does not matter here. */
  below(bound: number): number {
    return Math.floor((this.nextUint32() / 0x100000000) * bound);
  }

  /** True once in `n` on average. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

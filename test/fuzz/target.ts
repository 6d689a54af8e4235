// Owns what a fuzz target is, and the helpers that targets share. Each parser has one file `<name>.ts` in this folder and one line in
// `registry.ts`.

import type { SeededRandom } from "../../src/stdx/index.ts";

/** One parser under fuzz. `run` throws when a property does not hold; whatever the bytes are, it must not hang. */
export interface FuzzTarget {
  readonly name: string;
  /** Examples to mutate: what is nearly right finds more than noise. */
  readonly seeds: readonly Uint8Array[];
  /** Mutations that the smoke test tries, 4000 by default; fewer where one run takes long. */
  readonly smokeRuns?: number;
  /** Checks all properties on `bytes`, which it may change. `random` decides splits and the like. */
  run(bytes: Uint8Array, random: SeededRandom): void;
}

/** Throws with `sentence` unless `condition` holds. */
export function check(condition: boolean, sentence: string): void {
  if (!condition) throw new Error(sentence);
}

const interesting = [0, 9, 10, 13, 32, 34, 44, 45, 48, 58, 59, 61, 63, 64, 91, 127, 128, 255];

/** A mutation of one of the target's seeds: bytes changed, removed, doubled, two seeds spliced. */
export function mutate(target: FuzzTarget, random: SeededRandom): Uint8Array {
  const pick = (): Uint8Array => target.seeds[random.below(target.seeds.length)] ?? new Uint8Array(0);
  let bytes = [...pick()];
  for (let rounds = random.below(6); rounds >= 0; rounds--) {
    const at = random.below(bytes.length + 1);
    switch (random.below(6)) {
      case 0:
        bytes[at] = interesting[random.below(interesting.length)] ?? 0;
        break;
      case 1:
        bytes.splice(at, 1 + random.below(4));
        break;
      case 2:
        bytes.splice(at, 0, interesting[random.below(interesting.length)] ?? 0);
        break;
      case 3:
        bytes.splice(at, 0, ...bytes.slice(at, at + random.below(40)));
        break;
      case 4: {
        const other = pick();
        bytes = [...bytes.slice(0, at), ...other.subarray(random.below(other.length + 1))];
        break;
      }
      default:
        bytes[at] = random.below(256);
    }
  }
  return Uint8Array.from(bytes, (byte) => byte ?? 0);
}

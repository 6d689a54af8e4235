// Runs every fuzz target a bounded number of times with a fixed seed: each seed as it is, then mutations of the seeds, then noise.

import { describe, expect, test } from "bun:test";
import { SeededRandom } from "../../src/stdx/index.ts";
import { fuzzTargets } from "./registry.ts";
import { mutate } from "./target.ts";

const mutationsDefault = 4000;
// Not a claim about speed: a busy machine must not fail the test.
const timeoutMs = 60_000;

describe("fuzz smoke", () => {
  for (const target of fuzzTargets) {
    test(
      target.name,
      () => {
        const random = new SeededRandom(0x5eed);
        const run = (bytes: Uint8Array): void => {
          const copy = bytes.slice();
          try {
            target.run(bytes, random);
          } catch (error) {
            throw new Error(`${target.name} on ${JSON.stringify(Buffer.from(copy).toString("latin1"))}: ${error}`);
          }
        };
        for (const seed of target.seeds) run(seed.slice());
        const mutations = target.smokeRuns ?? mutationsDefault;
        for (let i = 0; i < mutations; i++) run(mutate(target, random));
        for (let i = 0; i < mutations / 4; i++) {
          run(Uint8Array.from({ length: random.below(200) }, () => random.below(256)));
        }
      },
      timeoutMs,
    );
  }

  test("target names are unique", () => {
    expect(new Set(fuzzTargets.map((target) => target.name)).size).toBe(fuzzTargets.length);
  });
});

// Runs one fuzz target for long, by hand: `bun test/fuzz/long.ts h1-request 60 [seed]`. Prints the bytes that break it.

import { SeededRandom } from "../../src/stdx/index.ts";
import { fuzzTargets } from "./registry.ts";
import { mutate } from "./target.ts";

const [name, seconds = "10", seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const target = fuzzTargets.find((one) => one.name === name);
if (target === undefined) {
  console.error(`targets: ${fuzzTargets.map((one) => one.name).join(" ")}`);
  process.exit(1);
}
const random = new SeededRandom(Number(seed));
const until = Date.now() + Number(seconds) * 1000;
let runs = 0;
while (Date.now() < until) {
  for (let i = 0; i < 1000; i++, runs++) {
    const bytes = mutate(target, random);
    const copy = bytes.slice();
    try {
      target.run(bytes, random);
    } catch (error) {
      console.error(
        `${target.name}, seed ${seed}, run ${runs}: ${JSON.stringify(Buffer.from(copy).toString("latin1"))}`,
      );
      throw error;
    }
  }
}
console.log(`${target.name}: ${runs} runs with seed ${seed}, no failure`);

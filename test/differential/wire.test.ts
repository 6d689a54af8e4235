// Owns the promise that Pointsman and the reference do the same on the wire and in the log: every case is run on both programs, and all that
// can be seen from outside is compared to the letter, but for times, ports and pids.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { programs, WireBench, type WireOutcome } from "../support/wire.ts";
import { cases, configuration } from "./wire-cases.ts";

const commands = programs();
const missing = commands["reference"] === undefined;

describe.skipIf(missing)(missing ? "on the wire (skipped: the reference is not installed)" : "on the wire", () => {
  let reference: WireBench;
  let pointsman: WireBench;
  beforeAll(async () => {
    reference = await WireBench.start(commands["reference"] ?? [], configuration);
    pointsman = await WireBench.start(commands["pointsman"] ?? [], configuration);
  }, 30_000);
  afterAll(async () => {
    await reference?.stop();
    await pointsman?.stop();
  });

  for (const one of cases) {
    test(one.name, async () => {
      const [expected, actual]: [WireOutcome, WireOutcome] = [await reference.run(one), await pointsman.run(one)];
      if (one.differs === undefined) expect(actual).toEqual(expected);
      else expect(actual, `declared as different (${one.differs}), but it is the same`).not.toEqual(expected);
    });
  }
});

// Owns the seeded simulation of the whole data path: clients, servers and a network with faults around one engine on virtual time, and the
// invariants of DESIGN.md §10. A failing seed prints how to replay it: POINTSMAN_SEED=<n> bun test test/sim

import { describe, expect, test } from "bun:test";
import { createSimulation } from "../../src/transport/sim/index.ts";
import { runScenario } from "./scenario.ts";

const only = process.env["POINTSMAN_SEED"];
const seeds =
  only === undefined
    ? Array.from({ length: Number(process.env["POINTSMAN_SEEDS"] ?? 120) }, (_, i) => i + 1)
    : [Number(only)];

describe("any seed", () => {
  for (const seed of seeds) {
    test(`seed ${seed}`, () => {
      const report = runScenario(seed);
      if (report.problems.length > 0) {
        throw new Error(
          `replay with POINTSMAN_SEED=${seed} bun test test/sim\n${report.problems.slice(0, 12).join("\n")}`,
        );
      }
    });
  }
});

test("the same seed takes the same steps", () => {
  const first = runScenario(7);
  const second = runScenario(7);
  expect(second.steps).toBe(first.steps);
  expect(second.outcomes).toEqual(first.outcomes);
});

test("a simulation without faults answers everything", () => {
  const report = runScenario(3, { calm: true });
  expect(report.problems).toEqual([]);
  expect(report.outcomes.filter((outcome) => outcome.status >= 300 || outcome.status === 0)).toEqual([]);
  expect(createSimulation(1).rest().connections).toBe(0);
});

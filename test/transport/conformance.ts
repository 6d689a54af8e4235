// The conformance suite of the transport seam: what every Transport owes its users (src/transport/types.ts). Each
// implementation runs all of it through a harness that says where to listen and how to let the world go on until
// something holds. A case that an implementation cannot show is skipped with its reason.

import { afterEach, describe, test } from "bun:test";
import { ENDINGS, LIFE } from "./conformance-endings.ts";
import { CONNECTING, FLOW, LISTENING } from "./conformance-flow.ts";
import type { Case, Harness } from "./harness.ts";

export interface ConformanceOptions {
  readonly name: string;
  readonly make: () => Harness;
  /** Case name → why this implementation cannot show it. */
  readonly skips?: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [...LIFE, ...ENDINGS, ...CONNECTING, ...FLOW, ...LISTENING];

/** Runs the whole suite against one implementation. */
export function conformance(options: ConformanceOptions): void {
  describe(`transport conformance: ${options.name}`, () => {
    let harness: Harness | undefined;
    afterEach(async () => {
      const used = harness;
      harness = undefined;
      await used?.finish();
    });
    for (const [name, run] of CASES) {
      const reason = options.skips?.[name];
      if (reason !== undefined) {
        test.skip(`${name} (${reason})`, () => {});
        continue;
      }
      test(name, async () => {
        harness = options.make();
        await run(harness);
      });
    }
  });
}

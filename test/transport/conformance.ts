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
  readonly inapplicable?: Readonly<Record<string, string>>;
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
      // What an address family does not have is no missing test of it.
      if (options.inapplicable?.[name] !== undefined) continue;
      test(name, async () => {
        harness = options.make();
        await run(harness);
      });
    }
  });
}

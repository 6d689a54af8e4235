// Owns what the command line can start, each loaded only when it is asked for: `-v` needs none of it, `-c` not the data plane.

import { inBackground } from "./background-flag.ts";
import { giveHeadStart } from "./head-start.ts";
import type { RunOptions } from "./options.ts";

/** Runs the product as the command line says. Ends the process where the run ends; otherwise it serves when this returns. */
export async function runProcess(options: RunOptions): Promise<void> {
  const threads = giveHeadStart(options, inBackground());
  const { run } = await import("./run.ts");
  await run(options, threads);
}

/** What commands that only look at a configuration need; loaded for them alone. */
export function loadInspection(): Promise<typeof import("./inspect.ts")> {
  return import("./inspect.ts");
}

/** `-cc`: the exit code is 0 when the condition holds, 1 when not, 2 when it cannot be evaluated. */
export async function evaluateCondition(text: string): Promise<number> {
  const { conditionExitCode } = await import("./condition.ts");
  return conditionExitCode(text);
}

// Owns `bun test/differential/compare-verdicts.ts`: the long comparison of verdicts, by hand. It judges every file of the corpus, of the reference's
// examples and of test/config, then N mutants of them, and lists each disagreement with its kind.
//
// usage: bun test/differential/compare-verdicts.ts [--mutants 5000] [--seed 1] [--show 40]

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { mutate } from "../support/mutations.ts";
import { findReference } from "../support/reference.ts";
import { Court, type Verdict } from "../support/verdicts.ts";

export interface Source {
  readonly name: string;
  readonly text: string;
}

/** Every configuration at hand: the corpus, the reference's examples, our goldens. Missing folders are left out. */
export function collectSources(reference: string): Source[] {
  const root = resolve(import.meta.dir, "../..");
  const folders = [resolve(root, "../shared/corpus"), join(dirname(reference), "examples")];
  for (const kind of ["ok", "warning", "error"]) folders.push(join(root, "test/config", kind));
  return folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".cfg"))
      .sort()
      .map((name) => ({ name, text: readFileSync(join(folder, name), "latin1") })),
  );
}

export type Agreement = "agree" | "verdict" | "line" | "warning";

/** How two verdicts compare: the same, another outcome, another line blamed, a warning more or less. */
export function compare(reference: Verdict, pointsman: Verdict): Agreement {
  const failed = reference.outcome === "error";
  if (failed !== (pointsman.outcome === "error")) return "verdict";
  if (!failed) return reference.outcome === pointsman.outcome ? "agree" : "warning";
  return reference.line === undefined || pointsman.line === reference.line ? "agree" : "line";
}

if (import.meta.main) {
  const option = (name: string, otherwise: number) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(process.argv[at + 1]);
  };
  const found = findReference();
  if (found.path === undefined) throw new Error(found.reason);
  await compareAll(found.path, option("mutants", 0), option("seed", 1), option("show", 40));
}

async function compareAll(reference: string, mutants: number, seed: number, show: number): Promise<void> {
  const court = new Court(reference);
  const counts = new Map<Agreement, number>();
  let shown = 0;
  const judge = async (name: string, text: string, note: string) => {
    const verdicts = await court.judge(name, text);
    const agreement = compare(verdicts.reference, verdicts.pointsman);
    counts.set(agreement, (counts.get(agreement) ?? 0) + 1);
    if (agreement !== "agree" && shown++ < show) {
      const describe = ({ outcome, line, message }: Verdict) => `${outcome} :${line ?? "-"} ${message.slice(0, 200)}`;
      console.log(
        `${agreement}: ${name}${note}\n  reference ${describe(verdicts.reference)}\n  pointsman ${describe(verdicts.pointsman)}`,
      );
    }
  };
  try {
    const sources = collectSources(reference);
    for (const { name, text } of sources) await judge(name, text, "");
    console.log(`${sources.length} files:`, Object.fromEntries(counts));
    if (mutants > 0) counts.clear();
    for (let at = 0; at < mutants; at++) {
      const source = sources[at % sources.length];
      const mutant = source && mutate(source.text, seed * 1_000_003 + at);
      if (mutant) await judge(source.name, mutant.text, ` line ${mutant.line}: ${mutant.kind} (seed ${seed}, ${at})`);
    }
    if (mutants > 0) console.log("mutants:", Object.fromEntries(counts));
  } finally {
    court.close();
  }
}

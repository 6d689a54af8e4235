// Golden configurations: each *.cfg stands in the folder of its verdict, and *.expected beside it holds what is said and the outline of the model.
// UPDATE_GOLDEN=1 writes the expectations anew.

import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LoadedConfiguration, loadConfiguration } from "../../src/config/index.ts";
import { renderDiagnostic, renderHeadline } from "../../src/diagnostics/index.ts";
import { testEnvironment } from "./environment.ts";
import { outline } from "./outline.ts";

const FOLDERS = ["ok", "warning", "error", "refused"] as const;

function verdictOf(loaded: LoadedConfiguration): (typeof FOLDERS)[number] {
  if (loaded.diagnostics.some((one) => one.code === "PM1901")) return "refused";
  if (loaded.model === undefined) return "error";
  return loaded.warnings > 0 ? "warning" : "ok";
}

function print(loaded: LoadedConfiguration): string {
  const lines = loaded.diagnostics.map((one) => renderDiagnostic(one, { pid: 1, color: false }));
  lines.push(...loaded.closing.map((text) => renderHeadline("alert", 1, text)));
  lines.push(...loaded.withoutEffect.map((one) => `no effect: line ${one.span?.line}: ${one.message}`));
  const model = loaded.model === undefined ? "" : outline(loaded.model);
  return `${lines.join("\n")}${lines.length > 0 ? "\n" : ""}${model}`;
}

for (const folder of FOLDERS) {
  const directory = join(import.meta.dir, folder);
  describe(`configurations: ${folder}`, () => {
    for (const name of readdirSync(directory).filter((one) => one.endsWith(".cfg"))) {
      test(name, () => {
        const text = readFileSync(join(directory, name), "latin1");
        const loaded = loadConfiguration([{ path: name, text }], testEnvironment(join(import.meta.dir, "files")));
        const printed = print(loaded);
        const file = join(directory, name.replace(/\.cfg$/, ".expected"));
        if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, printed);
        expect(existsSync(file), `${file} is missing: run with UPDATE_GOLDEN=1`).toBe(true);
        expect(printed).toBe(readFileSync(file, "utf8"));
        expect(verdictOf(loaded)).toBe(folder);
      });
    }
  });
}

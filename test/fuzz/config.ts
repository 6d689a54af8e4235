// Fuzzes the configuration front end as a whole: text to lines, words, conditions, rows, model.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfiguration } from "../../src/config/index.ts";
import { joinLines, splitLines } from "../../src/config/syntax/index.ts";
import { renderDiagnostic } from "../../src/diagnostics/index.ts";
import { testEnvironment } from "../config/environment.ts";
import { check, type FuzzTarget } from "./target.ts";

const GOLDEN = join(import.meta.dir, "../config");
const environment = testEnvironment(join(GOLDEN, "files"));

function seeds(): readonly Uint8Array[] {
  return ["ok", "warning", "error", "refused"].flatMap((folder) =>
    readdirSync(join(GOLDEN, folder))
      .filter((name) => name.endsWith(".cfg"))
      .map((name) => new Uint8Array(readFileSync(join(GOLDEN, folder, name)))),
  );
}

export const config: FuzzTarget = {
  name: "config",
  seeds: seeds(),
  run: (bytes) => {
    const text = Buffer.from(bytes).toString("latin1");
    check(joinLines(splitLines(text)) === text, "the lines of a file give the file again");
    const lineCount = splitLines(text).length;
    const loaded = loadConfiguration([{ path: "fuzz.cfg", text }], environment);
    const alerts = loaded.diagnostics.filter((one) => one.severity === "alert").length;
    check((loaded.model === undefined) === alerts > 0, "there is a model exactly when there is no alert");
    check((loaded.closing.length === 0) === (alerts === 0), "alerts have their closing lines");
    check(loaded.model === undefined || Object.isFrozen(loaded.model.global), "the model is frozen");
    for (const one of loaded.diagnostics) {
      check(
        one.span === undefined || (one.span.line >= 1 && one.span.line <= lineCount + 1),
        "a span lies in the file",
      );
      check(one.span === undefined || one.span.endColumn > one.span.column, "a span is not empty");
      check(!renderDiagnostic(one, { pid: 1, color: false }).includes("\u001b"), "no control sequence gets out");
    }
  },
};

// Rows as data: every keyword of the language has one, every row is documented, and docs/keywords.md is what the rows say.

import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ABSENT_GLOBAL_KEYWORDS } from "../../src/config/directives/absent.ts";
import { bindOptions, configKeywords, keywordsPage, loadConfiguration, serverOptions } from "../../src/config/index.ts";
import { testEnvironment } from "./environment.ts";

const PAGE = join(import.meta.dir, "../../docs/keywords.md");
const KEYWORDS = join(import.meta.dir, "../../../shared/reference/haproxy-3.5-keywords.txt");

test("docs/keywords.md is made from the rows", () => {
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(PAGE, keywordsPage());
  expect(readFileSync(PAGE, "utf8")).toBe(keywordsPage());
});

test("every row that works has a line of documentation, a version and sections", () => {
  for (const row of configKeywords()) {
    expect(row.sections.length, row.name).toBeGreaterThan(0);
    if (row.status === "done") expect(row.doc !== "" && row.since !== "", row.name).toBe(true);
  }
  for (const row of [...bindOptions(), ...serverOptions()]) {
    if (row.status === "done") expect(row.doc !== "" && row.since !== "", row.name).toBe(true);
  }
});

test("names are unique", () => {
  for (const rows of [configKeywords().filter((row) => row.sections[0] === "global"), bindOptions(), serverOptions()]) {
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
  }
});

const missing = existsSync(KEYWORDS) ? "" : " (skipped: ../shared/reference is missing)";

describe.skipIf(missing !== "")(`the reference's keywords${missing}`, () => {
  const sections = existsSync(KEYWORDS) ? readSections(readFileSync(KEYWORDS, "utf8")) : new Map<string, string[]>();
  const answer = (text: string): string => {
    const { diagnostics } = loadConfiguration([{ path: "x.cfg", text }], testEnvironment(import.meta.dir));
    return diagnostics.map((one) => one.message).join("\n");
  };
  test("none of global is unknown but those that 3.2 does not know either", () => {
    const unknown = (sections.get("global") ?? []).filter((name) =>
      /unknown keyword/.test(answer(`global\n ${name} x\n`)),
    );
    expect(unknown.filter((name) => !ABSENT_GLOBAL_KEYWORDS.has(name))).toEqual([]);
  });
  test("none of proxies is unknown", () => {
    const names = (sections.get("listen") ?? []).filter((name) => !/^(?:bind|server) </.test(name));
    const lines = names.map((name) =>
      name
        .replace(/ \[.*\]$/, "")
        .replace(/\*$/, "(x)")
        .replace(/^(?:tcp|http)-.*$/, ""),
    );
    const unknown = lines.filter(
      (line) => line !== "" && /unknown (?:keyword|option) '(?!x')/.test(answer(`listen l\n ${line} x\n`)),
    );
    expect(unknown).toEqual([]);
  });
  test("none of bind and server is unknown", () => {
    const known = {
      bind: new Set(bindOptions().map((row) => row.name)),
      server: new Set(serverOptions().map((row) => row.name)),
    };
    const unknown = (sections.get("listen") ?? []).filter((name) => {
      const match = /^(bind|server) (?:<\w+> )+(?:ssl )?(\S+)/.exec(name);
      if (match === null) return false;
      const option = match[2] ?? "";
      return !known[match[1] as "bind" | "server"].has(option) && option !== "process";
    });
    expect(unknown).toEqual([]);
  });
});

/** Sections of `haproxy -dKcfg`. */
function readSections(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let names: string[] = [];
  const from = text.indexOf("# List of registered configuration");
  for (const line of text.slice(from, text.indexOf("# List of registered CLI", from)).split("\n").slice(1)) {
    if (line.startsWith("\t")) names.push(line.trim());
    else if (line !== "") sections.set(line.trim(), (names = []));
  }
  return sections;
}

// The pages about diagnostics: every code has one and every page a code, the index lists them all, and what a page shows is what happens. Each page's
// example is loaded and must give this code with the text of the page; its corrected form must be free of errors and warnings. The reference must agree.
// A page whose code no line of src/ gives yet may go without an example. UPDATE_GOLDEN=1 writes the texts anew.

import { describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadConfiguration } from "../../src/config/index.ts";
import {
  DIAGNOSTIC_CODES,
  type Diagnostic,
  type DiagnosticCode,
  diagnosticTitle,
  renderDiagnostic,
} from "../../src/diagnostics/index.ts";
import { testEnvironment } from "../config/environment.ts";
import { runPointsman } from "../support/pointsman.ts";
import { findReference } from "../support/reference.ts";

const root = resolve(import.meta.dir, "../..");
const folder = join(root, "docs/diagnostics");
const files = join(root, "test/config/files");
const codes = Object.keys(DIAGNOSTIC_CODES).sort() as DiagnosticCode[];
const reference = findReference();

/** Codes of what HAProxy does not have, or does not say. */
const OURS = /^PM19/;

interface Block {
  /** The words behind the three backquotes, without the first. */
  readonly flags: readonly string[];
  readonly text: string;
}

interface Page {
  readonly code: DiagnosticCode;
  readonly path: string;
  readonly text: string;
  readonly example: Block | undefined;
  readonly fixed: Block | undefined;
  readonly message: string | undefined;
}

function readPage(code: DiagnosticCode): Page | undefined {
  const path = join(folder, `${code}.md`);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  const blocks = [...text.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1],
    flags: (match[2] ?? "").trim().split(/\s+/),
    text: match[3] ?? "",
  }));
  const configurations = blocks.filter((block) => block.language === "haproxy");
  return {
    code,
    path,
    text,
    example: configurations.find((block) => !block.flags.includes("fixed")),
    fixed: configurations.find((block) => block.flags.includes("fixed")),
    message: blocks.find((block) => block.language === "text")?.text,
  };
}

const pages = codes.flatMap((code) => readPage(code) ?? []);

/** The configuration that a block stands for, as latin1. */
function configurationOf({ flags, text }: Block): string {
  let whole = text.replaceAll("␀", "\0");
  if (flags.includes("no-final-newline")) whole = whole.replace(/\n$/, "");
  if (flags.includes("last-line-50-times")) whole = whole.replace(/[^\n]*\n$/, (line) => line.repeat(50));
  return Buffer.from(whole, "utf8").toString("latin1");
}

function load(block: Block): readonly Diagnostic[] {
  const environment = testEnvironment(files);
  const loaded = loadConfiguration([{ path: "haproxy.cfg", text: configurationOf(block) }], environment, {
    languageOnly: true,
  });
  return [...loaded.diagnostics, ...loaded.withoutEffect];
}

describe("pages and codes", () => {
  test("every code has a page", () => {
    const missing = codes.filter((code) => !pages.some((page) => page.code === code));
    const advice = `write docs/diagnostics/<code>.md in the manner of PM1101.md, with an example that gives the code, for: ${missing}`;
    expect(missing, advice).toEqual([]);
  });

  test("every page has a code", () => {
    const names = readdirSync(folder).filter((name) => name !== "README.md");
    const strangers = names.filter((name) => !codes.some((code) => name === `${code}.md`));
    expect(strangers, "codes are never taken away: put the code back into src/diagnostics/codes.ts").toEqual([]);
  });

  test("every page has its code's title", () => {
    for (const { code, text } of pages) expect(text.split("\n")[0], code).toBe(`# ${code}: ${diagnosticTitle(code)}`);
  });

  test("the index lists every page", () => {
    const index = readFileSync(join(folder, "README.md"), "utf8");
    const rows = [...index.matchAll(/^\| \[(PM\d{4})\]\(\1\.md\) \| (.*) \|$/gm)].map((match) => [match[1], match[2]]);
    const advice =
      "docs/diagnostics/README.md has one line for each code, in order: | [PM1101](PM1101.md) | unknown keyword |";
    expect(rows, advice).toEqual(codes.map((code) => [code, diagnosticTitle(code)]));
  });
});

describe("what a page shows is what happens", () => {
  for (const page of pages) {
    test(page.code, async () => {
      const { code, example, fixed } = page;
      if (example === undefined) {
        const used = Bun.spawnSync([
          "grep",
          "-rlE",
          `"${code}"`,
          join(root, "src"),
          "--include=*.ts",
        ]).stdout.toString();
        expect(used, `${code} is given by src/, so its page needs an example`).toBe("");
        return;
      }
      if (example.flags.includes("command")) {
        await checkCommand(code, example);
        return;
      }
      const found = load(example).find((one) => one.code === code);
      expect(found, `the example of ${code} does not give ${code}; choose another that does`).toBeDefined();
      if (found !== undefined) checkMessage(page, found);
      expect(fixed, `the page of ${code} shows no corrected form (a block "haproxy fixed")`).toBeDefined();
      const left = (fixed === undefined ? [] : load(fixed)).filter(
        (one) => one.code === code || /alert|warn/.test(one.severity),
      );
      expect(left.map((one) => one.message)).toEqual([]);
    });
  }
});

/** The example gives this code in the command's output for machines. */
async function checkCommand(code: string, example: Block): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "pointsman-page-"));
  try {
    writeFileSync(join(directory, "haproxy.cfg"), configurationOf(example), "latin1");
    const { stdout } = await runPointsman(["-c", "--json", "-f", "haproxy.cfg"], { cwd: directory });
    const given = JSON.parse(stdout).diagnostics.map((one: { readonly code: string }) => one.code);
    expect(given).toEqual([code]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function checkMessage(page: Page, found: Diagnostic): void {
  const rendered = `${renderDiagnostic(found, { pid: 4711, color: false })}\n`;
  if (process.env["UPDATE_GOLDEN"] === "1") {
    writeFileSync(
      page.path,
      page.text.replace(/^```text\n.*?^```$/ms, () => `\`\`\`text\n${rendered}\`\`\``),
    );
    return;
  }
  expect(page.message, `UPDATE_GOLDEN=1 bun test test/tidy/diagnostics.test.ts writes it anew`).toBe(rendered);
}

describe(`the reference agrees${reference.path === undefined ? ` (skipped: ${reference.reason})` : ""}`, () => {
  const program = reference.path ?? "";

  function verdict(
    directory: string,
    block: Block,
  ): { readonly refused: boolean; readonly warned: boolean; readonly text: string } {
    writeFileSync(join(directory, "haproxy.cfg"), configurationOf(block), "latin1");
    const { exitCode, stderr } = Bun.spawnSync([program, "-c", "-f", "haproxy.cfg"], { cwd: directory });
    const text = stderr.toString();
    return { refused: exitCode === 1, warned: text.includes("[WARNING]"), text };
  }

  test.skipIf(reference.path === undefined)(
    "with what is wrong, and with what is right",
    () => {
      const directory = mkdtempSync(join(tmpdir(), "pointsman-page-"));
      cpSync(files, directory, { recursive: true });
      try {
        for (const { code, example, fixed } of pages) {
          if (example === undefined || fixed === undefined || OURS.test(code)) continue;
          // Looking up a name that does not exist takes as long as the machine's resolver likes.
          if (example.flags.includes("looks-up-names")) continue;
          const before = verdict(directory, example);
          const said = load(example);
          expect(before.refused, `${code}: ${before.text}`).toBe(said.some((one) => one.severity === "alert"));
          if (said.some((one) => one.severity === "warning"))
            expect(before.warned, `${code}: ${before.text}`).toBe(true);
          const after = verdict(directory, fixed);
          expect([after.refused, after.warned], `${code}, corrected: ${after.text}`).toEqual([false, false]);
        }
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
    60_000,
  );
});

// The formatter: its layout by examples (each *.cfg with its *.expected; UPDATE_GOLDEN=1 writes them anew), and what must hold for any text:
// formatting twice is formatting once, and the words of every line, and with them the model, are the same before and after.

import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatConfiguration, loadConfiguration } from "../../../src/config/index.ts";
import { cutLine, splitLines } from "../../../src/config/syntax/index.ts";
import { mutate } from "../../support/mutations.ts";
import { testEnvironment } from "../environment.ts";

const CONFIG = join(import.meta.dir, "..");
const CORPUS = join(import.meta.dir, "../../../../shared/corpus");
const environment = testEnvironment(join(CONFIG, "files"));

function format(text: string): string {
  return formatConfiguration("x.cfg", text).text;
}

describe("the layout", () => {
  for (const name of readdirSync(import.meta.dir).filter((one) => one.endsWith(".cfg"))) {
    test(name, () => {
      const formatted = format(readFileSync(join(import.meta.dir, name), "latin1"));
      const file = join(import.meta.dir, name.replace(/\.cfg$/, ".expected"));
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, formatted, "latin1");
      expect(formatted).toBe(readFileSync(file, "latin1"));
    });
  }

  test("lines that cannot be cut into words are reported and left alone", () => {
    const { problems } = formatConfiguration("x.cfg", readFileSync(join(import.meta.dir, "broken.cfg"), "latin1"));
    expect(problems.map((one) => `${one.code}:${one.span?.line}:${one.span?.column}`)).toEqual([
      "PM1001:3:11",
      "PM1001:4:16",
      "PM1002:5:25",
    ]);
    expect(formatConfiguration("x.cfg", "a\0b\n").problems[0]?.code).toBe("PM1006");
  });

  test("nothing stays nothing, and a formatted file is not changed", () => {
    expect(format("")).toBe("");
    expect(format("\n \n\t\n")).toBe("");
    expect(formatConfiguration("x.cfg", "global\n    daemon\n").changed).toBe(false);
    expect(formatConfiguration("x.cfg", "global\n    daemon").changed).toBe(true);
  });
});

/** What a line means: its words as the reader cuts them, or why it cannot be cut. Lines without words mean nothing. */
function meaning(text: string): string[] {
  const lookup = (name: string) => environment.env[name];
  return splitLines(text).flatMap((line) => {
    const cut = cutLine(line.text, lookup);
    if (cut.problem !== undefined) return [`${cut.problem.code} ${line.text.replace(/\r$/, "")}`];
    return cut.words.length === 0 ? [] : [JSON.stringify(cut.words.map((word) => word.text))];
  });
}

function comments(text: string): string[] {
  const all = splitLines(text).map((line) => [line.text, cutLine(line.text, () => "x")] as const);
  return all.flatMap(([line, cut]) => {
    const comment = line.slice(cut.commentStart).trimEnd();
    return cut.problem !== undefined || comment === "" ? [] : [comment];
  });
}

/** The model without line numbers, which blank lines change. */
function model(text: string): string | undefined {
  const loaded = loadConfiguration([{ path: "x.cfg", text: text.endsWith("\n") ? text : `${text}\n` }], environment);
  if (loaded.model === undefined) return undefined;
  return JSON.stringify(loaded.model, (key, value) => (key === "line" ? undefined : value));
}

function check(name: string, text: string): void {
  const once = format(text);
  if (format(once) !== once) expect(format(once), `${name}: twice`).toBe(once);
  expect(meaning(once), `${name}: words`).toEqual(meaning(text));
  expect(comments(once), `${name}: comments`).toEqual(comments(text));
  expect(once === "" || once.endsWith("\n"), name).toBe(true);
  if (text.includes(".LINE")) return;
  const before = model(text);
  if (model(once) !== before) expect(model(once), `${name}: model`).toBe(before);
}

function* files(): Generator<[string, string]> {
  const folders = ["ok", "warning", "error", "refused", "fmt"].map((one) => join(CONFIG, one));
  if (existsSync(CORPUS)) folders.push(CORPUS);
  for (const folder of folders) {
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".cfg"))) {
      yield [name, readFileSync(join(folder, name), "latin1")];
    }
  }
}

describe(`what holds for any text${existsSync(CORPUS) ? "" : " (skipped for the corpus: ../shared/corpus is missing)"}`, () => {
  test("every configuration of the tests and the corpus", () => {
    for (const [name, text] of files()) check(name, text);
  }, 60_000);

  test("their mutants, with other line endings, and cut off", () => {
    let seed = 0;
    for (const [name, text] of files()) {
      for (let count = 0; count < 3; count++) {
        const mutant = mutate(text, ++seed);
        if (mutant !== undefined) check(`${name} (${mutant.kind}, seed ${seed})`, mutant.text);
      }
      check(`${name} with CRLF`, text.replaceAll("\n", "\r\n"));
      check(`${name} cut off`, text.slice(0, Math.floor(text.length * 0.7)));
    }
  }, 60_000);

  test("garbage", () => {
    const pieces = [" ", "\t", "\n", "\r\n", '"', "'", "\\", "#", "${", "}", "[*]", "$A", ".if ", ".else", ".endif\n"];
    pieces.push("global\n", "frontend f\n", "a", "server s 1.1.1.1", "\x00", "\xe9", "\v", "x y", "\n\n", "  # c\n");
    let state = 12345;
    const below = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % limit;
    };
    for (let round = 0; round < 3000; round++) {
      let text = "";
      for (let count = below(30); count > 0; count--) text += pieces[below(pieces.length)];
      check(JSON.stringify(text), text);
    }
  });

  test("deep nesting takes time in proportion", () => {
    const deep = `${".if 1\n".repeat(20_000)}global\n${".endif\n".repeat(20_000)}`;
    expect(format(`${deep}${"global\n".repeat(1000)}`).length).toBeGreaterThan(deep.length);
  });
});

// Owns the rules of the house that a compiler does not check: ranks, doors, banned names, sizes, opening comments, the limits of documents.
// A failure names the file, the line and what to use instead.

import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import {
  bannedEverywhere,
  bannedNames,
  bannedWords,
  forbidden,
  openDoors,
  outside,
  pureModules,
  ranks,
  sameRank,
  samplePrograms,
} from "./ranks.ts";

const root = resolve(import.meta.dir, "../..");
const source = join(root, "src");

interface SourceFile {
  /** Relative to src/. */
  readonly path: string;
  readonly text: string;
  /** Comments and string contents blanked, same length and lines. */
  readonly code: string;
  readonly isTest: boolean;
}

const files = readAll();

test("every folder of src/ has a rank", () => {
  const unknown = readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && ranks[entry.name] === undefined)
    .map((entry) => entry.name);
  expect(unknown).toEqual([]);
});

test("imports go down in rank and through doors", () => {
  expect(files.filter((file) => !file.isTest).flatMap(importProblems)).toEqual([]);
});

describe("banned names", () => {
  test("nothing outside of the edge reaches outside", () => {
    const inner = files.filter((file) => !file.isTest && !outside.some((pattern) => pattern.test(file.path)));
    expect(inner.flatMap((file) => matches(file, file.code, bannedNames).concat(moduleProblems(file)))).toEqual([]);
  });
  test("no file uses what the project has ruled out", () => {
    const product = files.filter((file) => !samplePrograms.test(file.path));
    expect(product.flatMap((file) => matches(file, file.isTest ? file.code : file.text, bannedEverywhere))).toEqual([]);
  });
  test("exported names use the field's words", () => {
    const pairs = bannedWords.map((pattern) => [pattern, "a word of DESIGN section 3"] as const);
    expect(files.flatMap((file) => matches(file, file.code, pairs))).toEqual([]);
  });
});

describe("sizes", () => {
  test("files have at most 500 lines", () => {
    const long = files.filter((file) => !file.isTest && lineCount(file.text) > 500 && !isTable(file));
    expect(long.map((file) => `${file.path}: ${lineCount(file.text)} lines`)).toEqual([]);
  });
  test("functions have at most 70 lines", () => {
    expect(files.filter((file) => !file.isTest).flatMap(longFunctions)).toEqual([]);
  });
  test("ARCHITECTURE.md has at most 250 lines", () => {
    expect(lineCount(readFileSync(join(root, "ARCHITECTURE.md"), "utf8"))).toBeLessThanOrEqual(250);
  });
});

test("every file opens by saying what it owns", () => {
  const silent = files.filter((file) => !file.isTest && !file.text.startsWith("// "));
  expect(silent.map((file) => file.path)).toEqual([]);
});

test("names of files are kebab-case", () => {
  const odd = files.filter((file) => !/^([a-z0-9]+([-.][a-z0-9]+)*\/)*[a-z0-9]+([-.][a-z0-9]+)*\.ts$/.test(file.path));
  expect(odd.map((file) => file.path)).toEqual([]);
});

test("the code map of ARCHITECTURE.md names every folder of src/", () => {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const missing = readdirSync(source).filter((name) => !text.includes(`\`${name}/\``));
  expect(missing).toEqual([]);
});

test("every dependency has a line in docs/dependencies.md", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  const text = readFileSync(join(root, "docs/dependencies.md"), "utf8");
  const names = [...Object.keys(manifest["dependencies"] ?? {}), ...Object.keys(manifest["devDependencies"] ?? {})];
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test("links between documents lead somewhere", () => {
  const documents = ["README.md", "ARCHITECTURE.md", ...markdownUnder("docs"), ...markdownUnder("examples")];
  expect(documents.flatMap(brokenLinks)).toEqual([]);
});

function readAll(): SourceFile[] {
  return (readdirSync(source, { recursive: true }) as string[])
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => {
      const text = readFileSync(join(source, path), "utf8");
      return { path, text, code: blank(text), isTest: path.endsWith(".test.ts") };
    });
}

/** Replaces comments and the insides of plain strings by blanks, so that words in prose are not taken for code. */
function blank(text: string): string {
  return text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g, (found) =>
    found.startsWith('"') ? `"${" ".repeat(found.length - 2)}"` : found.replace(/[^\n]/g, " "),
  );
}

function importProblems(file: SourceFile): string[] {
  const from = file.path.split("/")[0] ?? "";
  const problems: string[] = [];
  for (const match of file.text.matchAll(/^(?:import|export)\b[^;]*?from "(\.[^"]+)";/gms)) {
    const target = relative(source, resolve(dirname(join(source, file.path)), match[1] ?? ""));
    const to = target.split("/")[0] ?? "";
    if (to === from || target.startsWith("..")) continue;
    const allowed = (ranks[to] ?? 99) < (ranks[from] ?? -1) || sameRank.some(([a, b]) => a === from && b === to);
    if (!allowed) problems.push(`${file.path}: imports ${target}, which is not of a lower rank`);
    const ban = forbidden.find(([a, b]) => a === from && b === to);
    if (ban && !/types\.ts$/.test(target)) problems.push(`${file.path}: imports ${target}: ${ban[2]}`);
    const open = target === `${to}/index.ts` || openDoors.some((pattern) => pattern.test(target));
    if (!open) problems.push(`${file.path}: imports ${target} past the door ${to}/index.ts`);
  }
  return problems;
}

function moduleProblems(file: SourceFile): string[] {
  return [...file.text.matchAll(/from "((?:node|bun):[^"]*|bun)"/g)]
    .map((match) => match[1] ?? "")
    .filter((name) => !pureModules.has(name))
    .map((name) => `${file.path}: imports ${name}; only the edge reaches outside`);
}

function matches(file: SourceFile, text: string, pairs: readonly (readonly [RegExp, string])[]): string[] {
  return pairs.flatMap(([pattern, instead]) => {
    const found = pattern.exec(text);
    return found ? [`${file.path}:${lineCount(text.slice(0, found.index))}: ${found[0].trim()}: use ${instead}`] : [];
  });
}

/** A file that is one data table may be longer. It says so in its first line. */
function isTable(file: SourceFile): boolean {
  return /^\/\/ Table:/.test(file.text);
}

/** Finds functions and methods by their indentation: a head line that ends in `{` and the first line with `}` at the same depth. */
function longFunctions(file: SourceFile): string[] {
  const lines = file.code.split("\n");
  const problems: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const head =
      /^(\s*)(?:export )?(?:async )?(?:function\b|(?:private |protected |public |static |override |get |set |readonly )*[#\w]+\(.*\)(?::[^=]*)? \{$)/.exec(
        lines[at] ?? "",
      );
    if (!head || /^\s*(if|for|while|switch|catch|return|describe|test)\b/.test(lines[at] ?? "")) continue;
    const close = `${head[1]}}`;
    let end = at + 1;
    while (end < lines.length && !(lines[end] ?? "").startsWith(close)) end++;
    if (end - at > 70) problems.push(`${file.path}:${at + 1}: ${end - at + 1} lines`);
  }
  return problems;
}

function lineCount(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

function markdownUnder(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((path) => path.endsWith(".md"))
    .map((path) => join(folder, path));
}

function brokenLinks(path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
    .map((match) => match[1] ?? "")
    .filter((target) => !existsSync(resolve(dirname(join(root, path)), target)))
    .map((target) => `${path}: ${target}`);
}

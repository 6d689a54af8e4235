// Replays every fixture of this folder three ways: whole, split at every byte, and with bytes of a next message behind it.

import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  escapeText,
  type Fixture,
  fixtureFolder,
  loadFixtures,
  replayByteByByte,
  replaySplit,
  replayWhole,
} from "./fixtures.ts";

const fixtures = loadFixtures();

if (process.env["UPDATE_FIXTURES"] === "1") {
  for (const file of new Set(fixtures.map((fixture) => fixture.file))) updateFile(file);
}

function updateFile(file: string): void {
  const path = join(fixtureFolder, file);
  const [intro, ...sections] = readFileSync(path, "utf8").split(/^(?=## )/m);
  const updated = sections.map((section) => {
    const fixture = fixtures.find((one) => one.file === file && section.startsWith(`## ${one.title}\n`));
    if (fixture === undefined) throw new Error(`no fixture in ${file} for ${section}`);
    const { events, forward } = replayWhole(fixture);
    const kept = section.slice(0, section.indexOf("```events"));
    let text = `${kept}\`\`\`events\n${events.join("\n")}\n\`\`\`\n`;
    if (forward !== undefined && fixture.kind !== "chunked") {
      const lines = escapeText(forward).replaceAll("\\r\\n", "\\r\\n\n");
      text += `\n\`\`\`forward\n${foldLines(lines)}\`\`\`\n`;
    }
    return text;
  });
  writeFileSync(path, [intro, updated.join("\n")].join(""));
}

function foldLines(text: string): string {
  return text.replace(/^(.*\n)\1{9,}/gm, (all, line: string) => `{${all.length / line.length}}${line}`);
}

for (const file of new Set(fixtures.map((fixture) => fixture.file))) {
  describe(file, () => {
    for (const fixture of loadFixtures().filter((one) => one.file === file)) test(fixture.title, () => check(fixture));
  });
}

function check(fixture: Fixture): void {
  const whole = replayWhole(fixture);
  expect(whole.events).toEqual([...fixture.events]);
  if (fixture.kind !== "chunked") expect(whole.forward).toBe(fixture.forward);
  if (fixture.bytes.length < 1000) {
    for (let at = 1; at < fixture.bytes.length; at++) expect(replaySplit(fixture, at)).toEqual(whole);
  }
  expect(replayByteByByte(fixture)).toEqual(whole);
  if (whole.events.at(-1) !== "incomplete") expect(replayWhole(fixture, "GET /next HTTP/1.1\r\n\r\n")).toEqual(whole);
}

test("no two fixtures of a file have one title, and there are at least 80", () => {
  const titles = fixtures.map((fixture) => `${fixture.file} ${fixture.title}`);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.length).toBeGreaterThan(80);
});

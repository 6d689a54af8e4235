// Diagnostics: suggestions, the caret under exactly the word, text that is not ASCII, and nothing raw on a terminal.

import { expect, test } from "bun:test";
import type { Diagnostic } from "./index.ts";
import { diagnosticToJson, editDistance, headline, nearestName, renderDiagnostic } from "./index.ts";

const base: Diagnostic = {
  severity: "alert",
  code: "PM1101",
  form: "parsing",
  span: { file: "x.cfg", line: 7, column: 5, endColumn: 12 },
  message: "unknown keyword 'timeuot' in 'frontend' section",
  hint: undefined,
  related: [],
  sourceLine: "    timeuot client 5s",
};

test("distances count inserted, removed, replaced and swapped letters, up to a limit", () => {
  expect(editDistance("check", "check", 2)).toBe(0);
  expect(editDistance("chekc", "check", 2)).toBe(1);
  expect(editDistance("chek", "check", 2)).toBe(1);
  expect(editDistance("a", "abcdef", 2)).toBe(3);
});

test("the nearest name is near, or none", () => {
  const names = ["timeout", "mode", "maxconn", "option"];
  expect(nearestName("timeuot", names)).toBe("timeout");
  expect(nearestName("MAXCON", names)).toBe("maxconn");
  expect(nearestName("xyz", names)).toBeUndefined();
  expect(nearestName("m".repeat(100), names)).toBeUndefined();
});

test("the first line is HAProxy's, the caret is under the word", () => {
  expect(renderDiagnostic(base, { pid: 9, color: false }).split("\n")).toEqual([
    "[ALERT]    (9) : config : parsing [x.cfg:7] : unknown keyword 'timeuot' in 'frontend' section",
    "   |     timeuot client 5s",
    "   |     ^^^^^^^",
    "   | PM1101: unknown keyword",
  ]);
});

test("every form of the first line", () => {
  const forms = [
    "parsing",
    "parsing-tight",
    "section",
    "place",
    "config",
    "late-parsing",
    "late-section",
    "late-place",
    "late",
  ] as const;
  expect(forms.map((form) => headline({ ...base, form, message: "m" }))).toEqual([
    "config : parsing [x.cfg:7] : m",
    "config : parsing [x.cfg:7]: m",
    "config : Parsing [x.cfg:7]: m",
    "config : [x.cfg:7] : m",
    "config : m",
    "parsing [x.cfg:7] : m",
    "Parsing [x.cfg:7]: m",
    "[x.cfg:7] : m",
    "m",
  ]);
});

test("UTF-8 in latin1 text is shown as it was written, and the caret still fits", () => {
  const latin1 = Buffer.from("été foo", "utf8").toString("latin1");
  const span = { file: "x.cfg", line: 1, column: latin1.indexOf("foo") + 1, endColumn: latin1.length + 1 };
  const lines = renderDiagnostic(
    { ...base, message: latin1, span, sourceLine: latin1 },
    { pid: 9, color: false },
  ).split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "[ALERT]    (9) : config : parsing [x.cfg:1] : été foo",
    "   | été foo",
    "   |     ^^^",
  ]);
});

test("control characters of a configuration do not reach the terminal; colour only when asked for", () => {
  const nasty = { ...base, message: "\u001b[2J\n", sourceLine: "a\u001b[2J", hint: "\u0007" };
  expect(renderDiagnostic(nasty, { pid: 9, color: false })).not.toContain("\u001b");
  expect(renderDiagnostic(base, { pid: 9, color: true })).toContain("\u001b[1;31m[ALERT]");
});

test("a long line is cut around the caret", () => {
  const sourceLine = `${"x".repeat(5000)} here ${"y".repeat(5000)}`;
  const span = { file: "x.cfg", line: 1, column: 5002, endColumn: 5006 };
  const [, shown = "", caret = ""] = renderDiagnostic({ ...base, span, sourceLine }, { pid: 9, color: false }).split(
    "\n",
  );
  expect(shown.length).toBeLessThan(200);
  expect(shown.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("here");
});

test("JSON has the same facts", () => {
  expect(diagnosticToJson({ ...base, hint: "why" })).toEqual({
    severity: "alert",
    code: "PM1101",
    title: "unknown keyword",
    message: base.message,
    span: { file: "x.cfg", line: 7, column: 5, endColumn: 12 },
    hint: "why",
  });
});

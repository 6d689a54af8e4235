// The commands that look at configurations and start nothing: fmt, print, and -c with --json and --sarif. What goes where, and the exit codes.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Finished, POINTSMAN, runPointsman } from "../support/pointsman.ts";

const VALID = `global
    log 127.0.0.1:514 local0

defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 5s

frontend fe
    bind 127.0.0.1:18998
    default_backend be

backend be
    server s1 127.0.0.1:1
`;

let dir = "";

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "pointsman-tools-"));
  writeFileSync(join(dir, "valid.cfg"), VALID);
  writeFileSync(join(dir, "messy.cfg"), VALID.replaceAll("    ", "\t"));
  writeFileSync(join(dir, "warned.cfg"), VALID.replace("    timeout connect 5s\n", ""));
  writeFileSync(
    join(dir, "wrong.cfg"),
    `${VALID.replace("default_backend be", "default_bakend  \xe9be")}\nbackend be\n`,
    "latin1",
  );
  writeFileSync(join(dir, "twice.cfg"), `${VALID}    server s1 127.0.0.1:2\n`);
  writeFileSync(join(dir, "quote.cfg"), `${VALID}  description "open\n`);
  writeFileSync(join(dir, "silent.cfg"), VALID.replace("    bind 127.0.0.1:18998\n", ""));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(words: string): Promise<Finished> {
  return runPointsman(words.split(" "), { cwd: dir });
}

describe("fmt", () => {
  test("writes to stdout", async () => {
    expect(await run("fmt messy.cfg")).toEqual({ code: 0, stdout: VALID, stderr: "" });
    expect(readFileSync(join(dir, "messy.cfg"), "utf8")).toContain("\t");
  });

  test("reads from stdin", async () => {
    const child = Bun.spawn([POINTSMAN, "fmt", "-"], {
      stdin: Buffer.from("global\n daemon"),
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await new Response(child.stdout).text()).toBe("global\n    daemon\n");
    expect(await child.exited).toBe(0);
  });

  test("--check names the files and exits with 1", async () => {
    expect(await run("fmt --check valid.cfg")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await run("fmt --check valid.cfg messy.cfg warned.cfg")).toEqual({
      code: 1,
      stdout: "messy.cfg\n",
      stderr: "",
    });
    const { code, stdout } = await run("fmt --check --json messy.cfg valid.cfg");
    expect([code, JSON.parse(stdout).changed]).toEqual([1, ["messy.cfg"]]);
  });

  test("--write changes what has to be changed", async () => {
    writeFileSync(join(dir, "write.cfg"), VALID.replaceAll("    ", " "));
    expect(await run("fmt -w write.cfg valid.cfg")).toEqual({ code: 0, stdout: "write.cfg\n", stderr: "" });
    expect(readFileSync(join(dir, "write.cfg"), "utf8")).toBe(VALID);
    expect(await run("fmt --write write.cfg valid.cfg")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("bytes that are not UTF-8 stay", async () => {
    writeFileSync(join(dir, "bytes.cfg"), Buffer.from("global\n# \xe9\xff\n", "latin1"));
    expect((await run("fmt -w bytes.cfg")).code).toBe(0);
    expect(readFileSync(join(dir, "bytes.cfg"), "latin1")).toBe("global\n    # \xe9\xff\n");
  });

  test("a line that cannot be cut is said and left, a file that cannot be read is said", async () => {
    const { code, stdout, stderr } = await run("fmt quote.cfg");
    expect(code).toBe(1);
    expect(stdout).toBe(`${VALID}  description "open\n`);
    expect(stderr).toContain("config : parsing [quote.cfg:16]: unmatched quote at position 15:\n");
    expect(await run("fmt missing.cfg")).toMatchObject({ code: 1, stdout: "" });
    expect((await run("fmt --check --sarif missing.cfg")).stdout).toContain('"ruleId": "PM1401"');
  });

  test("what makes no sense shows the usage", async () => {
    for (const words of [
      "fmt",
      "fmt -w -",
      "fmt -w --check valid.cfg",
      "fmt --nonsense valid.cfg",
      "fmt --json valid.cfg",
    ]) {
      const { code, stdout, stderr } = await run(words);
      expect([code, stdout], words).toEqual([1, ""]);
      expect(stderr, words).toContain("Usage : pointsman fmt");
    }
  });
});

describe("print", () => {
  test("shows where each line comes from, and can be printed and checked again", async () => {
    const { code, stdout, stderr } = await run("print -f valid.cfg");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^ {4}timeout client 5s +# valid\.cfg:6, defaults$/m);
    expect(stdout).toMatch(/^ {4}retries 3 +# default$/m);
    writeFileSync(join(dir, "printed.cfg"), stdout);
    expect(await run("-c -V -f printed.cfg")).toEqual({ code: 0, stdout: "Configuration file is valid\n", stderr: "" });
    expect((await run("print printed.cfg")).code).toBe(0);
  });

  test("--json is the model", async () => {
    const { code, stdout } = await run("print --json valid.cfg");
    const { model, origins } = JSON.parse(stdout);
    expect([code, model.proxies[0].name]).toEqual([0, "fe"]);
    expect(origins["proxies[0].timeouts.client"]).toEqual({ kind: "defaults", file: "valid.cfg", line: 6 });
  });

  test("errors are said instead", async () => {
    const text = await run("print twice.cfg");
    expect([text.code, text.stdout]).toEqual([1, ""]);
    expect(text.stderr).toContain("another server named 's1' was already defined at line 15");
    const json = await run("print --json twice.cfg");
    expect([json.code, json.stderr]).toEqual([1, ""]);
    expect(JSON.parse(json.stdout).diagnostics[0].code).toBe("PM1302");
    expect(JSON.parse((await run("print --sarif twice.cfg")).stdout).runs[0].results[0].ruleId).toBe("PM1302");
    expect((await run("print missing.cfg")).stderr).toContain("No such file or directory");
    expect((await run("print")).stderr).toContain("Usage : pointsman print");
  });
});

describe("-c --json", () => {
  const report = async (words: string) => {
    const { code, stdout, stderr } = await run(words);
    expect(stderr, words).toBe("");
    const document = JSON.parse(stdout);
    expect([document.version, document.tool.name, document.exitCode], words).toEqual([1, "Pointsman", code]);
    return {
      code,
      said: document.diagnostics as { code: string; severity: string; span?: object; related?: unknown[] }[],
    };
  };

  test("nothing wrong, a warning, an error, a related place", async () => {
    expect(await report("-c --json -f valid.cfg")).toEqual({ code: 0, said: [] });
    expect(await report("-c -V --json -f valid.cfg")).toEqual({ code: 0, said: [] });
    const warned = await report("-c --json -f warned.cfg");
    expect([warned.code, warned.said[0]?.code, warned.said[0]?.severity]).toEqual([0, "PM1305", "warning"]);
    const twice = await report("-c --json -f twice.cfg");
    expect(twice.code).toBe(1);
    expect(twice.said[0]).toMatchObject({
      severity: "alert",
      code: "PM1302",
      span: { file: "twice.cfg", line: 16, column: 12, endColumn: 14 },
      related: [{ message: "first declared here", span: { file: "twice.cfg", line: 15, column: 12, endColumn: 14 } }],
    });
  });

  test("what is found outside of the text has codes as well", async () => {
    expect((await report("-c --json -f missing.cfg")).said.map((one) => one.code)).toEqual(["PM1401"]);
    const silent = await report("-c --json -f silent.cfg");
    expect([silent.code, silent.said.map((one) => one.code)]).toEqual([2, ["PM1308", "PM1312"]]);
    expect(await report("-c -dW --json -f warned.cfg")).toMatchObject({ code: 1 });
  });

  test("goes with -c", async () => {
    for (const words of ["--json -f valid.cfg", "--sarif -f valid.cfg"]) {
      const { code, stderr } = await run(words);
      expect([code, stderr.includes("goes with -c.")]).toEqual([1, true]);
    }
  });
});

describe("-c --sarif", () => {
  test("has what SARIF 2.1.0 requires", async () => {
    for (const words of [
      "valid.cfg",
      "warned.cfg",
      "wrong.cfg",
      "twice.cfg",
      "quote.cfg",
      "silent.cfg",
      "missing.cfg",
    ]) {
      const { code, stdout, stderr } = await run(`-c --sarif -f ${words}`);
      expect(stderr, words).toBe("");
      checkSarif(JSON.parse(stdout), code);
    }
  });

  test("columns count characters, and lines are those of the file", async () => {
    const log = JSON.parse((await run("-c --sarif -f wrong.cfg")).stdout);
    const [first] = log.runs[0].results;
    expect(first.ruleId).toBe("PM1101");
    expect(first.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: "wrong.cfg" },
      region: { startLine: 12, startColumn: 5, endColumn: 19 },
    });
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a document from outside.
type Json = any;

/** The properties that the SARIF 2.1.0 schema requires, and the values that it restricts, of what is used here. */
function checkSarif(log: Json, exitCode: number): void {
  expect(log.version).toBe("2.1.0");
  expect(() => new URL(log.$schema)).not.toThrow();
  expect(log.runs).toHaveLength(1);
  const [run] = log.runs;
  const { driver } = run.tool;
  expect([typeof driver.name, typeof driver.version]).toEqual(["string", "string"]);
  for (const rule of driver.rules) {
    expect(rule.id).toMatch(/^PM\d{4}$/);
    expect(rule.shortDescription.text).not.toBe("");
    expect(existsSync(new URL(rule.helpUri)), rule.helpUri).toBe(true);
  }
  expect(new Set(driver.rules.map((rule: Json) => rule.id)).size).toBe(driver.rules.length);
  expect(run.invocations).toEqual([{ executionSuccessful: true, exitCode }]);
  expect(run.columnKind).toBe("utf16CodeUnits");
  for (const result of run.results) {
    expect(typeof result.message.text).toBe("string");
    expect(["none", "note", "warning", "error"]).toContain(result.level);
    expect(driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    for (const place of [...(result.locations ?? []), ...(result.relatedLocations ?? [])]) checkLocation(place);
    const ids = (result.relatedLocations ?? []).map((place: Json) => place.id);
    expect(new Set(ids).size).toBe(ids.length);
  }
}

function checkLocation({ physicalLocation }: Json): void {
  const { artifactLocation, region } = physicalLocation;
  expect(() => new URL(artifactLocation.uri, "file:///")).not.toThrow();
  for (const number of [region.startLine, region.startColumn, region.endColumn]) {
    expect(Number.isInteger(number) && number >= 1).toBe(true);
  }
  expect(region.endColumn).toBeGreaterThanOrEqual(region.startColumn);
}

// The printed configuration: it is valid, it comes to the same model, printing it again gives the same lines, and each line says where it comes from.

import { describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printConfiguration } from "../../../src/config/index.ts";
import type { ConfigurationModel, ProxyModel } from "../../../src/config/model/index.ts";
import { quoteWord } from "../../../src/config/print/quote.ts";
import { cutLine, splitLines } from "../../../src/config/syntax/index.ts";
import { findReference } from "../../support/reference.ts";
import { testEnvironment } from "../environment.ts";

const CONFIG = join(import.meta.dir, "..");
const CORPUS = join(import.meta.dir, "../../../../shared/corpus");
const site = readFileSync(join(CONFIG, "files/site.pem"));
const base = testEnvironment(join(CONFIG, "files"));
const environment = testEnvironment(join(CONFIG, "files"), {
  readFile: (path) => (path.endsWith("site.pem") ? new Uint8Array(site) : base.readFile(path)),
});

const reference = findReference();

/** The words of every line: without comments. */
function bare(text: string): string[] {
  const lines = splitLines(text).map((line) => cutLine(line.text, () => "x").words.map((word) => word.text));
  return lines.flatMap((words) => (words.length === 0 ? [] : [words.join(" ")]));
}

/** What a proxy of one side has no use for: a printed section does not inherit it. */
const BACKEND_ONLY = "connect server queue check tunnel serverFin".split(" ");
const BACKEND_OPTIONS = "abortonclose preferLastServer logHealthChecks persist transparent".split(" ");
const FRONTEND_OPTIONS =
  "dontlognull logasap dontlogNormal logSeparateErrors httpIgnoreProbes httpUseProxyHeader".split(" ");
FRONTEND_OPTIONS.push("socketStats");

function without(record: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

function essence(proxy: ProxyModel): unknown {
  const { hasFrontend, hasBackend } = proxy;
  const idle = [...(hasBackend ? [] : BACKEND_ONLY), ...(hasFrontend ? [] : ["client", "clientFin"])];
  const off = [...(hasBackend ? [] : BACKEND_OPTIONS), ...(hasFrontend ? [] : FRONTEND_OPTIONS)];
  const tcpka = { client: hasFrontend && proxy.options.tcpka.client, server: hasBackend && proxy.options.tcpka.server };
  const backend = hasBackend
    ? []
    : ["retries", "redispatch", "retryOn", "httpReuse", "allBackups", "fullconn", "balance"];
  const frontend = hasFrontend ? [] : ["uniqueIdHeader", "monitorUri"];
  return {
    ...without(proxy, [...backend, ...frontend]),
    timeouts: without(proxy.timeouts, idle),
    options: { ...without(proxy.options, off), tcpka },
  };
}

function model(loaded: ConfigurationModel | undefined): string {
  const whole = loaded === undefined ? undefined : { ...loaded, proxies: loaded.proxies.map(essence) };
  return JSON.stringify(whole, (key, value) => (key === "line" || key === "file" ? undefined : value), 1) ?? "none";
}

function* files(): Generator<[string, string]> {
  const folders = ["ok", "warning", "refused"].map((one) => join(CONFIG, one));
  if (existsSync(CORPUS)) folders.push(CORPUS);
  for (const folder of folders) {
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".cfg"))) {
      yield [name, readFileSync(join(folder, name), "latin1")];
    }
  }
}

describe("what is printed", () => {
  for (const name of readdirSync(import.meta.dir).filter((one) => one.endsWith(".cfg"))) {
    test(name, () => {
      const text = readFileSync(join(import.meta.dir, name), "latin1");
      const printed = printConfiguration([{ path: name, text }], environment).text ?? "";
      const file = join(import.meta.dir, name.replace(/\.cfg$/, ".expected"));
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, printed, "latin1");
      expect(printed).toBe(readFileSync(file, "latin1"));
    });
  }

  test("JSON: the model with its keys in order, and where its values come from", () => {
    const text = readFileSync(join(import.meta.dir, "inheritance.cfg"), "latin1");
    const { json, loaded } = printConfiguration([{ path: "x.cfg", text }], environment);
    const document = JSON.parse(json ?? "");
    expect(document.model).toEqual(JSON.parse(JSON.stringify(loaded.model)));
    const sorted = (value: unknown): boolean => {
      if (typeof value !== "object" || value === null) return true;
      const keys = Array.isArray(value) ? [] : Object.keys(value);
      return (
        keys.every((key, index) => index === 0 || (keys[index - 1] ?? "") < key) && Object.values(value).every(sorted)
      );
    };
    expect(sorted(document.model)).toBe(true);
    const from = (path: string) => JSON.stringify(document.origins[path]);
    expect(from("proxies[0].timeouts.client")).toBe('{"kind":"line","file":"x.cfg","line":19}');
    expect(from("proxies[1].timeouts.connect")).toBe('{"kind":"defaults","file":"x.cfg","line":7,"defaults":"base"}');
    const server = '{"kind":"defaults","file":"x.cfg","line":8,"defaults":"base","variables":["SRV"]}';
    expect(from("proxies[1].timeouts.server")).toBe(server);
    expect(from("proxies[1].httpReuse")).toBe('{"kind":"default"}');
    expect(from("global.bufsize")).toBe('{"kind":"default"}');
  });

  test("words are quoted so that they are read as they were", () => {
    const letters = [
      " ",
      "\t",
      "\n",
      "\r",
      '"',
      "'",
      "\\",
      "#",
      "$",
      "{",
      "}",
      "a",
      "x41",
      "\x01",
      "\x7f",
      "\xe9",
      "%",
      "\v",
    ];
    let state = 7;
    for (let round = 0; round < 2000; round++) {
      let text = "";
      for (let count = round % 9; count > 0; count--) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        text += letters[(state >>> 8) % letters.length];
      }
      const cut = cutLine(`before ${quoteWord(text)} behind`, () => "variable");
      expect(cut.words.map((word) => word.text)).toEqual(["before", text, "behind"]);
    }
  });

  test("several files: each line names its own", () => {
    const files = [
      { path: "a.cfg", text: "defaults\n mode http\n timeout client 1s\n" },
      { path: "b.cfg", text: "frontend f\n bind :80\n timeout client 2s\n" },
    ];
    const { text } = printConfiguration(files, environment);
    expect(text).toContain("mode http          # a.cfg:2, defaults\n");
    expect(text).toContain("timeout client 2s  # b.cfg:3\n");
    expect(text).not.toContain("timeout client 1s");
  });

  test("a configuration with errors is not printed", () => {
    const { loaded, text, json } = printConfiguration([{ path: "x.cfg", text: "frontend\n" }], environment);
    expect([text, json, loaded.diagnostics[0]?.code]).toEqual([undefined, undefined, "PM1104"]);
  });

  test("private keys are not shown", () => {
    const text = "frontend f\n bind :443 ssl crt site.pem\n";
    const { json } = printConfiguration([{ path: "x.cfg", text }], environment);
    expect(json).toContain('"pem": "PEM, ');
    expect(json).not.toContain("BEGIN");
  });
});

/** A word with a host's name and a port, or a log line to a host. */
const HOST_NAME = /[\s@][a-z][\w-]*(?:\.[\w-]+)*:\d+|^\s*log\s+[a-z]+[.-]/im;

describe(`printed files${existsSync(CORPUS) ? "" : " (skipped for the corpus: ../shared/corpus is missing)"}`, () => {
  test("come to the same model, and print as themselves", () => {
    let printed = 0;
    for (const [name, text] of files()) {
      const { loaded, text: once } = printConfiguration([{ path: name, text }], environment);
      if (once === undefined) continue;
      printed++;
      const again = printConfiguration([{ path: name, text: once }], environment);
      const alerts = again.loaded.diagnostics.filter((one) => one.severity === "alert");
      expect(alerts.map((one) => `${name}: ${one.message} ${one.sourceLine}`)).toEqual([]);
      if (model(again.loaded.model) !== model(loaded.model)) {
        expect(model(again.loaded.model).split("\n"), name).toEqual(model(loaded.model).split("\n"));
      }
      expect(bare(again.text ?? ""), name).toEqual(bare(once));
    }
    expect(printed).toBeGreaterThan(20);
  }, 60_000);

  test.skipIf(reference.path === undefined)(
    "mean the same to the reference",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "pointsman-print-"));
      cpSync(join(CONFIG, "files"), folder, { recursive: true });
      const verdict = (name: string, text: string) => {
        writeFileSync(join(folder, name), text, "latin1");
        const { exitCode, stderr } = Bun.spawnSync([reference.path ?? "", "-c", "-f", name], {
          cwd: folder,
          timeout: 2000,
        });
        const said = stderr.toString().split("\n");
        return { exitCode, warnings: said.filter((line) => line.startsWith("[WARNING]")).length, said };
      };
      let compared = 0;
      try {
        for (const [name, text] of files()) {
          const { loaded, text: printed } = printConfiguration([{ path: name, text }], environment);
          // The reference looks names up, which takes as long as the machine's resolver likes.
          const named = loaded.model?.proxies.some((one) => one.servers.some(({ address }) => address.kind === "name"));
          if (printed === undefined || named === true || HOST_NAME.test(text)) continue;
          const before = verdict("before.cfg", text);
          if (before.exitCode !== 0 && before.exitCode !== 2) continue;
          const after = verdict("after.cfg", printed);
          compared++;
          expect(after.exitCode, `${name}: ${after.said.join("\n")}`).toBe(before.exitCode);
          expect(after.warnings, `${name}: ${after.said.join("\n")}`).toBeLessThanOrEqual(before.warnings);
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
      expect(compared).toBeGreaterThan(10);
    },
    120_000,
  );
});

// `haproxy -c` and the front end over the same files: verdict, exit code, and the first lines of everything that is said. The golden configurations are
// compared line by line; the corpus of real configurations by verdict, exit code and blamed line. Skipped, with the reason, where the reference or the
// corpus is missing.

import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { type LoadedConfiguration, loadConfiguration } from "../../src/config/index.ts";
import { headline, renderHeadline } from "../../src/diagnostics/index.ts";
import { testEnvironment } from "../config/environment.ts";

const REFERENCE = join(process.env["HOME"] ?? "/root", ".cache/reference-haproxy/haproxy");
const CORPUS = join(import.meta.dir, "../../../shared/corpus");
const GOLDEN = join(import.meta.dir, "../config");
const FILES = join(GOLDEN, "files");

/** Lines that differ on purpose: file → why. The verdict is compared nevertheless unless it is said so. */
const DECLARED: Readonly<Record<string, string>> = {
  "ok/seed-ep8-random.cfg": "verdict: 'random draw 2' is the tutorial's extension",
  "error/random-draw.cfg": "the hint of the tutorial's extension; the reference refuses all of these lines",
  "error/rules.cfg": "the reference stops reading at the first wrong http-request rule; here all are found in one run",
  "error/too-many-words.cfg": "the same message, the reference's own position is that of the 64th word's end",
};

interface Answer {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

async function askReference(file: string, directory: string): Promise<Answer> {
  const child = Bun.spawn([REFERENCE, "-c", "-f", file], {
    cwd: directory,
    stdout: "ignore",
    stderr: "pipe",
    // Names are looked up in vain here; let that be quick.
    env: {
      RES_OPTIONS: "timeout:1 attempts:1",
      ...testEnvironment(FILES).env,
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "/root",
    },
  });
  const text = Buffer.from(await new Response(child.stderr).arrayBuffer()).toString("latin1");
  const lines = text
    .split("\n")
    .filter((line) => /^\[(?:ALERT|WARNING)\]/.test(line))
    .map((line) => comparable(line.replace(/\(\d+\)/, "(1)")));
  return { exitCode: await child.exited, lines };
}

/** Suggestions are each program's own; names of servers are looked up by the process, not by the front end. */
function comparable(line: string): string {
  return line
    .replace(/[;.] [Dd]id you mean .*? maybe \?/, "")
    .replace(" nor tcp_check rule 'connect' with port information", "")
    .replace(/\.$/, "");
}

function ours(loaded: LoadedConfiguration): Answer {
  const said = loaded.diagnostics.filter((one) => one.severity === "alert" || one.severity === "warning");
  const lines = said.map((one) => comparable(renderHeadline(one.severity, 1, headline(one)).split("\n")[0] ?? ""));
  lines.push(...loaded.closing.map((text) => comparable(renderHeadline("alert", 1, text))));
  const { proxies = [], global } = loaded.model ?? {};
  const stats = (global?.statsSockets.length ?? 0) > 0;
  const listens = stats || proxies.some((proxy) => !proxy.disabled && proxy.binds.length > 0);
  return { exitCode: loaded.model === undefined ? 1 : listens ? 0 : 2, lines };
}

const unresolved = (line: string) => /could not resolve address|Failed to initialize server/.test(line);

/** The reference's answer without what only the start can find out. */
function withoutNames(answer: Answer): Answer {
  if (!answer.lines.some(unresolved)) return answer;
  return { exitCode: 0, lines: answer.lines.filter((line) => !unresolved(line)) };
}

const haveReference = existsSync(REFERENCE);
const why = haveReference ? "" : ` (skipped: no reference at ${REFERENCE})`;

describe.skipIf(!haveReference)(`golden configurations against the reference${why}`, () => {
  for (const folder of ["ok", "warning", "error"]) {
    for (const name of readdirSync(join(GOLDEN, folder)).filter((one) => one.endsWith(".cfg"))) {
      test(`${folder}/${name}`, async () => {
        const path = `../${folder}/${name}`;
        const text = readFileSync(join(GOLDEN, folder, name), "latin1");
        const mine = ours(loadConfiguration([{ path, text }], testEnvironment(FILES, { cpuCount: 1024 })));
        const theirs = withoutNames(await askReference(path, FILES));
        const declared = DECLARED[`${folder}/${name}`];
        if (declared?.startsWith("verdict:") === true) return;
        expect(mine.exitCode).toBe(theirs.exitCode);
        if (declared === undefined) expect(mine.lines).toEqual([...theirs.lines]);
      });
    }
  }
});

/** What is refused when it runs is judged all the same with -c: what is said must be the reference's. */
describe.skipIf(!haveReference)(`what is not supported yet against the reference${why}`, () => {
  const refused = readdirSync(join(GOLDEN, "refused"));
  for (const name of refused.filter((one) => /^(?:section|global)-.*\.cfg$/.test(one))) {
    test(name, async () => {
      const path = `../refused/${name}`;
      const text = readFileSync(join(GOLDEN, "refused", name), "latin1");
      const environment = testEnvironment(FILES, { cpuCount: 1024, hostname: hostname() });
      const mine = ours(loadConfiguration([{ path, text }], environment, { languageOnly: true }));
      const theirs = await askReference(path, FILES);
      expect(mine.exitCode).toBe(theirs.exitCode);
      expect(mine.lines.map(evenly)).toEqual(theirs.lines.map(evenly));
    });
  }
});

/** The reference calls some repetitions and suspicions alerts and goes on; here they are warnings. */
const evenly = (line: string) =>
  /Continuing$|looks suspiciously small/.test(line) ? line.replace(/^\[\w+\] +/, "") : line;

/** `file:line` of the first alert that has one. */
function blamed(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const place = line.startsWith("[ALERT]") ? /\[([^\]\s]+:\d+)\]/.exec(line.slice(8))?.[1] : undefined;
    if (place !== undefined) return place;
  }
  return undefined;
}

const haveCorpus = haveReference && existsSync(CORPUS);
const corpusWhy = haveCorpus ? "" : " (skipped: the reference or ../shared/corpus is missing)";

describe.skipIf(!haveCorpus)(`real configurations against the reference${corpusWhy}`, () => {
  for (const name of haveCorpus ? readdirSync(CORPUS).filter((one) => one.endsWith(".cfg")) : []) {
    test(basename(name), async () => {
      const text = readFileSync(join(CORPUS, name), "latin1");
      const path = join(CORPUS, name);
      const loaded = loadConfiguration([{ path, text }], realEnvironment());
      if (loaded.diagnostics.some((one) => one.code === "PM1901")) return;
      const mine = ours(loaded);
      const theirs = withoutNames(await askReference(path, FILES));
      expect(mine.exitCode).toBe(theirs.exitCode);
      expect(blamed(mine.lines)).toBe(blamed(theirs.lines));
    });
  }
});

function realEnvironment(): ReturnType<typeof testEnvironment> {
  const inner = testEnvironment(FILES);
  return testEnvironment(FILES, {
    cpuCount: 1024,
    readFile: (path) => {
      if (!path.startsWith("/")) return inner.readFile(path);
      return existsSync(path) ? new Uint8Array(readFileSync(path)) : { error: "No such file or directory" };
    },
    lookupUser: (name) => systemUsers.get(name),
    lookupGroup: (name) => systemGroups.get(name),
  });
}

const systemUsers = new Map(
  table("/etc/passwd").map(([name = "", , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
);
const systemGroups = new Map(table("/etc/group").map(([name = "", , gid]) => [name, { gid: Number(gid) }]));

function table(path: string): readonly (readonly string[])[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.split(":"));
}

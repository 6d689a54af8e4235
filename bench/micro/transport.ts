// Owns the paired measurement of the transport: the reference, Pointsman and the two styles of the minimal relay (transport-relay.ts) stand side by
// side and are loaded in turn, many short times, so that a noisy machine is noisy for all of them. Prints the median CPU µs per request and the
// median of the paired ratios. `--strace` prints system calls per request instead (needs strace).
//
// usage: bun bench/micro/transport.ts [--scenarios plain,tls,64k,close] [--contenders reference,pointsman,raw,adapter] [--rounds 7] [--seconds 1] [--root DIR] [--strace]

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findReference, freePort, type Running, startNginx, startProcess } from "../lib/contenders.ts";
import { cpuMicroseconds, median, runWrk } from "../lib/measure.ts";
import { backendConfiguration, haproxyConfiguration, type Scenario, scenarios as shared } from "../lib/scenarios.ts";

interface Entrant {
  readonly name: string;
  readonly port: number;
  readonly running: Running;
  readonly costs: number[];
}

/** What `bench/run.ts` does not ask, since no goal stands on it: handshakes, and bulk under TLS. */
const tls = { bindOptions: "ssl crt @CERT@", scheme: "https" } as const;
const close = ["Connection: close"];
const scenarios: readonly Scenario[] = [
  ...shared,
  {
    name: "tls-close",
    what: "a TLS handshake per request",
    path: "/",
    ...tls,
    load: { connections: 32, headers: close },
    goal: 1,
  },
  { name: "tls-64k", what: "64 KB answer under TLS", path: "/64k", ...tls, load: { connections: 64 }, goal: 1 },
];

const words = process.argv.slice(2);
const value = (name: string, otherwise: string): string => {
  const at = words.indexOf(`--${name}`);
  return (at < 0 ? undefined : words[at + 1]) ?? otherwise;
};
const wanted = value("scenarios", "plain,tls,64k,close").split(",");
const names = value("contenders", "reference,pointsman,raw,adapter").split(",");
const rounds = Number(value("rounds", "7"));
const seconds = Number(value("seconds", "1"));
const here = resolve(import.meta.dir, "../..");
const folder = mkdtempSync(join(tmpdir(), "pointsman-transport-"));
// nginx started by root serves files as another user.
chmodSync(folder, 0o755);

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  mkdirSync(join(folder, "www"));
  writeFileSync(join(folder, "www/64k"), Buffer.alloc(65_536, "x"));
  writeFileSync(join(folder, "www/1m"), Buffer.alloc(1_048_576, "x"));
  const pem = join(folder, "both.pem");
  const request = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2 -keyout ${pem}.key -out ${pem}.crt`;
  Bun.spawnSync(["sh", "-c", `${request} 2>/dev/null && cat ${pem}.crt ${pem}.key >${pem}`]);
  const server = await freePort();
  writeFileSync(join(folder, "backend.conf"), backendConfiguration([server], folder));
  const backend = await startNginx(join(folder, "backend.conf"), folder, server);
  try {
    for (const scenario of scenarios.filter((one) => wanted.includes(one.name))) await compare(scenario, server, pem);
  } finally {
    await backend.stop();
  }
}

async function compare(scenario: Scenario, server: number, pem: string): Promise<void> {
  const entrants: Entrant[] = [];
  try {
    for (const name of names) entrants.push(await enter(name, scenario, server, pem));
    for (const entrant of entrants) await warmUp(scenario, entrant);
    if (words.includes("--strace")) {
      for (const entrant of entrants) await traceCalls(scenario, entrant);
      return;
    }
    for (let round = 0; round < rounds; round++) {
      for (const entrant of entrants) {
        const before = cpuMicroseconds(entrant.running.pids());
        const requests = await load(scenario, entrant, seconds);
        entrant.costs.push((cpuMicroseconds(entrant.running.pids()) - before) / Math.max(1, requests));
      }
    }
  } finally {
    for (const entrant of entrants) await entrant.running.stop();
  }
  report(scenario, entrants);
}

async function enter(name: string, scenario: Scenario, server: number, pem: string): Promise<Entrant> {
  const port = await freePort();
  const running = await startProcess(commandOf(name, scenario, server, pem, port), port);
  return { name, port, running, costs: [] };
}

/** A contender may be written `name@DIR+VARIABLE=VALUE`: Pointsman or a relay from another checkout, or in another environment. */
function commandOf(name: string, scenario: Scenario, server: number, pem: string, port: number): string[] {
  const [place = "", ...variables] = name.split("+");
  const [kind, root = here] = place.split("@");
  if (variables.length > 0) return ["env", ...variables, ...commandOf(place, scenario, server, pem, port)];
  if (kind === "reference" || kind === "pointsman") {
    const file = join(folder, `${port}.cfg`);
    writeFileSync(file, haproxyConfiguration(scenario, { frontend: port, backends: [server], log: 9 }, pem, 1));
    const program = kind === "reference" ? findReference() : join(root, "bin/pointsman");
    if (program === undefined) throw new Error("The reference is not installed.");
    return [program, "-db", "-f", file];
  }
  const relay = [process.execPath, join(root, "bench/micro/transport-relay.ts"), "--style", kind ?? "raw"];
  const ports = ["--listen", String(port), "--server", String(server)];
  const tls = scenario.scheme === "https" ? ["--certificate", pem] : [];
  return [...relay, ...ports, ...tls, ...(scenario.name.endsWith("close") ? ["--fresh"] : [])];
}

/** Until the compilers have fallen quiet: on a busy machine that is a matter of requests, not of seconds. */
async function warmUp(scenario: Scenario, entrant: Entrant): Promise<void> {
  const needed = entrant.name === "reference" || scenario.name.startsWith("tls-") ? 2000 : 25_000;
  let requests = 0;
  for (let turn = 0; turn < 6 && requests < needed; turn++) requests += await load(scenario, entrant, 2);
}

async function load(scenario: Scenario, entrant: Entrant, duration: number): Promise<number> {
  const url = `${scenario.scheme ?? "http"}://127.0.0.1:${entrant.port}${scenario.path}`;
  const result = await runWrk({ ...scenario.load, url, seconds: duration });
  if (result.errors > 0) console.log(`  ${entrant.name}: ${result.errors} errors`);
  return result.requests;
}

function report(scenario: Scenario, entrants: readonly Entrant[]): void {
  console.log(`\n${scenario.name}: ${scenario.what}\n  contender               CPU µs/req   × ${entrants[0]?.name}`);
  for (const { name, costs } of entrants) {
    const ratios = costs.map((cost, round) => cost / (entrants[0]?.costs[round] ?? Number.NaN));
    console.log(
      `  ${name.padEnd(24)} ${median(costs).toFixed(1).padStart(8)} ${median(ratios).toFixed(2).padStart(8)}   (${costs.map((cost) => cost.toFixed(0)).join(" ")})`,
    );
  }
}

async function traceCalls(scenario: Scenario, entrant: Entrant): Promise<void> {
  const output = join(folder, "strace");
  const pids = entrant.running.pids().flatMap((pid) => ["-p", String(pid)]);
  const tracer = Bun.spawn(["strace", "-c", "-f", "-o", output, ...pids], { stderr: "ignore" });
  await Bun.sleep(500);
  const requests = await load(scenario, entrant, 2);
  tracer.kill("SIGINT");
  await tracer.exited;
  const counts = readFileSync(output, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => /^\d/.test(fields[0] ?? "") && fields.at(-1) !== "total")
    .map((fields) => ({ call: fields.at(-1) ?? "", each: Number(fields[3]) / Math.max(1, requests) }))
    .filter(({ each }) => each >= 0.02)
    .sort((a, b) => b.each - a.each);
  console.log(
    `${scenario.name} ${entrant.name}: ${counts.map(({ call, each }) => `${call} ${each.toFixed(2)}`).join(", ")}`,
  );
}

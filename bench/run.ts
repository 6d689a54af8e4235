// Owns `bun bench/run.ts`: CPU µs per request and latency of Pointsman beside the reference, nginx and a node:http proxy, paired in one run,
// medians over rounds. A figure counts only with the machine and the commit beside it.
//
// usage: bun bench/run.ts [--scenarios plain,log] [--contenders reference,pointsman] [--rounds 3] [--seconds 4] [--threads 1] [--json FILE]

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { type Contender, contenders, freePort, startNginx } from "./lib/contenders.ts";
import { cpuMicroseconds, footprint, median, runWrk } from "./lib/measure.ts";
import { backendConfiguration, type Ports, type Scenario, scenarios } from "./lib/scenarios.ts";

interface Sample {
  readonly scenario: string;
  readonly contender: string;
  readonly cpuPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly residentKb: number;
  readonly errors: number;
}

const options = readOptions(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), "pointsman-bench-"));
// nginx started by root serves files as another user.
chmodSync(folder, 0o755);
const samples: Sample[] = [];
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  mkdirSync(join(folder, "www"));
  writeFileSync(join(folder, "www/64k"), Buffer.alloc(65_536, "x"));
  writeFileSync(join(folder, "www/1m"), Buffer.alloc(1_048_576, "x"));
  const certificate = makeCertificate();
  const backends = [await freePort(), await freePort(), await freePort(), await freePort()];
  writeFileSync(join(folder, "backend.conf"), backendConfiguration(backends, folder));
  const backend = await startNginx(join(folder, "backend.conf"), folder, backends[0] ?? 0);
  const sink = await Bun.udpSocket({ hostname: "127.0.0.1", socket: { data() {} } });
  try {
    const commit = Bun.spawnSync(["git", "rev-parse", "--short", "HEAD"]).stdout.toString().trim();
    console.log(
      `${cpus().length} × ${cpus()[0]?.model ?? "?"}, commit ${commit}, ${options.threads} thread(s), ${options.rounds} rounds of ${options.seconds} s after 30,000 requests`,
    );
    for (const scenario of scenarios.filter((one) => options.scenarios?.includes(one.name) ?? true)) {
      const used = scenario.name === "plain" || scenario.backend ? backends : backends.slice(0, 1);
      await runScenario(scenario, used, sink.port, certificate);
    }
  } finally {
    sink.close();
    await backend.stop();
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(samples, undefined, 2)}\n`);
}

async function runScenario(
  scenario: Scenario,
  backends: readonly number[],
  log: number,
  certificate: string,
): Promise<void> {
  const field = contenders().filter((one) => options.contenders?.includes(one.name) ?? true);
  for (let round = 0; round < options.rounds; round++) {
    for (const contender of round % 2 ? [...field].reverse() : field) {
      const ports: Ports = { frontend: await freePort(), backends, log };
      samples.push(await measure(contender, scenario, ports, certificate));
    }
  }
  report(scenario, field);
}

async function measure(contender: Contender, scenario: Scenario, ports: Ports, certificate: string): Promise<Sample> {
  const running = await contender.start(scenario, ports, folder, certificate, options.threads);
  try {
    const url = `${scenario.scheme ?? "http"}://127.0.0.1:${ports.frontend}${scenario.path}`;
    await warmUp(scenario, url);
    const before = cpuMicroseconds(running.pids());
    const result = await runWrk({ ...scenario.load, url, seconds: options.seconds });
    const used = cpuMicroseconds(running.pids()) - before;
    return {
      scenario: scenario.name,
      contender: contender.name,
      cpuPerRequest: used / Math.max(1, result.requests),
      requestsPerSecond: result.requestsPerSecond,
      p99Ms: result.p99Ms,
      residentKb: Math.max(...running.pids().map((pid) => footprint(pid).residentKb)),
      errors: result.errors,
    };
  } finally {
    await running.stop();
  }
}

/**
 * Requests of the same kind until pools are filled and code is compiled: compiling falls quiet after 15,000 to 30,000 requests, and costs a
 * start 0.7 s of CPU time, which would otherwise be part of a short run's figure. The same for every contender; a balancer runs for months.
 */
async function warmUp(scenario: Scenario, url: string): Promise<void> {
  const wanted = Math.min(30_000, scenario.warmUpRequests ?? 30_000);
  for (let turn = 0, done = 0; turn < 6 && done < wanted; turn++) {
    done += (await runWrk({ ...scenario.load, url, seconds: 2 })).requests;
  }
}

function report(scenario: Scenario, field: readonly Contender[]): void {
  console.log(`\n${scenario.name}: ${scenario.what} (goal ${scenario.goal.toFixed(1)}×)`);
  console.log("  contender     CPU µs/req   × ref    req/s      p99 ms   RSS MB  errors");
  const reference = summary(scenario.name, "reference")?.cpuPerRequest ?? Number.NaN;
  for (const { name } of field) {
    const row = summary(scenario.name, name);
    if (!row) continue;
    const ratio = (row.cpuPerRequest / reference).toFixed(2);
    console.log(
      `  ${name.padEnd(12)} ${row.cpuPerRequest.toFixed(1).padStart(10)} ${ratio.padStart(8)} ${row.requestsPerSecond.toFixed(0).padStart(8)} ${row.p99Ms.toFixed(2).padStart(10)} ${(row.residentKb / 1024).toFixed(0).padStart(8)} ${String(row.errors).padStart(7)}`,
    );
  }
}

function summary(scenario: string, contender: string): Omit<Sample, "scenario" | "contender"> | undefined {
  const rows = samples.filter((one) => one.scenario === scenario && one.contender === contender);
  if (rows.length === 0) return undefined;
  return {
    cpuPerRequest: median(rows.map((row) => row.cpuPerRequest)),
    requestsPerSecond: median(rows.map((row) => row.requestsPerSecond)),
    p99Ms: median(rows.map((row) => row.p99Ms)),
    residentKb: Math.max(...rows.map((row) => row.residentKb)),
    errors: rows.reduce((sum, row) => sum + row.errors, 0),
  };
}

function makeCertificate(): string {
  const [key, certificate, both] = ["key.pem", "cert.pem", "both.pem"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  Bun.spawnSync(
    [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-subj",
      "/CN=localhost",
      "-days",
      "30",
      "-keyout",
      key,
      "-out",
      certificate,
    ],
    { stderr: "ignore" },
  );
  Bun.spawnSync(["sh", "-c", `cat "${certificate}" "${key}" >"${both}"`]);
  return both;
}

function readOptions(words: readonly string[]) {
  const value = (name: string) => {
    const at = words.indexOf(`--${name}`);
    return at < 0 ? undefined : words[at + 1];
  };
  return {
    scenarios: value("scenarios")?.split(","),
    contenders: value("contenders")?.split(","),
    rounds: Number(value("rounds") ?? 3),
    seconds: Number(value("seconds") ?? 4),
    threads: Number(value("threads") ?? 1),
    json: value("json"),
  };
}

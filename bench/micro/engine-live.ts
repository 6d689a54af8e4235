// Owns a quick look at the engine on real sockets: one thread on Bun's transport in front of nginx, CPU µs per request beside the reference with the
// same work. For developing the data path; the figures that count come from bench/run.ts.
//
// usage: bun bench/micro/engine-live.ts [rounds] [case…]       cases: plain, log, rate (new connection per request), 64k, forwardfor

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { builtinLogFormat } from "../../src/log/index.ts";
import { createBunClock, createBunRandom, createBunTransport } from "../../src/transport/bun/index.ts";
import { type TestProxy, testLogTarget, testModel } from "../../test/sim/model.ts";
import { startWorld } from "../../test/sim/world.ts";
import { cpuMicroseconds, median, runWrk } from "../lib/measure.ts";

const timeouts = { client: 50_000, server: 50_000, connect: 5000 };

function proxiesOf(name: string, port: number, backendPort: number): readonly TestProxy[] {
  const log = name === "log" ? { logTargets: [testLogTarget], logFormat: builtinLogFormat("httplog") } : {};
  const forwardFor =
    name === "forwardfor" ? { forwardFor: { header: "X-Forwarded-For", except: undefined, ifNone: false } } : {};
  return [
    { name: "f", ports: [port], to: "b", timeouts, ...log, ...forwardFor },
    { name: "b", servers: [{ host: "127.0.0.1", port: backendPort }], timeouts },
  ];
}

function serve(name: string, port: number, backendPort: number): void {
  const model = testModel(proxiesOf(name, port, backendPort).map((proxy) => proxy));
  const binds = model.proxies.flatMap((proxy) => proxy.binds);
  for (const bind of binds) Object.assign(bind.address, { host: "127.0.0.1" });
  startWorld(model, {
    transport: createBunTransport({ onDefect: (error) => console.error(error) }),
    clock: createBunClock(),
    random: createBunRandom(),
    services: {
      logSink: { send: () => undefined },
      reportBug: (error) => console.error(error),
    },
  });
  console.log("ready");
}

function referenceConfiguration(name: string, port: number, backendPort: number): string {
  return `global
  nbthread 1
${name === "log" ? "  log 127.0.0.1:9 local0\n" : ""}defaults
  mode http
  timeout client 50s
  timeout server 50s
  timeout connect 5s
frontend f
  bind 127.0.0.1:${port}
${name === "log" ? "  log global\n  option httplog\n" : ""}${name === "forwardfor" ? "  option forwardfor\n" : ""}  default_backend b
backend b
  server s1 127.0.0.1:${backendPort}
`;
}

function userMicroseconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[11]) * 10_000;
}

interface Round {
  readonly total: number;
  readonly user: number;
  readonly rate: number;
}

/** One short run of wrk; µs of CPU per request. */
async function measure(pid: number, name: string, port: number, seconds: number): Promise<Round> {
  const url = `http://127.0.0.1:${port}/${name === "64k" ? "64k" : ""}`;
  const headers = name === "rate" ? ["Connection: close"] : [];
  const before = cpuMicroseconds([pid]);
  const userBefore = userMicroseconds(pid);
  const result = await runWrk({ url, connections: 32, seconds, headers });
  if (result.errors > 0) console.log(`${result.errors} errors`);
  const total = (cpuMicroseconds([pid]) - before) / result.requests;
  return { total, user: (userMicroseconds(pid) - userBefore) / result.requests, rate: result.requestsPerSecond };
}

function show(name: string, who: string, rounds: readonly Round[]): number {
  const total = median(rounds.map((round) => round.total));
  const user = median(rounds.map((round) => round.user));
  const rate = median(rounds.map((round) => round.rate));
  console.log(`${name.padEnd(11)} ${who} ${total.toFixed(2)} µs (${user.toFixed(2)} user) ${rate.toFixed(0)}/s`);
  return total;
}

async function compare(seconds: number, names: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "engine-live-"));
  mkdirSync(join(folder, "www"));
  writeFileSync(join(folder, "www/index.html"), "Hello, world\n");
  writeFileSync(join(folder, "www/64k"), Buffer.alloc(65_536, "x"));
  const nginxPort = 18_700;
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log /dev/null; user root;
     events { worker_connections 4096; }
     http { access_log off; keepalive_requests 100000000; sendfile on; server { listen 127.0.0.1:${nginxPort} backlog=1024; root ${folder}/www; } }`,
  );
  const nginx = Bun.spawn(["nginx", "-c", join(folder, "nginx.conf")], { stdout: "ignore", stderr: "ignore" });
  const haproxy = join(homedir(), ".cache/reference-haproxy/haproxy");
  try {
    for (const name of names) {
      await Bun.sleep(300);
      const engine = Bun.spawn([process.execPath, import.meta.path, "serve", name, "18701", String(nginxPort)], {
        stdout: "pipe",
        stderr: "inherit",
      });
      await engine.stdout.getReader().read();
      writeFileSync(join(folder, "ref.cfg"), referenceConfiguration(name, 18_702, nginxPort));
      const reference = existsSync(haproxy)
        ? Bun.spawn([haproxy, "-f", join(folder, "ref.cfg")], { stdout: "ignore", stderr: "ignore" })
        : undefined;
      await Bun.sleep(300);
      await measure(engine.pid, name, 18_701, 2);
      // Both take turns, so that what else the machine does falls on both.
      const ours: Round[] = [];
      const theirs: Round[] = [];
      for (let round = 0; round < seconds; round++) {
        ours.push(await measure(engine.pid, name, 18_701, 1));
        if (reference !== undefined) theirs.push(await measure(reference.pid, name, 18_702, 1));
      }
      const mine = show(name, "pointsman", ours);
      if (reference !== undefined) console.log(`ratio ${(mine / show(name, "reference", theirs)).toFixed(2)}`);
      engine.kill(9);
      reference?.kill(9);
      await engine.exited;
      await reference?.exited;
    }
  } finally {
    nginx.kill();
    await nginx.exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === "serve") serve(rest[0]!, Number(rest[1]), Number(rest[2]));
else await compare(Number(first ?? 3), rest.length > 0 ? rest : ["plain", "log", "rate", "64k", "forwardfor"]);

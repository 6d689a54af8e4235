// Owns `bun bench/soak.ts`: after 2 million requests, 100,000 connections and 1,000 aborted transfers, memory and descriptors must be back
// where they were after warming up. Exits 1 when they are not.
//
// usage: bun bench/soak.ts [--requests 2000000] [--connections 100000] [--aborts 1000] [--threads 2]

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contenders, freePort, type Running, startNginx } from "./lib/contenders.ts";
import { footprint, runWrk } from "./lib/measure.ts";
import { backendConfiguration, type Ports, scenarios } from "./lib/scenarios.ts";

const wanted = {
  requests: option("requests", 2_000_000),
  connections: option("connections", 100_000),
  aborts: option("aborts", 1000),
  threads: option("threads", 2),
};
const folder = mkdtempSync(join(tmpdir(), "pointsman-soak-"));
chmodSync(folder, 0o755);
try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<boolean> {
  mkdirSync(join(folder, "www"));
  writeFileSync(join(folder, "www/64k"), Buffer.alloc(65_536, "x"));
  writeFileSync(join(folder, "www/1m"), Buffer.alloc(1_048_576, "x"));
  const backends = [await freePort(), await freePort()];
  writeFileSync(join(folder, "backend.conf"), backendConfiguration(backends, folder));
  const backend = await startNginx(join(folder, "backend.conf"), folder, backends[0] ?? 0);
  const ports: Ports = { frontend: await freePort(), backends, log: 9 };
  const contender = contenders().find((one) => one.name === "pointsman");
  const scenario = scenarios.find((one) => one.name === "plain");
  if (!contender || !scenario) throw new Error("pointsman cannot be started");
  const running = await contender.start(scenario, ports, folder, "", wanted.threads);
  try {
    return await soak(running, ports.frontend);
  } finally {
    await running.stop();
    await backend.stop();
  }
}

async function soak(running: Running, port: number): Promise<boolean> {
  const url = `http://127.0.0.1:${port}`;
  await keepAlive(url, 100_000);
  await abortTransfers(port, 100);
  const start = await settled(running, "after warming up");
  await keepAlive(url, wanted.requests);
  await settled(running, `after ${wanted.requests} requests`);
  await newConnections(url, wanted.connections);
  await settled(running, `after ${wanted.connections} connections`);
  await abortTransfers(port, wanted.aborts);
  const end = await settled(running, `after ${wanted.aborts} aborted transfers`);
  const grown = end.residentKb - start.residentKb;
  const leaked = end.descriptors - start.descriptors;
  console.log(`grown by ${(grown / 1024).toFixed(1)} MB, ${leaked} descriptors`);
  // The allocator keeps some pages: a tenth of the size and 24 MB are its share, a leak of 20 bytes per request would exceed it.
  return leaked <= 0 && grown < 24 * 1024 + start.residentKb / 10;
}

async function keepAlive(url: string, requests: number): Promise<void> {
  for (let done = 0; done < requests; )
    done += (await runWrk({ url: `${url}/`, connections: 64, seconds: 5 })).requests;
}

async function newConnections(url: string, connections: number): Promise<void> {
  for (let done = 0; done < connections; ) {
    done += (await runWrk({ url: `${url}/`, connections: 64, seconds: 5, headers: ["Connection: close"] })).requests;
  }
}

/** Clients that ask for 1 MB, read a little and vanish with RST. */
async function abortTransfers(port: number, count: number): Promise<void> {
  for (let at = 0; at < count; at += 10) await Promise.all(Array.from({ length: 10 }, () => abortOne(port)));
}

function abortOne(port: number): Promise<void> {
  return new Promise((done) => {
    const socket = createConnection({ host: "127.0.0.1", port }, () =>
      socket.write("GET /1m HTTP/1.1\r\nHost: a\r\n\r\n"),
    );
    socket.once("data", () => socket.resetAndDestroy());
    socket.once("error", () => socket.destroy());
    socket.once("close", () => done());
  });
}

async function settled(running: Running, when: string): Promise<{ residentKb: number; descriptors: number }> {
  // Idle server connections are purged after 5 s and the collector needs a quiet moment.
  await Bun.sleep(8000);
  const now = footprint(running.pids()[0] ?? 0);
  console.log(
    `${when}: RSS ${(now.residentKb / 1024).toFixed(1)} MB, ${now.descriptors} descriptors, ${now.threads} threads`,
  );
  return now;
}

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

// Owns what threads must see of each other: least connections counts the streams of all threads, round robin stays in turn over them, and both
// threads really serve.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePorts } from "../support/reference.ts";

const root = resolve(import.meta.dir, "../..");
const folder = mkdtempSync(join(tmpdir(), "pointsman-threads-"));
const slow = [0, 1, 2].map((at) =>
  Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (new URL(request.url).pathname === "/slow") await Bun.sleep(1500);
      return new Response(`s${at}`);
    },
  }),
);
let ports: readonly number[] = [];
let balancer: Bun.Subprocess;

beforeAll(async () => {
  ports = await freePorts(2);
  const servers = slow.map((one, at) => `    server s${at} 127.0.0.1:${one.port}`).join("\n");
  const file = join(folder, "haproxy.cfg");
  writeFileSync(
    file,
    `global
    nbthread 2
    stats socket ${folder}/socket
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
listen least
    bind 127.0.0.1:${ports[0]}
    balance leastconn
${servers}
listen turns
    bind 127.0.0.1:${ports[1]}
    balance roundrobin
${servers}
`,
  );
  balancer = Bun.spawn([join(root, "bin/pointsman"), "-db", "-f", file], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  for (let tries = 0; tries < 300; tries++) {
    if (await get(ports[1] ?? 0, "/").catch(() => "")) return;
    await Bun.sleep(20);
  }
  throw new Error("the balancer did not start");
}, 30_000);

afterAll(async () => {
  balancer?.kill("SIGTERM");
  await balancer?.exited;
  for (const one of slow) await one.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

test("least connections sees the streams of all threads", async () => {
  const running: Promise<string>[] = [];
  for (let at = 0; at < 12; at++) {
    running.push(get(ports[0] ?? 0, "/slow"));
    await Bun.sleep(25);
  }
  const answers = await Promise.all(running);
  // A thread that saw only its own half of them would often be wrong; all of them together are level.
  for (const name of ["s0", "s1", "s2"]) expect(answers.filter((answer) => answer.endsWith(name)).length).toBe(4);
});

test("round robin stays in turn over all threads", async () => {
  const answers = [];
  for (let at = 0; at < 30; at++) answers.push((await get(ports[1] ?? 0, "/")).slice(-2));
  const first = answers.slice(0, 3);
  expect([...first].sort()).toEqual(["s0", "s1", "s2"]);
  answers.forEach((answer, at) => {
    expect(answer).toBe(first[at % 3] ?? "");
  });
});

function get(port: number, path: string): Promise<string> {
  return new Promise((done, fail) => {
    let text = "";
    const socket = connect({ host: "127.0.0.1", port }, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
    );
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
    });
    socket.on("error", fail);
    socket.on("close", () => done(text));
  });
}

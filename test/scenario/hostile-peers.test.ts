// Owns the promise that no peer can break the balancer: clients that send garbage, drip, vanish or never read, and servers that reset, lie and
// stall, while an honest client is served; afterwards nothing of them is left.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePorts } from "../support/reference.ts";

const root = resolve(import.meta.dir, "../..");
let folder = "";
let port = 0;
let balancer: Bun.Subprocess<"ignore", "pipe", "pipe">;
let wicked: Server;
const honest = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request) => new Response(new URL(request.url).pathname),
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pointsman-hostile-"));
  wicked = await startWickedServer();
  [port] = (await freePorts(1)) as [number];
  const address = wicked.address();
  const file = join(folder, "haproxy.cfg");
  writeFileSync(
    file,
    `global
    nbthread 2
defaults
    mode http
    timeout connect 500ms
    timeout client 1s
    timeout server 1s
    timeout http-request 1s
frontend f
    bind 127.0.0.1:${port}
    use_backend wicked if { path_beg /wicked }
    default_backend honest
backend honest
    server s1 127.0.0.1:${honest.port}
backend wicked
    server s1 127.0.0.1:${typeof address === "object" ? address?.port : 0}
`,
  );
  balancer = Bun.spawn([join(root, "bin/pointsman"), "-db", "-f", file], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  for (let tries = 0; tries < 300; tries++) {
    if ((await ask("/ready").catch(() => "")).includes("/ready")) return;
    await Bun.sleep(30);
  }
  throw new Error("the balancer did not start");
}, 30_000);

afterAll(async () => {
  balancer?.kill("SIGTERM");
  await balancer?.exited;
  wicked?.close();
  await honest.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

test("an honest client is served among hostile ones, and nothing of them is left", async () => {
  const before = descriptors();
  const hostile = [
    ...Array.from({ length: 60 }, (_, at) => garbage(at)),
    ...Array.from({ length: 40 }, () => drip()),
    ...Array.from({ length: 40 }, () => vanish()),
    ...Array.from({ length: 20 }, () => neverRead()),
    ...Array.from({ length: 40 }, (_, at) => ask(`/wicked/${at % 7}`).catch(() => "")),
  ];
  for (let at = 0; at < 50; at++) expect(await ask(`/honest/${at}`)).toContain(`/honest/${at}`);
  await Promise.all(hostile);
  // All timeouts are 1 s, and idle connections to servers are purged after 5 s: what is there after that would stay for ever.
  for (let waited = 0; waited < 100 && descriptors() - before > 8; waited++) await Bun.sleep(150);
  expect(descriptors() - before).toBeLessThanOrEqual(8);
  expect(await ask("/after")).toContain("/after");
  expect(balancer.exitCode).toBe(null);
}, 60_000);

test("a head that never ends is cut off, whatever its size", async () => {
  const answer = await new Promise<string>((done) => {
    let text = "";
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
    });
    socket.on("error", () => undefined);
    socket.on("close", () => done(text));
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${"X-Endless: yes\r\n".repeat(20_000)}`);
  });
  expect(answer).toMatch(/^(HTTP\/1\.1 4(00|31) |$)/);
  expect(await ask("/still")).toContain("/still");
}, 20_000);

function descriptors(): number {
  return readdirSync(`/proc/${balancer.pid}/fd`).length;
}

function ask(path: string): Promise<string> {
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

/** Pseudo-random bytes, some of them dressed as a request. */
function garbage(seed: number): Promise<unknown> {
  return client((socket) => {
    const bytes = Buffer.from(
      Array.from({ length: 400 }, (_, at) => (seed * 7919 + at * 104_729 + ((at * at) % 251)) & 0xff),
    );
    if (seed % 3 === 0) socket.write("GET / HTTP/1.1\r\n");
    if (seed % 3 === 1) socket.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    socket.write(bytes);
  });
}

/** One byte of a head now and then, never its end. */
function drip(): Promise<unknown> {
  return client((socket) => {
    let at = 0;
    const timer = setInterval(
      () => socket.write("GET / HTTP/1.1\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyy"[at++] ?? "y"),
      100,
    );
    socket.on("close", () => clearInterval(timer));
  });
}

function vanish(): Promise<unknown> {
  return client((socket) => {
    socket.write("POST /honest HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");
    setTimeout(() => socket.resetAndDestroy(), 50);
  });
}

/** Asks for an endless answer and does not read it. */
function neverRead(): Promise<unknown> {
  return client((socket) => {
    socket.pause();
    socket.write("GET /wicked/endless HTTP/1.1\r\nHost: a\r\n\r\n");
    setTimeout(() => socket.destroy(), 4000);
  });
}

function client(use: (socket: Socket) => void): Promise<unknown> {
  return new Promise((done) => {
    const socket = connect({ host: "127.0.0.1", port }, () => use(socket));
    socket.on("data", () => undefined);
    socket.on("error", () => undefined);
    socket.on("close", done);
    setTimeout(() => socket.destroy(), 6000);
  });
}

/** Misbehaves in a different way for each path. */
async function startWickedServer(): Promise<Server> {
  const ways: ((socket: Socket) => void)[] = [
    (socket) => socket.resetAndDestroy(),
    (socket) => socket.end(),
    (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", () => socket.resetAndDestroy()),
    (socket) => socket.write("HTTP/9.9 banana\r\n\r\n"),
    (socket) => socket.write(`HTTP/1.1 200 OK\r\n${"X-Long: x\r\n".repeat(5000)}`),
    (socket) => socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc"),
    () => undefined,
  ];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      const path = /^GET \/wicked\/(\w+)/.exec(bytes.toString("latin1"))?.[1] ?? "0";
      if (path === "endless") flood(socket);
      else ways[Number(path) % ways.length]?.(socket);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  return server;
}

function flood(socket: Socket): void {
  socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", more);
  more();
}

// The whole program with real servers: a dead server is taken out and comes back, an operator's change reaches every thread, the page's form does
// what the socket does. Each wait is for an event, never for a time.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:http";
import { ask } from "../differential/runtime-socket.ts";
import { type Pointsman, startPointsman, until } from "../support/pointsman.ts";

/** A server that says its name. */
class NamedServer {
  readonly name: string;
  port = 0;
  status = 200;
  #server: Server | undefined;

  constructor(name: string) {
    this.name = name;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/health" ? this.status : 200;
      response.end(this.name);
    });
    await new Promise<void>((listening) => server.listen(this.port, "127.0.0.1", listening));
    this.port = (server.address() as { port: number }).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

describe("health in the running program", () => {
  const one = new NamedServer("one");
  const two = new NamedServer("two");
  let pointsman: Pointsman;

  const cli = (line: string) => ask(`${pointsman.dir}/admin.sock`, `${line}\n`);
  const statusOf = async (server: string) => {
    const line = (await cli("show stat be 4 -1")).split("\n").find((row) => row.startsWith(`be,${server},`));
    return line?.split(",")[17] ?? "";
  };
  /** Who answered `count` requests, each on a connection of its own, so that all threads are asked. */
  const answers = async (count = 12) => {
    const names = new Set<string>();
    for (let i = 0; i < count; i++) {
      const answer = await fetch(pointsman.url("fe"), { headers: { connection: "close" } });
      names.add(answer.ok ? await answer.text() : String(answer.status));
    }
    return [...names].sort();
  };

  beforeAll(async () => {
    await Promise.all([one.start(), two.start()]);
    pointsman = await startPointsman(`
global
    nbthread 2
    stats socket {{dir}}/admin.sock level admin
defaults
    mode http
    timeout connect 1s
    timeout client 10s
    timeout server 10s
    default-server inter 50 rise 1 fall 1
frontend fe
    bind 127.0.0.1:{{port:fe}}
    stats enable
    stats uri /stats
    stats admin if TRUE
    default_backend be
backend be
    balance roundrobin
    option httpchk GET /health
    http-check disable-on-404
    server one 127.0.0.1:${one.port} check
    server two 127.0.0.1:${two.port} check
`);
    await until(
      async () => (await statusOf("one")) === "UP" && (await statusOf("two")) === "UP",
      "both servers to be checked",
    );
  });
  afterAll(async () => {
    await pointsman?.stop();
    await Promise.all([one.stop(), two.stop()]);
  });

  test("both answer", async () => expect(await answers()).toEqual(["one", "two"]));

  test("a dead server is taken out and comes back", async () => {
    await two.stop();
    await until(async () => (await statusOf("two")) === "DOWN", "two to be down");
    expect(await answers()).toEqual(["one"]);
    // A check that was under way when the server ended is reset; the next ones are refused.
    expect(pointsman.stderr()).toMatch(
      /Server be\/two is DOWN, reason: (Layer4 connection problem, info: "Connection refused"|Socket error, info: "ECONNRESET [^"]*"), check duration:/,
    );
    await two.start();
    await until(async () => (await statusOf("two")) === "UP", "two to be up");
    expect(await answers()).toEqual(["one", "two"]);
    expect(pointsman.stderr()).toContain(
      "Server be/two is UP, reason: Layer7 check passed, code: 200, check duration:",
    );
  });

  test("a failing check takes a server out although it answers", async () => {
    two.status = 500;
    await until(async () => (await statusOf("two")) === "DOWN", "two to be down");
    expect(await answers()).toEqual(["one"]);
    two.status = 200;
    await until(async () => (await statusOf("two")) === "UP", "two to be up");
  });

  test("a 404 stops it softly", async () => {
    two.status = 404;
    await until(async () => (await statusOf("two")) === "NOLB", "two to be stopping");
    expect(await answers()).toEqual(["one"]);
    two.status = 200;
    await until(async () => (await statusOf("two")) === "UP", "two to be up");
  });

  test("maintenance, drain and weight 0 take effect in every thread at once", async () => {
    for (const [take, give] of [
      ["disable server be/one", "enable server be/one"],
      ["set server be/one state drain", "set server be/one state ready"],
      ["set weight be/one 0", "set weight be/one 100%"],
    ]) {
      expect(await cli(take ?? "")).toBe("\n");
      // The workers are told by a message that overtakes no request that is on its way already.
      await until(async () => (await answers(8)).join() === "two", `${take} to hold`);
      expect(await cli(give ?? "")).toBe("\n");
      await until(async () => (await answers(8)).length === 2, `${give} to hold`);
    }
  });

  test("with no server left clients get 503, and the backend says so", async () => {
    await cli("disable server be/one; disable server be/two");
    await until(async () => (await answers(4)).join() === "503", "no server to be left");
    expect(pointsman.stderr()).toContain("backend 'be' has no server available!");
    await cli("enable server be/one; enable server be/two");
    await until(async () => (await answers(8)).join() === "one,two", "both to be back");
  });

  test("the page's form does what the socket does", async () => {
    const post = async (body: string) => {
      const answer = await fetch(pointsman.url("fe", "/stats"), { method: "POST", body, redirect: "manual" });
      await answer.text();
      return [answer.status, answer.headers.get("location")];
    };
    expect(await post("s=one&action=maint&b=be")).toEqual([303, "/stats;st=DONE"]);
    await until(async () => (await statusOf("one")) === "MAINT", "one to be in maintenance");
    const html = await (await fetch(pointsman.url("fe", "/stats"))).text();
    expect(html).toContain("MAINT");
    expect(await post("s=one&action=ready&b=be")).toEqual([303, "/stats;st=DONE"]);
    await until(async () => (await statusOf("one")).startsWith("UP"), "one to be ready");
  });
});

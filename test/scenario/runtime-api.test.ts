// The stats socket on the running program: limits that an operator sets hold for real connections, and many operators are served at once.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { ask } from "../differential/runtime-socket.ts";
import { type Pointsman, startPointsman, until } from "../support/pointsman.ts";

describe("an operator at the stats socket", () => {
  let pointsman: Pointsman;
  const cli = (line: string) => ask(`${pointsman.dir}/admin.sock`, `${line}\n`);
  const sockets: Socket[] = [];

  beforeAll(async () => {
    pointsman = await startPointsman(`
global
    nbthread 1
    stats socket {{dir}}/admin.sock level admin
    stats timeout 1m
defaults
    mode http
    timeout connect 1s
    timeout client 60s
    timeout server 10s
frontend fe
    bind 127.0.0.1:{{port:fe}}
    stats enable
    stats uri /
`);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await pointsman?.stop();
  });

  /** A keep-alive client; `answers` counts the responses that it got. */
  function client(): { readonly socket: Socket; answers: number } {
    const socket = connect(pointsman.port("fe"), "127.0.0.1");
    const made = { socket, answers: 0 };
    socket.on("data", (bytes) => {
      made.answers += bytes.toString("latin1").split("HTTP/1.1 200 ").length - 1;
    });
    socket.on("error", () => {});
    socket.write("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    sockets.push(socket);
    return made;
  }

  test("a lowered maxconn keeps further clients waiting, and a raised one lets them in", async () => {
    const column = async (index: number) => (await cli("show stat fe 1 -1")).split("\n")[1]?.split(",")[index];
    // The probes of the start are gone.
    await until(async () => (await column(4)) === "0", "the frontend to be idle");
    expect(await cli("set maxconn frontend fe 2")).toBe("\n");
    const clients = [client(), client(), client(), client()];
    const served = () => clients.filter(({ answers }) => answers > 0).length;
    await until(() => served() === 2, "two clients to be served");
    expect([await column(4), await column(6)]).toEqual(["2", "2"]);
    expect(await cli("set maxconn frontend fe 100")).toBe("\n");
    await until(() => served() === 4, "all clients to be served");
    expect(await column(4)).toBe("4");
  });

  test("several operators at once are answered each", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => cli(`echo ${i}; show cli level`)));
    expect(answers).toEqual(Array.from({ length: 8 }, (_, i) => `${i}\n\nadmin\n\n`));
  });

  test("counters can be cleared while traffic runs", async () => {
    expect(await cli("show stat fe 1 -1")).not.toContain("fe,FRONTEND,,,4,4,100,0,");
    expect(await cli("clear counters all")).toBe("\n");
    expect(await cli("show stat fe 1 -1")).toContain("fe,FRONTEND,,,4,4,100,0,0,0,");
  });
});

// Health checks beside the reference's: both programs check the same scripted servers; what they send, what they say on stderr and what they
// show of the servers is compared. Durations are cut, since they are measured. Order is kept per server.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { until } from "../support/pointsman.ts";
import { ask, type Pair, reference, startPair } from "./runtime-socket.ts";

/** Backends by name: their lines, and what their one server answers. "refuse" has no listener at all. */
const cases: readonly { readonly name: string; readonly lines: readonly string[]; readonly answer: string }[] = [
  { name: "tcp", lines: [], answer: "HTTP/1.1 200 OK\r\n\r\n" },
  { name: "refused", lines: [], answer: "refuse" },
  { name: "refusedhttp", lines: ["option httpchk"], answer: "refuse" },
  { name: "plain", lines: ["option httpchk"], answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" },
  { name: "uri", lines: ["option httpchk /health"], answer: "HTTP/1.1 204 No Content\r\n\r\n" },
  { name: "get", lines: ["option httpchk GET /health"], answer: "HTTP/1.1 302 Found\r\n\r\n" },
  { name: "modern", lines: ["option httpchk GET /health HTTP/1.1"], answer: "HTTP/1.1 200 OK\r\n\r\n" },
  { name: "host", lines: ["option httpchk HEAD / HTTP/1.1 www.example.org"], answer: "HTTP/1.1 200 OK\r\n\r\n" },
  {
    name: "send",
    lines: [
      "option httpchk",
      "http-check send meth POST uri /x ver HTTP/1.1 hdr Host foo hdr X-Y 'a b' body 'hello body'",
    ],
    answer: "HTTP/1.1 200 OK\r\n\r\n",
  },
  {
    name: "sendhdr",
    lines: ["option httpchk GET / HTTP/1.1 host.name", "http-check send hdr User-Agent foo"],
    answer: "HTTP/1.1 200 OK\r\n\r\n",
  },
  { name: "inmodetcp", lines: ["mode tcp", "option httpchk GET /z"], answer: "HTTP/1.1 200 OK\r\n\r\n" },
  { name: "bad503", lines: ["option httpchk"], answer: "HTTP/1.1 503 Service Unavailable\r\n\r\n" },
  { name: "noreason", lines: ["option httpchk"], answer: "HTTP/1.1 503\r\n\r\n" },
  { name: "quotes", lines: ["option httpchk"], answer: 'HTTP/1.1 500 A "quoted" reason\r\n\r\n' },
  { name: "longreason", lines: ["option httpchk"], answer: `HTTP/1.1 500 ${"long ".repeat(60)}end\r\n\r\n` },
  { name: "interim", lines: ["option httpchk"], answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" },
  { name: "garbage", lines: ["option httpchk"], answer: "garbage\r\n\r\n" },
  { name: "closes", lines: ["option httpchk"], answer: "" },
  {
    name: "status404",
    lines: ["option httpchk", "http-check expect status 404,410-420"],
    answer: "HTTP/1.1 410 Gone\r\n\r\n",
  },
  { name: "statusnot", lines: ["option httpchk", "http-check expect ! status 200"], answer: "HTTP/1.1 200 OK\r\n\r\n" },
  { name: "rstatus", lines: ["option httpchk", "http-check expect rstatus ^3"], answer: "HTTP/1.1 200 OK\r\n\r\n" },
  {
    name: "string",
    lines: ["option httpchk", "http-check expect string ello"],
    answer: "HTTP/1.1 200 OK\r\n\r\nhello",
  },
  {
    name: "stringmiss",
    lines: ["option httpchk", "http-check expect string foo"],
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  },
  {
    name: "stringnot",
    lines: ["option httpchk", "http-check expect ! string ello"],
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  },
  {
    name: "rstring",
    lines: ["option httpchk", "http-check expect rstring ^h.llo$"],
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  },
  {
    name: "nobody",
    lines: ["option httpchk", "http-check expect string foo"],
    answer: "HTTP/1.1 204 No Content\r\n\r\n",
  },
  {
    name: "chunks",
    lines: ["option httpchk", "http-check expect string abcdef"],
    answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
  },
  { name: "on404", lines: ["option httpchk", "http-check disable-on-404"], answer: "HTTP/1.1 404 Not Found\r\n\r\n" },
];

const configuration = `
global
    stats socket {{dir}}/admin.sock level admin
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend fe
    bind 127.0.0.2:{{port:fe}}
    default_backend tcp
${cases
  .map(
    ({ name, lines, answer }) =>
      `backend ${name}\n${lines.map((line) => `    ${line}\n`).join("")}    server s1 127.0.0.1:${answer === "refuse" ? 1 : `{{server:${name}}}`} check inter 300 rise 1 fall 1\n`,
  )
  .join("")}`;

describe.skipIf(reference.path === undefined)("checks are the reference's", () => {
  const servers = new Map<string, Server>();
  /** What came in, by backend: the first bytes of each connection. */
  const requests = new Map<string, string[]>();
  const sockets = new Set<Socket>();
  let pair: Pair;

  beforeAll(async () => {
    let text = configuration;
    for (const { name, answer } of cases) {
      if (answer === "refuse") continue;
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        socket.on("error", () => {});
        socket.once("data", (bytes) => {
          requests.set(name, [...(requests.get(name) ?? []), bytes.toString("latin1")]);
          socket.end(answer, "latin1");
        });
      });
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      servers.set(name, server);
      text = text.replace(`{{server:${name}}}`, String((server.address() as { port: number }).port));
    }
    pair = await startPair(text);
    for (const { dir } of [pair.pointsman, pair.reference]) {
      const checked = async () => {
        const lines = (await ask(`${dir}/admin.sock`, "show servers state\n"))
          .split("\n")
          .filter((line) => / s1 /.test(line));
        // INI is 1: not one check has ended. A running check has result 0.
        return (
          lines.length === cases.length &&
          lines.every((line) => line.split(" ")[10] !== "1" && line.split(" ")[11] !== "0")
        );
      };
      await until(checked, "every server to be checked");
    }
  });

  afterAll(async () => {
    await pair?.stop();
    for (const socket of sockets) socket.destroy();
    for (const server of servers.values()) server.close();
  });

  const linesOf = (text: string, name: string) =>
    text
      .split("\n")
      .filter((line) => line.includes(`${name}/s1 `) || line.includes(`'${name}'`))
      .map((line) => line.replace(/\(\d+\)/, "(PID)").replace(/check duration: \d+ms/, "check duration: Nms"));

  /** The first lines: a server that stays down says nothing more. */
  test.each(cases.map(({ name }) => name))("%s: what is said", async (name) => {
    expect(linesOf(pair.pointsman.stderr(), name)).toEqual(linesOf(pair.reference.stderr(), name));
  });

  test("what is shown of every server", async () => {
    const shown = async (dir: string) => {
      const rows = (await ask(`${dir}/admin.sock`, "show servers state\n"))
        .split("\n")
        .filter((line) => / s1 /.test(line));
      return rows.map((row) => {
        const fields = row.split(" ");
        // Without: age, result and the running bit of this very moment, port.
        return [1, 3, 4, 5, 6, 7, 8, 10, 12].map((i) => fields[i]).join(" ");
      });
    };
    const [mine, theirs] = await Promise.all([shown(pair.pointsman.dir), shown(pair.reference.dir)]);
    expect(mine).toEqual(theirs);
  });

  test("what is sent", () => {
    const asked = [...requests].filter(([name]) => name !== "tcp");
    expect(asked.length).toBeGreaterThan(20);
    for (const [name, texts] of asked) {
      // Both programs ask the same server: one text for all requests means that both send it.
      expect([name, ...new Set(texts)]).toHaveLength(2);
    }
  });
});

// Registered only where it is true: in a complete environment nothing is skipped.
if (reference.path === undefined)
  test.skip(`the comparison with the reference was skipped: ${reference.reason}`, () => {});

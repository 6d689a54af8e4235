// Statistics beside the reference's: the CSV's header byte for byte, which fields of which rows are filled, and the values of every column that
// does not depend on time, addresses or the machine. Then the page: exports, 401, form results. Management manual §9.1.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { ask, type Pair, reference, startPair } from "./runtime-socket.ts";

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
    bind 127.0.0.2:{{port:fe2}} name second
    bind [::1]:{{port:fe3}}
    option socket-stats
    maxconn 200
    stats enable
    stats uri /stats
    stats refresh 7s
    stats show-legends
    use_backend nowhere if { path /nowhere }
    default_backend be
frontend closed
    bind 127.0.0.2:{{port:closed}}
    maxconn 100
    stats uri /adm
    stats realm My\\ Realm
    stats auth joe:pw
    stats hide-version
    stats admin if TRUE
    stats scope be
    default_backend be
frontend tcpfront
    mode tcp
    bind 127.0.0.2:{{port:tcpfront}}
    maxconn 55
    default_backend tcpback
backend be
    balance roundrobin
    server s1 127.0.0.1:{{server}} weight 10 maxconn 30
    server s2 127.0.0.1:1 backup weight 20 maxqueue 7
    server s3 127.0.0.1:1 disabled
    server s4 127.0.0.1:{{server}} check inter 1h weight 0
backend nowhere
backend tcpback
    mode tcp
    balance leastconn
    fullconn 77
    server s1 127.0.0.1:{{server}}
listen both
    bind 127.0.0.2:{{port:both}}
    maxconn 31
    server s1 127.0.0.1:1 disabled
`;

type Row = Readonly<Record<string, string>>;

/** Rows by "proxy/name". */
function parseCsv(text: string): { readonly header: string; readonly rows: ReadonlyMap<string, Row> } {
  const lines = text.split("\n").filter((line) => line !== "");
  const header = lines[0] ?? "";
  const names = header.slice(2).split(",");
  const rows = new Map<string, Row>();
  for (const line of lines.slice(1)) {
    const fields = line.split(",");
    rows.set(`${fields[0]}/${fields[1]}`, Object.fromEntries(names.map((name, i) => [name, fields[i] ?? ""])));
  }
  return { header, rows };
}

/** Columns that depend on time, on what a run cost, or on the program's inside: they are compared by being filled or not. */
const loose: ReadonlySet<string> = new Set([
  ..."lastchg,downtime,lastsess,check_duration,qtime,ctime,rtime,ttime,qtime_max,ctime_max,rtime_max,ttime_max".split(
    ",",
  ),
  ..."rate,rate_max,req_rate,req_rate_max,conn_rate,conn_rate_max,scur,smax,addr".split(","),
  // How many connections to a server are kept for reuse, and what that needs.
  ..."connect,reuse,srv_icur,idle_conn_cur,safe_conn_cur,used_conn_cur,need_conn_est".split(","),
  // Byte counts of answers that a program makes itself, and of HTTP/1 framing.
  ..."h1_open_connections,h1_open_streams,h1_total_connections,h1_total_streams,h1_bytes_in,h1_bytes_out".split(","),
]);

const values = (row: Row | undefined): Row =>
  Object.fromEntries(
    Object.entries(row ?? {}).map(([name, value]) => [name, loose.has(name) ? (value === "" ? "" : "…") : value]),
  );

describe.skipIf(reference.path === undefined)("statistics are the reference's", () => {
  let pair: Pair;
  let server: Server;
  const programs = () => [pair.pointsman, pair.reference];
  const both = <T>(act: (program: Pair["pointsman"]) => Promise<T>) => Promise.all(programs().map(act));
  const url = (program: Pair["pointsman"], name: string, path: string) =>
    `http://127.0.0.2:${program.port(name)}${path}`;

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        const requests = bytes.toString("latin1").split("\r\n\r\n").length - 1;
        for (let i = 0; i < requests; i++) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    pair = await startPair(configuration.replaceAll("{{server}}", String((server.address() as { port: number }).port)));
    // The check of be/s4 has ended in both before anything is compared.
    for (const { dir } of programs()) {
      for (let tries = 0; tries < 500; tries++) {
        if ((await ask(`${dir}/admin.sock`, "show stat be 4 4\n")).includes(",L4OK,")) break;
        await Bun.sleep(10);
      }
    }
  });
  afterAll(async () => {
    await pair?.stop();
    server?.close();
  });

  const stat = async (line = "show stat") => {
    const [mine, theirs] = await both(async ({ dir }) => parseCsv(await ask(`${dir}/admin.sock`, `${line}\n`)));
    return { mine: mine!, theirs: theirs! };
  };

  test("the header is the same, column by column", async () => {
    const { mine, theirs } = await stat();
    expect(mine.header).toBe(theirs.header);
  });

  test("the same rows in the same order, with the same values at rest", async () => {
    const { mine, theirs } = await stat();
    expect([...mine.rows.keys()]).toEqual([...theirs.rows.keys()]);
    for (const [name, row] of theirs.rows)
      expect({ name, ...values(mine.rows.get(name)) }).toEqual({ name, ...values(row) });
  });

  test.each(["show stat up", "show stat no-maint", "show stat be 4 1", "show stat fe 1 -1", "show stat -1 2 -1"])(
    "%s",
    async (line) => {
      const { mine, theirs } = await stat(line);
      expect([...mine.rows].map(([name, row]) => [name, row["status"]])).toEqual(
        [...theirs.rows].map(([name, row]) => [name, row["status"]]),
      );
    },
  );

  test("after traffic every counter is the same", async () => {
    await both(async (program) => {
      for (let i = 0; i < 6; i++) await (await fetch(url(program, "fe", `/x${i}`))).text();
      for (let i = 0; i < 2; i++) await (await fetch(url(program, "fe", "/nowhere"))).text();
      await (await fetch(url(program, "tcpfront", "/through"), { headers: { connection: "close" } })).text();
    });
    const { mine, theirs } = await stat();
    // Byte counts include headers that each program writes in its own way on its own answers.
    const counted =
      "stot,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,lbtot,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,req_tot,cli_abrt,srv_abrt,conn_tot,intercepted,qcur,qmax,eint,h1req,h1sess";
    for (const name of ["fe/FRONTEND", "fe/sock-1", "fe/second", "be/s1", "be/BACKEND"]) {
      const pick = (row: Row | undefined) =>
        Object.fromEntries(counted.split(",").map((column) => [column, row?.[column]]));
      expect({ name, ...pick(mine.rows.get(name)) }).toEqual({ name, ...pick(theirs.rows.get(name)) });
    }
  });

  test("typed output has the same fields with the same tags and types", async () => {
    const typed = await both(async ({ dir }) =>
      (await ask(`${dir}/admin.sock`, "show stat typed\n"))
        .split("\n")
        .map((line) => line.replace(/^(\S+?:\w+:\w+):.*$/, "$1")),
    );
    expect(typed[0]).toEqual(typed[1] ?? []);
  });

  test("show info has the reference's fields in its order, but those that are not known here", async () => {
    const names = await both(async ({ dir }) =>
      (await ask(`${dir}/admin.sock`, "show info typed\n"))
        .split("\n")
        .map((line) => line.replace(/^(\S+( \S+)?\.1:\w+:\w+):.*$/, "$1")),
    );
    const left = ["49.Idle_pct.1:MaP:u32", "63.BytesOutRate.1:MRP:u64", "73.MaxconnReached.1:MCP:u32"];
    expect(names[0]).toEqual((names[1] ?? []).filter((line) => !left.includes(line)));
  });

  test("JSON has the same objects and fields", async () => {
    type Field = { objType: string; field: unknown; tags: unknown; value: { type: string } };
    const shapes = await both(async ({ dir }) =>
      (JSON.parse(await ask(`${dir}/admin.sock`, "show stat json\n")) as Field[][]).map((object) =>
        object.map(({ objType, field, tags, value }) => ({ objType, field, tags, type: value.type })),
      ),
    );
    expect(shapes[0]).toEqual(shapes[1] ?? []);
  });

  describe("the page", () => {
    const answers = (name: string, path: string, init: RequestInit = {}) =>
      both(async (program) => {
        const answer = await fetch(url(program, name, path), { redirect: "manual", ...init });
        const text = await answer.text();
        const header = (field: string) => answer.headers.get(field);
        return {
          text,
          head: {
            status: answer.status,
            type: header("content-type")?.replace(/;.*/, ""),
            cache: header("cache-control"),
            refresh: header("refresh"),
            location: header("location"),
            realm: header("www-authenticate"),
          },
        };
      });
    const joe = { authorization: `Basic ${Buffer.from("joe:pw").toString("base64")}` };

    test.each([
      "/stats",
      "/stats;norefresh",
      "/stats;csv",
      "/stats;csv;norefresh",
      "/stats;typed",
      "/stats;json",
      "/stats;json-schema",
      "/stats/more",
      "/stats?x=1",
      "/stats;up",
    ])("%s: status and headers", async (path) => {
      const [mine, theirs] = await answers("fe", path);
      expect(mine?.head).toEqual(theirs?.head as NonNullable<typeof theirs>["head"]);
    });

    test("its CSV is the runtime API's, with the columns that show-legends opens", async () => {
      const [mine, theirs] = await answers("fe", "/stats;csv");
      expect(parseCsv(mine?.text ?? "").header).toBe(parseCsv(theirs?.text ?? "").header);
      const cookie = (text = "") => parseCsv(text).rows.get("be/s1")?.["cookie"];
      expect(cookie(mine?.text)).toBe(cookie(theirs?.text) ?? "");
    });

    test("scope and up choose the same rows", async () => {
      for (const path of ["/stats;csv;scope=be", "/stats?scope=TCP;csv", "/stats;csv;up"]) {
        const [mine, theirs] = await answers("fe", path);
        expect([...parseCsv(mine?.text ?? "").rows.keys()]).toEqual([...parseCsv(theirs?.text ?? "").rows.keys()]);
      }
    });

    test("without show-legends addresses, cookies and algorithms are hidden; the scope holds", async () => {
      const [mine, theirs] = await answers("closed", "/adm;csv", { headers: joe });
      const seen = (text = "") =>
        [...parseCsv(text).rows].map(([name, row]) => [name, row["addr"], row["cookie"], row["algo"]]);
      expect(seen(mine?.text)).toEqual(seen(theirs?.text));
    });

    test("no password or a wrong one", async () => {
      for (const headers of [{}, { authorization: "Basic xxxx" }, { authorization: "Bearer x" }]) {
        const [mine, theirs] = await answers("closed", "/adm", { headers });
        expect([mine?.head, mine?.text]).toEqual([theirs?.head, theirs?.text]);
      }
    });

    test.each([
      "s=s1&action=drain&b=be",
      "s=s1&action=ready&b=be",
      "s=s1&action=maint&b=%23be",
      "s=s1&action=maint&b=zz",
      "s=s1&action=nonsense&b=be",
      "s=s9&action=drain&b=be",
      "action=drain&b=be",
      "s=s1&action=maint",
      "s=s1&s=s3&action=ready&b=be",
      "s=s1&b=be&action=hdown",
      "s=s1&b=be&action=hrunn",
      "s=s1&b=be&action=dhlth",
      "s=s4&b=be&action=dhlth",
      "",
    ])("form %s", async (body) => {
      const form = { ...joe, "content-type": "application/x-www-form-urlencoded" };
      const [mine, theirs] = await answers("closed", "/adm", { method: "POST", headers: form, body });
      expect(mine?.head).toEqual(theirs?.head as NonNullable<typeof theirs>["head"]);
      const [again, other] = await answers("fe", "/stats;up", { method: "POST", headers: form, body });
      expect(again?.head).toEqual(other?.head as NonNullable<typeof other>["head"]);
    });

    test("the forms did to the servers what they do to the reference's", async () => {
      const { mine, theirs } = await stat("show stat be 4 -1");
      const states = (rows: ReadonlyMap<string, Row>) =>
        [...rows].map(([name, row]) => [name, row["status"], row["weight"]]);
      expect(states(mine.rows)).toEqual(states(theirs.rows));
    });
  });
});

// Registered only where it is true: in a complete environment nothing is skipped.
if (reference.path === undefined)
  test.skip(`the comparison with the reference was skipped: ${reference.reason}`, () => {});

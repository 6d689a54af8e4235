// Proves the HTTP data path case by case: bytes in, bytes out, log line, in a calm simulated world. What the answers should be was asked of the
// reference; the seeded simulation in test/sim looks for what nobody thought of.

import { describe, expect, test } from "bun:test";
import { answering, type Lab, okay, pair, request, startLab } from "../../test/sim/lab.ts";
import { BACKEND, FRONTEND, OPERATIONAL_STATE, PROCESS, SERVER } from "../records/index.ts";

/** The line's fields from the timers on, without addresses and dates. */
function tail(lab: Lab, index = 0): string {
  const line = lab.world.lines[index] ?? "";
  return line.slice(line.indexOf("] ") + 2);
}

const logged = { httplog: true };

/** An algorithm that gives the same server to the same request, so that it has to wait for it. */
function sticky() {
  const [, backend] = startLab(pair()).model.proxies;
  return { ...backend!.balance, algorithm: "uri" } as const;
}

describe("keep-alive", () => {
  test("three requests on one connection, one server connection after the first", () => {
    const lab = startLab(pair(), answering(okay));
    const client = lab.client();
    for (let i = 0; i < 3; i++) {
      client.send(request);
      lab.pass(10);
      expect(client.take()).toBe("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
    }
    expect(lab.servers).toHaveLength(1);
    expect(client.state).toBe("open");
  });

  test("pipelined requests are answered in order", () => {
    const lab = startLab(pair(), (peer) => {
      const path = /GET (\S+) /.exec(peer.take())?.[1] ?? "";
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
    });
    const client = lab
      .client()
      .send(["/1", "/22", "/333"].map((path) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`).join(""));
    lab.pass(50);
    expect(client.heard.replace(/HTTP\/1.1 200 OK\r\ncontent-length: \d+\r\n\r\n/g, "|")).toBe("|/1|/22|/333");
  });

  test("Connection: close is told the client and not the server", () => {
    const lab = startLab(pair(), answering(okay));
    const client = lab.client().send("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    lab.pass(50);
    expect(client.heard).toBe("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi");
    expect(client.state).toBe("closed");
    expect(lab.servers[0]!.heard).toBe("GET /x HTTP/1.1\r\nhost: h\r\n\r\n");
  });

  test("an idle client is closed without a word after timeout http-keep-alive", () => {
    const lab = startLab(pair({ timeouts: { client: 5000, httpKeepAlive: 700 } }), answering(okay));
    const client = lab.client().send(request);
    lab.pass(600);
    client.take();
    expect(client.state).toBe("open");
    lab.pass(200);
    expect(client.take()).toBe("");
    expect(client.state).toBe("closed");
  });

  test("the body of a request that was answered by us is passed over", () => {
    const lab = startLab(pair({ monitorUri: "/mon" }), answering(okay));
    const client = lab.client().send("POST /mon HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n01234");
    lab.pass(10);
    expect(client.take()).toStartWith("HTTP/1.1 200 OK\r\ncontent-length: 58\r\n");
    client.send(`56789${request}`);
    lab.pass(10);
    expect(client.take()).toBe("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
    expect(lab.world.lines).toEqual([]);
  });
});

describe("http-reuse", () => {
  const rounds = (reuse: "never" | "safe" | "aggressive" | "always"): number[] => {
    const lab = startLab(pair({}, { httpReuse: reuse }), answering(okay));
    const counts: number[] = [];
    const first = lab.client().send(request);
    lab.pass(10);
    counts.push(lab.servers.length);
    const second = lab.client().send(request);
    lab.pass(10);
    counts.push(lab.servers.length);
    first.send(request);
    lab.pass(10);
    second.send(request);
    lab.pass(10);
    counts.push(lab.servers.length);
    lab.client().send(request);
    lab.pass(10);
    counts.push(lab.servers.length);
    return counts;
  };
  test("safe: the first request of a session has a connection of its own", () => {
    expect(rounds("safe")).toEqual([1, 2, 2, 3]);
  });
  test("always: any idle connection will do", () => {
    expect(rounds("always")).toEqual([1, 1, 1, 1]);
  });
  test("aggressive: a first request takes a connection that was reused before", () => {
    expect(rounds("aggressive")).toEqual([1, 2, 2, 2]);
  });
  test("never: each session keeps to its own", () => {
    expect(rounds("never")).toEqual([1, 2, 2, 3]);
  });

  test("a kept connection that closes before it answers closes the client's, without an answer and without a line", () => {
    let count = 0;
    const lab = startLab(pair(logged), (peer) => {
      if (++count === 2) peer.close();
      else peer.send(okay);
    });
    const client = lab.client().send(request);
    lab.pass(10);
    client.take();
    client.send(request);
    lab.pass(50);
    expect(client.heard).toBe("");
    expect(client.state).toBe("closed");
    expect(lab.world.lines).toHaveLength(1);
    expect(count).toBe(2);
  });

  test("bytes behind a response end the use of its connection", () => {
    const lab = startLab(pair(), answering(`${okay}EXTRA`));
    const client = lab.client().send(request);
    lab.pass(10);
    expect(client.take()).toEndWith("\r\n\r\nhi");
    client.send(request);
    lab.pass(10);
    expect(client.take()).toEndWith("\r\n\r\nhi");
    expect(lab.servers).toHaveLength(2);
  });

  test("an idle connection on which the server speaks is not used again", () => {
    const lab = startLab(pair(), answering(okay));
    const client = lab.client().send(request);
    lab.pass(10);
    lab.servers[0]!.send("HTTP/1.1 408 Request Timeout\r\n\r\n");
    lab.pass(10);
    client.take();
    client.send(request);
    lab.pass(10);
    expect(client.take()).toEndWith("hi");
    expect(lab.servers).toHaveLength(2);
  });
});

describe("what is no request", () => {
  const refused = (bytes: string, options: object = {}): { heard: string; line: string } => {
    const lab = startLab(pair({ ...logged, ...options }), answering(okay));
    const client = lab.client().send(bytes);
    lab.pass(10);
    return { heard: client.heard, line: tail(lab) };
  };
  test("garbage: the page as it stands, and <BADREQ>", () => {
    const { heard, line } = refused("GARBAGE\r\n\r\n");
    expect(heard).toBe(
      "HTTP/1.1 400 Bad request\r\nContent-length: 90\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n",
    );
    expect(line).toBe('f f/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"');
  });
  test("a head larger than a buffer: 431", () => {
    const { heard, line } = refused(`GET / HTTP/1.1\r\nHost: h\r\nA: ${"x".repeat(15_500)}\r\n\r\n`);
    expect(heard).toStartWith("HTTP/1.1 431 Request Header Fields Too Large\r\nContent-length: 105\r\n");
    expect(line).toContain(" 431 0 - - PR-- ");
  });
  test("a malformed first chunk", () => {
    expect(refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").line).toContain(
      '"<BADREQ>"',
    );
  });
  test("an endless head is cut off at the limit, however slowly it comes", () => {
    const lab = startLab(pair(logged), answering(okay));
    const client = lab.client().send("GET / HTTP/1.1\r\nHost: h\r\n");
    for (let i = 0; i < 400 && client.state !== "closed"; i++) {
      client.send(`x-${i}: ${"v".repeat(50)}\r\n`);
      lab.pass(1);
    }
    expect(client.heard).toMatch(/^HTTP\/1.1 4(00|31) /);
    expect(client.state).not.toBe("open");
  });
});

describe("client timeouts", () => {
  test("a partial head: 408 cR", () => {
    const lab = startLab(pair({ ...logged, timeouts: { client: 5000, httpRequest: 500 } }));
    const client = lab.client().send("GET / HT");
    lab.pass(600);
    expect(client.heard).toStartWith("HTTP/1.1 408 Request Time-out\r\nContent-length: 110\r\n");
    expect(tail(lab)).toMatch(/^f f\/<NOSRV> -1\/-1\/-1\/-1\/50\d 408 0 - - cR-- /);
  });
  test("trickling does not prolong timeout http-request", () => {
    const lab = startLab(pair({ timeouts: { client: 5000, httpRequest: 500 } }));
    const client = lab.client();
    for (const byte of "GET / HTTP/1.1\r\n") {
      client.send(byte);
      lab.pass(40);
    }
    expect(client.heard).toStartWith("HTTP/1.1 408 ");
  });
  test("dontlognull hides a connection without a byte, which gets its 408 all the same", () => {
    const lab = startLab(pair({ ...logged, timeouts: { client: 500 }, options: { dontlognull: true } }));
    const client = lab.client();
    lab.pass(600);
    expect(client.heard).toStartWith("HTTP/1.1 408 ");
    expect(lab.world.lines).toEqual([]);
  });
  test("a request body that stops coming: 400 cH", () => {
    const lab = startLab(pair({ ...logged, timeouts: { client: 1000 } }));
    const client = lab.client().send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    lab.pass(1100);
    expect(client.heard).toStartWith("HTTP/1.1 400 Bad request\r\ncontent-length: 90\r\n");
    expect(tail(lab)).toMatch(/^f b\/s1 0\/0\/0\/-1\/100\d 400 206 - - cH-- 1\/1\/0\/0\/0 /);
  });
  test("a client that does not read its answer is cut after timeout client", () => {
    const size = 4_000_000;
    const lab = startLab(pair({ ...logged, timeouts: { client: 1000 } }), (peer) => {
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${"x".repeat(size)}`);
    });
    const client = lab.client().send(request);
    lab.pass(1);
    client.pause();
    lab.pass(3000);
    expect(tail(lab)).toMatch(/ 200 \d+ - - cD-- /);
  });
});

describe("server trouble", () => {
  const outcome = (script: Parameters<typeof startLab>[1], ms = 100) => {
    const lab = startLab(pair(logged, { timeouts: { connect: 1000, server: 1000 } }), script);
    const client = lab.client().send(request);
    lab.pass(ms);
    return { heard: client.heard, state: client.state, tail: tail(lab), lab };
  };
  test("silence: 504 sH", () => {
    const { heard, tail } = outcome(undefined, 1100);
    expect(heard).toStartWith("HTTP/1.1 504 Gateway Time-out\r\ncontent-length: 92\r\n");
    expect(tail).toMatch(/^f b\/s1 0\/0\/0\/-1\/100\d 504 198 - - sH-- 1\/1\/0\/0\/0 0\/0 "GET \/x HTTP\/1.1"$/);
  });
  test("close: 502 SH", () => {
    const { tail, lab } = outcome((peer) => peer.close());
    expect(tail).toContain(" 502 209 - - SH-- ");
    expect(lab.world.state.totals.sum("server", 0, SERVER.responseErrors)).toBe(1);
  });
  test("garbage: 502 PH", () =>
    expect(outcome((peer) => peer.send("garbage\r\n\r\n")).tail).toContain(" 502 209 - - PH-- "));
  test("part of a head, then close: 502 PH", () =>
    expect(
      outcome((peer) => {
        peer.send("HTTP/1.1 200 OK\r\nContent-Le");
        peer.close();
      }).tail,
    ).toContain(" 502 209 - - PH-- "));
  test("a short body, then close: SD, and the client sees the end", () => {
    const { heard, state, tail } = outcome((peer) => {
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi");
      peer.close();
    });
    expect(heard).toEndWith("\r\n\r\nhi");
    expect(state).toBe("closed");
    expect(tail).toContain(" 200 52 - - SD-- ");
  });
  test("a body that stalls: sD", () => {
    const { tail } = outcome((peer) => peer.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi"), 1100);
    expect(tail).toContain(" 200 52 - - sD-- ");
  });
  test("a malformed chunk with the head: 502 PH", () => {
    const { tail } = outcome((peer) => peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
    expect(tail).toContain(" 502 209 - - PH-- ");
  });
  test("a malformed chunk later: PD, and the client's connection ends", () => {
    const lab = startLab(pair(logged), (peer) => {
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
      lab.sim.clock.setTimer(20, () => peer.send("zz\r\n"));
    });
    const client = lab.client().send(request);
    lab.pass(50);
    expect(client.state).toBe("closed");
    expect(tail(lab)).toContain(" 200 60 - - PD-- ");
  });
  test("101 that nobody asked for: 502", () =>
    expect(
      outcome((peer) => peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"))
        .tail,
    ).toContain(" 502 "));
});

describe("connecting", () => {
  test("refused: three more attempts with a pause, then 503 SC", () => {
    const lab = startLab(pair(logged, { timeouts: { connect: 500, server: 5000 } }), undefined, { refused: [8000] });
    const client = lab.client().send(request);
    lab.pass(2000);
    expect(client.heard).toStartWith("HTTP/1.1 503 Service Unavailable\r\n");
    expect(tail(lab)).toMatch(/^f b\/s1 0\/0\/-1\/-1\/15\d\d 503 217 - - SC-- 1\/1\/0\/0\/3 0\/0 /);
    expect(lab.world.state.totals.sum("backend", 1, BACKEND.connectErrors)).toBe(1);
    expect(lab.world.state.totals.sum("backend", 1, BACKEND.retries)).toBe(3);
  });
  test("redispatch goes to another server at once", () => {
    const lab = startLab(pair(logged, { servers: [{ port: 8000 }, { port: 8001 }], redispatch: -1 }), answering(okay), {
      refused: [8000],
    });
    const client = lab.client().send(request);
    lab.pass(100);
    expect(client.heard).toEndWith("hi");
    expect(tail(lab)).toContain("b/s2 0/0/0/0/0 200 51 - - ---- 1/1/0/0/+1 ");
  });
  test("no server that could take it: 503 at once", () => {
    const lab = startLab(pair(logged, { servers: [{ port: 8000, disabled: true }] }));
    const client = lab.client().send(request);
    lab.pass(10);
    expect(client.heard).toStartWith("HTTP/1.1 503 ");
    expect(tail(lab)).toContain("b/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0 ");
  });
  test("a backup serves when nobody else can", () => {
    const lab = startLab(
      pair(logged, {
        servers: [
          { port: 8000, disabled: true },
          { port: 8001, backup: true },
        ],
      }),
      answering(okay),
    );
    lab.client().send(request);
    lab.pass(10);
    expect(tail(lab)).toContain("b/s2 ");
  });
});

describe("maxconn of a server", () => {
  const slow = (lab: () => Lab) => (peer: { send(text: string): unknown }) => {
    lab().sim.clock.setTimer(250, () => peer.send(okay));
  };
  test("one at a time, in order of arrival, with the places in the log", () => {
    let lab: Lab | undefined;
    lab = startLab(
      pair(logged, { servers: [{ port: 8000, maxconn: 1 }] }),
      slow(() => lab!),
    );
    for (let i = 0; i < 4; i++) {
      lab.client().send(`GET /${i} HTTP/1.1\r\nHost: h\r\n\r\n`);
      lab.pass(10);
    }
    lab.pass(3000);
    expect(lab.world.lines.map((_, i) => /0\/\d+\/.* (\d+\/\d+) "GET (\S+) /.exec(tail(lab!, i))?.slice(1))).toEqual([
      ["0/0", "/0"],
      ["0/1", "/1"],
      ["0/2", "/2"],
      ["0/3", "/3"],
    ]);
    expect(lab.world.state.servers.servedMax.get(0)).toBe(1);
    expect(lab.world.state.proxies.queuedMax.get(1)).toBe(3);
  });
  test("timeout queue: 503 sQ", () => {
    let lab: Lab | undefined;
    lab = startLab(
      pair(logged, { servers: [{ port: 8000, maxconn: 1 }], timeouts: { queue: 100, connect: 1000, server: 1000 } }),
      slow(() => lab!),
    );
    lab.client().send(request);
    lab.pass(5);
    const client = lab.client().send(request);
    lab.pass(200);
    expect(client.heard).toStartWith("HTTP/1.1 503 ");
    expect(tail(lab)).toMatch(/^f b\/<NOSRV> 0\/10\d\/-1\/-1\/10\d 503 217 - - sQ-- /);
  });
  test("who leaves the queue is not served", () => {
    let lab: Lab | undefined;
    lab = startLab(
      pair(logged, { servers: [{ port: 8000, maxconn: 1 }] }),
      slow(() => lab!),
    );
    lab.client().send(request);
    lab.pass(5);
    const leaver = lab.client().send("GET /leaver HTTP/1.1\r\nHost: h\r\n\r\n");
    lab.pass(5);
    const third = lab.client().send(request);
    lab.pass(5);
    leaver.reset();
    lab.pass(1000);
    expect(third.heard).toEndWith("hi");
    expect(lab.servers.map((server) => server.heard).join("")).not.toContain("leaver");
    expect(lab.world.state.proxies.queued.get(1)).toBe(0);
  });
});

test("a client that resets while the server thinks", () => {
  const lab = startLab(pair(logged));
  const client = lab.client().send(request);
  lab.pass(100);
  client.reset();
  lab.pass(10);
  expect(tail(lab)).toMatch(/^f b\/s1 0\/0\/0\/-1\/\d+ 400 206 - - CD-- /);
  expect(lab.servers[0]!.state).not.toBe("open");
});

describe("changes of a server", () => {
  test("idle connections of a server that goes down are closed, and waiting streams go to another one", () => {
    const lab = startLab(
      pair(logged, {
        servers: [
          { port: 8000, maxconn: 1 },
          { port: 8001, maxconn: 1 },
        ],
        redispatch: -1,
        balance: sticky(),
      }),
      (peer) => lab.sim.clock.setTimer(100, () => peer.send(okay)),
    );
    lab.client().send(request);
    lab.pass(10);
    const waiter = lab.client().send(request);
    lab.pass(10);
    const { state } = lab.world;
    const busy = state.servers.queued.get(0) === 1 ? 0 : 1;
    expect(state.servers.queued.get(busy)).toBe(1);
    state.servers.operationalState.set(busy, OPERATIONAL_STATE.stopped);
    state.recountServers(1, [0, 1]);
    lab.world.engine.wake();
    lab.pass(50);
    expect(state.servers.queued.get(busy)).toBe(0);
    lab.pass(200);
    expect(waiter.heard).toEndWith("hi");
    expect(tail(lab, 1)).toStartWith(`f b/s${2 - busy} `);
  });
});

describe("forwarding", () => {
  test("hop-by-hop fields, case and blanks as the reference sends them", () => {
    const lab = startLab(pair(), answering(okay));
    lab
      .client()
      .send(
        "GET /cl HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, foo\r\nKeep-Alive: 300\r\nTE: trailers, gzip\r\nUpgrade: h2c\r\nX-Mixed-CASE:  v v  \r\n\r\n",
      );
    lab.pass(10);
    expect(lab.servers[0]!.heard).toBe(
      "GET /cl HTTP/1.1\r\nhost: x\r\nconnection: foo\r\nkeep-alive: 300\r\nte: trailers\r\nx-mixed-case: v v\r\n\r\n",
    );
  });
  test("option forwardfor adds its line last", () => {
    const lab = startLab(
      pair({ forwardFor: { header: "X-Forwarded-For", except: undefined, ifNone: false } }),
      answering(okay),
    );
    lab.client().send(request);
    lab.pass(10);
    expect(lab.servers[0]!.heard).toBe("GET /x HTTP/1.1\r\nhost: h\r\nx-forwarded-for: 10.0.1.1\r\n\r\n");
  });
  test("except leaves clients of a network alone", () => {
    const lab = startLab(
      pair({ forwardFor: { header: "X-F", except: "10.0.1.0/24", ifNone: false } }),
      answering(okay),
    );
    lab.client().send(request);
    lab.pass(10);
    expect(lab.servers[0]!.heard).not.toContain("x-f");
  });
  test("HTTP/1.0 on both sides", () => {
    const lab = startLab(pair(), answering("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
    const client = lab.client().send("GET /x HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n");
    lab.pass(10);
    expect(lab.servers[0]!.heard).toBe("GET /x HTTP/1.0\r\nhost: x\r\nconnection: keep-alive\r\n\r\n");
    expect(client.heard).toBe("HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nhi");
  });
  test("chunked bodies go on as received", () => {
    const body = "2;x=y\r\nhi\r\n0\r\nT: v\r\n\r\n";
    const lab = startLab(pair(logged), answering(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`));
    const client = lab.client().send(request);
    lab.pass(10);
    expect(client.heard).toBe("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\nhi\r\n0\r\nt: v\r\n\r\n");
    expect(tail(lab)).toContain(" 200 61 ");
  });
  test("100 and 103 pass before the answer", () => {
    const lab = startLab(pair(logged), (peer) => {
      if (peer.take().includes("expect")) peer.send(`HTTP/1.1 100 Continue\r\n\r\n`);
      else peer.send(`HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${okay}`);
    });
    const client = lab
      .client()
      .send("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    lab.pass(10);
    expect(client.take()).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    lab.pass(10);
    expect(client.take()).toBe(
      "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
    );
  });
  test("an upgrade becomes a tunnel, with half-closes", () => {
    const lab = startLab(pair(logged), (peer) => {
      if (peer.heard.endsWith("\r\n\r\n")) {
        peer.closesOnFin = false;
        peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nfrom server;");
      }
    });
    const client = lab
      .client()
      .send("GET /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nearly;");
    lab.pass(10);
    expect(client.heard).toEndWith("\r\n\r\nfrom server;");
    client.send("later;");
    client.fin();
    lab.pass(10);
    const server = lab.servers[0]!;
    expect(server.heard).toEndWith("\r\n\r\nearly;later;");
    expect(server.state).toBe("fin");
    server.send("last words");
    server.close();
    lab.pass(10);
    expect(client.heard).toEndWith("from server;last words");
    expect(client.state).toBe("closed");
    expect(tail(lab)).toContain(" 101 ");
  });
  test("a body far larger than the buffers goes through unchanged and is never held whole", () => {
    const body = Array.from({ length: 200_000 }, (_, i) => `${i};`).join("");
    const lab = startLab(pair(), (peer) =>
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    );
    const client = lab.client().send(request);
    lab.pass(2000);
    expect(client.heard.slice(client.heard.indexOf("\r\n\r\n") + 4) === body).toBe(true);
  });
});

describe("half-close", () => {
  test("a client that ends its side after the request still gets its answer", () => {
    const lab = startLab(pair(logged), (peer) => lab.sim.clock.setTimer(100, () => peer.send(okay)));
    const client = lab.client().send(request);
    client.closesOnFin = false;
    lab.pass(1);
    client.fin();
    lab.pass(200);
    expect(client.heard).toBe("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
    expect(tail(lab)).toContain(" 200 51 - - ---- ");
  });
  test("with option abortonclose a queued request of a client that left is dropped", () => {
    const lab = startLab(pair(logged, { servers: [{ port: 8000, maxconn: 1 }], options: { abortonclose: true } }));
    lab.client().send(request);
    lab.pass(5);
    const client = lab.client().send(request);
    lab.pass(5);
    client.fin();
    lab.pass(5);
    expect(tail(lab)).toContain("CQ--");
  });
});

describe("limits and stops", () => {
  test("frontend maxconn: the next client waits outside until there is room", () => {
    const lab = startLab(pair({ ...logged, maxconn: 1 }), answering(okay));
    const first = lab.client().send(request);
    lab.pass(5);
    const second = lab.client().send(request);
    lab.pass(50);
    expect(first.take()).toEndWith("hi");
    expect(second.take()).toBe("");
    first.close();
    lab.pass(50);
    expect(second.take()).toEndWith("hi");
    expect(lab.world.state.proxies.frontendConnectionsMax.get(0)).toBe(1);
  });
  test("a soft stop lets the running request finish, closes idle clients and drains", () => {
    const lab = startLab(pair(), (peer) => lab.sim.clock.setTimer(100, () => peer.send(okay)));
    const idle = lab.client();
    const busy = lab.client().send(request);
    lab.pass(10);
    lab.world.engine.stop();
    lab.pass(10);
    expect(idle.state).toBe("closed");
    expect(lab.world.drained).toBe(false);
    lab.pass(200);
    expect(busy.heard).toBe("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi");
    expect(lab.world.drained).toBe(true);
    expect(lab.sim.rest().timers).toBe(0);
  });
  test("kill ends everything at once", () => {
    const lab = startLab(pair(logged));
    const busy = lab.client().send(request);
    lab.pass(10);
    lab.world.engine.kill();
    lab.pass(10);
    expect(busy.state).not.toBe("open");
    expect(lab.world.drained).toBe(true);
    expect(tail(lab)).toContain("KH--");
  });
  test("a broken assumption costs its own session and nothing else", () => {
    let broken = true;
    const send = () => {
      if (broken) throw new Error("a bug of ours");
    };
    const lab = startLab(pair(logged), answering(okay), { services: { logSink: { send } } });
    const other = lab.client();
    const victim = lab.client().send(request);
    lab.pass(10);
    expect(victim.state).not.toBe("open");
    expect(lab.world.bugs).toHaveLength(1);
    expect(lab.world.state.totals.sum("process", 0, PROCESS.brokenAssumptions)).toBe(1);
    broken = false;
    other.send(request);
    lab.pass(10);
    expect(other.heard).toEndWith("hi");
    expect(lab.world.state.proxies.frontendConnections.get(0)).toBe(1);
    expect(lab.world.state.proxies.backendConnections.get(1)).toBe(0);
    expect(lab.world.state.servers.served.get(0)).toBe(0);
  });
});

describe("counters", () => {
  test("one exchange", () => {
    const lab = startLab(pair(), answering(okay));
    lab.client().send(request);
    lab.pass(10);
    const { totals } = lab.world.state;
    const frontend = (field: number) => totals.sum("frontend", 0, field);
    const backend = (field: number) => totals.sum("backend", 1, field);
    const server = (field: number) => totals.sum("server", 0, field);
    expect([frontend(FRONTEND.connections), frontend(FRONTEND.sessions), frontend(FRONTEND.requests)]).toEqual([
      1, 1, 1,
    ]);
    expect([frontend(FRONTEND.responses2xx), backend(BACKEND.responses2xx), server(SERVER.responses2xx)]).toEqual([
      1, 1, 1,
    ]);
    expect([frontend(FRONTEND.bytesOut), backend(BACKEND.bytesOut), server(SERVER.bytesOut)]).toEqual([51, 51, 51]);
    expect([
      backend(BACKEND.selected),
      server(SERVER.selected),
      server(SERVER.connects),
      server(SERVER.reuses),
    ]).toEqual([1, 1, 1, 0]);
    expect(lab.world.state.servers.served.get(0)).toBe(0);
    expect(lab.world.state.proxies.backendConnectionsMax.get(1)).toBe(1);
  });
});

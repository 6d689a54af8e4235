// Tests of health checks on virtual time: what is on the wire, what each answer means, how health moves, what is said. The expected texts were
// taken from runs of the reference; test/differential/health.test.ts compares them live.

import { describe, expect, test } from "bun:test";
import { answer, checkOf, HealthWorld, httpCheckOf, type ServerScript } from "../../test/differential/health-world.ts";
import { type TestProxy, testLogTarget, testModel } from "../../test/sim/model.ts";
import type { CheckModel, HttpCheckModel } from "../config/model/index.ts";
import { type CheckStatusName, checkStatusName, OPERATIONAL_STATE } from "../records/index.ts";

const backend = (check: Partial<CheckModel>, proxy: Partial<TestProxy> = {}, servers = 1): HealthWorld =>
  new HealthWorld(
    testModel([
      {
        name: "be",
        logTargets: [testLogTarget],
        servers: Array.from({ length: servers }, (_, i) => ({ port: 8001 + i, check: checkOf(check) })),
        ...proxy,
      },
    ]),
  );

const httpBackend = (http: Partial<HttpCheckModel>, check: Partial<CheckModel> = {}, proxy: Partial<TestProxy> = {}) =>
  backend({ ...check, http: httpCheckOf(http) }, proxy);

const status = (world: HealthWorld, server = 0) => checkStatusName(world.state.servers.checkStatus.get(server));

describe("on the wire", () => {
  const request = (http: Partial<HttpCheckModel>): string => {
    const world = httpBackend(http);
    world.pass(500);
    return world.servers[0]?.requests[0] ?? "";
  };
  test("the default request", () => expect(request({})).toBe("OPTIONS / HTTP/1.0\r\n\r\n"));
  test("HTTP/1.1 asks to close", () =>
    expect(request({ method: "GET", uri: "/health", version: "HTTP/1.1" })).toBe(
      "GET /health HTTP/1.1\r\nconnection: close\r\n\r\n",
    ));
  test("headers in lower case, and a body with its length", () =>
    expect(
      request({
        method: "POST",
        uri: "/x",
        version: "HTTP/1.1",
        headers: [
          { name: "Host", value: "foo" },
          { name: "X-Y", value: "a b" },
        ],
        body: "hello body",
      }),
    ).toBe("POST /x HTTP/1.1\r\nhost: foo\r\nx-y: a b\r\ncontent-length: 10\r\nconnection: close\r\n\r\nhello body"));
  test("the state of the server, first as it is at start", () => {
    const world = httpBackend({ sendState: true });
    world.pass(1500);
    expect(world.servers[0]?.requests).toEqual([
      "OPTIONS / HTTP/1.0\r\nx-haproxy-server-state: UP 1/3; address=10.0.0.2; port=8001; name=be/s1; node=testnode; weight=1/1; scur=0/0; qcur=0\r\n\r\n",
      "OPTIONS / HTTP/1.0\r\nx-haproxy-server-state: UP; address=10.0.0.2; port=8001; name=be/s1; node=testnode; weight=1/1; scur=0/0; qcur=0\r\n\r\n",
    ]);
  });
  test("`port` leads to another port, and only the check goes there", () => {
    const world = new HealthWorld(
      testModel([{ name: "be", servers: [{ port: 8001, check: checkOf({ port: 8002 }) }, { port: 8002 }] }]),
    );
    world.pass(500);
    expect(world.servers.map((server) => server.connections)).toEqual([0, 1]);
  });
});

describe("what an answer means", () => {
  const ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  const cases: readonly [string, Partial<HttpCheckModel>, ServerScript, readonly [string, number, string]][] = [
    ["200", {}, answer(ok), ["L7OK", 200, ""]],
    ["204 without body", {}, answer("HTTP/1.1 204 No Content\r\n\r\n"), ["L7OK", 204, ""]],
    ["301", {}, answer("HTTP/1.1 301 Moved Permanently\r\n\r\n"), ["L7OK", 301, ""]],
    ["an interim answer counts as the answer", {}, answer("HTTP/1.1 100 Continue\r\n\r\n"), ["L7STS", 100, "Continue"]],
    ["503", {}, answer("HTTP/1.1 503 Service Unavailable\r\n\r\n"), ["L7STS", 503, "Service Unavailable"]],
    [
      "a status without reason",
      {},
      answer("HTTP/1.1 503\r\n\r\n"),
      ["L7STS", 503, "TCPCHK did not match content(status codes) at step 2"],
    ],
    ["a long reason is cut", {}, answer(`HTTP/1.1 500 ${"a".repeat(300)}\r\n\r\n`), ["L7STS", 500, "a".repeat(127)]],
    ["no HTTP", {}, answer("garbage\r\n\r\n"), ["SOCKERR", 0, ""]],
    ["an end without a byte", {}, answer(""), ["SOCKERR", 0, ""]],
    ["half a head and the end", {}, answer("HTTP/1.1 200 OK\r\nFoo: b"), ["SOCKERR", 0, ""]],
    ["a reset", {}, { kind: "reset" }, ["SOCKERR", 0, "ECONNRESET returned by OS (Connection reset by peer)"]],
    ["silence", {}, { kind: "silence" }, ["L7TOUT", 0, ""]],
    [
      "half a head and silence",
      {},
      { kind: "answer", pieces: ["HTTP/1.1 200 OK\r\nFoo: b"], close: false },
      ["L7TOUT", 0, ""],
    ],
    [
      "a body that never ends does not matter for the status",
      {},
      { kind: "answer", pieces: ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"], close: false },
      ["L7OK", 200, ""],
    ],
    [
      "wanted 404",
      { expect: { kind: "status", negated: false, ranges: [[404, 404]] } },
      answer(ok),
      ["L7STS", 200, "OK"],
    ],
    ["not 200", { expect: { kind: "status", negated: true, ranges: [[200, 200]] } }, answer(ok), ["L7STS", 200, "OK"]],
    ["rstatus", { expect: { kind: "rstatus", negated: false, pattern: "^2" } }, answer(ok), ["L7OK", 200, ""]],
    ["! rstatus", { expect: { kind: "rstatus", negated: true, pattern: "^2" } }, answer(ok), ["L7STS", 200, "OK"]],
    ["string", { expect: { kind: "string", negated: false, pattern: "ello" } }, answer(ok), ["L7OK", 200, ""]],
    [
      "string that is not there",
      { expect: { kind: "string", negated: false, pattern: "foo" } },
      answer(ok),
      ["L7RSP", 0, "HTTP content check did not match"],
    ],
    [
      "! string that is there",
      { expect: { kind: "string", negated: true, pattern: "ello" } },
      answer(ok),
      ["L7RSP", 0, "HTTP check matched unwanted content"],
    ],
    ["rstring", { expect: { kind: "rstring", negated: false, pattern: "^h.llo$" } }, answer(ok), ["L7OK", 200, ""]],
    [
      "string without a body",
      { expect: { kind: "string", negated: false, pattern: "foo" } },
      answer("HTTP/1.1 204 No Content\r\n\r\n"),
      ["L7RSP", 0, "HTTP content check could not find a response body"],
    ],
    [
      "string in a body that is not complete",
      { expect: { kind: "string", negated: false, pattern: "foo" } },
      { kind: "answer", pieces: ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello foo"], close: false },
      ["L7OK", 200, ""],
    ],
    [
      "string in a body that never completes",
      { expect: { kind: "string", negated: false, pattern: "foo" } },
      { kind: "answer", pieces: ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"], close: false },
      ["L7TOUT", 0, ""],
    ],
    [
      "string across chunks",
      { expect: { kind: "string", negated: false, pattern: "abcdef" } },
      answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"),
      ["L7OK", 200, ""],
    ],
    [
      "a body larger than the buffer is judged by what fits",
      { expect: { kind: "string", negated: false, pattern: "foo" } },
      answer(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(40_000)}foo`),
      ["L7RSP", 0, "HTTP content check did not match"],
    ],
  ];
  for (const [name, http, script, expected] of cases) {
    test(name, () => {
      const world = httpBackend(http, { rise: 1, fall: 1 });
      world.servers[0]!.script = script;
      world.pass(1900);
      const { checkCode, checkText } = world.state.servers;
      // What a running check has cleared is taken from the log.
      expect([status(world), checkCode.get(0), checkText.get(0)] as const).toEqual([
        expected[0] as CheckStatusName,
        expected[1],
        expected[2],
      ]);
      world.health.stop();
    });
  }
  test("a refused connection", () => {
    const world = httpBackend({}, { rise: 1, fall: 1 });
    world.servers[0]!.refuse();
    world.pass(500);
    expect([status(world), world.state.servers.checkText.get(0)]).toEqual(["L4CON", "Connection refused"]);
  });
  test("no answer to the connection", () => {
    const world = backend({ rise: 1, fall: 1 });
    world.simulation.setFaults(undefined, { blackhole: 1 });
    world.pass(1500);
    expect(status(world)).toBe("L4TOUT");
  });
  test("`timeout check` limits the answer, the interval does not", () => {
    const world = httpBackend({}, { intervalMs: 5000 }, { timeouts: { connect: 2000, check: 300 } });
    world.servers[0]!.script = { kind: "silence" };
    world.pass(400);
    expect([status(world), world.state.servers.checkDurationMs.get(0)]).toEqual(["L7TOUT", 300]);
  });
});

describe("health", () => {
  test("down after `fall` failures, up after `rise` passes, with every line", () => {
    const world = httpBackend({}, {}, { options: { logHealthChecks: true } });
    const server = world.servers[0]!;
    world.pass(500);
    expect(world.said()).toEqual([
      "notice Health check for server be/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: Nms, status: 3/3 UP.",
    ]);
    server.script = answer('HTTP/1.1 503 Not "ok"\r\n\r\n');
    world.pass(3000);
    expect(world.said()).toEqual([
      'notice Health check for server be/s1 failed, reason: Layer7 wrong status, code: 503, info: "Not <22>ok<22>", check duration: Nms, status: 2/3 UP.',
      'notice Health check for server be/s1 failed, reason: Layer7 wrong status, code: 503, info: "Not <22>ok<22>", check duration: Nms, status: 1/3 UP.',
      'notice Health check for server be/s1 failed, reason: Layer7 wrong status, code: 503, info: "Not <22>ok<22>", check duration: Nms, status: 0/2 DOWN.',
      "alert Server be/s1 is DOWN. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
      "emerg backend be has no server available!",
    ]);
    expect(world.reports.slice(-2)).toEqual([
      "warning Server be/s1 is DOWN. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
      "alert backend 'be' has no server available!",
    ]);
    expect(world.state.servers.failedChecks.get(0)).toBe(3);
    world.pass(3000);
    // Further failures of a server that is down are neither counted nor told.
    expect([world.said(), world.state.servers.failedChecks.get(0)]).toEqual([[], 3]);
    server.script = answer("HTTP/1.1 200 OK\r\n\r\n");
    world.pass(2000);
    expect(world.said()).toEqual([
      "notice Health check for server be/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: Nms, status: 1/2 DOWN.",
      "notice Health check for server be/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: Nms, status: 3/3 UP.",
      "notice Server be/s1 is UP. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
    ]);
    world.health.stop();
    expect(world.simulation.rest().timers).toBe(0);
  });
  test("the first failure after the start takes a server down", () => {
    const world = backend(
      {},
      {
        servers: [
          { port: 8001, check: checkOf() },
          { port: 8002, backup: true, check: checkOf() },
        ],
      },
    );
    world.servers[0]!.refuse();
    world.pass(1200);
    expect(world.said()).toEqual([
      'alert Server be/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: Nms. 0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in queue.',
    ]);
    world.servers[1]!.refuse();
    world.pass(3000);
    expect(world.said()).toEqual([
      'alert Backup Server be/s2 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: Nms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      "emerg backend be has no server available!",
    ]);
  });
  test("a 404 with disable-on-404 stops a server softly and only while it is not down", () => {
    const world = httpBackend({ disableOn404: true }, { rise: 1 });
    world.pass(500);
    world.servers[0]!.script = answer("HTTP/1.1 404 Not Found\r\n\r\n");
    world.pass(1000);
    expect(world.state.servers.operationalState.get(0)).toBe(OPERATIONAL_STATE.stopping);
    expect(world.said()).toEqual([
      "notice Server be/s1 is stopping, reason: Layer7 check conditionally passed, code: 404, check duration: Nms. 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
      "emerg backend be has no server available!",
    ]);
    world.servers[0]!.refuse();
    world.pass(3000);
    expect(world.state.servers.operationalState.get(0)).toBe(OPERATIONAL_STATE.stopped);
    world.servers[0]!.listen();
    world.pass(2000);
    expect([world.state.servers.operationalState.get(0), status(world)]).toEqual([OPERATIONAL_STATE.stopped, "L7STS"]);
  });
  test("fastinter between the states, downinter when down", () => {
    const world = backend({ intervalMs: 1000, fastIntervalMs: 100, downIntervalMs: 5000 });
    world.pass(50);
    world.servers[0]!.refuse();
    world.pass(1250);
    expect(world.state.servers.health.get(0)).toBe(0);
    world.servers[0]!.listen();
    world.pass(4000);
    expect(world.state.servers.health.get(0)).toBe(0);
    world.pass(1300);
    expect(world.state.servers.health.get(0)).toBe(4);
  });
});

describe("what an operator does", () => {
  test("drain, maintenance and back, with the reference's lines and levels", () => {
    const world = backend({}, {}, 2);
    world.pass(1500);
    const say = (act: () => void) => {
      act();
      return world.said();
    };
    const state = (wanted: "ready" | "drain" | "maint") => () => world.health.setServerState(0, wanted);
    expect(say(state("drain"))).toEqual([
      "notice Server be/s1 enters drain state. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
    ]);
    expect(say(state("drain"))).toEqual([]);
    expect(say(state("ready"))).toEqual(["notice Server be/s1 is UP (leaving forced drain)."]);
    expect(say(state("ready"))).toEqual([]);
    expect(say(state("maint"))).toEqual([
      "alert Server be/s1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
    ]);
    expect(say(state("drain"))).toEqual([
      "notice Server be/s1 is UP/DRAIN (leaving forced maintenance).",
      "notice Server be/s1 remains in forced drain mode.",
    ]);
    expect(say(state("maint"))).toEqual([
      "notice Server be/s1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
    ]);
    expect(say(state("ready"))).toEqual(["notice Server be/s1 is UP/READY (leaving forced maintenance)."]);
    expect(say(() => world.health.setServerHealth(0, "down"))).toEqual([
      "alert Server be/s1 is DOWN, changed from CLI. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
    ]);
    expect(say(state("maint"))).toEqual(["notice Server be/s1 was DOWN and now enters maintenance."]);
  });
  test("no check runs during maintenance, and the next one does after it", () => {
    const world = backend({});
    world.pass(100);
    world.health.setServerState(0, "maint");
    const before = world.servers[0]!.connections;
    world.pass(5000);
    expect(world.servers[0]!.connections).toBe(before);
    world.health.setServerState(0, "ready");
    expect(world.state.servers.health.get(0)).toBe(2);
    world.pass(1500);
    expect([world.servers[0]!.connections > before, world.state.servers.health.get(0)]).toEqual([true, 4]);
  });
  test("maintenance that begins while a check runs is not undone by its result", () => {
    const world = httpBackend({});
    world.servers[0]!.script = { kind: "silence" };
    world.pass(100);
    world.health.setServerState(0, "maint");
    world.pass(3000);
    expect(world.state.servers.operationalState.get(0)).toBe(OPERATIONAL_STATE.stopped);
    expect(world.state.servers.checkState.get(0)).toBe(14);
  });
  test("weight 0 takes the last server away, and its return is not announced", () => {
    const world = backend({});
    world.pass(100);
    world.health.setServerWeight(0, 0);
    expect(world.said()).toEqual(["emerg backend be has no server available!"]);
    world.health.setServerWeight(0, 7);
    expect([world.said(), world.state.proxies.weightActive.get(0)]).toEqual([[], 7]);
  });
  test("each change bumps the epoch and is passed on", () => {
    const world = backend({});
    const epoch = world.state.proxies.epoch.get(0);
    world.health.setServerState(0, "drain");
    expect(world.state.proxies.epoch.get(0)).toBeGreaterThan(epoch);
    expect(world.changed).toEqual([0]);
  });
});

test("first checks are spread over the interval", () => {
  const world = backend({ intervalMs: 2000 }, {}, 4);
  const counts = () => world.servers.map((server) => server.connections);
  world.pass(100);
  expect(counts()).toEqual([1, 0, 0, 0]);
  world.pass(500);
  expect(counts()).toEqual([1, 1, 0, 0]);
  world.pass(1000);
  expect(counts()).toEqual([1, 1, 1, 1]);
});

test("stop leaves nothing behind", () => {
  const world = httpBackend({}, {});
  world.servers[0]!.script = { kind: "silence" };
  world.pass(100);
  world.health.stop();
  world.servers[0]!.refuse();
  world.pass(10_000);
  expect(world.simulation.rest()).toMatchObject({ timers: 0, connections: 0, listeners: 0 });
  expect(world.simulation.defects).toEqual([]);
});

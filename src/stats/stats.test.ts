// Tests of statistics that need no reference: escaping, the CSV's quoting, the page's forms and links, what a hostile request may do.

import { describe, expect, test } from "bun:test";
import { checkOf, HealthWorld, testFacts } from "../../test/differential/health-world.ts";
import { testModel } from "../../test/sim/model.ts";
import type { StatsPageModel } from "../config/model/index.ts";
import type { AppletResponse } from "../engine/index.ts";
import { parseRequestHead } from "../protocol/h1/index.ts";
import { HeadTable } from "../protocol/http/head.ts";
import type { SampleView } from "../sample/index.ts";
import { humanTime } from "./html.ts";
import { collectRows, createStatsApplet, everything, renderCsv, StatsView, uptimeText } from "./index.ts";

const page = (part: Partial<StatsPageModel> = {}): StatsPageModel => ({
  uriPrefix: "/stats",
  realm: "HAProxy Statistics",
  users: [],
  refreshSeconds: undefined,
  hideVersion: false,
  showLegends: false,
  showNode: undefined,
  showDesc: undefined,
  admin: [],
  scope: [],
  ...part,
});

const always = { negated: false, anyOf: [[{ negated: true, tests: [], text: "TRUE" }]], text: "TRUE" };

function worldWith(stats: StatsPageModel, backendName = "be") {
  const model = testModel([
    { name: "fe", ports: [80], to: backendName, stats },
    {
      name: backendName,
      servers: [
        { port: 8001, check: checkOf() },
        { port: 8002, name: "<img src=x>" },
      ],
    },
  ]);
  const world = new HealthWorld(model);
  const actions: [number, string][] = [];
  const applet = createStatsApplet({
    ...world.services,
    facts: testFacts,
    onAdminAction: (server, action) => actions.push([server, action]),
  });
  const request = (text: string, body = ""): AppletResponse | undefined => {
    const bytes = new Uint8Array(Buffer.from(`${text.replaceAll("\n", "\r\n")}\r\n\r\n`, "latin1"));
    const head = new HeadTable();
    expect(parseRequestHead(bytes, 0, bytes.length, head)).toBe(bytes.length);
    return applet.handle({ proxyIndex: 0, head, body: Buffer.from(body, "latin1"), view: {} as SampleView });
  };
  const get = (path: string, more = "") => request(`GET ${path} HTTP/1.1\nHost: x${more}`);
  const text = (path: string) => Buffer.from(get(path)?.body ?? "").toString("latin1");
  return { world, model, actions, request, get, text };
}

describe("the page", () => {
  test("is asked for by its prefix, with GET, HEAD and POST only", () => {
    const { request, get } = worldWith(page());
    expect([get("/stats")?.status, get("/stats;up/x")?.status, get("/other"), get("/")]).toEqual([
      200,
      200,
      undefined,
      undefined,
    ]);
    expect(get("http://x/stats")?.status).toBe(200);
    expect(request("PUT /stats HTTP/1.1\nHost: x")).toBeUndefined();
    expect(request("HEAD /stats HTTP/1.1\nHost: x")?.status).toBe(200);
  });
  test("escapes whatever the configuration, a server or a visitor brought", () => {
    const { text, world } = worldWith(
      page({ showNode: '"<n>"', showDesc: "<d>'", showLegends: true }),
      '<script>alert("b")</script>',
    );
    world.state.servers.checkText.set(0, '<x onmouseover="y">');
    const html = text("/stats;up?scope=%22%3E%3Cscript%3E");
    expect(html).not.toMatch(/<script|<img|<x |<n>|<d>|"><script|scope=">|"y"/);
    expect(text("/stats")).toContain("&#60;img src=x&#62;");
  });
  test("names nothing outside itself", () => {
    const html = worldWith(page()).text("/stats");
    expect(html).not.toMatch(/https?:\/\/|url\(|@import|<(img|script|iframe|object)/);
  });
  test("hides its version when told to", () => {
    expect(worldWith(page()).text("/stats")).toContain(testFacts.version);
    expect(worldWith(page({ hideVersion: true })).text("/stats")).not.toContain(testFacts.version);
  });
  test("offers actions only to whom they are allowed", () => {
    expect(worldWith(page()).text("/stats")).not.toContain("<select");
    expect(worldWith(page({ admin: [always] })).text("/stats")).toContain("<select");
  });
  test("says what an action did, and only what it knows", () => {
    expect(worldWith(page()).text("/stats;st=DONE")).toContain("Action processed successfully.");
    expect(worldWith(page()).text("/stats;st=<b>X")).not.toContain('class="notice');
  });
});

describe("a form", () => {
  const post = (body: string, more = "") => {
    const { request, actions } = worldWith(page({ admin: [always] }));
    const answer = request(`POST /stats;up HTTP/1.1\nHost: x\nContent-Length: ${body.length}${more}`, body);
    return [answer?.headers.find((line) => line.startsWith("location")), actions];
  };
  test("acts on each named server", () =>
    expect(post("s=s1&s=%3Cimg+src%3Dx%3E&action=drain&b=be")).toEqual([
      "location: /stats;st=DONE;up",
      [
        [0, "drain"],
        [1, "drain"],
      ],
    ]));
  test("that comes from another site is refused", () =>
    expect(post("s=s1&action=drain&b=be", "\nSec-Fetch-Site: cross-site")).toEqual([
      "location: /stats;st=DENY;up",
      [],
    ]));
  test("that has not come whole is refused", () => {
    const { request, actions } = worldWith(page({ admin: [always] }));
    const answer = request("POST /stats HTTP/1.1\nHost: x\nContent-Length: 500", "s=s1&action=drain&b=be");
    expect([answer?.headers.at(-1), actions]).toEqual(["location: /stats;st=EXCD", []]);
  });
  test("of nonsense changes nothing", () => {
    for (const body of ["%", "&&&", "=", "s", "s=%ff%00&b=%&action=", "action=drain&b=be&s=constructor"]) {
      expect(post(body)[1]).toEqual([]);
    }
  });
});

test("credentials are compared whole", () => {
  const { get } = worldWith(page({ users: [{ user: "joe", password: "p:w" }] }));
  const login = (text: string) =>
    get("/stats", `\nAuthorization: Basic ${Buffer.from(text).toString("base64")}`)?.status;
  expect(["joe:p:w", "joe:p", "joe:p:w ", "joe:p:wx", ":p:w", "", "joe"].map(login)).toEqual([
    200, 401, 401, 401, 401, 401, 401,
  ]);
  expect(get("/stats")?.headers).toContain('www-authenticate: Basic realm="HAProxy Statistics"');
});

test("a CSV field with quotes, commas or line feeds stays one field on one line", () => {
  const { world } = worldWith(page());
  world.pass(200);
  world.state.servers.checkText.set(0, 'a "b", c\r\nd');
  const csv = renderCsv(collectRows(new StatsView(world.services), everything));
  expect(csv).toContain(',"a ""b"", c d",');
  expect(csv.trimEnd().split("\n")).toHaveLength(1 + 4);
});

test("times as people read them", () => {
  expect([0, 59, 60, 3599, 90_061].map(humanTime)).toEqual(["0s", "59s", "1m0s", "59m59s", "1d1h"]);
  expect(uptimeText(90_061)).toBe("1d 1h01m01s");
});

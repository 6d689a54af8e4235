// Fuzzes what operators and servers send to the main thread: command lines of the stats socket, forms and links of the statistics page, and
// responses to health checks.

import { HttpCheckPlan, HttpCheckReader } from "../../src/checks/http-check.ts";
import type { RuntimeApi } from "../../src/runtime-api/index.ts";
import { commandRows } from "../../src/runtime-api/index.ts";
import { splitLine } from "../../src/runtime-api/words.ts";
import { pageLink, pageOptions, parseForm } from "../../src/stats/page-request.ts";
import { checkOf, HealthWorld, httpCheckOf } from "../differential/health-world.ts";
import { testModel } from "../sim/model.ts";
import { check, type FuzzTarget } from "./target.ts";

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

let api: RuntimeApi | undefined;

/** One world for all lines: what earlier lines changed must not matter. */
function testApi(): RuntimeApi {
  const servers = [
    { port: 8001, check: checkOf() },
    { port: 8002, backup: true },
  ];
  api ??= new HealthWorld(
    testModel([
      { name: "fe", ports: [80], to: "be" },
      { name: "be", servers },
    ]),
  ).api;
  return api;
}

const argumentLists = [
  "",
  "be/s1",
  "be/s1 50%",
  "be/s1 state drain",
  "be/s1 weight 7",
  "be/s1 addr ::1 port 80",
  "fe 9",
  "#3 4 -1 typed",
];

export const runtimeApi: FuzzTarget = {
  name: "runtime-api",
  seeds: commandRows
    .flatMap((row) => argumentLists.map((list) => `${row.words.join(" ")} ${list}`))
    .concat(["echo a; echo b", "echo a\\;b <<EOF", "help show", "nonsense"])
    .map(bytesOf),
  run: (bytes) => {
    const line = Buffer.from(bytes).toString("latin1").replaceAll("\n", "");
    const { commands } = splitLine(line);
    check(commands.length > 0, "a line has at least one command");
    const text = testApi().run(line);
    const quits = commands.some((words) => words[0] === "quit");
    check(quits || text.endsWith("\n"), "every answer ends with an empty line");
    check(text.length <= 100_000 * commands.length, "an answer is bounded");
  },
};

export const statsRequest: FuzzTarget = {
  name: "stats-request",
  seeds: [
    "/stats;csv;norefresh?scope=be&x=%41",
    "/stats;up;st=DONE",
    "http://h/stats?scope=%3Cb%3E",
    "s=s1&s=s2&action=drain&b=be",
  ].map(bytesOf),
  run: (bytes) => {
    const text = Buffer.from(bytes).toString("latin1");
    const options = pageOptions(text, "/stats");
    if (options !== undefined) {
      const link = pageLink("/stats", options);
      check(/^[\x21-\x7e]*$/.test(link), "a link has only characters of a URI");
      check(!/[<>"']/.test(link), "a link breaks out of no attribute");
      check(pageOptions(link, "/stats")?.scope === options.scope, "a link leads back to what it shows");
    }
    check(parseForm(bytes).length <= bytes.length + 1, "a form has no more fields than bytes");
  },
};

const plans = [
  httpCheckOf(),
  httpCheckOf({ method: "HEAD" }),
  httpCheckOf({ expect: { kind: "string", negated: false, pattern: "hello" } }),
  httpCheckOf({ expect: { kind: "rstring", negated: true, pattern: "h.l+o" } }),
].map((model) => new HttpCheckPlan(model, 1024));

export const checkResponse: FuzzTarget = {
  name: "check-response",
  seeds: [
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.0 503 Bad\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200\r\n\r\n",
  ].map(bytesOf),
  run: (bytes, random) => {
    for (const plan of plans) {
      const whole = new HttpCheckReader(plan);
      const verdict = whole.push(bytes.slice(), false) ?? whole.end(false);
      check(verdict.text.length <= 127, "what is kept of a response is short");
      const pieces = new HttpCheckReader(plan);
      let found: typeof verdict | undefined;
      for (let at = 0; at < bytes.length && found === undefined; ) {
        const end = Math.min(bytes.length, at + 1 + random.below(20));
        found = pieces.push(bytes.slice(at, end), false);
        at = end;
      }
      found ??= pieces.end(false);
      // A text that is found early may be found before the body turns out to be broken, so only statuses are compared for texts.
      const same = plan.expectation.kind === "body" || (found.status === verdict.status && found.code === verdict.code);
      check(same, "pieces do not change the verdict on a status");
    }
  },
};

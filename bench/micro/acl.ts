// Owns the cost of conditions and rules: nanoseconds of CPU per evaluation on a browser's request, where the bytes of the head are compared, where
// text is made, and for the rules scenario as a whole. Run it with `bun bench/micro/acl.ts`.

import { compileCondition, parseCondition } from "../../src/acl/index.ts";
import { compileRules, parseRule } from "../../src/rules/index.ts";
import { targetOf } from "../../test/sample/target.ts";
import { headOf, viewOf } from "../../test/sample/view.ts";

const request = `GET /static/images/logo.png?v=12 HTTP/1.1\r
Host: www.example.com\r
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0\r
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r
Accept-Language: en-US,en;q=0.5\r
Accept-Encoding: gzip, deflate, br\r
Cookie: session=0123456789abcdef; theme=dark\r
X-Forwarded-For: 203.0.113.7\r
Connection: keep-alive\r\n\r\n`;

const rounds = 5;
const times = 500_000;

function measure(name: string, once: () => unknown): void {
  const results: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) once();
    const used = process.cpuUsage(before);
    results.push(((used.user + used.system) * 1000) / times);
  }
  results.sort((a, b) => a - b);
  console.log(`${name.padEnd(58)} ${results[0]!.toFixed(0).padStart(6)} ns`);
}

const view = viewOf({ request: headOf(request) });

for (const text of [
  "path_beg /static",
  "path_beg /api /v1 /v2 /admin",
  "path_end .png",
  "path -i /STATIC/images/logo.png",
  "path_sub images",
  "path_reg ^/static/.*\\.png$",
  "hdr(host) -i www.example.com",
  "hdr_dom(host) example.com",
  "hdr(x-unknown) -m found",
  "cook(theme) dark",
  "url_param(v) 12",
  "method POST PUT",
  "src 10.0.0.0/8 192.168.0.0/16",
  "hdr_cnt(cookie) gt 0",
]) {
  const parsed = parseCondition(["if", "{", ...text.split(" "), "}"], 0, new Map(), { phase: "http-request" });
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  const holds = compileCondition(parsed.condition);
  measure(text, () => holds(view));
}

const context = { acls: new Map(), section: "frontend 'f'", file: "", line: 0 };
const rules = [
  "deny if { path_beg /admin } !{ src 10.0.0.0/8 }",
  "deny if { hdr_sub(user-agent) -i badbot }",
  "redirect scheme https if { hdr(x-forwarded-proto) http }",
  "set-header X-Real-IP %[src] if { path_beg /api }",
  "del-header X-Secret if { method TRACE }",
].map((text) => {
  const parsed = parseRule("http-request", text.split(" "), 0, context);
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  return parsed.rule;
});
const run = compileRules(rules, "http-request");
const target = targetOf({ request: headOf(request) });
measure("five rules, none fires", () => run(target));

// Owns the promise that a log line made of aliases and expressions equals the reference's, field by field, but for times, ports and pids: the same
// requests go through both programs. The built-in formats are compared in wire.test.ts with every case there. Left out, because the stream does not
// know them when its line is written: %bi and %bp; and %CC, %CS, %hs, whose values are the engine's own tests' business.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { programs, WireBench, type WireCase } from "../support/wire.ts";

const fields =
  "%ci|%{+X}ci|%{+Q}ci|%fi|%f|%ft|%b|%s|%{+Q}s|%si|%ST|%B|%U|%ts|%tsc|%ac/%fc/%bc/%sc/%rc|%sq/%bq|%r|%{+Q}r|%{+E}r|" +
  "%HM|%HU|%{+Q}HU|%HP|%HPO|%HQ|%HV|%hr|%hs|%{+Q}hr|%hrl|%{+Q}hrl|%hsl|%CC|%CS|%ID|%[src]|%[var(txn.x)]|%{+Q}[var(txn.x)]|" +
  "%{+E}[var(txn.x)]|%[var(txn.none)]|%{+Q}[var(txn.none)]|%[fe_name]|%[be_name]|%[srv_name]|%[status]|%[txn.status]|%[bytes_in]|%[bytes_out]|%[txn.sess_term_state]|%[capture.req.hdr(0)]|%[capture.req.method]|%[capture.req.uri]|" +
  "%[capture.req.ver]|%[txn.conn_retries]|%[bc_dst]|%sslv|%sslc|%%|a  b |";

const configuration = `global
    log 127.0.0.1:{{log}} len 8192 format raw local0
    nbthread 1

defaults
    log global
    mode http
    retries 0
    timeout connect 300ms
    timeout client 400ms
    timeout server 400ms
    timeout http-request 300ms

frontend custom
    bind 127.0.0.1:{{port:custom}}
    capture request header Host len 20
    capture request header X-Foo len 20
    capture request header X-None len 20
    log-format "${fields}"
    http-request set-var(txn.x) req.fhdr(x-q)
    http-request deny if { path /denied }
    http-request return status 200 if { path /return }
    http-request redirect location /x if { path /redirect }
    use_backend dead if { path /dead }
    default_backend servers

frontend clf
    bind 127.0.0.1:{{port:clf}}
    option httplog clf
    default_backend servers

backend servers
    server s1 127.0.0.1:{{server}}

backend dead
    server s2 127.0.0.1:{{dead}}
`;

const ok = [
  "HTTP/1.1 200 OK\r\nServer: nginx/1.2 {x}\r\nSet-Cookie: SID=0123456789abcdef; path=/\r\nContent-Length: 2\r\n\r\nok",
];
const headers =
  'Host: h"ost|x{y}\r\nX-Foo: f\tx\x80y"{ and a long tail\r\nX-Q: a"b\\c]d#{e}\r\nCookie: a=1; SID=fedcba9876543210\r\n';

const cases: readonly WireCase[] = [
  { name: "a plain request", client: ["GET /a%20b/c?d=e HTTP/1.1\r\nHost: h\r\n\r\n"], server: [ok] },
  { name: "captures and quotes", client: [`GET /p?x="]{}|' HTTP/1.1\r\n${headers}\r\n`], server: [ok] },
  {
    name: "an absolute request-target",
    client: ["GET http://foo.bar/p?q HTTP/1.1\r\nHost: foo.bar\r\n\r\n"],
    server: [ok],
  },
  { name: "HTTP/1.0 without a query", client: ["GET / HTTP/1.0\r\n\r\n"], server: [ok] },
  { name: "a denied request", client: ["GET /denied HTTP/1.1\r\nHost: h\r\n\r\n"] },
  { name: "a reply of a rule", client: ["GET /return HTTP/1.1\r\nHost: h\r\n\r\n"] },
  { name: "a redirection", client: ["GET /redirect HTTP/1.1\r\nHost: h\r\n\r\n"] },
  { name: "a server that refuses", client: ["GET /dead HTTP/1.1\r\nHost: h\r\n\r\n"] },
  { name: "a request that is none", client: ["BAD\r\n\r\n"] },
  { name: "a broken header", client: ["GET / HTTP/1.1\r\nHost: h\r\nX y: 1\r\n\r\n"] },
];

const commands = programs();
const missing = commands["reference"] === undefined;

/** What may differ: ports of the client, and the field of CLF that counts milliseconds. */
function normalised(log: readonly string[]): readonly string[] {
  return log.map((line) =>
    line
      .replace(/^CLIENT/, "127.0.0.1")
      .replace(/\[\d\d\/\w{3}\/\d{4}:[\d:.]+ [+-]\d{4}\]/g, "[DATE]")
      .replace(/"" "" \d+ \d+ /g, '"" "" PORT MS ')
      .replace(/("servers" "s1") \d+ \d+ \d+ \d+ \d+ /, "$1 T T T T T "),
  );
}

describe.skipIf(missing)(missing ? "log lines (skipped: the reference is not installed)" : "log lines", () => {
  let reference: WireBench;
  let pointsman: WireBench;
  beforeAll(async () => {
    reference = await WireBench.start(commands["reference"] ?? [], configuration);
    pointsman = await WireBench.start(commands["pointsman"] ?? [], configuration);
  }, 30_000);
  afterAll(async () => {
    await reference?.stop();
    await pointsman?.stop();
  });

  for (const one of [...cases, { ...cases[1]!, name: "common log format", frontend: "clf" }]) {
    test(one.name, async () => {
      const expected = normalised((await reference.run(one)).log);
      const actual = normalised((await pointsman.run(one)).log);
      expect(actual.join("\n").split("|")).toEqual(expected.join("\n").split("|"));
      expect(expected.length).toBe(1);
    });
  }
});

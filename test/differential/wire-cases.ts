// Table: the cases of the wire comparison. The configuration they run on stands first; each case is bytes and nothing else.

import type { WireCase } from "../support/wire.ts";

export const configuration = `global
    log 127.0.0.1:{{log}} local0
    nbthread 1

defaults
    log global
    mode http
    option httplog
    option dontlognull
    retries 1
    timeout connect 300ms
    timeout client 400ms
    timeout server 650ms
    timeout http-request 300ms
    timeout http-keep-alive 5s

frontend plain
    bind 127.0.0.1:{{port:plain}}
    default_backend servers

frontend ruled
    bind 127.0.0.1:{{port:ruled}}
    option forwardfor
    acl is_static path_beg /static
    acl is_bad hdr(x-bad) -i yes
    acl from_cookie cook(go) dead
    acl by_param url_param(go) dead
    http-request deny if is_bad
    http-request deny deny_status 429 if { path /slow-down }
    http-request set-header X-Static yes if is_static
    http-request set-header x-client %[src]
    http-request set-header Host fixed.example if { path /host }
    use_backend dead if from_cookie or by_param
    use_backend nowhere if { path_end .none }
    default_backend servers

frontend closing
    bind 127.0.0.1:{{port:closing}}
    option httpclose
    default_backend servers

frontend relay
    bind 127.0.0.1:{{port:relay}}
    mode tcp
    option tcplog
    default_backend relay_servers

frontend lost
    bind 127.0.0.1:{{port:lost}}

backend servers
    server s1 127.0.0.1:{{server}}

backend nowhere

backend dead
    retries 0
    server d1 127.0.0.1:{{dead}}

backend relay_servers
    mode tcp
    server s1 127.0.0.1:{{server}}
`;

const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\nHost: a.example\r\n${headers}\r\n`;

export const cases: readonly WireCase[] = [
  { name: "a plain GET", client: [get("/")] },
  { name: "mixed-case names, odd blanks, order kept", client: [get("/", "X-B:1\r\nx-a:   two  \r\nACCEPT: */*\r\n")] },
  { name: "a repeated field stays repeated", client: [get("/", "X-A: 1\r\nX-B: 2\r\nX-A: 3\r\n")] },
  { name: "an empty value", client: [get("/", "X-Empty:\r\n")] },
  { name: "HTTP/1.0", client: ["GET / HTTP/1.0\r\nHost: a\r\n\r\n"] },
  { name: "HTTP/1.0 without Host", client: ["GET / HTTP/1.0\r\n\r\n"] },
  { name: "HTTP/1.0 keep-alive", client: ["GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"] },
  { name: "HTTP/1.1 close", client: [get("/", "Connection: close\r\n")] },
  { name: "keep-alive twice", client: [get("/1"), get("/2")], server: [[ok], [ok]] },
  { name: "pipelined", client: [get("/1") + get("/2") + get("/3")], server: [[ok], [ok], [ok]] },
  { name: "POST with a body", client: ["POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"] },
  {
    name: "POST with the body in pieces",
    client: ["POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhel", "lo", "world"],
  },
  { name: "a head in pieces", client: ["GET / HT", "TP/1.1\r\nHo", "st: a\r", "\n\r", "\n"] },
  { name: "an empty line before the request", client: [`\r\n${get("/")}`] },
  {
    name: "Expect: 100-continue",
    client: ["POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", "hi"],
    server: [["HTTP/1.1 100 Continue\r\n\r\n", ok]],
  },
  {
    name: "HEAD",
    client: ["HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"],
    server: [["HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"]],
  },
  { name: "204", client: [get("/")], server: [["HTTP/1.1 204 No Content\r\n\r\n"]] },
  {
    name: "304 with a length",
    client: [get("/")],
    server: [["HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n"]],
  },
  {
    name: "a chunked answer",
    client: [get("/")],
    server: [["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]],
  },
  {
    name: "a close-delimited answer",
    client: [get("/")],
    server: [["HTTP/1.1 200 OK\r\n\r\nbody", "more", "\x00FIN"]],
  },
  {
    name: "an HTTP/1.0 answer",
    client: [get("/")],
    server: [["HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "\x00FIN"]],
  },
  {
    name: "the server says close",
    client: [get("/")],
    server: [["HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "\x00FIN"]],
  },
  {
    name: "an answer with odd reason and names",
    client: [get("/")],
    server: [["HTTP/1.1 299 Very  Odd\r\nX-Thing:a\r\nContent-Length: 0\r\n\r\n"]],
  },
  { name: "an answer without reason", client: [get("/")], server: [["HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"]] },
  {
    name: "an informational answer first",
    client: [get("/")],
    server: [["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", ok]],
  },
  {
    name: "an answer in pieces",
    client: [get("/")],
    server: [["HTTP/1.1 2", "00 OK\r\nContent-Le", "ngth: 4\r\n\r\nab", "cd"]],
  },
  { name: "garbage from the server", client: [get("/")], server: [["this is not HTTP\r\n\r\n"]] },
  { name: "the server closes without an answer", client: [get("/")], server: [["\x00FIN"]] },
  { name: "the server resets without an answer", client: [get("/")], server: [["\x00RST"]] },
  {
    name: "the server stops in the middle of the body",
    client: [get("/")],
    server: [["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "\x00FIN"]],
  },
  {
    name: "the server resets in the middle of the body",
    client: [get("/")],
    server: [["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "\x00RST"]],
  },
  {
    name: "the server stops in the middle of a chunk",
    client: [get("/")],
    server: [["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "\x00FIN"]],
  },
  {
    name: "a bad chunk from the server",
    client: [get("/")],
    server: [["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n"]],
  },
  { name: "the server is silent: 504", client: [get("/")], server: [["\x00NONE"]], patienceMs: 1200 },
  {
    name: "the server is silent in the body",
    client: [get("/")],
    server: [["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"]],
    patienceMs: 1200,
  },
  { name: "nobody listens: 503", client: [get("/?go=dead")], frontend: "ruled", patienceMs: 1200 },
  { name: "a backend without servers: 503", client: [get("/x.none")], frontend: "ruled" },
  { name: "no backend at all: 503", client: [get("/")], frontend: "lost" },
  { name: "by cookie", client: [get("/", "Cookie: a=1; go=dead\r\n")], frontend: "ruled", patienceMs: 1200 },
  { name: "a silent client with a started request: 408", client: ["GET / HTTP/1.1\r\nHost"], patienceMs: 800 },
  { name: "a client that says nothing", client: [], patienceMs: 800 },
  { name: "a client that goes after half a head", client: ["GET / HT", "\x00FIN"], patienceMs: 400 },
  { name: "a client that resets after half a head", client: ["GET / HT", "\x00RST"] },
  {
    name: "a client that goes while the server thinks",
    client: [get("/"), "\x00FIN"],
    server: [["\x00NONE"]],
    patienceMs: 1200,
  },
  {
    name: "a client that half-closes and waits",
    client: [get("/"), "\x00FIN"],
    server: [["\x00NONE", "\x00NONE", ok]],
    patienceMs: 600,
  },
  // A client that resets while the server thinks is left out: the reference itself logs CD, CL or sH there, as it comes to notice.
  {
    name: "a client that stops in its body",
    client: ["POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhello"],
    patienceMs: 1200,
  },
  {
    name: "a client that goes in its body",
    client: ["POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhello", "\x00FIN"],
    patienceMs: 600,
  },
  {
    name: "an early answer to an unfinished body",
    client: ["POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhello"],
    server: [["HTTP/1.1 413 No\r\ncontent-length: 0\r\n\r\n"]],
    patienceMs: 1200,
  },
  { name: "denied: 403", client: [get("/", "X-Bad: YES\r\n")], frontend: "ruled" },
  { name: "denied with another status", client: [get("/slow-down")], frontend: "ruled" },
  {
    name: "headers set by rules",
    client: [get("/static/x", "X-Static: no\r\nX-Forwarded-For: 10.0.0.1\r\n")],
    frontend: "ruled",
  },
  { name: "Host replaced", client: [get("/host")], frontend: "ruled" },
  { name: "option httpclose", client: [get("/")], frontend: "closing" },
  { name: "option httpclose, two requests", client: [get("/1") + get("/2")], frontend: "closing" },
  {
    name: "a chunked request",
    client: ["POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"],
  },
  { name: "a bad method character", client: ["G@T / HTTP/1.1\r\nHost: a\r\n\r\n"] },
  { name: "no version", client: ["GET /\r\n\r\n"] },
  { name: "HTTP/2 preface on a plain port", client: ["GET / HTTP/3.0\r\nHost: a\r\n\r\n"] },
  { name: "a blank in the target", client: ["GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"] },
  { name: "no Host in HTTP/1.1", client: ["GET / HTTP/1.1\r\n\r\n"] },
  { name: "two Hosts", client: ["GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"] },
  { name: "an absolute target", client: ["GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n"] },
  {
    name: "an absolute target for another host",
    client: ["GET http://b.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n"],
  },
  { name: "OPTIONS *", client: ["OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"] },
  {
    name: "both lengths",
    client: ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  },
  {
    name: "two different lengths",
    differs: "the reference closes without a word; a client that is told 400 can find its mistake",
    client: ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"],
  },
  {
    name: "two equal lengths",
    client: ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"],
  },
  { name: "a folded header", client: ["GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n 2\r\n\r\n"] },
  { name: "a blank before the colon", client: ["GET / HTTP/1.1\r\nHost: a\r\nX-A : 1\r\n\r\n"] },
  { name: "a NUL in a value", client: ["GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\x002\r\n\r\n"] },
  { name: "bytes above 127 in a value", client: ["GET / HTTP/1.1\r\nHost: a\r\nX-A: \xe4\xf6\r\n\r\n"] },
  { name: "bytes above 127 in the path", client: ["GET /\xe4 HTTP/1.1\r\nHost: a\r\n\r\n"] },
  { name: "a head that is too large", client: [get("/", `X-Big: ${"x".repeat(17_000)}\r\n`)] },
  { name: "too many headers", client: [get("/", "X-N: 1\r\n".repeat(120))] },
  { name: "a quote and a control byte in the log", client: [get('/a"b', "")] },
  {
    name: "upgrade",
    client: [get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n"), "ping"],
    server: [
      ["HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "pong", "\x00FIN"],
    ],
  },
  {
    name: "CONNECT",
    client: ["CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n"],
    server: [["HTTP/1.1 200 OK\r\n\r\n", "tunnel", "\x00FIN"]],
  },
  { name: "tcp: bytes both ways", client: ["ping\r\n\r\n"], server: [["pong", "\x00FIN"]], frontend: "relay" },
  {
    name: "tcp: the client half-closes first",
    client: ["ping\r\n\r\n", "\x00FIN"],
    server: [["\x00NONE", "pong", "\x00FIN"]],
    frontend: "relay",
  },
  { name: "tcp: the server resets", client: ["ping\r\n\r\n"], server: [["po", "\x00RST"]], frontend: "relay" },
  { name: "tcp: the client resets", client: ["ping\r\n\r\n", "\x00RST"], server: [["\x00NONE"]], frontend: "relay" },
  { name: "tcp: silence", client: ["ping"], frontend: "relay", patienceMs: 1200 },
];

// Holds the lookups of `protocol/http` (values, lists, cookies, parameters, parts of the target) against the reference, which is asked
// for the same things through sample fetches and answers them in response fields.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseRequestHead } from "../../src/protocol/h1/index.ts";
import {
  ByteRange,
  baseText,
  cookieValue,
  countCookies,
  countFields,
  countListValues,
  fieldKey,
  fieldValue,
  HeadTable,
  listValue,
  pathAndQuery,
  targetPath,
  targetQuery,
  targetUrl,
  urlParameter,
} from "../../src/protocol/http/index.ts";
import { latin1Bytes } from "../../src/stdx/index.ts";
import { findReference, type Reference, startReference } from "../support/reference.ts";

const key = fieldKey("A");
const cookie = latin1Bytes("b");
const parameter = { name: latin1Bytes("p"), delimiter: 0x3f, ignoreCase: false };

type Lookup = (table: HeadTable, range: ByteRange) => boolean;
const found =
  (lookup: Lookup) =>
  (table: HeadTable): string => {
    const range = new ByteRange();
    return lookup(table, range) ? range.text() : "";
  };

/** A sample fetch of the reference, and what answers it here. An empty answer is none: a response has no field for it. */
const lookups: Readonly<Record<string, (table: HeadTable) => string>> = {
  "req.hdr(A)": found((table, range) => listValue(table, key, -1, range)),
  "req.hdr(a,1)": found((table, range) => listValue(table, key, 1, range)),
  "req.hdr(a,3)": found((table, range) => listValue(table, key, 3, range)),
  "req.hdr(a,-2)": found((table, range) => listValue(table, key, -2, range)),
  "req.hdr_cnt(a)": (table) => String(countListValues(table, key)),
  "req.fhdr(a)": found((table, range) => fieldValue(table, key, -1, range)),
  "req.fhdr(a,1)": found((table, range) => fieldValue(table, key, 1, range)),
  "req.fhdr(a,-2)": found((table, range) => fieldValue(table, key, -2, range)),
  "req.fhdr_cnt(a)": (table) => String(countFields(table, key)),
  "req.cook(b)": found((table, range) => cookieValue(table, cookie, -1, range)),
  "req.cook_cnt(b)": (table) => String(countCookies(table, cookie)),
  "urlp(p)": found((table, range) => urlParameter(table, parameter, range)),
  "urlp(p,;)": found((table, range) => urlParameter(table, { ...parameter, delimiter: 0x3b }, range)),
  url: (table) => {
    const range = new ByteRange();
    targetUrl(table, range);
    return range.text();
  },
  path: found(targetPath),
  pathq: found(pathAndQuery),
  query: found(targetQuery),
  base: baseText,
};

const lines = (...all: string[]): string => all.map((line) => `${line}\r\n`).join("");

const heads: Readonly<Record<string, string>> = {
  "an absolute target and lists in several fields": lines(
    "GET http://A.b:80/x/y;z?p=1;2&q&p=3 HTTP/1.1",
    "a: 1, 2 ,,3",
    'a: "x,y",z',
    "a:",
    'Cookie: a=1; b=2;b="3;4" ; b ; c=5, b=7',
    "Cookie: b=6",
  ),
  "a path with an empty parameter list": lines("GET /?p HTTP/1.1", "Host: x", "a: ,", "cookie: b"),
  "empty values": lines("GET /a?b=1&p=&p=2 HTTP/1.1", "Host: x", "a:", "cookie: b="),
  "two question marks": lines("GET /a??p=2 HTTP/1.1", "Host: x", "a: a b , c", "cookie: xb=1; b = 3"),
  "a star": lines("OPTIONS * HTTP/1.1", "Host: x", "cookie: b=1,2;b=3"),
  "an authority alone": lines("OPTIONS http://abc HTTP/1.1", "Host: abc", "cookie: $b=1;B=2; b=3"),
  "an empty path with a query": lines("GET http://abc?x=1 HTTP/1.1", "Host: abc", "cookie: b=a b;"),
  CONNECT: lines("CONNECT abc:80 HTTP/1.1", "Host: abc", "cookie: =b;b=3=4"),
  "two slashes and an open quote": lines(
    "GET //abc/d HTTP/1.1",
    "Host: abc",
    'a: "unclosed, b',
    'cookie: b="open; b=2',
  ),
  "escapes in quotes": lines("GET /d HTTP/1.0", 'a: "q\\"x, y", b', 'cookie: b="x\\"; b=2"; b=3'),
  "a longer name": lines("GET /d?pp=1&p=2;p=3 HTTP/1.1", "aa: 1", "a: b", "cookie: bb=1;ab=2"),
  "a semicolon between parameters": lines("GET /d?a=1;p=3 HTTP/1.1", "a:  \t b\t"),
  "other case and escapes": lines("GET /d?P=1&p=%41+b&x HTTP/1.1", "cookie: b=1; b=; b=2"),
  "parameters after a semicolon": lines("GET /d;p=9&p=8?p=7 HTTP/1.1", "a: 1,2,3", "A: 4"),
  "an equals sign in a value": lines("GET /d?p=a=b&p HTTP/1.1", "a: =", "cookie: b==; b==x"),
  "blanks and tabs in cookies": lines("GET / HTTP/1.1", "cookie: \tb =\t1 2\t; b=3 4 "),
  "quotes inside a cookie": lines("GET / HTTP/1.1", 'cookie: b=x"y;z"; b=2', 'a: x"y,z"w, v'),
  "a query and nothing before": lines("GET /?=1&p=2&&p=3 HTTP/1.1", "a: \\,b", "cookie: ;;b=1;;"),
  "empty cookies": lines("GET / HTTP/1.1", "cookie: b=;b=", "cookie: b= ;", "cookie: b= ; a=b"),
  "an empty quoted cookie": lines("GET / HTTP/1.1", 'cookie: b=""; b'),
  "commas between cookies": lines("GET / HTTP/1.1", "cookie: a=1,b=2, b=3 ,b=4"),
};

function parse(head: string): HeadTable {
  const bytes = latin1Bytes(`${head}\r\n`);
  const table = new HeadTable();
  expect(parseRequestHead(bytes, 0, bytes.length, table)).toBe(bytes.length);
  return table;
}

const reference = findReference();
if (reference.path === undefined) {
  test.skip(`lookups against the reference (${reference.reason})`, () => {});
} else {
  let running: Reference;
  beforeAll(async () => {
    const fields = Object.keys(lookups).map((fetch, index) => `hdr x-${index} "%[${fetch}]"`);
    running = await startReference(`
defaults
  mode http
  timeout client 5s
frontend front
  bind 127.0.0.1:{{port:front}}
  http-request return status 200 ${fields.join(" ")}
`);
  });
  afterAll(() => running?.stop());
  describe("lookups against the reference", () => {
    for (const [name, head] of Object.entries(heads)) {
      test(name, async () => {
        const answers = fieldsOf(await ask(running.port("front"), `${head}\r\n`));
        const theirs = Object.fromEntries(Object.keys(lookups).map((fetch, i) => [fetch, answers.get(`x-${i}`) ?? ""]));
        const table = parse(head);
        const ours = Object.fromEntries(Object.entries(lookups).map(([fetch, lookup]) => [fetch, lookup(table)]));
        expect(ours).toEqual(theirs);
      });
    }
  });
}

function fieldsOf(response: string): Map<string, string> {
  const pairs = response.split("\r\n").map((line): [string, string] => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  return new Map(pairs);
}

function ask(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = "";
    Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => void socket.write(latin1Bytes(text)),
        data(socket, bytes) {
          got += Buffer.from(bytes).toString("latin1");
          if (got.includes("\r\n\r\n")) socket.terminate();
        },
        close: () => resolve(got),
        error: (_, error) => reject(error),
      },
    }).catch(reject);
  });
}

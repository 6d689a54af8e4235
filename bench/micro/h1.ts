// Measures the HTTP/1 codec in nanoseconds per head: `bun bench/micro/h1.ts`. The budget (DESIGN §6): a 330-byte browser head parsed
// in about 200 ns. Each figure is the best and the median of several rounds: the machine is shared.

import {
  ChunkedDecoder,
  encodeHead,
  encodeScratch,
  parseRequestHead,
  parseResponseHead,
} from "../../src/protocol/h1/index.ts";
import { appendFieldText, fieldKey, HeadTable, nextField } from "../../src/protocol/http/index.ts";
import { latin1, latin1Bytes } from "../../src/stdx/index.ts";

const curlHead = "GET /index.html HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n";
const browserHead =
  "GET /shop/items/42?ref=home HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\n" +
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36\r\n" +
  "Accept: text/html,application/xhtml+xml\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en\r\n" +
  "Cookie: s=0123456789abcdef\r\n\r\n";
const responseHead =
  "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Type: text/html\r\n" +
  'Content-Length: 612\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nConnection: keep-alive\r\nETag: "65a1-264"\r\n' +
  "Accept-Ranges: bytes\r\n\r\n";
const chunkedBody = `${`400\r\n${"x".repeat(1024)}\r\n`.repeat(16)}0\r\n\r\n`;

let sink = 0;

/** Runs `work` often enough to be timed and prints nanoseconds per call. */
function measure(name: string, work: () => number): void {
  const calls = 10_000;
  const rounds: number[] = [];
  for (let round = 0; round < 150; round++) {
    const started = Bun.nanoseconds();
    for (let i = 0; i < calls; i++) sink += work();
    rounds.push((Bun.nanoseconds() - started) / calls);
  }
  rounds.sort((a, b) => a - b);
  const [best, median] = [rounds[0]!, rounds[rounds.length >> 1]!];
  console.log(`${name.padEnd(52)} ${best.toFixed(0).padStart(6)} ns best ${median.toFixed(0).padStart(6)} ns median`);
}

/** A head as a server receives it for the first time: names in the case in which they were sent. */
function received(head: string): () => Uint8Array {
  const source = latin1Bytes(head);
  const copies = Array.from({ length: 64 }, () => source.slice());
  let next = 0;
  return () => {
    const bytes = copies[next++ & 63]!;
    // The parser lower-cases in place: put the case back, as a fresh receive would.
    Buffer.prototype.copy.call(source, bytes, 0, 0, source.length);
    return bytes;
  };
}

const xForwardedFor = latin1Bytes("x-forwarded-for");
const table = new HeadTable();
const key = fieldKey("x-not-there");
for (const [name, head] of [
  [`curl head, ${curlHead.length} bytes`, curlHead],
  [`browser head, ${browserHead.length} bytes`, browserHead],
] as const) {
  const next = received(head);
  measure(`${name}: restore the bytes (to subtract)`, () => next().length);
  measure(`${name}: parse`, () => {
    const bytes = next();
    return parseRequestHead(bytes, 0, bytes.length, table);
  });
  measure(`${name}: parse and encode`, () => {
    const bytes = next();
    parseRequestHead(bytes, 0, bytes.length, table);
    return encodeHead(table, encodeScratch, 0, 0);
  });
  measure(`${name}: parse, edit and encode`, () => {
    const bytes = next();
    parseRequestHead(bytes, 0, bytes.length, table);
    appendFieldText(table, xForwardedFor, "192.0.2.123");
    return encodeHead(table, encodeScratch, 0, 0);
  });
  measure(`${name}: parse and one missed lookup`, () => {
    const bytes = next();
    parseRequestHead(bytes, 0, bytes.length, table);
    return nextField(table, key);
  });
  measure(`${name}: to text and lower case, for comparison`, () => {
    const bytes = next();
    return latin1(bytes, 0, bytes.length).toLowerCase().split("\r\n").length;
  });
}
{
  const next = received(responseHead);
  measure(`response head, ${responseHead.length} bytes: parse`, () => {
    const bytes = next();
    return parseResponseHead(bytes, 0, bytes.length, table, 1);
  });
  measure(`response head, ${responseHead.length} bytes: parse and encode`, () => {
    const bytes = next();
    parseResponseHead(bytes, 0, bytes.length, table, 1);
    return encodeHead(table, encodeScratch, 0, 0);
  });
}
const chunked = latin1Bytes(chunkedBody);
const decoder = new ChunkedDecoder();
measure("chunked body of 16 chunks of 1 KB", () => {
  decoder.reset();
  return decoder.scan(chunked, 0, chunked.length);
});
if (sink === 0) console.log("nothing was measured");

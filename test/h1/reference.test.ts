// Holds the fixtures against the reference: each is sent through it to a scripted server. Accepted or refused, the status of a refusal, and
// the head that the other side receives must be what the fixture says. A difference is declared in the fixture (`Differs:`).

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ChunkedDecoder } from "../../src/protocol/h1/index.ts";
import { latin1, latin1Bytes } from "../../src/stdx/index.ts";
import { findReference } from "../support/reference.ts";
import { escapeText, type Fixture, loadFixtures } from "./fixtures.ts";
import { headOf, plainAnswer, ReferenceBench, statusOf } from "./reference-bench.ts";

const found = findReference();
const fixtures = loadFixtures();
let bench: ReferenceBench;

function payloadOf(body: string): string {
  const bytes = latin1Bytes(body);
  const ranges = new Int32Array(64);
  const decoder = new ChunkedDecoder();
  decoder.scan(bytes, 0, bytes.length, ranges);
  let payload = "";
  for (let i = 0; i < decoder.rangeCount; i++) payload += latin1(bytes, ranges[i * 2]!, ranges[i * 2 + 1]!);
  return payload;
}

function refusalOf(fixture: Fixture): number | undefined {
  const last = fixture.events.at(-1) ?? "";
  if (fixture.kind === "chunked") return last.startsWith("error") ? 400 : undefined;
  const match = /^error \w+ (\d+)$/.exec(last);
  return match === null ? undefined : Number(match[1]);
}

/** The status that a declared difference names; 0 when it names none, because the reference says nothing. */
function declaredStatus(differs: string): number {
  return Number(/^reference (\d+)/.exec(differs)?.[1] ?? 0);
}

async function checkRequest(fixture: Fixture): Promise<void> {
  const text = latin1(fixture.bytes, 0, fixture.bytes.length);
  const body = fixture.events.find((event) => event.startsWith("body ")) ?? "";
  const length = Number(/^body length (\d+)/.exec(body)?.[1] ?? 0);
  const bodyText = body === "body chunked" ? "0\r\n\r\n" : "x".repeat(length);
  const { response, received } = await bench.exchange(text + bodyText);
  const refusal = refusalOf(fixture);
  if (fixture.differs !== undefined) {
    expect(statusOf(response)).toBe(declaredStatus(fixture.differs));
    return;
  }
  expect(statusOf(response)).toBe(refusal ?? 200);
  if (refusal === undefined) expect(escapeText(headOf(received))).toBe(escapeText(fixture.forward ?? ""));
  else expect(received).toBe("");
}

async function checkResponse(fixture: Fixture): Promise<void> {
  const text = latin1(fixture.bytes, 0, fixture.bytes.length);
  const answer = text + bodyAfter(fixture) + (/^HTTP\/1.1 10[03]/.test(text) ? plainAnswer : "");
  const { response } = await bench.exchange(requestFor(fixture, text), answer);
  const refusal = refusalOf(fixture);
  if (fixture.differs !== undefined) {
    expect(statusOf(response)).toBe(declaredStatus(fixture.differs));
    return;
  }
  if (refusal !== undefined) expect(statusOf(response)).toBe(refusal);
  else expect(escapeText(headOf(response))).toBe(escapeText(fixture.forward ?? ""));
}

function bodyAfter(fixture: Fixture): string {
  if (fixture.events.includes("body chunked")) return "2\r\nok\r\n0\r\n\r\n";
  return fixture.events.includes("body length 2") ? "ok" : "";
}

function requestFor(fixture: Fixture, response: string): string {
  if (fixture.method === "CONNECT") return "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n";
  const head = `${fixture.method} / HTTP/1.1\r\nHost: a\r\n`;
  if (!/^HTTP\/1.1 101/.test(response)) return `${head}\r\n`;
  const protocol = /Upgrade: (\w+)/.exec(response)?.[1] ?? "foo";
  const key = protocol === "websocket" ? "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" : "";
  return `${head}Connection: upgrade\r\nUpgrade: ${protocol}\r\n${key}\r\n`;
}

async function checkChunked(fixture: Fixture): Promise<void> {
  const waitForBody = fixture.events.some((event) => event.startsWith("end "));
  const body = latin1(fixture.bytes, 0, fixture.bytes.length);
  const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const { response, received } = await bench.exchange(head + body, plainAnswer, waitForBody);
  if (fixture.differs !== undefined) {
    expect(statusOf(response)).toBe(declaredStatus(fixture.differs));
    return;
  }
  const refusal = refusalOf(fixture);
  expect(statusOf(response)).toBe(refusal ?? 200);
  if (!waitForBody) return;
  const expected = fixture.events.find((event) => event.startsWith("payload "))?.slice(8) ?? "";
  expect(escapeText(payloadOf(received.slice(headOf(received).length)))).toBe(expected);
}

if (found.path === undefined) {
  test.skip(`fixtures against the reference (${found.reason})`, () => {});
} else {
  beforeAll(async () => {
    bench = await ReferenceBench.start();
  });
  afterAll(() => bench?.stop());
  describe("fixtures against the reference", () => {
    const checks = { request: checkRequest, response: checkResponse, chunked: checkChunked };
    for (const fixture of fixtures) {
      test(`${fixture.file}: ${fixture.title}`, () => checks[fixture.kind](fixture));
    }
  });
}

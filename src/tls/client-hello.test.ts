// Tests of the ClientHello reader: what it finds, every way of cutting it, and bytes that are none.

import { describe, expect, test } from "bun:test";
import {
  CLIENT_HELLO_BYTES_MAX,
  ClientHelloCollector,
  type ClientHelloResult,
  parseClientHello,
} from "./client-hello.ts";

const u16 = (value: number): number[] => [value >>> 8, value & 255];
const text = (value: string): number[] => [...value].map((character) => character.charCodeAt(0));
const vector8 = (bytes: number[]): number[] => [bytes.length, ...bytes];
const vector16 = (bytes: number[]): number[] => [...u16(bytes.length), ...bytes];
const extension = (type: number, bytes: number[]): number[] => [...u16(type), ...vector16(bytes)];

interface Parts {
  extensions?: number[][] | undefined;
  ciphers?: number[];
  legacyVersion?: number;
}

function handshake(parts: Parts): number[] {
  const body = [
    ...u16(parts.legacyVersion ?? 0x0303),
    ...Array.from({ length: 32 }, (_, index) => index),
    ...vector8(Array.from({ length: 32 }, () => 9)),
    ...vector16((parts.ciphers ?? [0x1301, 0xc02b]).flatMap(u16)),
    ...vector8([0]),
    ...(parts.extensions === undefined ? [] : vector16(parts.extensions.flat())),
  ];
  return [1, 0, ...u16(body.length), ...body];
}

function records(message: number[], size: number): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < message.length; at += size) out.push(22, 3, 1, ...vector16(message.slice(at, at + size)));
  return Uint8Array.from(out);
}

const sni = (name: string): number[] => extension(0, vector16([0, ...vector16(text(name))]));
const FULL: number[][] = [
  sni("WWW.Example.org"),
  extension(0x2a2a, []),
  extension(16, vector16([...vector8(text("h2")), ...vector8(text("http/1.1"))])),
  extension(43, vector8([0x0304, 0x0303].flatMap(u16))),
  extension(13, vector16([0x0403, 0x0804].flatMap(u16))),
  extension(10, vector16([29, 23].flatMap(u16))),
  extension(11, vector8([0])),
];
const EXPECTED = {
  kind: "hello",
  recordVersion: 0x0301,
  legacyVersion: 0x0303,
  versions: [0x0304, 0x0303],
  serverName: "www.example.org",
  alpn: ["h2", "http/1.1"],
  ciphers: [0x1301, 0xc02b],
  signatureAlgorithms: [0x0403, 0x0804],
  groups: [29, 23],
  pointFormats: [0],
  extensions: [0, 0x2a2a, 16, 43, 13, 10, 11],
  sessionIdBytes: 32,
} as const;

function kindOf(result: ClientHelloResult): string {
  return result.kind === "bad" ? `bad: ${result.reason}` : result.kind;
}

describe("ClientHello", () => {
  test("everything is found", () => {
    expect(parseClientHello(records(handshake({ extensions: FULL }), 16_384))).toEqual(EXPECTED);
  });

  test("without extensions there is no name and the legacy version counts", () => {
    const result = parseClientHello(records(handshake({ legacyVersion: 0x0302 }), 16_384));
    expect(result).toMatchObject({ kind: "hello", versions: [0x0302], serverName: "", alpn: [], extensions: [] });
  });

  test("bytes behind it are ignored", () => {
    const whole = records(handshake({ extensions: FULL }), 16_384);
    expect(parseClientHello(Uint8Array.from([...whole, 23, 3, 3, 0, 1, 0]))).toEqual(EXPECTED);
  });

  test("cut at every byte it needs more, and never says so beyond its end", () => {
    for (const size of [16_384, 100, 7, 4]) {
      const whole = records(handshake({ extensions: FULL }), size);
      for (let cut = 0; cut < whole.length; cut += 1) {
        const result = parseClientHello(whole.subarray(0, cut));
        expect(result.kind).toBe("need-more");
        if (result.kind === "need-more") {
          expect(result.bytes).toBeGreaterThan(cut);
          expect(result.bytes).toBeLessThanOrEqual(whole.length);
        }
      }
      expect(parseClientHello(whole)).toEqual(EXPECTED);
    }
  });

  test("collected from chunks of every size, with every byte kept", () => {
    const whole = records(handshake({ extensions: FULL }), 60);
    for (let size = 1; size <= whole.length; size += 1) {
      const collector = new ClientHelloCollector();
      let result: ClientHelloResult | undefined;
      for (let at = 0; at < whole.length; at += size) result = collector.push(whole.subarray(at, at + size));
      expect(result).toEqual(EXPECTED);
      expect(collector.bytes).toEqual(whole);
    }
  });

  test("what is not TLS", () => {
    expect(kindOf(parseClientHello(Uint8Array.from(text("GET / HTTP/1.1\r\n"))))).toBe("not-tls");
    expect(kindOf(parseClientHello(Uint8Array.from([0x80, 46, 1])))).toBe("not-tls");
    expect(kindOf(parseClientHello(Uint8Array.from([22, 2, 0])))).toBe("not-tls");
  });

  test("what is TLS but no ClientHello", () => {
    const cases: readonly [number[], string][] = [
      [[21, 3, 1, 0, 2, 1, 0], "bad: not a handshake record"],
      [[22, 3, 1, 0, 0], "bad: empty record"],
      [[22, 3, 1, 0x50, 0], "bad: record too long"],
      [[22, 3, 1, 0, 4, 2, 0, 0, 1], "bad: not a ClientHello"],
      [[22, 3, 1, 0, 4, 1, 1, 0, 0], "bad: too long"],
      [[22, 3, 1, 0, 5, 1, 0, 0, 1, 3], "bad: cut short"],
      [[22, 3, 1, 0, 2, 1, 0, 22, 3, 1, 0, 2, 0, 1], "bad: handshake header cut by records"],
    ];
    for (const [bytes, expected] of cases) expect(kindOf(parseClientHello(Uint8Array.from(bytes)))).toBe(expected);
  });

  test("extensions that do not add up", () => {
    const cases: readonly number[][] = [
      extension(0, [0, 9, 0]),
      extension(16, vector16(vector8([]))),
      extension(16, [0, 5, 1]),
      extension(43, [4, 3, 3]),
      extension(13, [0, 1, 5]),
      [0, 0, 0, 200],
      [0],
    ];
    for (const broken of cases) {
      expect(kindOf(parseClientHello(records(handshake({ extensions: [broken] }), 16_384)))).toStartWith(
        "bad: extension",
      );
    }
  });

  test("it never collects without end", () => {
    const collector = new ClientHelloCollector();
    const flood = Uint8Array.from([22, 3, 1, 0x3f, 0xfb, 1, 0, 0x3f, 0xf7]);
    expect(collector.push(flood).kind).toBe("need-more");
    let last: ClientHelloResult = { kind: "not-tls" };
    for (let total = 0; total < CLIENT_HELLO_BYTES_MAX; total += 64) last = collector.push(new Uint8Array(64));
    expect(last.kind).toBe("bad");
    const tooLong = Uint8Array.from([22, 3, 1, 0x3f, 0xfc, 1, 0, 0x3f, 0xf8]);
    expect(kindOf(new ClientHelloCollector().push(tooLong))).toBe("bad: too long");
  });
});

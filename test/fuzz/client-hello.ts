// Fuzz target: the ClientHello reader. For any bytes it must answer without throwing, say the same whole and in pieces, never ask for
// more than its bound, and not be swayed by what follows a complete hello.

import type { SeededRandom } from "../../src/stdx/index.ts";
import { CLIENT_HELLO_BYTES_MAX, ClientHelloCollector, parseClientHello } from "../../src/tls/index.ts";
import { check, type FuzzTarget } from "./target.ts";

const u16 = (value: number): number[] => [value >>> 8, value & 255];
const vector16 = (bytes: number[]): number[] => [...u16(bytes.length), ...bytes];
const text = (value: string): number[] => [...value].map((character) => character.charCodeAt(0));

/** A plausible hello, in records of `recordBytes`. */
function seed(recordBytes: number): Uint8Array {
  const name = text("www.example.org");
  const extensions = [
    ...u16(0),
    ...vector16(vector16([0, ...vector16(name)])),
    ...u16(16),
    ...vector16(vector16([2, ...text("h2"), 8, ...text("http/1.1")])),
    ...u16(43),
    ...vector16([4, 3, 4, 3, 3]),
    ...u16(13),
    ...vector16(vector16([4, 3, 8, 4])),
    ...u16(10),
    ...vector16(vector16([0, 29])),
    ...u16(11),
    ...vector16([1, 0]),
  ];
  const random = Array.from({ length: 32 }, (_, index) => index * 7);
  const body = [3, 3, ...random, 0, ...vector16([0x13, 1, 0xc0, 0x2b]), 1, 0, ...vector16(extensions)];
  const message = [1, 0, ...vector16(body)];
  const out: number[] = [];
  for (let at = 0; at < message.length; at += recordBytes) {
    out.push(22, 3, 1, ...vector16(message.slice(at, at + recordBytes)));
  }
  return Uint8Array.from(out);
}

/** Checks one input as a whole, in odd pieces, and with something behind it. */
function run(input: Uint8Array, random: SeededRandom): void {
  const whole = parseClientHello(input);
  if (whole.kind === "need-more") {
    check(whole.bytes > input.length, "asking for more asks for no more than there is");
    check(whole.bytes <= CLIENT_HELLO_BYTES_MAX, "asking for more goes beyond the bound");
  }
  const collector = new ClientHelloCollector();
  let answer = parseClientHello(new Uint8Array(0));
  for (let at = 0; at < input.length && answer.kind === "need-more"; ) {
    const end = Math.min(input.length, at + 1 + random.below(40));
    answer = collector.push(input.subarray(at, end));
    at = end;
  }
  check(answer.kind === whole.kind, `in pieces it is ${answer.kind}, whole ${whole.kind}`);
  if (whole.kind !== "hello") return;
  check(JSON.stringify(answer) === JSON.stringify(whole), "a hello reads differently in pieces");
  const longer = new Uint8Array(input.length + 3).fill(22);
  longer.set(input);
  check(JSON.stringify(parseClientHello(longer)) === JSON.stringify(whole), "what follows a hello changes it");
}

export const clientHello: FuzzTarget = {
  name: "client-hello",
  seeds: [seed(16_384), seed(50), seed(4), Uint8Array.of(22, 3, 1, 0, 1, 1)],
  run,
};

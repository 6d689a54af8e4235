import { expect, test } from "bun:test";
import {
  copyBytes,
  equalBytes,
  equalIgnoreCase,
  equalRangesIgnoreCase,
  indexOfByte,
  latin1,
  latin1Bytes,
  lowerByte,
  parseUint,
  writeHex,
  writeUint,
} from "./bytes.ts";

test("latin1 text survives the way to bytes and back, every byte", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect([...latin1Bytes(latin1(all, 0, 256))]).toEqual([...all]);
  expect(latin1(all, 65, 68)).toBe("ABC");
});

test("numbers are written in decimal and hexadecimal", () => {
  const out = new Uint8Array(20);
  const numbers = [0, 7, 9, 10, 99, 100, 4095, 4096, 65535, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 10 ** 15, 2 ** 53 - 1];
  for (const value of numbers) {
    expect(latin1(out, 2, writeUint(value, out, 2))).toBe(String(value));
    expect(latin1(out, 1, writeHex(value, out, 1))).toBe(value.toString(16));
  }
});

test("numbers are parsed strictly", () => {
  const parse = (text: string): number => parseUint(latin1Bytes(text), 0, text.length);
  expect(parse("0")).toBe(0);
  expect(parse("007")).toBe(7);
  expect(parse("9007199254740991")).toBe(2 ** 53 - 1);
  for (const bad of ["", " 1", "1 ", "+1", "-1", "0x1", "1e3", "9007199254740992", "99999999999999999999"]) {
    expect(parse(bad)).toBe(-1);
  }
});

test("copies are the same below and above the length where the engine copies", () => {
  const source = Uint8Array.from({ length: 100 }, (_, i) => i);
  for (const length of [0, 1, 31, 32, 33, 90]) {
    const out = new Uint8Array(120);
    expect(copyBytes(source, 5, 5 + length, out, 7)).toBe(7 + length);
    expect([...out.subarray(7, 7 + length)]).toEqual([...source.subarray(5, 5 + length)]);
    expect(out[7 + length]).toBe(0);
  }
});

test("comparisons respect ranges and case", () => {
  const bytes = latin1Bytes("xxAbC-1yy");
  expect(equalBytes(bytes, 2, 7, latin1Bytes("AbC-1"))).toBe(true);
  expect(equalBytes(bytes, 2, 7, latin1Bytes("abc-1"))).toBe(false);
  expect(equalIgnoreCase(bytes, 2, 7, latin1Bytes("abc-1"))).toBe(true);
  expect(equalIgnoreCase(bytes, 2, 6, latin1Bytes("abc-1"))).toBe(false);
  expect(equalRangesIgnoreCase(bytes, 2, 5, latin1Bytes("aBc"), 0, 3)).toBe(true);
  // `@` and `[` differ from the backquote and the brace in one bit, and are no letters.
  expect(equalIgnoreCase(latin1Bytes("@["), 0, 2, latin1Bytes("`{"))).toBe(false);
  expect(lowerByte(0x41)).toBe(0x61);
  expect(lowerByte(0xc4)).toBe(0xc4);
  expect(indexOfByte(bytes, 0x79, 0, 9)).toBe(7);
  expect(indexOfByte(bytes, 0x79, 0, 7)).toBe(-1);
});

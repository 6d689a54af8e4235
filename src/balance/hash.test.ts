// Tests of the hash functions and of what is hashed. The expected numbers were printed by the reference's converters.

import { expect, test } from "bun:test";
import { avalanche, crc32, djb2, type HashFunction, KeyHasher, none, sdbm, wt6 } from "./hash.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const run = (hash: HashFunction, text: string) => hash(bytes(text), 0, text.length);

test("the functions agree with the reference's converters", () => {
  const check = (text: string, expected: readonly number[]) => {
    const plain = [sdbm, djb2, wt6, crc32].map((hash) => run(hash, text));
    expect(plain.flatMap((hash) => [hash, avalanche(hash)])).toEqual([...expected]);
  };
  check("a", [97, 1830748055, 177670, 3548763807, 1900802597, 1986649387, 3904355907, 1288200982]);
  check("ab", [6363201, 3352188731, 5863208, 282820760, 314091001, 988008184, 2659403885, 854450000]);
  check("hello world", [430867652, 261123301, 894552257, 2328455893, 1866899626, 2174767729, 222957957, 2832483188]);
  check(
    "/static/foo.html",
    [3484083397, 942075277, 2652844050, 2693332383, 451659143, 999129250, 4239435350, 435988496],
  );
  check(
    "x".repeat(100),
    [1217321984, 1622433135, 2772255845, 2115216822, 412970605, 1053610177, 1577999759, 495670032],
  );
});

test("none reads a decimal number", () => {
  const check = (text: string, expected: number) => expect(run(none, text)).toBe(expected);
  check("12abc", 12);
  check("", 0);
  check("-1", 0xffff_ffff);
  check("+7", 7);
  check("4294967297", 1);
  check("9".repeat(5000), 0xffff_ffff);
  check(`-${"9".repeat(5000)}`, 0);
});

const hasher = (uri: Partial<{ len: number; depth: number; whole: boolean; pathOnly: boolean }>) =>
  new KeyHasher({
    hashFunction: "sdbm",
    avalanche: false,
    uri: { len: 0, depth: 0, whole: false, pathOnly: false, ...uri },
  });

test("uri hashes the part that its options name", () => {
  const check = (options: Parameters<typeof hasher>[0], target: string, part: string) =>
    expect(hasher(options).uri(bytes(target), 0, target.length)).toBe(run(sdbm, part));
  check({}, "/a/b?c", "/a/b");
  check({ whole: true }, "/a/b?c", "/a/b?c");
  check({ len: 3 }, "/a/b?c", "/a/");
  check({ depth: 1 }, "/a/b?c", "/a");
  check({ depth: 2, len: 9 }, "/a/b/c", "/a/b");
  check({ pathOnly: true }, "http://h:8080/a?b", "/a");
  check({ pathOnly: true, depth: 1 }, "http://h/a/b", "/a");
  check({}, "http://h:80/a", "http://h/a");
  check({}, "https://h:443", "https://h/");
  check({}, "http://h:443/", "http://h:443/");
  check({ pathOnly: true }, "*", "");
  check({}, "*", "*");
  check({}, "", "");
});

test("domain hashes the label before the last dot", () => {
  const check = (name: string, part: string) =>
    expect(hasher({}).domain(bytes(name), 0, name.length)).toBe(run(sdbm, part));
  check("haproxy.1wt.eu", "1wt");
  check("1wt.eu", "1wt");
  check("localhost", "localhost");
  check("a.b.c.d:80", "c");
  check(".com", ".com");
  check("", "");
});

test("address combines the words of the address", () => {
  const hash = (...octets: number[]) => hasher({}).address(Uint8Array.from(octets), 0, octets.length);
  expect(hash(192, 0, 2, 1)).toBe(0xc0000201);
  expect(hash(0xff, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 8)).toBe(0xff00000f);
});

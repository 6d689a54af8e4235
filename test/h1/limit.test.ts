// Holds the size at which a head is too large against the reference, at its borders.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { headFits, parseRequestHead, parseResponseHead } from "../../src/protocol/h1/index.ts";
import { HeadTable, methodIds } from "../../src/protocol/http/index.ts";
import { latin1Bytes } from "../../src/stdx/index.ts";
import { findReference } from "../support/reference.ts";
import { ReferenceBench, statusOf } from "./reference-bench.ts";

type Shape = (size: number) => string;
const fill = (size: number, head: string): string => head.replace("…", "a".repeat(size - head.length + 1));

const requests: Readonly<Record<string, Shape>> = {
  "one long value": (size) => fill(size, "GET / HTTP/1.1\r\nX: …\r\n\r\n"),
  "a long target": (size) => fill(size, "GET /… HTTP/1.1\r\nHost: a\r\n\r\n"),
  "sixty fields": (size) => fill(size, `GET / HTTP/1.1\r\n${"Name: value\r\n".repeat(59)}X: …\r\n\r\n`),
};
const response: Shape = (size) => fill(size, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: …\r\n\r\n");

function fits(text: string, isRequest: boolean): boolean {
  const bytes = latin1Bytes(text);
  const table = new HeadTable();
  const end = isRequest
    ? parseRequestHead(bytes, 0, bytes.length, table)
    : parseResponseHead(bytes, 0, bytes.length, table, methodIds.GET);
  expect(end).toBe(bytes.length);
  return headFits(table, 16_384, 1024);
}

/** The largest size that fits. */
function border(shape: Shape, isRequest: boolean): number {
  let size = 10_000;
  while (fits(shape(size + 1), isRequest)) size++;
  return size;
}

test("the borders as they were measured", () => {
  expect(border(requests["one long value"]!, true)).toBe(15_277);
  expect(border(response, false)).toBe(15_273);
});

const found = findReference();
if (found.path === undefined) {
  test.skip(`borders against the reference (${found.reason})`, () => {});
} else {
  describe("borders against the reference", () => {
    let bench: ReferenceBench;
    beforeAll(async () => {
      bench = await ReferenceBench.start();
    });
    afterAll(() => bench?.stop());
    for (const [name, shape] of Object.entries(requests)) {
      test(name, async () => {
        const size = border(shape, true);
        expect(statusOf((await bench.exchange(shape(size))).response)).toBe(200);
        expect(statusOf((await bench.exchange(shape(size + 1))).response)).toBe(431);
      });
    }
    test("a response", async () => {
      const size = border(response, false);
      const ask = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
      expect(statusOf((await bench.exchange(ask, `${response(size)}ok`)).response)).toBe(200);
      expect(statusOf((await bench.exchange(ask, `${response(size + 1)}ok`)).response)).toBe(502);
    });
  });
}

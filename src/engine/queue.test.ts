// Proves the waiting list: first come, first served, whoever leaves in between, and no growth for ever.

import { expect, test } from "bun:test";
import { WaitList } from "./queue.ts";
import type { Stream } from "./stream.ts";

const stream = (n: number): Stream => ({ queueTicket: n }) as Stream;

test("first in, first out, with leavers at every place", () => {
  const list = new WaitList();
  const streams = Array.from({ length: 10 }, (_, i) => stream(i));
  for (const each of streams) list.push(each);
  for (const i of [0, 4, 9]) expect(list.remove(streams[i]!)).toBe(true);
  expect(list.remove(streams[4]!)).toBe(false);
  const order: number[] = [];
  for (let next = list.shift(); next !== undefined; next = list.shift()) order.push(next.queueTicket);
  expect(order).toEqual([1, 2, 3, 5, 6, 7, 8]);
  expect(list.size).toBe(0);
  expect(list.first()).toBeUndefined();
});

test("a list that is never empty does not keep those who left", () => {
  const list = new WaitList();
  list.push(stream(0));
  for (let i = 1; i < 10_000; i++) {
    list.push(stream(i));
    expect(list.shift()?.queueTicket).toBe(i - 1);
  }
  expect(list.size).toBe(1);
});

import { expect, test } from "bun:test";
import { SeededRandom } from "./random.ts";

test("a seed gives the same numbers for ever", () => {
  const random = new SeededRandom(1);
  const first = [random.nextUint32(), random.nextUint32(), random.nextUint32()];
  const again = new SeededRandom(1);
  expect([again.nextUint32(), again.nextUint32(), again.nextUint32()]).toEqual(first);
  expect(new SeededRandom(2).nextUint32()).not.toBe(first[0]);
  expect(first).toEqual([393288148, 2174103013, 3814759091]);
});

test("bounds hold and every value comes", () => {
  const random = new SeededRandom(7);
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 6000; i++) {
    const value = random.below(6);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  expect(counts.reduce((sum, count) => sum + count)).toBe(6000);
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  for (let i = 0; i < 1000; i++) expect(random.nextUint32()).toBeLessThan(2 ** 32);
});

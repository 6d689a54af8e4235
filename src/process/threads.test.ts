// Owns what the main thread notices of its workers: loading, dying, and threads that were started for nothing.

import { expect, test } from "bun:test";
import type { WorkerStart } from "./messages.ts";
import { type ThreadEvents, Threads } from "./threads.ts";

function events(onDeath: ThreadEvents["onDeath"]): ThreadEvents {
  return { onBug: () => {}, onAlert: () => {}, onAdmin: () => {}, onAllDrained: () => {}, onDeath };
}

test("a thread that breaks while it is built is reported with its number and its reason", async () => {
  const threads = new Threads(1);
  const death = Promise.withResolvers<{ index: number; reason: string }>();
  threads.begin(
    2,
    events((index, reason) => death.resolve({ index, reason })),
  );
  // A start without a model: the worker cannot build anything from it.
  void threads.load((threadIndex) => ({ kind: "start", threadIndex }) as unknown as WorkerStart);
  const { index, reason } = await death.promise;
  expect([0, 1]).toContain(index);
  expect(reason).toMatch(/Error/);
});

test("threads beyond those that are wanted end without a word", async () => {
  const threads = new Threads(2);
  const deaths: string[] = [];
  threads.begin(
    0,
    events((_, reason) => deaths.push(reason)),
  );
  await Bun.sleep(100);
  expect(deaths).toEqual([]);
});

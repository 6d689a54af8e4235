// Proves the timer wheel: never early, at most a tick late, lazy about later deadlines, and asleep when nobody waits.

import { describe, expect, test } from "bun:test";
import type { Clock, TimerHandle } from "../transport/types.ts";
import { TimerWheel, WheelEntry, wheelTickMs } from "./wheel.ts";

class FakeClock implements Clock {
  time = 1234.5;
  timers: { due: number; run: () => void; handle: TimerHandle }[] = [];

  now(): number {
    return this.time;
  }
  wallMs(): number {
    return this.time;
  }
  setTimer(delayMs: number, callback: () => void): TimerHandle {
    const handle: TimerHandle = { kind: "timer" };
    this.timers.push({ due: this.time + delayMs, run: callback, handle });
    return handle;
  }
  clearTimer(handle: TimerHandle): void {
    this.timers = this.timers.filter((timer) => timer.handle !== handle);
  }
  defer(callback: () => void): void {
    callback();
  }

  /** Runs timers in order up to `until`. */
  advance(until: number): void {
    for (;;) {
      const next = this.timers.filter((timer) => timer.due <= until).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.timers.splice(this.timers.indexOf(next), 1);
      this.time = Math.max(this.time, next.due);
      next.run();
    }
    this.time = until;
  }
}

class Probe extends WheelEntry {
  fired: number[] = [];
  readonly clock: FakeClock;
  afterwards: (() => void) | undefined = undefined;

  constructor(clock: FakeClock) {
    super();
    this.clock = clock;
  }

  override onDeadline(): void {
    this.fired.push(this.clock.time);
    this.afterwards?.();
  }
}

function setUp() {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock);
  return { clock, wheel, probe: () => new Probe(clock) };
}

describe("TimerWheel", () => {
  for (const delay of [0, 1, 9.9, 10, 11, 500, 10_000, 10_239, 10_240, 50_000, 3_600_000]) {
    test(`${delay} ms: not early, at most a tick late`, () => {
      const { clock, wheel, probe } = setUp();
      const entry = probe();
      const due = clock.time + delay;
      wheel.arm(entry, due);
      clock.advance(due + 2 * wheelTickMs);
      expect(entry.fired).toHaveLength(1);
      expect(entry.fired[0]).toBeGreaterThanOrEqual(due);
      expect(entry.fired[0]).toBeLessThanOrEqual(due + 1.001 * wheelTickMs + 1);
      expect(wheel.size).toBe(0);
      expect(clock.timers).toHaveLength(0);
    });
  }

  test("a deadline that moves to later fires once, later", () => {
    const { clock, wheel, probe } = setUp();
    const entry = probe();
    const start = clock.time;
    for (let i = 0; i < 100; i++) {
      wheel.arm(entry, clock.time + 1000);
      clock.advance(clock.time + 100);
    }
    expect(entry.fired).toEqual([]);
    clock.advance(clock.time + 1000);
    expect(entry.fired).toHaveLength(1);
    expect(entry.fired[0]! - start).toBeGreaterThanOrEqual(10_900);
  });

  test("a deadline that moves to earlier fires then", () => {
    const { clock, wheel, probe } = setUp();
    const entry = probe();
    wheel.arm(entry, clock.time + 60_000);
    const due = clock.time + 50;
    wheel.arm(entry, due);
    clock.advance(due + 20);
    expect(entry.fired).toHaveLength(1);
  });

  test("a deadline taken away does not fire, and the wheel falls asleep", () => {
    const { clock, wheel, probe } = setUp();
    const entry = probe();
    wheel.arm(entry, clock.time + 100);
    entry.deadline = Number.POSITIVE_INFINITY;
    clock.advance(clock.time + 1000);
    expect(entry.fired).toEqual([]);
    expect(clock.timers).toHaveLength(0);
  });

  test("removing the last entry puts the clock's timer out", () => {
    const { clock, wheel, probe } = setUp();
    const entry = probe();
    wheel.arm(entry, clock.time + 100);
    wheel.remove(entry);
    expect(clock.timers).toHaveLength(0);
    expect(wheel.size).toBe(0);
  });

  test("an entry may arm itself and remove its neighbours while it fires", () => {
    const { clock, wheel, probe } = setUp();
    const first = probe();
    const second = probe();
    const third = probe();
    const due = clock.time + 30;
    for (const entry of [first, second, third]) wheel.arm(entry, due);
    third.afterwards = () => {
      wheel.remove(second);
      wheel.arm(third, clock.time + 100);
    };
    clock.advance(due + 500);
    expect(first.fired).toHaveLength(1);
    expect(second.fired).toHaveLength(0);
    // It arms itself anew each time it fires.
    expect(third.fired.length).toBeGreaterThan(2);
  });

  test("after the loop was blocked for a minute everything due fires at once", () => {
    const { clock, wheel, probe } = setUp();
    const entries = Array.from({ length: 50 }, probe);
    for (const [i, entry] of entries.entries()) wheel.arm(entry, clock.time + i * 100);
    clock.time += 60_000;
    clock.advance(clock.time + 20);
    expect(entries.every((entry) => entry.fired.length === 1)).toBe(true);
  });
});

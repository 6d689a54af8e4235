// Owns virtual time: a queue of events ordered by (time, order of creation), and the Clock that stands on it. Time moves only
// when an event is taken. Knows no network.

import { assert } from "../../stdx/index.ts";
import type { Clock, TimerHandle } from "../types.ts";
import type { SeededRandom } from "./random.ts";

class ScheduledEvent implements TimerHandle {
  readonly kind = "timer";
  readonly atMs: number;
  readonly order: number;
  readonly isTimer: boolean;
  run: (() => void) | undefined;

  constructor(atMs: number, order: number, isTimer: boolean, run: () => void) {
    this.atMs = atMs;
    this.order = order;
    this.isTimer = isTimer;
    this.run = run;
  }
}

/** 2026-01-01T00:00:00Z: the wall clock of every simulation begins here. */
const WALL_START_MS = 1_767_225_600_000;

/** The queue of what will happen, and the clock of a simulation. */
export class Schedule implements Clock {
  readonly #heap: ScheduledEvent[] = [];
  readonly #random: SeededRandom;
  #nowMs = 0;
  #order = 0;
  #deferred: (() => void)[] = [];
  #timersPending = 0;
  #eventsPending = 0;
  #stepsTotal = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Timers of the product that have neither fired nor been cleared. */
  get timersPending(): number {
    return this.#timersPending;
  }

  /** Events taken so far; equal counts of two runs of a seed are a cheap sign of equal runs. */
  get stepsTotal(): number {
    return this.#stepsTotal;
  }

  now(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return WALL_START_MS + this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    this.#timersPending += 1;
    return this.#push(this.#nowMs + Math.max(delayMs, 0), true, callback);
  }

  clearTimer(handle: TimerHandle): void {
    if (!(handle instanceof ScheduledEvent) || handle.run === undefined) return;
    handle.run = undefined;
    this.#timersPending -= 1;
    this.#eventsPending -= 1;
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback);
  }

  /** Something of the network happens at `atMs`, or now if that has passed. */
  at(atMs: number, run: () => void): void {
    this.#push(Math.max(atMs, this.#nowMs), false, run);
  }

  /** Nothing will ever happen again by itself. */
  idle(): boolean {
    return this.#eventsPending === 0 && this.#deferred.length === 0;
  }

  /** Takes one turn of the event loop: the next event, perhaps others of the same moment, and then what was deferred. */
  step(): boolean {
    const event = this.#take(Number.POSITIVE_INFINITY);
    if (event === undefined) return this.#runDeferred();
    event();
    // Sockets that are ready together are served in one turn on a real loop, and sometimes are not.
    while (this.#random.chance(0.5)) {
      const next = this.#take(this.#nowMs);
      if (next === undefined) break;
      next();
    }
    this.#runDeferred();
    return true;
  }

  /** Takes every turn up to and including `untilMs`, and leaves the clock there. */
  run(untilMs: number): void {
    for (;;) {
      const next = this.#peek();
      if (next === undefined || next.atMs > untilMs) break;
      this.step();
    }
    this.#runDeferred();
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #runDeferred(): boolean {
    if (this.#deferred.length === 0) return false;
    const due = this.#deferred;
    this.#deferred = [];
    for (const callback of due) callback();
    return true;
  }

  #push(atMs: number, isTimer: boolean, run: () => void): ScheduledEvent {
    const event = new ScheduledEvent(atMs, this.#order, isTimer, run);
    this.#order += 1;
    this.#eventsPending += 1;
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      assert(above !== undefined, "a heap's parent exists");
      if (!before(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
    return event;
  }

  #peek(): ScheduledEvent | undefined {
    while (this.#heap.length > 0 && this.#heap[0]?.run === undefined) this.#popTop();
    return this.#heap[0];
  }

  /** Removes the first event that is due by `untilMs` and moves time to it. */
  #take(untilMs: number): (() => void) | undefined {
    const event = this.#peek();
    if (event === undefined || event.atMs > untilMs) return undefined;
    this.#popTop();
    this.#nowMs = event.atMs;
    this.#eventsPending -= 1;
    this.#stepsTotal += 1;
    if (event.isTimer) this.#timersPending -= 1;
    const run = event.run;
    event.run = undefined;
    return run;
  }

  #popTop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let least = left;
      if (right !== undefined && before(right, left)) {
        least = right;
        child += 1;
      }
      if (!before(least, last)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
  }
}

function before(left: ScheduledEvent, right: ScheduledEvent): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}

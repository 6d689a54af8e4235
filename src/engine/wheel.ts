// Owns the engine's timers: one lazy wheel on one Clock timer. Activity only stores a later deadline (a few ns); the slot in which an entry
// stands looks at the deadline when it comes due and re-inserts what is not due yet. That trades precision (10 ms, never early) and a little
// work every ten seconds per connection for not touching any list on each read and write. It knows no connections.

import { assert } from "../stdx/index.ts";
import type { Clock, TimerHandle } from "../transport/types.ts";

/** Width of a slot. Deadlines fire up to this much late. */
export const wheelTickMs = 10;
/** Slots of the wheel; a power of two. What is farther away stands in the farthest slot and is re-inserted. */
const slotCount = 1024;
const slotMask = slotCount - 1;

/** Something with at most one deadline at a time. Connections and streams extend it, so that a timer is no object of its own. */
export abstract class WheelEntry {
  /** Monotonic ms; Infinity: none. */
  deadline = Number.POSITIVE_INFINITY;
  /** When the slot it stands in is looked at; Infinity: it stands nowhere. */
  wheelDue = Number.POSITIVE_INFINITY;
  wheelNext: WheelEntry | undefined = undefined;
  wheelPrevious: WheelEntry | undefined = undefined;

  /** The deadline has passed; it is cleared already. Must not throw. */
  abstract onDeadline(): void;
}

/** All timers of one thread. */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #slots: (WheelEntry | undefined)[] = new Array(slotCount).fill(undefined);
  readonly #wake: () => void;
  /** The last tick whose slot was looked at. */
  #tick: number;
  #timer: TimerHandle | undefined = undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#tick = Math.floor(clock.now() / wheelTickMs);
    this.#wake = () => this.#turn();
  }

  /** Entries that stand in a slot, with a deadline or without one. */
  get size(): number {
    return this.#count;
  }

  /** Sets the deadline of `entry`. Moving it to later, or to Infinity, is two comparisons and a store. */
  arm(entry: WheelEntry, deadline: number): void {
    entry.deadline = deadline;
    if (entry.wheelDue <= deadline) return;
    this.#place(entry, deadline);
  }

  /** Forgets the entry wholly: for what is being closed. */
  remove(entry: WheelEntry): void {
    entry.deadline = Number.POSITIVE_INFINITY;
    if (entry.wheelDue !== Number.POSITIVE_INFINITY) this.#unlink(entry);
    if (this.#count === 0 && this.#timer !== undefined) this.#sleep();
  }

  #place(entry: WheelEntry, deadline: number): void {
    if (entry.wheelDue !== Number.POSITIVE_INFINITY) this.#unlink(entry);
    if (this.#count === 0) this.#tick = Math.max(this.#tick, Math.floor(this.#clock.now() / wheelTickMs));
    let tick = Math.ceil(deadline / wheelTickMs);
    if (tick <= this.#tick) tick = this.#tick + 1;
    else if (tick > this.#tick + slotMask) tick = this.#tick + slotMask;
    const slot = tick & slotMask;
    const head = this.#slots[slot];
    entry.wheelDue = tick * wheelTickMs;
    entry.wheelNext = head;
    if (head !== undefined) head.wheelPrevious = entry;
    this.#slots[slot] = entry;
    this.#count++;
    if (entry.wheelDue < this.#timerDue) this.#sleepUntil(entry.wheelDue);
  }

  #unlink(entry: WheelEntry): void {
    const { wheelNext, wheelPrevious } = entry;
    if (wheelNext !== undefined) wheelNext.wheelPrevious = wheelPrevious;
    if (wheelPrevious !== undefined) wheelPrevious.wheelNext = wheelNext;
    else this.#slots[(entry.wheelDue / wheelTickMs) & slotMask] = wheelNext;
    entry.wheelDue = Number.POSITIVE_INFINITY;
    entry.wheelNext = undefined;
    entry.wheelPrevious = undefined;
    this.#count--;
  }

  #sleepUntil(due: number): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timerDue = due;
    this.#timer = this.#clock.setTimer(Math.max(0, due - this.#clock.now()), this.#wake);
  }

  #sleep(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerDue = Number.POSITIVE_INFINITY;
  }

  #turn(): void {
    this.#timer = undefined;
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const target = Math.floor(now / wheelTickMs);
    // A loop that was blocked for longer than the wheel's span looks at each slot once.
    const last = Math.min(target, this.#tick + slotCount);
    while (this.#tick < last) {
      const tick = this.#tick + 1;
      this.#tick = tick;
      this.#drainSlot(tick & slotMask, now);
    }
    this.#tick = Math.max(this.#tick, target);
    if (this.#count > 0) this.#sleepUntil(this.#nextDue());
  }

  /** Takes entries one by one, since firing one may remove others. New entries never land in the slot being drained. */
  #drainSlot(slot: number, now: number): void {
    let entry = this.#slots[slot];
    while (entry !== undefined) {
      this.#unlink(entry);
      const { deadline } = entry;
      if (deadline <= now) {
        entry.deadline = Number.POSITIVE_INFINITY;
        entry.onDeadline();
      } else if (deadline !== Number.POSITIVE_INFINITY) this.#place(entry, deadline);
      entry = this.#slots[slot];
    }
  }

  #nextDue(): number {
    for (let tick = this.#tick + 1; tick <= this.#tick + slotCount; tick++) {
      const entry = this.#slots[tick & slotMask];
      // After a long block an entry may stand in a slot whose time has passed.
      if (entry !== undefined) return Math.min(entry.wheelDue, tick * wheelTickMs);
    }
    assert(false, "A wheel that counts entries has a slot with an entry.");
    return 0;
  }
}

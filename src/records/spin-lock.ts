// Owns the one lock of the arena. It guards a few loads and stores (at most some microseconds) and never I/O, a callback
// or an allocation, so waiting means spinning with the processor's pause hint: `Atomics.wait` may not be used on every
// thread, and sleeping would cost more than the wait. The owner is written into the cell, so that a lock
// of a thread that died can be found and freed.

/** How many tries {@link lock} makes before it declares the owner dead: minutes, not milliseconds. */
const SPIN_LIMIT = 1 << 30;

/** Takes the lock in `cells[at]` for `owner` (1 or more). False when somebody holds it. */
export function tryLock(cells: Int32Array, at: number, owner: number): boolean {
  return Atomics.compareExchange(cells, at, 0, owner) === 0;
}

/**
 * Takes the lock in `cells[at]` for `owner` (1 or more), spinning until it is free. Not re-entrant. False only when the
 * holder seems to be gone for good; the caller then works unlocked, since a wrong turn is better than a dead proxy.
 */
export function lock(cells: Int32Array, at: number, owner: number): boolean {
  if (Atomics.compareExchange(cells, at, 0, owner) === 0) return true;
  let pauses = 1;
  for (let tries = 0; tries < SPIN_LIMIT; tries += pauses) {
    // Waiting reads only: a failed exchange would take the cache line away from the holder.
    for (let i = 0; i < pauses; i++) pause();
    if (pauses < 64) pauses <<= 1;
    if (Atomics.load(cells, at) === 0 && Atomics.compareExchange(cells, at, 0, owner) === 0) return true;
  }
  return false;
}

/** Gives the lock back. Only its owner may call this; freeing somebody else's lock has no effect. */
export function unlock(cells: Int32Array, at: number, owner: number): void {
  Atomics.compareExchange(cells, at, owner, 0);
}

/** `Atomics.pause` is newer than the type library; without it an idle loop turn does as well. */
const pause: () => void = (Atomics as { pause?: () => void }).pause ?? (() => undefined);

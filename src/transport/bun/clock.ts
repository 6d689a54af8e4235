// Owns real time and real chance: the Clock on the event loop's timers and the Random on the system's generator.
// The simulator has its own; nothing else in the product reads a clock.

import type { Clock, Random, TimerHandle } from "../types.ts";

class BunTimer implements TimerHandle {
  readonly kind = "timer";
  readonly timer: ReturnType<typeof setTimeout>;

  constructor(timer: ReturnType<typeof setTimeout>) {
    this.timer = timer;
  }
}

/** The clock of one thread. Deferred callbacks run together once all sockets that were ready in this turn have been served. */
export function createBunClock(): Clock {
  let deferred: (() => void)[] = [];
  const runDeferred = () => {
    const due = deferred;
    deferred = [];
    let done = 0;
    try {
      for (; done < due.length; done += 1) due[done]?.();
    } finally {
      // One that throws must not take the others with it.
      if (done < due.length) {
        deferred = due.slice(done + 1).concat(deferred);
        if (deferred.length > 0) setImmediate(runDeferred);
      }
    }
  };
  return {
    now: () => performance.now(),
    // Not performance.timeOrigin + now: that would never follow a correction of the system's clock.
    wallMs: () => Date.now(),
    setTimer: (delayMs, callback) => new BunTimer(setTimeout(callback, delayMs)),
    clearTimer: (handle) => {
      if (handle instanceof BunTimer) clearTimeout(handle.timer);
    },
    defer: (callback) => {
      deferred.push(callback);
      if (deferred.length === 1) setImmediate(runDeferred);
    },
  };
}

/** Chance from the system's generator, 4 KB at a time. */
export function createBunRandom(): Random {
  const pool = new Uint32Array(1024);
  let next = pool.length;
  return {
    nextUint32: () => {
      if (next === pool.length) {
        crypto.getRandomValues(pool);
        next = 0;
      }
      const value = pool[next] ?? 0;
      next += 1;
      return value;
    },
  };
}

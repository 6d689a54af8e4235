// Owns when checks run: the spread of the first ones, and the interval that a server's health asks for. Pure arithmetic.
// Configuration manual §5.2 "inter", "fastinter", "downinter", §3.2 "spread-checks".

import type { CheckModel } from "../config/model/index.ts";

/** Intervals below this do not draw all first checks together: such a server is alone in wanting to be checked often. */
const SHORT_INTERVAL_MS = 1000;

/** The least interval that counts for the spread, 0 when there is none. */
export function shortestInterval(checks: readonly CheckModel[]): number {
  const intervals = checks.map((check) => check.intervalMs).filter((interval) => interval >= SHORT_INTERVAL_MS);
  return intervals.reduce((least, interval) => (least === 0 ? interval : Math.min(least, interval)), 0);
}

/** When the check at `position` of `count` runs first, in ms after the start. */
export function firstDelay(check: CheckModel, shortestMs: number, position: number, count: number): number {
  return (Math.max(shortestMs, check.intervalMs) * position) / count;
}

/** The interval after a check: `inter` in full health, `downinter` at none, `fastinter` between. */
export function intervalFor(check: CheckModel, health: number, isStopped: boolean): number {
  if (health === check.rise + check.fall - 1) return check.intervalMs;
  if (health === 0 && isStopped) return check.downIntervalMs ?? check.intervalMs;
  return check.fastIntervalMs ?? check.intervalMs;
}

/** `interval` moved by at most `percent` in either direction; `chance` is an unsigned 32-bit number. */
export function spread(interval: number, percent: number, chance: number): number {
  if (percent === 0) return interval;
  const room = (interval * percent) / 100;
  return interval + room - 2 * room * (chance / 4294967296);
}

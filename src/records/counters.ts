// Owns the counters: one block of Float64 cells per thread, written with a plain `+=` by that thread alone and summed by
// the reader. `clear` moves a base that the reader subtracts, so that it never writes into another thread's counters.
// A rate counts per second of a clock that all threads share (the manual's "over last elapsed second" slides: the
// running second plus the not yet elapsed share of the one before); an average is over the last 1024 requests.

import {
  BACKEND,
  BACKEND_CELLS,
  FRONTEND,
  FRONTEND_CELLS,
  LISTENER_CELLS,
  PROCESS,
  PROCESS_CELLS,
  SERVER,
  SERVER_CELLS,
  TIMES_CELLS,
} from "./counter-fields.ts";
import { type ArenaShape, alignToLine } from "./layout.ts";

/** How many requests an average looks back on (management manual §9.1, qtime). */
const AVERAGE_WINDOW = 1024;

/** Where the views of each kind start within a block, in cells, and how far they are apart. */
interface BlockLayout {
  readonly frontend: number;
  readonly backend: number;
  readonly server: number;
  readonly listener: number;
  readonly process: number;
  readonly cells: number;
}

const stride = (cells: number) => alignToLine(cells * 8) / 8;
const FRONTEND_STRIDE = stride(FRONTEND_CELLS);
const BACKEND_STRIDE = stride(BACKEND_CELLS);
const SERVER_STRIDE = stride(SERVER_CELLS);
const LISTENER_STRIDE = stride(LISTENER_CELLS);

function blockLayout(shape: ArenaShape): BlockLayout {
  const backend = shape.proxies * FRONTEND_STRIDE;
  const server = backend + shape.proxies * BACKEND_STRIDE;
  const listener = server + shape.servers * SERVER_STRIDE;
  const process = listener + shape.listeners * LISTENER_STRIDE;
  return { frontend: 0, backend, server, listener, process, cells: process + stride(PROCESS_CELLS) };
}

/** Bytes that the counters of `shape` take: a block per thread and one for the base. */
export function counterBlockBytes(shape: ArenaShape): number {
  return blockLayout(shape).cells * 8;
}

/**
 * One thread's counters. A view is a Float64Array of one object: `counters.frontends[proxyIndex][FRONTEND.bytesIn] += n`.
 * Keep the view in the session; only the thread that owns the block may write to it.
 */
export class ThreadCounters {
  readonly frontends: readonly Float64Array[];
  readonly backends: readonly Float64Array[];
  readonly servers: readonly Float64Array[];
  readonly listeners: readonly Float64Array[];
  readonly process: Float64Array;
  readonly #all: CounterSums;
  readonly #blockByteOffset: number;

  constructor(shape: ArenaShape, all: CounterSums, buffer: ArrayBufferLike, byteOffset: number) {
    const at = blockLayout(shape);
    const views = (start: number, stride: number, length: number, count: number) =>
      Array.from({ length: count }, (_, i) => new Float64Array(buffer, byteOffset + (start + i * stride) * 8, length));
    this.frontends = views(at.frontend, FRONTEND_STRIDE, FRONTEND_CELLS, shape.proxies);
    this.backends = views(at.backend, BACKEND_STRIDE, BACKEND_CELLS, shape.proxies);
    this.servers = views(at.server, SERVER_STRIDE, SERVER_CELLS, shape.servers);
    this.listeners = views(at.listener, LISTENER_STRIDE, LISTENER_CELLS, shape.listeners);
    this.process = new Float64Array(buffer, byteOffset + at.process * 8, PROCESS_CELLS);
    this.#all = all;
    this.#blockByteOffset = byteOffset;
  }

  /**
   * Counts one event of the rate at `field` (for example `FRONTEND.sessionRate`) in `second`, the whole seconds of a
   * clock that all threads share. Every event but the first of a second costs one comparison and one addition.
   */
  countRate(view: Float64Array, field: number, second: number): void {
    if (view[field] !== second) this.#turnSecond(view, field, second);
    view[field + 1]! += 1;
  }

  /**
   * A second has ended for this thread: before its count is overwritten, the total of all threads for it is compared
   * with the highest one. The thread that turns last sees all counts complete, so no peak is missed and nobody locks.
   */
  #turnSecond(view: Float64Array, field: number, second: number): void {
    const before = view[field]!;
    // A clock that is a moment behind another thread's must not wipe what is counted already.
    if (second < before) return;
    if (before !== 0) {
      const total = this.#all.countInSecond((view.byteOffset - this.#blockByteOffset) / 8 + field, before);
      if (total > view[field + 3]!) view[field + 3] = total;
    }
    view[field + 2] = before === second - 1 ? view[field + 1]! : 0;
    view[field + 1] = 0;
    view[field] = second;
  }

  /** Adds one finished request to the averages at `field` (`BACKEND.times`, `SERVER.times`). Times in ms, none negative. */
  recordTimes(
    view: Float64Array,
    field: number,
    queue: number,
    connect: number,
    response: number,
    total: number,
  ): void {
    const samples = (view[field]! += 1);
    const share = Math.min(samples, AVERAGE_WINDOW);
    view[field + 1]! += (queue - view[field + 1]!) / share;
    view[field + 2]! += (connect - view[field + 2]!) / share;
    view[field + 3]! += (response - view[field + 3]!) / share;
    view[field + 4]! += (total - view[field + 4]!) / share;
    if (queue > view[field + 5]!) view[field + 5] = queue;
    if (connect > view[field + 6]!) view[field + 6] = connect;
    if (response > view[field + 7]!) view[field + 7] = response;
    if (total > view[field + 8]!) view[field + 8] = total;
  }
}

/** What {@link CounterSums.times} gives, in ms. */
export interface TimesSummary {
  readonly queueMs: number;
  readonly connectMs: number;
  readonly responseMs: number;
  readonly totalMs: number;
  readonly queueMaxMs: number;
  readonly connectMaxMs: number;
  readonly responseMaxMs: number;
  readonly totalMaxMs: number;
}

/** The kinds of object that have counters. */
export type CounterKind = "frontend" | "backend" | "server" | "listener" | "process";

/** The reader's side: sums over all threads. Any thread may read; only the main thread clears. */
export class CounterSums {
  readonly #layout: BlockLayout;
  readonly #blocks: readonly Float64Array[];
  readonly #base: Float64Array;
  readonly #shape: ArenaShape;

  constructor(shape: ArenaShape, buffer: ArrayBufferLike, byteOffset: number) {
    this.#shape = shape;
    this.#layout = blockLayout(shape);
    const cells = this.#layout.cells;
    this.#blocks = Array.from(
      { length: shape.threads },
      (_, i) => new Float64Array(buffer, byteOffset + i * cells * 8, cells),
    );
    this.#base = new Float64Array(buffer, byteOffset + shape.threads * cells * 8, cells);
  }

  /** The total of one counter since the start or the last clear. `index` is the proxy's, server's or listener's; 0 for the process. */
  sum(kind: CounterKind, index: number, field: number): number {
    const at = this.#at(kind, index) + field;
    let total = -this.#base[at]!;
    for (const block of this.#blocks) total += block[at]!;
    return total;
  }

  /** Events per second at the rate `field`, sliding over the last 1000 ms before `nowMs` (the clock given to `countRate`). */
  rate(kind: CounterKind, index: number, field: number, nowMs: number): number {
    const at = this.#at(kind, index) + field;
    const second = Math.floor(nowMs / 1000);
    const elapsed = nowMs - second * 1000;
    const now = this.countInSecond(at, second);
    return Math.floor(now + (this.countInSecond(at, second - 1) * (1000 - elapsed)) / 1000);
  }

  /** The highest number of events in one second since the start or the last clear. */
  rateMax(kind: CounterKind, index: number, field: number): number {
    const at = this.#at(kind, index) + field;
    let highest = 0;
    for (const block of this.#blocks) {
      if (block[at + 3]! > highest) highest = block[at + 3]!;
      if (block[at] === 0) continue;
      const running = this.countInSecond(at, block[at]!);
      if (running > highest) highest = running;
    }
    return highest;
  }

  /** Averages and maxima at `field` over all threads, each thread weighing as many requests as it has in its window. */
  times(kind: "backend" | "server", index: number, field: number): TimesSummary {
    const at = this.#at(kind, index) + field;
    const averages = [0, 0, 0, 0];
    const maxima = [0, 0, 0, 0];
    let weight = 0;
    for (const block of this.#blocks) {
      const samples = Math.min(block[at]!, AVERAGE_WINDOW);
      weight += samples;
      for (let i = 0; i < 4; i++) {
        averages[i]! += samples * block[at + 1 + i]!;
        maxima[i] = Math.max(maxima[i]!, block[at + 5 + i]!);
      }
    }
    const average = (i: number) => (weight === 0 ? 0 : averages[i]! / weight);
    return {
      queueMs: average(0),
      connectMs: average(1),
      responseMs: average(2),
      totalMs: average(3),
      queueMaxMs: maxima[0]!,
      connectMaxMs: maxima[1]!,
      responseMaxMs: maxima[2]!,
      totalMaxMs: maxima[3]!,
    };
  }

  /**
   * `maxima` forgets the highest rates and times (`clear counters`); `all` also starts every counter at 0 again. A
   * maximum that a thread writes at this very moment may survive; it is the only cell that two threads write.
   */
  clear(what: "maxima" | "all"): void {
    if (what === "all") {
      for (let at = 0; at < this.#base.length; at++) {
        let total = 0;
        for (const block of this.#blocks) total += block[at]!;
        this.#base[at] = total;
      }
    }
    for (const { start, stride, count, rates, times } of this.#measured()) {
      for (let i = 0; i < count; i++) {
        for (const block of this.#blocks) clearMeasured(block, start + i * stride, rates, times, what);
      }
    }
  }

  /** Events that all threads counted in `second`, at cell `at` of a block. A thread that is two seconds further has forgotten. */
  countInSecond(at: number, second: number): number {
    let total = 0;
    for (const block of this.#blocks) {
      const seen = block[at]!;
      if (seen === second) total += block[at + 1]!;
      else if (seen === second + 1) total += block[at + 2]!;
    }
    return total;
  }

  #at(kind: CounterKind, index: number): number {
    const at = this.#layout;
    if (kind === "frontend") return at.frontend + index * FRONTEND_STRIDE;
    if (kind === "backend") return at.backend + index * BACKEND_STRIDE;
    if (kind === "server") return at.server + index * SERVER_STRIDE;
    if (kind === "listener") return at.listener + index * LISTENER_STRIDE;
    return at.process;
  }

  #measured(): readonly MeasuredCells[] {
    const { proxies, servers } = this.#shape;
    const at = this.#layout;
    const kind = (start: number, stride: number, count: number, rates: readonly number[], times: number) => ({
      start,
      stride,
      count,
      rates,
      times,
    });
    const frontendRates = [FRONTEND.connectionRate, FRONTEND.sessionRate, FRONTEND.requestRate];
    const processRates = [PROCESS.connectionRate, PROCESS.sessionRate, PROCESS.tlsRate];
    return [
      kind(at.frontend, FRONTEND_STRIDE, proxies, frontendRates, -1),
      kind(at.backend, BACKEND_STRIDE, proxies, [BACKEND.sessionRate], BACKEND.times),
      kind(at.server, SERVER_STRIDE, servers, [SERVER.sessionRate], SERVER.times),
      kind(at.process, 0, 1, processRates, -1),
    ];
  }
}

/** Where a kind of object keeps its rates and averages; `times` is −1 when it has none. */
interface MeasuredCells {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
  readonly rates: readonly number[];
  readonly times: number;
}

function clearMeasured(
  block: Float64Array,
  at: number,
  rates: readonly number[],
  times: number,
  what: "maxima" | "all",
): void {
  for (const rate of rates) block[at + rate + 3] = 0;
  if (times < 0) return;
  block.fill(0, at + times + (what === "all" ? 0 : 5), at + times + TIMES_CELLS);
}

// Tests of the arena: layout, exactness across real threads, counters, rates, averages, clear.

import { expect, test } from "bun:test";
import {
  ADMIN_STATE,
  BACKEND,
  FRONTEND,
  LISTENER,
  lock,
  OPERATIONAL_STATE,
  PROCESS,
  responseClass,
  SERVER,
  SharedState,
  TextColumn,
  unlock,
  WEIGHT_SCALE,
} from "./index.ts";

const SHAPE = { threads: 2, proxies: 3, servers: 5, listeners: 2 };

test("every column of every record has cells of its own", () => {
  const state = SharedState.create(SHAPE);
  const records: [object, number][] = [
    [state.servers, SHAPE.servers],
    [state.proxies, SHAPE.proxies],
    [state.listeners, SHAPE.listeners],
    [state.threads, SHAPE.threads],
    [state.process, 1],
  ];
  let next = 1;
  const written: [{ get(i: number): number | string }, number, number | string][] = [];
  for (const [record, count] of records) {
    for (const column of Object.values(record)) {
      for (let i = 0; i < count; i++) {
        const value = column instanceof TextColumn ? String(next) : next;
        column.set(i, value);
        written.push([column, i, value]);
        next++;
      }
    }
  }
  for (let t = 0; t < SHAPE.threads; t++) {
    const counters = state.countersOf(t);
    for (const views of [counters.frontends, counters.backends, counters.servers, counters.listeners]) {
      for (const view of views) view.fill(-1);
    }
    counters.process.fill(-1);
  }
  expect(written.length).toBeGreaterThan(200);
  for (const [column, index, value] of written) expect(column.get(index)).toBe(value);
});

test("attach sees what create wrote, and refuses another shape", () => {
  const main = SharedState.create(SHAPE);
  main.servers.userWeight.set(4, 256);
  main.countersOf(1).servers[4]![SERVER.bytesIn]! += 7;
  const other = SharedState.attach(main.buffer, SHAPE);
  expect(other.servers.userWeight.get(4)).toBe(256);
  expect(other.totals.sum("server", 4, SERVER.bytesIn)).toBe(7);
  expect(() => SharedState.attach(main.buffer, { ...SHAPE, servers: 6 })).toThrow();
});

test("a server is usable when up, not in maintenance, not drained and with a weight", () => {
  const { servers } = SharedState.create(SHAPE);
  expect(servers.usable(0)).toBe(false);
  servers.operationalState.set(0, OPERATIONAL_STATE.running);
  expect(servers.usable(0)).toBe(false);
  servers.effectiveWeight.set(0, WEIGHT_SCALE);
  expect(servers.usable(0)).toBe(true);
  servers.adminState.setBits(0, ADMIN_STATE.forcedDrain);
  expect(servers.usable(0)).toBe(false);
  expect(servers.willing(0)).toBe(true);
  servers.adminState.set(0, ADMIN_STATE.hostnameSetAtRuntime);
  expect(servers.usable(0)).toBe(true);
  servers.adminState.setBits(0, ADMIN_STATE.configuredMaintenance);
  expect(servers.usable(0)).toBe(true);
  servers.adminState.setBits(0, ADMIN_STATE.forcedMaintenance);
  expect(servers.willing(0)).toBe(false);
});

test("acquire never exceeds its limit, and 0 is no limit", () => {
  const { servers } = SharedState.create(SHAPE);
  expect([1, 2, 3].map(() => servers.served.acquire(1, 2))).toEqual([true, true, false]);
  servers.served.add(1, -1);
  expect(servers.served.acquire(1, 2)).toBe(true);
  expect(servers.served.acquire(1, 0)).toBe(true);
  expect(servers.served.get(1)).toBe(3);
});

test("recount sums what is usable and bumps the epoch", () => {
  const state = SharedState.create(SHAPE);
  for (let i = 0; i < 5; i++) {
    state.servers.operationalState.set(i, i === 1 ? OPERATIONAL_STATE.stopped : OPERATIONAL_STATE.running);
    state.servers.effectiveWeight.set(i, 10 * WEIGHT_SCALE);
    state.servers.backup.set(i, i >= 3 ? 1 : 0);
  }
  state.recountServers(2, [0, 1, 2, 3, 4]);
  const { usableActive, usableBackup, weightActive, weightBackup, epoch } = state.proxies;
  expect([usableActive, usableBackup, weightActive, weightBackup, epoch].map((column) => column.get(2))).toEqual([
    2, 2, 20, 20, 1,
  ]);
});

test("counters sum over threads, and clear moves the base", () => {
  const state = SharedState.create(SHAPE);
  const [a, b] = [state.countersOf(0), state.countersOf(1)];
  a.frontends[2]![FRONTEND.requests]! += 3;
  b.frontends[2]![FRONTEND.requests]! += 4;
  b.listeners[1]![LISTENER.sessions]! += 1;
  b.process[PROCESS.connections]! += 9;
  expect(state.totals.sum("frontend", 2, FRONTEND.requests)).toBe(7);
  expect(state.totals.sum("frontend", 1, FRONTEND.requests)).toBe(0);
  state.clearCounters("maxima");
  expect(state.totals.sum("process", 0, PROCESS.connections)).toBe(9);
  state.clearCounters("all");
  a.frontends[2]![FRONTEND.requests]! += 1;
  expect(state.totals.sum("frontend", 2, FRONTEND.requests)).toBe(1);
  expect(state.totals.sum("listener", 1, LISTENER.sessions)).toBe(0);
});

test("a rate slides over the last second and its maximum counts all threads together", () => {
  const state = SharedState.create(SHAPE);
  const [a, b] = [state.countersOf(0), state.countersOf(1)];
  const hit = (counters: typeof a, second: number, times: number) => {
    for (let i = 0; i < times; i++) counters.countRate(counters.frontends[0]!, FRONTEND.sessionRate, second);
  };
  const rate = (nowMs: number) => state.totals.rate("frontend", 0, FRONTEND.sessionRate, nowMs);
  const rateMax = () => state.totals.rateMax("frontend", 0, FRONTEND.sessionRate);
  hit(a, 100, 30);
  hit(b, 100, 10);
  expect(rate(100_900)).toBe(40);
  expect(rateMax()).toBe(40);
  expect(rate(101_000)).toBe(40);
  expect(rate(101_750)).toBe(10);
  hit(a, 101, 4);
  expect(rate(101_500)).toBe(24);
  hit(b, 105, 1);
  hit(a, 105, 1);
  expect(rate(105_999)).toBe(2);
  expect(rate(107_000)).toBe(0);
  expect(rateMax()).toBe(40);
  expect(state.totals.rateMax("frontend", 1, FRONTEND.sessionRate)).toBe(0);
  state.clearCounters("maxima");
  expect(rateMax()).toBe(2);
});

test("averages look back on 1024 requests and keep their maxima", () => {
  const state = SharedState.create(SHAPE);
  const a = state.countersOf(0);
  const b = state.countersOf(1);
  a.recordTimes(a.backends[1]!, BACKEND.times, 0, 2, 10, 12);
  a.recordTimes(a.backends[1]!, BACKEND.times, 0, 4, 20, 24);
  b.recordTimes(b.backends[1]!, BACKEND.times, 9, 6, 30, 45);
  const times = state.totals.times("backend", 1, BACKEND.times);
  expect(times).toMatchObject({ queueMs: 3, connectMs: 4, responseMs: 20, totalMs: 27 });
  expect(times).toMatchObject({ queueMaxMs: 9, connectMaxMs: 6, responseMaxMs: 30, totalMaxMs: 45 });
  for (let i = 0; i < 20_000; i++) a.recordTimes(a.backends[1]!, BACKEND.times, 100, 100, 100, 100);
  expect(state.totals.times("backend", 1, BACKEND.times).totalMs).toBeGreaterThan(99);
});

test("response classes", () => {
  expect([100, 204, 301, 404, 503, 0, 600, 99].map(responseClass)).toEqual([0, 1, 2, 3, 4, 5, 5, 5]);
});

test("lock and atomic columns are exact across real threads", async () => {
  const state = SharedState.create(SHAPE);
  const cells = new Int32Array(new SharedArrayBuffer(64));
  const source = `
    import { SharedState, lock, unlock } from ${JSON.stringify(`${import.meta.dir}/index.ts`)};
    self.onmessage = ({ data: { buffer, shape, cells, owner } }) => {
      const state = SharedState.attach(buffer, shape);
      for (let i = 0; i < 20000; i++) {
        state.servers.served.add(3, 1);
        if (state.servers.queued.acquire(3, 1000)) state.servers.queuedMax.raise(3, state.servers.queued.get(3));
        lock(cells, 0, owner);
        cells[1] = cells[1] + 1;
        unlock(cells, 0, owner);
      }
      self.postMessage("done");
    };`;
  const url = URL.createObjectURL(new Blob([source], { type: "application/typescript" }));
  const workers = [2, 3].map((owner) => {
    const worker = new Worker(url);
    worker.postMessage({ buffer: state.buffer, shape: SHAPE, cells, owner });
    return worker;
  });
  await Promise.all(workers.map((worker) => new Promise((done) => worker.addEventListener("message", done))));
  for (const worker of workers) worker.terminate();
  URL.revokeObjectURL(url);
  expect(state.servers.served.get(3)).toBe(40_000);
  expect(state.servers.queued.get(3)).toBe(1000);
  expect(state.servers.queuedMax.get(3)).toBe(1000);
  expect(cells[1]).toBe(40_000);
  expect(lock(cells, 0, 1)).toBe(true);
  unlock(cells, 0, 2);
  expect(cells[0]).toBe(1);
});

// Owns the arena: everything that more than one thread sees, in one SharedArrayBuffer per generation of the process
// (DESIGN.md §7). The main thread creates it and sends the buffer to the workers, which attach to it. In a simulation
// one thread plays all of them on the same arena. It knows no configuration: only how many records there are.

import { assert } from "../stdx/index.ts";
import type { Int32Column } from "./column.ts";
import { CounterSums, counterBlockBytes, ThreadCounters } from "./counters.ts";
import { type ArenaShape, LayoutBuilder, LINE_BYTES, type Section } from "./layout.ts";
import { ListenerRecords, ProcessRecord, ProxyRecords, ThreadRecords } from "./proxy-records.ts";
import { ServerRecords, WEIGHT_SCALE } from "./server-records.ts";

/** "PMAN" and the version of the layout: an arena of another build is refused. */
const MAGIC = 0x504d0002;

/** Int32 cells per group of servers that take turns; a backend has two groups, active servers and backups. */
export const TURN_GROUP_CELLS = 16;
/** Int32 cells per server for the algorithm of its backend. */
export const TURN_SERVER_CELLS = 8;

interface ArenaLayout {
  readonly servers: Section;
  readonly proxies: Section;
  readonly listeners: Section;
  readonly threads: Section;
  readonly process: Section;
  readonly counters: Section;
  readonly turnGroups: Section;
  readonly turnServers: Section;
  readonly byteLength: number;
}

function arenaLayout(shape: ArenaShape): ArenaLayout {
  const builder = new LayoutBuilder();
  builder.section(LINE_BYTES, 1);
  return {
    process: builder.section(ProcessRecord.recordBytes, 1),
    threads: builder.section(ThreadRecords.recordBytes, shape.threads),
    proxies: builder.section(ProxyRecords.recordBytes, shape.proxies),
    servers: builder.section(ServerRecords.recordBytes, shape.servers),
    listeners: builder.section(ListenerRecords.recordBytes, shape.listeners),
    counters: builder.section(counterBlockBytes(shape), shape.threads + 1),
    turnGroups: builder.section(TURN_GROUP_CELLS * 4 * 2, shape.proxies),
    turnServers: builder.section(TURN_SERVER_CELLS * 4 * shape.servers, 1),
    byteLength: builder.byteLength,
  };
}

/** One thread's door to the arena. Everything behind it is the same memory in every thread. */
export class SharedState {
  readonly buffer: ArrayBufferLike;
  readonly shape: ArenaShape;
  readonly servers: ServerRecords;
  readonly proxies: ProxyRecords;
  readonly listeners: ListenerRecords;
  readonly threads: ThreadRecords;
  readonly process: ProcessRecord;
  /** Sums over the counters of all threads. */
  readonly totals: CounterSums;
  /**
   * Cells whose meaning belongs to the balance algorithms: {@link TURN_GROUP_CELLS} × 2 per proxy, written under the
   * proxy's lock, and {@link TURN_SERVER_CELLS} per server.
   */
  readonly turnGroups: Int32Array;
  readonly turnServers: Int32Array;
  readonly #countersByteOffset: number;

  /** Makes a zeroed arena. The caller fills in weights and states before it starts the threads. */
  static create(shape: ArenaShape): SharedState {
    const buffer = new SharedArrayBuffer(arenaLayout(shape).byteLength);
    new Int32Array(buffer, 0, 8).set([MAGIC, shape.threads, shape.proxies, shape.servers, shape.listeners]);
    return new SharedState(buffer, shape);
  }

  /** Opens an arena that another thread made with the same shape. */
  static attach(buffer: ArrayBufferLike, shape: ArenaShape): SharedState {
    const head = new Int32Array(buffer, 0, 8);
    const expected = [MAGIC, shape.threads, shape.proxies, shape.servers, shape.listeners];
    assert(
      expected.every((value, i) => head[i] === value),
      "An arena is attached with the shape it was created with.",
    );
    return new SharedState(buffer, shape);
  }

  private constructor(buffer: ArrayBufferLike, shape: ArenaShape) {
    const layout = arenaLayout(shape);
    this.buffer = buffer;
    this.shape = shape;
    this.servers = new ServerRecords(buffer, layout.servers);
    this.proxies = new ProxyRecords(buffer, layout.proxies);
    this.listeners = new ListenerRecords(buffer, layout.listeners);
    this.threads = new ThreadRecords(buffer, layout.threads);
    this.process = new ProcessRecord(buffer, layout.process);
    this.totals = new CounterSums(shape, buffer, layout.counters.byteOffset);
    this.#countersByteOffset = layout.counters.byteOffset;
    this.turnGroups = new Int32Array(buffer, layout.turnGroups.byteOffset, TURN_GROUP_CELLS * 2 * shape.proxies);
    this.turnServers = new Int32Array(buffer, layout.turnServers.byteOffset, TURN_SERVER_CELLS * shape.servers);
  }

  /** The counters that thread `thread` (0-based) writes. Make it once per thread. */
  countersOf(thread: number): ThreadCounters {
    assert(thread >= 0 && thread < this.shape.threads, "A thread's number lies within the arena's shape.");
    const byteOffset = this.#countersByteOffset + thread * counterBlockBytes(this.shape);
    return new ThreadCounters(this.shape, this.totals, this.buffer, byteOffset);
  }

  /** Tells every thread that a server of this proxy has changed, so that it rebuilds what it derived from the servers. */
  serversChanged(proxyIndex: number): void {
    this.proxies.epoch.add(proxyIndex, 1);
  }

  /**
   * Counts the usable servers of a backend and their weights again, then bumps its epoch. The main thread calls this
   * behind each change of a server's state or weight. `serverIndices` are all servers of the backend.
   */
  recountServers(proxyIndex: number, serverIndices: readonly number[]): void {
    let active = 0;
    let backup = 0;
    let weightActive = 0;
    let weightBackup = 0;
    for (const server of serverIndices) {
      if (!this.servers.usable(server)) continue;
      const weight = this.servers.effectiveWeight.get(server);
      if (this.servers.backup.get(server) === 0) {
        active++;
        weightActive += weight;
      } else {
        backup++;
        weightBackup += weight;
      }
    }
    this.proxies.usableActive.set(proxyIndex, active);
    this.proxies.usableBackup.set(proxyIndex, backup);
    this.proxies.weightActive.set(proxyIndex, Math.ceil(weightActive / WEIGHT_SCALE));
    this.proxies.weightBackup.set(proxyIndex, Math.ceil(weightBackup / WEIGHT_SCALE));
    this.serversChanged(proxyIndex);
  }

  /** Forgets maxima of gauges, rates and times, and with `all` every counter (`clear counters`, `clear counters all`). */
  clearCounters(what: "maxima" | "all"): void {
    this.totals.clear(what);
    const { servers, proxies, listeners, process: whole, shape } = this;
    const lower = (maximum: Int32Column, current: Int32Column, count: number) => {
      for (let i = 0; i < count; i++) maximum.set(i, current.get(i));
    };
    lower(servers.servedMax, servers.served, shape.servers);
    lower(servers.queuedMax, servers.queued, shape.servers);
    lower(proxies.frontendConnectionsMax, proxies.frontendConnections, shape.proxies);
    lower(proxies.backendConnectionsMax, proxies.backendConnections, shape.proxies);
    lower(proxies.queuedMax, proxies.queued, shape.proxies);
    lower(listeners.connectionsMax, listeners.connections, shape.listeners);
    lower(whole.connectionsMax, whole.connections, 1);
    if (what === "maxima") return;
    for (let i = 0; i < shape.servers; i++) {
      servers.failedChecks.set(i, 0);
      servers.wentDown.set(i, 0);
      servers.failedObservations.set(i, 0);
      servers.downtimeMs.set(i, 0);
    }
    for (let i = 0; i < shape.proxies; i++) {
      proxies.wentDown.set(i, 0);
      proxies.downtimeMs.set(i, 0);
    }
  }
}

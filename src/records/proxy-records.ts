// Owns the record of one proxy (frontend and backend sides), of one listener, and of the process: what all threads
// must agree on. It knows nothing of servers and of counters that are only added up (see counters.ts).

import { Float64Column, Int32Column } from "./column.ts";
import { LINE_BYTES, type Section } from "./layout.ts";
import { lock, tryLock, unlock } from "./spin-lock.ts";

/** The columns of all proxies. One line for the frontend side, one for the backend side, one for the balance state. */
export class ProxyRecords {
  static readonly recordBytes: number = 4 * LINE_BYTES;

  /** Current client connections of the frontend (`feconn`, frontend `scur`). */
  readonly frontendConnections: Int32Column;
  readonly frontendConnectionsMax: Int32Column;
  /** The frontend's `maxconn`, which the runtime API may change. 0 means no limit. */
  readonly frontendMaxconn: Int32Column;
  /** 0 accepting, 1 paused (`disable frontend`), 2 stopped (`shutdown frontend`, soft stop). */
  readonly frontendState: Int32Column;

  /** Current streams of the backend (`beconn`, backend `scur`). */
  readonly backendConnections: Int32Column;
  readonly backendConnectionsMax: Int32Column;
  /** Streams that wait in the backend's queue, for no server in particular (`qcur`). */
  readonly queued: Int32Column;
  readonly queuedMax: Int32Column;

  /** Bumped behind every change of state, weight or address of a server: each thread then rebuilds its private tables. */
  readonly epoch: Int32Column;
  /** Usable active and backup servers (`act`, `bck`) and their weights; kept by `recountServers`. */
  readonly usableActive: Int32Column;
  readonly usableBackup: Int32Column;
  readonly weightActive: Int32Column;
  readonly weightBackup: Int32Column;
  /** How often the whole backend went down (`chkdown` of BACKEND). */
  readonly wentDown: Int32Column;
  /** The turn of static-rr, leastconn and keyless hashing: a position that every thread moves on atomically. */
  readonly turn: Int32Column;

  /** Unix ms: when the backend's last server went down, or its first came back. */
  readonly lastChangeMs: Float64Column;
  readonly lastSessionMs: Float64Column;
  readonly downtimeMs: Float64Column;

  readonly #cells: Int32Array;
  readonly #stride: number;

  constructor(buffer: ArrayBufferLike, section: Section) {
    const length = section.recordBytes * Math.max(section.count, 1);
    const ints = new Int32Array(buffer, section.byteOffset, length / 4);
    const floats = new Float64Array(buffer, section.byteOffset, length / 8);
    const int = (line: number, slot: number) => new Int32Column(ints, line * 16 + slot, section.recordBytes / 4);
    const float = (line: number, slot: number) => new Float64Column(floats, line * 8 + slot, section.recordBytes / 8);
    this.#cells = ints;
    this.#stride = section.recordBytes / 4;
    this.frontendConnections = int(0, 0);
    this.frontendConnectionsMax = int(0, 1);
    this.frontendMaxconn = int(0, 2);
    this.frontendState = int(0, 3);
    this.backendConnections = int(1, 0);
    this.backendConnectionsMax = int(1, 1);
    this.queued = int(1, 2);
    this.queuedMax = int(1, 3);
    this.lastSessionMs = float(1, 4);
    this.epoch = int(2, 0);
    this.usableActive = int(2, 1);
    this.usableBackup = int(2, 2);
    this.weightActive = int(2, 3);
    this.weightBackup = int(2, 4);
    this.wentDown = int(2, 5);
    this.lastChangeMs = float(2, 4);
    this.downtimeMs = float(2, 5);
    // The lock (slot 0) and what is written under it have the last line for themselves.
    this.turn = int(3, 1);
  }

  /** Takes the backend's lock for a few loads and stores. `owner` is the thread's number plus 1. */
  lock(proxyIndex: number, owner: number): boolean {
    return lock(this.#cells, proxyIndex * this.#stride + 48, owner);
  }

  tryLock(proxyIndex: number, owner: number): boolean {
    return tryLock(this.#cells, proxyIndex * this.#stride + 48, owner);
  }

  unlock(proxyIndex: number, owner: number): void {
    unlock(this.#cells, proxyIndex * this.#stride + 48, owner);
  }
}

/** The columns of all listeners. */
export class ListenerRecords {
  static readonly recordBytes: number = LINE_BYTES;

  readonly connections: Int32Column;
  readonly connectionsMax: Int32Column;
  /** 0 accepting, 1 paused, 2 full (waiting for a free `maxconn` slot), 3 closed. */
  readonly state: Int32Column;

  constructor(buffer: ArrayBufferLike, section: Section) {
    const ints = new Int32Array(buffer, section.byteOffset, (section.recordBytes * Math.max(section.count, 1)) / 4);
    const int = (slot: number) => new Int32Column(ints, slot, section.recordBytes / 4);
    this.connections = int(0);
    this.connectionsMax = int(1);
    this.state = int(2);
  }
}

/** What the whole process shares. Columns here have one record: index 0. */
export class ProcessRecord {
  static readonly recordBytes: number = 3 * LINE_BYTES;

  /** Current client connections of the process (`CurrConns`). */
  readonly connections: Int32Column;
  readonly connectionsMax: Int32Column;
  /** The global `maxconn`, which the runtime API may change. 0 means no limit. */
  readonly maxconn: Int32Column;
  /** Current TLS client connections (`CurrSslConns`). */
  readonly tlsConnections: Int32Column;
  /** 0 running, 1 stopping softly (finish what runs), 2 stopping at once. */
  readonly stopping: Int32Column;
  /** The pid that was started, for log lines. */
  readonly pid: Int32Column;
  readonly #ids: Int32Column;
  /** Unix ms of the start. */
  readonly startedMs: Float64Column;

  constructor(buffer: ArrayBufferLike, section: Section) {
    const ints = new Int32Array(buffer, section.byteOffset, section.recordBytes / 4);
    const floats = new Float64Array(buffer, section.byteOffset, section.recordBytes / 8);
    this.connections = new Int32Column(ints, 0, 0);
    this.connectionsMax = new Int32Column(ints, 1, 0);
    this.tlsConnections = new Int32Column(ints, 2, 0);
    this.maxconn = new Int32Column(ints, 16, 0);
    this.stopping = new Int32Column(ints, 17, 0);
    this.pid = new Int32Column(ints, 18, 0);
    this.startedMs = new Float64Column(floats, 12, 0);
    this.#ids = new Int32Column(ints, 32, 0);
  }

  /** A number that no other stream of this process has had lately: unsigned 32 bits, wrapping (`%rt`, unique ids). */
  nextId(): number {
    return (this.#ids.add(0, 1) - 1) >>> 0;
  }
}

/** What each thread shows of itself. */
export class ThreadRecords {
  static readonly recordBytes: number = LINE_BYTES;

  /** Monotonic or wall ms, by the process's choice: a thread that stopped writing is stuck. */
  readonly heartbeatMs: Float64Column;
  /** 0 starting, 1 accepting, 2 draining, 3 gone. */
  readonly state: Int32Column;
  /** Current streams of the thread. */
  readonly streams: Int32Column;
  readonly connections: Int32Column;

  constructor(buffer: ArrayBufferLike, section: Section) {
    const length = section.recordBytes * Math.max(section.count, 1);
    const ints = new Int32Array(buffer, section.byteOffset, length / 4);
    const floats = new Float64Array(buffer, section.byteOffset, length / 8);
    this.heartbeatMs = new Float64Column(floats, 0, section.recordBytes / 8);
    this.state = new Int32Column(ints, 2, section.recordBytes / 4);
    this.streams = new Int32Column(ints, 3, section.recordBytes / 4);
    this.connections = new Int32Column(ints, 4, section.recordBytes / 4);
  }
}

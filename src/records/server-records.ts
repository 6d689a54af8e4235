// Owns the record of one server: what health checks, the runtime API and the streams of all threads must agree on. It
// knows no addresses of checks, no text of results and no algorithm; those who write a column are named beside it.
// Values are the ones that `show servers state` prints (management manual, "show servers state").

import { Float64Column, Int32Column } from "./column.ts";
import { LINE_BYTES, type Section } from "./layout.ts";
import { TextColumn } from "./text-column.ts";

/** `srv_op_state`. A server takes new streams while starting or running. */
export const OPERATIONAL_STATE = { stopped: 0, starting: 1, running: 2, stopping: 3 } as const;

/** Bits of `srv_admin_state`. */
export const ADMIN_STATE = {
  forcedMaintenance: 0x01,
  inheritedMaintenance: 0x02,
  configuredMaintenance: 0x04,
  forcedDrain: 0x08,
  inheritedDrain: 0x10,
  resolutionMaintenance: 0x20,
  hostnameSetAtRuntime: 0x40,
  /** What keeps a server in maintenance. `configuredMaintenance` only remembers that the file said `disabled`. */
  maintenance: 0x23,
  /** Either kind of drain. */
  drain: 0x18,
} as const;

/** `effectiveWeight` counts sixteenths of a configured weight, so that slow start has steps to climb on. */
export const WEIGHT_SCALE = 16;

/**
 * The columns of all servers. First cache line: what streams write all the time. Second: the state, which only the main
 * thread writes and every pick reads. Third: checks and the agent. Fourth: settings that the runtime API may change.
 */
export class ServerRecords {
  static readonly recordBytes: number = 9 * LINE_BYTES;

  /** Current streams on the server, all threads together (`scur`). */
  readonly served: Int32Column;
  readonly servedMax: Int32Column;
  /** Streams waiting in the server's own queue (`qcur`). */
  readonly queued: Int32Column;
  readonly queuedMax: Int32Column;
  /** Idle server connections (`srv_icur`), and their two kinds. */
  readonly idle: Int32Column;
  readonly idleUnsafe: Int32Column;
  readonly idleSafe: Int32Column;
  /** Connections that carry a stream now (`used_conn_cur`). */
  readonly used: Int32Column;
  /** Consecutive errors seen by `observe`. */
  readonly consecutiveErrors: Int32Column;

  /** {@link OPERATIONAL_STATE}; written by the main thread. */
  readonly operationalState: Int32Column;
  /** {@link ADMIN_STATE} bits; written by the main thread. */
  readonly adminState: Int32Column;
  /** 0…256, as set by `weight` or at runtime. */
  readonly userWeight: Int32Column;
  readonly initialWeight: Int32Column;
  /** `userWeight` × {@link WEIGHT_SCALE}, less during slow start, 0 when drained. */
  readonly effectiveWeight: Int32Column;
  /** 1 for a server with the `backup` keyword. */
  readonly backup: Int32Column;
  /** 0 means no limit. */
  readonly maxconn: Int32Column;
  readonly minconn: Int32Column;
  readonly maxqueue: Int32Column;
  /** Slow start: percent of the weight that is reached, 100 otherwise. */
  readonly throttlePercent: Int32Column;

  /** `srv_check_health`: 0…rise+fall−1. */
  readonly health: Int32Column;
  readonly rise: Int32Column;
  readonly fall: Int32Column;
  /** The number of a check status; `checks/` owns the table that names it. */
  readonly checkStatus: Int32Column;
  readonly checkCode: Int32Column;
  readonly checkDurationMs: Int32Column;
  /** `srv_check_result`: 0 unknown, 1 neutral, 2 failed, 3 passed, 4 conditionally passed. */
  readonly checkResult: Int32Column;
  /** `srv_check_state` bits. */
  readonly checkState: Int32Column;
  readonly failedChecks: Int32Column;
  readonly wentDown: Int32Column;
  readonly failedObservations: Int32Column;
  readonly agentHealth: Int32Column;
  readonly agentRise: Int32Column;
  readonly agentFall: Int32Column;
  readonly agentStatus: Int32Column;
  readonly agentCode: Int32Column;
  readonly agentDurationMs: Int32Column;
  readonly agentResult: Int32Column;
  readonly agentState: Int32Column;

  /** 0 none, 4 or 6: then {@link addressWord0}… hold the address in network order. Bump the proxy's epoch behind a change. */
  readonly addressFamily: Int32Column;
  readonly addressWord0: Int32Column;
  readonly addressWord1: Int32Column;
  readonly addressWord2: Int32Column;
  readonly addressWord3: Int32Column;
  readonly port: Int32Column;

  /** What the last health check said (`last_chk`) and the last agent check (`last_agt`). */
  readonly checkText: TextColumn;
  readonly agentText: TextColumn;

  /** Unix ms of the last change of the operational state. */
  readonly lastChangeMs: Float64Column;
  /** Unix ms of the last stream that was given to this server; 0 for never. */
  readonly lastSessionMs: Float64Column;
  /** Total ms spent down, without the outage that is going on. */
  readonly downtimeMs: Float64Column;

  constructor(buffer: ArrayBufferLike, section: Section) {
    const length = section.recordBytes * Math.max(section.count, 1);
    const ints = new Int32Array(buffer, section.byteOffset, length / 4);
    const floats = new Float64Array(buffer, section.byteOffset, length / 8);
    const int = (line: number, slot: number) => new Int32Column(ints, line * 16 + slot, section.recordBytes / 4);
    const float = (line: number, slot: number) => new Float64Column(floats, line * 8 + slot, section.recordBytes / 8);
    this.served = int(0, 0);
    this.servedMax = int(0, 1);
    this.queued = int(0, 2);
    this.queuedMax = int(0, 3);
    this.idle = int(0, 4);
    this.idleUnsafe = int(0, 5);
    this.idleSafe = int(0, 6);
    this.used = int(0, 7);
    this.consecutiveErrors = int(0, 8);
    this.lastSessionMs = float(0, 5);
    this.operationalState = int(1, 0);
    this.adminState = int(1, 1);
    this.userWeight = int(1, 2);
    this.initialWeight = int(1, 3);
    this.effectiveWeight = int(1, 4);
    this.backup = int(1, 5);
    this.maxconn = int(1, 6);
    this.minconn = int(1, 7);
    this.maxqueue = int(1, 8);
    this.throttlePercent = int(1, 9);
    this.lastChangeMs = float(1, 5);
    this.downtimeMs = float(1, 6);
    this.health = int(2, 0);
    this.rise = int(2, 1);
    this.fall = int(2, 2);
    this.checkStatus = int(2, 3);
    this.checkCode = int(2, 4);
    this.checkDurationMs = int(2, 5);
    this.checkResult = int(2, 6);
    this.checkState = int(2, 7);
    this.failedChecks = int(2, 8);
    this.wentDown = int(2, 9);
    this.failedObservations = int(2, 10);
    this.agentHealth = int(3, 0);
    this.agentRise = int(3, 1);
    this.agentFall = int(3, 2);
    this.agentStatus = int(3, 3);
    this.agentCode = int(3, 4);
    this.agentDurationMs = int(3, 5);
    this.agentResult = int(3, 6);
    this.agentState = int(3, 7);
    this.addressFamily = int(4, 0);
    this.addressWord0 = int(4, 1);
    this.addressWord1 = int(4, 2);
    this.addressWord2 = int(4, 3);
    this.addressWord3 = int(4, 4);
    this.port = int(4, 5);
    const bytes = new Uint8Array(buffer, section.byteOffset, length);
    this.checkText = new TextColumn(bytes, 5 * LINE_BYTES, section.recordBytes, 127);
    this.agentText = new TextColumn(bytes, 7 * LINE_BYTES, section.recordBytes, 127);
  }

  /** Whether a balance algorithm may give this server a new stream: up, neither in maintenance nor drained, weight above 0. */
  usable(serverIndex: number): boolean {
    if (this.effectiveWeight.get(serverIndex) === 0) return false;
    if ((this.adminState.get(serverIndex) & (ADMIN_STATE.maintenance | ADMIN_STATE.drain)) !== 0) return false;
    return this.running(serverIndex);
  }

  /** Whether the server is up at all: a cookie may still lead to it when it is drained or its weight is 0. */
  willing(serverIndex: number): boolean {
    return (this.adminState.get(serverIndex) & ADMIN_STATE.maintenance) === 0 && this.running(serverIndex);
  }

  /** The operational half of {@link usable}. */
  running(serverIndex: number): boolean {
    const state = this.operationalState.get(serverIndex);
    return state === OPERATIONAL_STATE.running || state === OPERATIONAL_STATE.starting;
  }

  /** Whether the server's `maxconn` slots are all taken. */
  full(serverIndex: number): boolean {
    const limit = this.maxconn.get(serverIndex);
    return limit !== 0 && this.served.get(serverIndex) >= limit;
  }
}

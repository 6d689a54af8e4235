// The door of records: what more than one thread sees, at fixed places in one (Shared)ArrayBuffer. Nothing here knows
// the configuration, the network or the time.

export {
  CHECK_RESULT,
  CHECK_STATE,
  CHECK_STATUS,
  type CheckStatusName,
  checkStatusDescription,
  checkStatusHasCode,
  checkStatusName,
} from "./check-status.ts";
export { Float64Column, Int32Column } from "./column.ts";
export { BACKEND, FRONTEND, LISTENER, PROCESS, responseClass, SERVER } from "./counter-fields.ts";
export { type CounterKind, CounterSums, ThreadCounters, type TimesSummary } from "./counters.ts";
export type { ArenaShape } from "./layout.ts";
export { ListenerRecords, ProcessRecord, ProxyRecords, ThreadRecords } from "./proxy-records.ts";
export { ADMIN_STATE, OPERATIONAL_STATE, ServerRecords, WEIGHT_SCALE } from "./server-records.ts";
export { SharedState, TURN_GROUP_CELLS, TURN_SERVER_CELLS } from "./shared-state.ts";
export { lock, tryLock, unlock } from "./spin-lock.ts";
export { TextColumn } from "./text-column.ts";

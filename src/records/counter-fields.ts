// Owns the names of the counters: one table per kind of object, from which every cumulative column of `show stat` and
// `show info` is derived (management manual §9.1). A value here is the offset of the counter in its object's view.

import { fieldTable } from "./layout.ts";

/** Cells of a rate: the second, the count of it, the count of the second before, the highest total this thread saw. */
export const RATE_CELLS = 4;

/** Cells of the averages: samples, four averages (queue, connect, response, total), four maxima in the same order. */
export const TIMES_CELLS = 9;

const frontend = fieldTable(
  [
    "connections",
    "sessions",
    "requests",
    "bytesIn",
    "bytesOut",
    "deniedRequests",
    "deniedResponses",
    "deniedConnections",
    "deniedSessions",
    "requestErrors",
    "responses1xx",
    "responses2xx",
    "responses3xx",
    "responses4xx",
    "responses5xx",
    "responsesOther",
    "intercepted",
    "rewriteFailures",
    "internalErrors",
    "compressorIn",
    "compressorOut",
    "compressorBypassed",
    "compressedResponses",
    "cacheLookups",
    "cacheHits",
    "sessionsH1",
    "sessionsH2",
    "sessionsH3",
    "sessionsOther",
    "requestsH1",
    "requestsH2",
    "requestsH3",
    "requestsOther",
    "connectionRate",
    "sessionRate",
    "requestRate",
  ],
  { connectionRate: RATE_CELLS, sessionRate: RATE_CELLS, requestRate: RATE_CELLS },
);

const backend = fieldTable(
  [
    "sessions",
    "requests",
    "bytesIn",
    "bytesOut",
    "deniedRequests",
    "deniedResponses",
    "connectErrors",
    "responseErrors",
    "retries",
    "redispatches",
    "clientAborts",
    "serverAborts",
    "selected",
    "responses1xx",
    "responses2xx",
    "responses3xx",
    "responses4xx",
    "responses5xx",
    "responsesOther",
    "intercepted",
    "rewriteFailures",
    "internalErrors",
    "connects",
    "reuses",
    "compressorIn",
    "compressorOut",
    "compressorBypassed",
    "compressedResponses",
    "cacheLookups",
    "cacheHits",
    "times",
    "sessionRate",
  ],
  { times: TIMES_CELLS, sessionRate: RATE_CELLS },
);

const server = fieldTable(
  [
    "sessions",
    "requests",
    "bytesIn",
    "bytesOut",
    "deniedResponses",
    "connectErrors",
    "responseErrors",
    "retries",
    "redispatches",
    "clientAborts",
    "serverAborts",
    "selected",
    "responses1xx",
    "responses2xx",
    "responses3xx",
    "responses4xx",
    "responses5xx",
    "responsesOther",
    "rewriteFailures",
    "internalErrors",
    "connects",
    "reuses",
    "times",
    "sessionRate",
  ],
  { times: TIMES_CELLS, sessionRate: RATE_CELLS },
);

const listener = fieldTable([
  "connections",
  "sessions",
  "bytesIn",
  "bytesOut",
  "deniedRequests",
  "deniedResponses",
  "deniedConnections",
  "deniedSessions",
  "requestErrors",
  "rewriteFailures",
  "internalErrors",
]);

const wholeProcess = fieldTable(
  [
    "connections",
    "sessions",
    "requests",
    "tlsConnections",
    "bytesOut",
    "droppedLogs",
    "brokenAssumptions",
    "connectionRate",
    "sessionRate",
    "tlsRate",
  ],
  { connectionRate: RATE_CELLS, sessionRate: RATE_CELLS, tlsRate: RATE_CELLS },
);

/** Offsets in a frontend's view. `selected` elsewhere is `lbtot`; `retries` is `wretr`, `redispatches` is `wredis`. */
export const FRONTEND = frontend.table;
export const FRONTEND_CELLS = frontend.length;
/** Offsets in a backend's view. */
export const BACKEND = backend.table;
export const BACKEND_CELLS = backend.length;
/** Offsets in a server's view. */
export const SERVER = server.table;
export const SERVER_CELLS = server.length;
/** Offsets in a listener's view. */
export const LISTENER = listener.table;
export const LISTENER_CELLS = listener.length;
/** Offsets in the process's view. */
export const PROCESS = wholeProcess.table;
export const PROCESS_CELLS = wholeProcess.length;

/** The offset of the `responses1xx`… counter for a status, relative to `responses1xx`: 0…4, or 5 for any other code. */
export function responseClass(status: number): number {
  const hundred = (status / 100) | 0;
  return hundred >= 1 && hundred <= 5 ? hundred - 1 : 5;
}

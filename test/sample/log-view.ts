// Owns a literal view of a finished stream for the tests and benches of logs.

import type { LogView } from "../../src/log/index.ts";
import { headOf, viewOf } from "./view.ts";

/** A finished request with defaults for everything that `given` does not say. */
export function logViewOf(given: Partial<LogView> = {}): LogView {
  const request = headOf("GET /index.html?q=1 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: curl/8.0\r\n\r\n");
  return {
    ...viewOf({ request, serverName: "s1" }),
    acceptWallMs: 1_795_400_712_227,
    requestWallMs: 1_795_400_712_229,
    timeHandshakeMs: 0,
    timeIdleMs: 1,
    timeRequestMs: 2,
    timeQueueMs: 0,
    timeConnectMs: 3,
    timeResponseMs: 40,
    timeActiveMs: 50,
    timeTotalMs: 51,
    status: 200,
    bytesFromServer: 1234,
    bytesFromClient: 119,
    termination: "----",
    actconn: 12,
    feconn: 11,
    beconn: 10,
    srvConn: 9,
    retries: 0,
    redispatched: false,
    srvQueue: 0,
    backendQueue: 0,
    requestLine: "GET /index.html?q=1 HTTP/1.1",
    capturedRequestCookie: "",
    capturedResponseCookie: "",
    capturedRequestHeaders: [],
    capturedResponseHeaders: [],
    uniqueId: "",
    early: false,
    overTls: false,
    serverSource: { family: "ipv4", host: "127.0.0.1", port: 50000 },
    serverAddress: { family: "ipv4", host: "127.0.0.1", port: 5001 },
    requestCounter: 5,
    hostname: "vm",
    pid: 4711,
    ...given,
  };
}

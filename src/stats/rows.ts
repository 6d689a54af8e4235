// Owns the values of the rows of `show stat`: frontends, listeners, backends; servers are next door. A value that is undefined
// is an empty field: which fields a kind of object has, and when, was taken from the reference's own output.
// Management manual §9.1.

import type { BindModel, ProxyModel } from "../config/model/index.ts";
import { BACKEND, FRONTEND, LISTENER } from "../records/index.ts";
import type { StatsColumnName } from "./columns.ts";
import { poolWeight, serverStatus } from "./server-status.ts";
import type { StatsKind, StatsValue } from "./types.ts";
import { bindTexts, type StatsView } from "./view.ts";

export type StatsValues = { [Name in StatsColumnName]?: StatsValue | undefined };

/** One line of `show stat`. */
export interface StatsRow {
  readonly kind: StatsKind;
  readonly proxy: ProxyModel;
  /** `sid`: 0 for a frontend and a backend. */
  readonly id: number;
  /** The server's index, or −1. */
  readonly serverIndex: number;
  readonly values: StatsValues;
  /** Values of module columns that are not 0, by name. */
  readonly moduleValues: Readonly<Record<string, number>>;
}

/** What changes a row: `stats show-legends` is off on most pages, and the runtime API always has it. */
export interface RowOptions {
  readonly legends: boolean;
  /** `up` and `no-maint` make a backend say how many of its servers are up. */
  readonly countServers: boolean;
}

/** 1: the only process there is (`pid` and `processNum` are its relative number). */
const PROCESS_NUMBER = 1;

/** The status of a frontend by `ProxyRecords.frontendState`. */
const FRONTEND_STATUS = ["OPEN", "PAUSED", "STOP"] as const;
/** The status of a listener by `ListenerRecords.state`. */
const LISTENER_STATUS = ["OPEN", "WAITING", "FULL", "WAITING"] as const;

export function frontendRow(view: StatsView, proxy: ProxyModel): StatsRow {
  const { proxies } = view.state;
  const i = proxy.index;
  const sum = (field: number) => view.sum("frontend", i, field);
  const http = (field: number) => (proxy.mode === "http" ? sum(field) : undefined);
  const values: StatsValues = {
    pxname: proxy.name,
    svname: "FRONTEND",
    scur: proxies.frontendConnections.get(i),
    smax: proxies.frontendConnectionsMax.get(i),
    slim: view.frontendLimit(proxy),
    stot: sum(FRONTEND.sessions),
    bin: sum(FRONTEND.bytesIn),
    bout: sum(FRONTEND.bytesOut),
    dreq: sum(FRONTEND.deniedRequests),
    dresp: sum(FRONTEND.deniedResponses),
    ereq: sum(FRONTEND.requestErrors),
    status: FRONTEND_STATUS[proxies.frontendState.get(i)] ?? "STOP",
    pid: PROCESS_NUMBER,
    iid: proxy.id,
    sid: 0,
    type: 0,
    rate: view.rate("frontend", i, FRONTEND.sessionRate),
    rate_lim: 0,
    rate_max: view.rateMax("frontend", i, FRONTEND.sessionRate),
    hrsp_1xx: http(FRONTEND.responses1xx),
    hrsp_2xx: http(FRONTEND.responses2xx),
    hrsp_3xx: http(FRONTEND.responses3xx),
    hrsp_4xx: http(FRONTEND.responses4xx),
    hrsp_5xx: http(FRONTEND.responses5xx),
    hrsp_other: http(FRONTEND.responsesOther),
    req_rate: view.rate("frontend", i, FRONTEND.requestRate),
    req_rate_max: view.rateMax("frontend", i, FRONTEND.requestRate),
    req_tot: sum(FRONTEND.requests),
    comp_in: sum(FRONTEND.compressorIn),
    comp_out: sum(FRONTEND.compressorOut),
    comp_byp: sum(FRONTEND.compressorBypassed),
    comp_rsp: sum(FRONTEND.compressedResponses),
    mode: proxy.mode,
    conn_rate: view.rate("frontend", i, FRONTEND.connectionRate),
    conn_rate_max: view.rateMax("frontend", i, FRONTEND.connectionRate),
    conn_tot: sum(FRONTEND.connections),
    intercepted: http(FRONTEND.intercepted),
    dcon: sum(FRONTEND.deniedConnections),
    dses: sum(FRONTEND.deniedSessions),
    wrew: sum(FRONTEND.rewriteFailures),
    cache_lookups: http(FRONTEND.cacheLookups),
    cache_hits: http(FRONTEND.cacheHits),
    eint: sum(FRONTEND.internalErrors),
    sess_other: sum(FRONTEND.sessionsOther),
    h1sess: sum(FRONTEND.sessionsH1),
    h2sess: sum(FRONTEND.sessionsH2),
    h3sess: sum(FRONTEND.sessionsH3),
    req_other: sum(FRONTEND.requestsOther),
    h1req: sum(FRONTEND.requestsH1),
    h2req: sum(FRONTEND.requestsH2),
    h3req: sum(FRONTEND.requestsH3),
  };
  return { kind: "frontend", proxy, id: 0, serverIndex: -1, values, moduleValues: http1Values(view, proxy) };
}

/** What can be said of HTTP/1 without counters of its own. */
function http1Values(view: StatsView, proxy: ProxyModel): Readonly<Record<string, number>> {
  if (proxy.mode !== "http") return {};
  return {
    h1_open_connections: view.state.proxies.frontendConnections.get(proxy.index),
    h1_total_connections: view.sum("frontend", proxy.index, FRONTEND.sessionsH1),
    h1_total_streams: view.sum("frontend", proxy.index, FRONTEND.requestsH1),
    h1_bytes_in: view.sum("frontend", proxy.index, FRONTEND.bytesIn),
    h1_bytes_out: view.sum("frontend", proxy.index, FRONTEND.bytesOut),
  };
}

export function listenerRow(view: StatsView, proxy: ProxyModel, bind: BindModel, options: RowOptions): StatsRow {
  const { listeners } = view.state;
  const i = bind.index;
  const sum = (field: number) => view.sum("listener", i, field);
  const { address, protocol } = bindTexts(bind);
  const values: StatsValues = {
    pxname: proxy.name,
    svname: bind.name,
    scur: listeners.connections.get(i),
    smax: listeners.connectionsMax.get(i),
    slim: bind.maxconn ?? 0,
    stot: sum(LISTENER.sessions),
    bin: sum(LISTENER.bytesIn),
    bout: sum(LISTENER.bytesOut),
    dreq: sum(LISTENER.deniedRequests),
    dresp: sum(LISTENER.deniedResponses),
    ereq: sum(LISTENER.requestErrors),
    status: LISTENER_STATUS[listeners.state.get(i)] ?? "WAITING",
    pid: PROCESS_NUMBER,
    iid: proxy.id,
    sid: bind.id,
    type: 3,
    addr: options.legends && address !== "" ? address : undefined,
    mode: proxy.mode,
    conn_tot: sum(LISTENER.connections),
    dcon: sum(LISTENER.deniedConnections),
    dses: sum(LISTENER.deniedSessions),
    wrew: sum(LISTENER.rewriteFailures),
    eint: sum(LISTENER.internalErrors),
    proto: protocol,
  };
  return { kind: "listener", proxy, id: bind.id, serverIndex: -1, values, moduleValues: {} };
}

export function backendRow(view: StatsView, proxy: ProxyModel, options: RowOptions): StatsRow {
  const { proxies } = view.state;
  const i = proxy.index;
  const sum = (field: number) => view.sum("backend", i, field);
  const times = view.state.totals.times("backend", i, BACKEND.times);
  const weight = poolWeight(view, proxy);
  const values: StatsValues = {
    pxname: proxy.name,
    svname: "BACKEND",
    qcur: proxies.queued.get(i),
    qmax: proxies.queuedMax.get(i),
    scur: proxies.backendConnections.get(i),
    smax: proxies.backendConnectionsMax.get(i),
    slim: view.fullconn(proxy),
    stot: sum(BACKEND.sessions),
    bin: sum(BACKEND.bytesIn),
    bout: sum(BACKEND.bytesOut),
    dreq: sum(BACKEND.deniedRequests),
    dresp: sum(BACKEND.deniedResponses),
    econ: sum(BACKEND.connectErrors),
    eresp: sum(BACKEND.responseErrors),
    wretr: sum(BACKEND.retries),
    wredis: sum(BACKEND.redispatches),
    status: backendStatus(view, proxy, options),
    weight,
    act: proxies.usableActive.get(i),
    bck: proxies.usableBackup.get(i),
    chkdown: proxies.wentDown.get(i),
    lastchg: view.secondsSince(proxies.lastChangeMs.get(i)),
    downtime: proxy.servers.length === 0 ? undefined : backendDowntime(view, proxy),
    pid: PROCESS_NUMBER,
    iid: proxy.id,
    sid: 0,
    lbtot: sum(BACKEND.selected),
    type: 1,
    rate: view.rate("backend", i, BACKEND.sessionRate),
    rate_max: view.rateMax("backend", i, BACKEND.sessionRate),
    ...backendHttpValues(view, proxy),
    cli_abrt: sum(BACKEND.clientAborts),
    srv_abrt: sum(BACKEND.serverAborts),
    comp_in: sum(BACKEND.compressorIn),
    comp_out: sum(BACKEND.compressorOut),
    comp_byp: sum(BACKEND.compressorBypassed),
    comp_rsp: sum(BACKEND.compressedResponses),
    lastsess: view.lastSession(proxies.lastSessionMs.get(i)),
    qtime: Math.round(times.queueMs),
    ctime: Math.round(times.connectMs),
    rtime: Math.round(times.responseMs),
    ttime: Math.round(times.totalMs),
    cookie: options.legends ? proxy.persistCookie?.name : undefined,
    mode: proxy.mode,
    algo: options.legends ? proxy.balance.algorithm : undefined,
    wrew: sum(BACKEND.rewriteFailures),
    connect: sum(BACKEND.connects),
    reuse: sum(BACKEND.reuses),
    qtime_max: Math.round(times.queueMaxMs),
    ctime_max: Math.round(times.connectMaxMs),
    rtime_max: Math.round(times.responseMaxMs),
    ttime_max: Math.round(times.totalMaxMs),
    eint: sum(BACKEND.internalErrors),
    uweight: weight,
    agg_server_status: 0,
    agg_server_check_status: 0,
    agg_check_status: 0,
  };
  return { kind: "backend", proxy, id: 0, serverIndex: -1, values, moduleValues: {} };
}

/** What only a backend in HTTP mode counts. */
function backendHttpValues(view: StatsView, proxy: ProxyModel): StatsValues {
  if (proxy.mode !== "http") return {};
  const sum = (field: number) => view.sum("backend", proxy.index, field);
  return {
    hrsp_1xx: sum(BACKEND.responses1xx),
    hrsp_2xx: sum(BACKEND.responses2xx),
    hrsp_3xx: sum(BACKEND.responses3xx),
    hrsp_4xx: sum(BACKEND.responses4xx),
    hrsp_5xx: sum(BACKEND.responses5xx),
    hrsp_other: sum(BACKEND.responsesOther),
    req_tot: sum(BACKEND.requests),
    cache_lookups: sum(BACKEND.cacheLookups),
    cache_hits: sum(BACKEND.cacheHits),
  };
}

function isBackendUp(view: StatsView, proxy: ProxyModel): boolean {
  if (proxy.servers.length === 0) return true;
  const { usableActive, usableBackup } = view.state.proxies;
  return usableActive.get(proxy.index) + usableBackup.get(proxy.index) > 0;
}

function backendStatus(view: StatsView, proxy: ProxyModel, options: RowOptions): string {
  const status = isBackendUp(view, proxy) ? "UP" : "DOWN";
  if (!options.countServers) return status;
  const up = proxy.servers.filter((server) => serverStatus(view, server).isUp).length;
  return `${status} (${up}/${proxy.servers.length})`;
}

/** Seconds down, with the outage that is going on. */
function backendDowntime(view: StatsView, proxy: ProxyModel): number {
  const { proxies } = view.state;
  const past = proxies.downtimeMs.get(proxy.index);
  const running = isBackendUp(view, proxy) ? 0 : view.nowMs - proxies.lastChangeMs.get(proxy.index);
  return Math.max(0, Math.floor((past + running) / 1000));
}

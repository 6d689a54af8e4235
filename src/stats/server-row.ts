// Owns the values of a server's row of `show stat`. Management manual §9.1.

import type { ProxyModel, ServerModel } from "../config/model/index.ts";
import {
  CHECK_STATE,
  CHECK_STATUS,
  checkStatusDescription,
  checkStatusHasCode,
  checkStatusName,
  SERVER,
} from "../records/index.ts";
import type { RowOptions, StatsRow, StatsValues } from "./rows.ts";
import { serverDowntime, serverStatus, serverWeight } from "./server-status.ts";
import { addressText, type StatsView } from "./view.ts";

export function serverRow(view: StatsView, proxy: ProxyModel, server: ServerModel, options: RowOptions): StatsRow {
  const values: StatsValues = {
    pxname: proxy.name,
    svname: server.name,
    ...trafficValues(view, proxy, server),
    ...stateValues(view, server),
    ...checkValues(view, server),
    pid: 1,
    iid: proxy.id,
    sid: server.id,
    type: 2,
    mode: proxy.mode,
    addr: options.legends ? addressText(view.services.serverAddresses[server.index]) || undefined : undefined,
    cookie: options.legends ? server.cookie : undefined,
  };
  return { kind: "server", proxy, id: server.id, serverIndex: server.index, values, moduleValues: {} };
}

function trafficValues(view: StatsView, proxy: ProxyModel, server: ServerModel): StatsValues {
  const { servers } = view.state;
  const i = server.index;
  const sum = (field: number) => view.sum("server", i, field);
  const http = (field: number) => (proxy.mode === "http" ? sum(field) : undefined);
  const times = view.state.totals.times("server", i, SERVER.times);
  const maxconn = servers.maxconn.get(i);
  return {
    qcur: servers.queued.get(i),
    qmax: servers.queuedMax.get(i),
    scur: servers.served.get(i),
    smax: servers.servedMax.get(i),
    slim: maxconn === 0 ? undefined : maxconn,
    stot: sum(SERVER.sessions),
    bin: sum(SERVER.bytesIn),
    bout: sum(SERVER.bytesOut),
    dresp: sum(SERVER.deniedResponses),
    econ: sum(SERVER.connectErrors),
    eresp: sum(SERVER.responseErrors),
    wretr: sum(SERVER.retries),
    wredis: sum(SERVER.redispatches),
    lbtot: sum(SERVER.selected),
    rate: view.rate("server", i, SERVER.sessionRate),
    rate_max: view.rateMax("server", i, SERVER.sessionRate),
    hrsp_1xx: http(SERVER.responses1xx),
    hrsp_2xx: http(SERVER.responses2xx),
    hrsp_3xx: http(SERVER.responses3xx),
    hrsp_4xx: http(SERVER.responses4xx),
    hrsp_5xx: http(SERVER.responses5xx),
    hrsp_other: http(SERVER.responsesOther),
    req_tot: http(SERVER.requests),
    cli_abrt: sum(SERVER.clientAborts),
    srv_abrt: sum(SERVER.serverAborts),
    lastsess: view.lastSession(servers.lastSessionMs.get(i)),
    qtime: Math.round(times.queueMs),
    ctime: Math.round(times.connectMs),
    rtime: Math.round(times.responseMs),
    ttime: Math.round(times.totalMs),
    wrew: sum(SERVER.rewriteFailures),
    connect: sum(SERVER.connects),
    reuse: sum(SERVER.reuses),
    srv_icur: servers.idle.get(i),
    src_ilim: server.poolMaxConn >= 0 ? server.poolMaxConn : undefined,
    qtime_max: Math.round(times.queueMaxMs),
    ctime_max: Math.round(times.connectMaxMs),
    rtime_max: Math.round(times.responseMaxMs),
    ttime_max: Math.round(times.totalMaxMs),
    eint: sum(SERVER.internalErrors),
    idle_conn_cur: servers.idleUnsafe.get(i),
    safe_conn_cur: servers.idleSafe.get(i),
    used_conn_cur: servers.used.get(i),
    need_conn_est: servers.used.get(i),
  };
}

function stateValues(view: StatsView, server: ServerModel): StatsValues {
  const { servers } = view.state;
  const i = server.index;
  const throttle = servers.throttlePercent.get(i);
  return {
    status: serverStatus(view, server).text,
    weight: serverWeight(view, server),
    act: server.backup ? 0 : 1,
    bck: server.backup ? 1 : 0,
    lastchg: view.secondsSince(servers.lastChangeMs.get(i)),
    qlimit: server.maxqueue > 0 ? server.maxqueue : undefined,
    throttle: throttle > 0 && throttle < 100 ? throttle : undefined,
    uweight: servers.userWeight.get(i),
    srid: 0,
  };
}

function checkValues(view: StatsView, server: ServerModel): StatsValues {
  const { servers } = view.state;
  const i = server.index;
  const state = servers.checkState.get(i);
  if ((state & CHECK_STATE.enabled) === 0) return {};
  const counts: StatsValues = {
    chkfail: servers.failedChecks.get(i),
    chkdown: servers.wentDown.get(i),
    downtime: serverDowntime(view, server),
  };
  if ((state & CHECK_STATE.paused) !== 0) return counts;
  const status = servers.checkStatus.get(i);
  const running = (state & CHECK_STATE.inProgress) !== 0 ? "* " : "";
  return {
    ...counts,
    check_status: running + checkStatusName(status),
    check_code: checkStatusHasCode(status) ? servers.checkCode.get(i) : undefined,
    check_duration: status > CHECK_STATUS.INI ? servers.checkDurationMs.get(i) : undefined,
    last_chk: servers.checkText.get(i),
    check_desc: checkStatusDescription(status),
    check_rise: servers.rise.get(i),
    check_fall: servers.fall.get(i),
    check_health: servers.health.get(i),
  };
}

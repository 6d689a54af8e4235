// Owns `show info`: what the process says of itself, in the reference's order with the reference's names. A figure that Pointsman
// does not know is left out rather than invented; what it has no use for (pools, pipes, compression) is 0 because there is none.
// Management manual §9.3 "show info".

import { PROCESS } from "../records/index.ts";
import type { StatsType } from "./columns.ts";
import { describeField } from "./render.ts";
import type { StatsServices, StatsValue } from "./types.ts";
import { StatsView } from "./view.ts";

/** One field: its position in the typed output, name, tags, type, value. */
export interface InfoField {
  readonly position: number;
  readonly name: string;
  readonly tags: string;
  readonly type: StatsType;
  readonly value: StatsValue | undefined;
}

/** What only the caller knows. */
export interface InfoOptions {
  /** Open listening sockets that are not listeners of proxies: the stats sockets. */
  readonly statsSockets: number;
  /** Percent of the time that the data plane waited, when it is measured. */
  readonly idlePercent: number | undefined;
}

type Row = readonly [position: number, name: string, tags: string, type: StatsType, value: StatsValue | undefined];

/** All fields; those without value are not shown. */
export function collectInfo(services: StatsServices, options: InfoOptions): InfoField[] {
  const view = new StatsView(services);
  return [...identity(view), ...connections(view), ...resources(view, options), ...totals(view)].map(
    ([position, name, tags, type, value]) => ({ position, name, tags, type, value }),
  );
}

function identity(view: StatsView): Row[] {
  const { facts } = view.services;
  const uptimeSec = view.secondsSince(view.whole.startedMs.get(0));
  return [
    [0, "Name", "POS", "str", facts.name],
    [1, "Version", "POS", "str", facts.version],
    [2, "Release_date", "POS", "str", facts.releaseDate],
    [3, "Nbthread", "CGS", "u32", facts.nbthread],
    [4, "Nbproc", "CGS", "u32", 1],
    [5, "Process_num", "KGP", "u32", 1],
    [6, "Pid", "SGP", "u32", view.whole.pid.get(0)],
    [7, "Uptime", "MDP", "str", uptimeText(uptimeSec)],
    [8, "Uptime_sec", "MDP", "u32", uptimeSec],
    [9, "Memmax_MB", "CLP", "u32", 0],
    [10, "PoolAlloc_MB", "MGP", "u32", 0],
    [11, "PoolUsed_MB", "MGP", "u32", 0],
    [12, "PoolFailed", "MCP", "u32", 0],
    [13, "Ulimit-n", "CLP", "u32", facts.ulimitN],
    [14, "Maxsock", "CLP", "u32", facts.ulimitN],
    [15, "Maxconn", "CLP", "u32", view.processLimit()],
    [16, "Hard_maxconn", "CLP", "u32", facts.maxconn],
  ];
}

function connections(view: StatsView): Row[] {
  const { whole } = view;
  const sum = (field: number) => view.sum("process", 0, field);
  const rate = (field: number) => view.rate("process", 0, field);
  const rateMax = (field: number) => view.rateMax("process", 0, field);
  return [
    [17, "CurrConns", "MGP", "u32", whole.connections.get(0)],
    [18, "CumConns", "MCP", "u32", sum(PROCESS.connections)],
    [19, "CumReq", "MCP", "u32", sum(PROCESS.requests)],
    [20, "MaxSslConns", "MMP", "u32", 0],
    [21, "CurrSslConns", "MGP", "u32", whole.tlsConnections.get(0)],
    [22, "CumSslConns", "MCP", "u32", sum(PROCESS.tlsConnections)],
    [23, "Maxpipes", "CLP", "u32", 0],
    [24, "PipesUsed", "MGP", "u32", 0],
    [25, "PipesFree", "MGP", "u32", 0],
    [26, "ConnRate", "MRP", "u32", rate(PROCESS.connectionRate)],
    [27, "ConnRateLimit", "CLP", "u32", 0],
    [28, "MaxConnRate", "MMP", "u32", rateMax(PROCESS.connectionRate)],
    [29, "SessRate", "MRP", "u32", rate(PROCESS.sessionRate)],
    [30, "SessRateLimit", "CLP", "u32", 0],
    [31, "MaxSessRate", "MRP", "u32", rateMax(PROCESS.sessionRate)],
    [32, "SslRate", "MRP", "u32", rate(PROCESS.tlsRate)],
    [33, "SslRateLimit", "CLP", "u32", 0],
    [34, "MaxSslRate", "MMP", "u32", rateMax(PROCESS.tlsRate)],
    [35, "SslFrontendKeyRate", "MGP", "u32", 0],
    [36, "SslFrontendMaxKeyRate", "MMP", "u32", 0],
    [37, "SslFrontendSessionReuse_pct", "MGP", "u32", 0],
    [38, "SslBackendKeyRate", "MRP", "u32", 0],
    [39, "SslBackendMaxKeyRate", "MMP", "u32", 0],
    [40, "SslCacheLookups", "MCP", "u32", 0],
    [41, "SslCacheMisses", "MCP", "u32", 0],
    [42, "CompressBpsIn", "MRP", "u32", 0],
    [43, "CompressBpsOut", "MRP", "u32", 0],
    [44, "CompressBpsRateLim", "CLP", "u32", 0],
  ];
}

function resources(view: StatsView, options: InfoOptions): Row[] {
  const { model, facts } = view.services;
  const { whole } = view;
  const listeners = openListeners(view) + options.statsSockets;
  const streams = currentStreams(view);
  return [
    [47, "Tasks", "MGP", "u32", streams],
    [48, "Run_queue", "MGP", "u32", 0],
    [49, "Idle_pct", "MaP", "u32", options.idlePercent],
    [50, "node", "COS", "str", facts.node],
    [51, "description", "COS", "str", model.global.description],
    [52, "Stopping", "MGP", "u32", whole.stopping.get(0) === 0 ? 0 : 1],
    [53, "Jobs", "MGP", "u32", whole.connections.get(0) + listeners],
    [54, "Unstoppable Jobs", "MGP", "u32", 0],
    [55, "Listeners", "MGP", "u32", listeners],
    [56, "ActivePeers", "MGP", "u32", 0],
    [57, "ConnectedPeers", "MGP", "u32", 0],
    [58, "DroppedLogs", "MGP", "u32", view.sum("process", 0, PROCESS.droppedLogs)],
    [59, "BusyPolling", "MGP", "u32", 0],
    [60, "FailedResolutions", "MGP", "u32", 0],
  ];
}

function totals(view: StatsView): Row[] {
  const { facts } = view.services;
  return [
    [61, "TotalBytesOut", "MGP", "u64", view.sum("process", 0, PROCESS.bytesOut)],
    [62, "TotalSplicedBytesOut", "MGP", "u64", 0],
    [64, "DebugCommandsIssued", "MGP", "u32", 0],
    [65, "CumRecvLogs", "MCP", "u32", 0],
    [66, "Build info", "POS", "str", facts.version],
    [67, "Memmax_bytes", "CLP", "u32", 0],
    [68, "PoolAlloc_bytes", "MGP", "u64", 0],
    [69, "PoolUsed_bytes", "MGP", "u64", 0],
    [70, "Start_time_sec", "MDP", "u32", Math.floor(view.whole.startedMs.get(0) / 1000)],
    [71, "Tainted", "SGP", "str", "0"],
    [72, "TotalWarnings", "MCP", "u32", facts.warnings],
    [74, "BootTime_ms", "MDP", "u32", facts.bootTimeMs],
    [75, "Niced_tasks", "MGP", "u32", 0],
    [76, "CurrStreams", "MGP", "u64", currentStreams(view)],
    [77, "CumStreams", "MGP", "u64", view.sum("process", 0, PROCESS.requests)],
    [78, "BlockedTrafficWarnings", "MGP", "u32", 0],
  ];
}

function openListeners(view: StatsView): number {
  const { frontendState } = view.state.proxies;
  const { proxies } = view.services.model;
  return proxies.reduce((count, proxy) => count + (frontendState.get(proxy.index) === 2 ? 0 : proxy.binds.length), 0);
}

/** Streams of all threads at this moment. */
export function currentStreams(view: StatsView): number {
  const { threads, shape } = view.state;
  let streams = 0;
  for (let thread = 0; thread < shape.threads; thread++) streams += threads.streams.get(thread);
  return streams;
}

/** "0d 0h00m03s". */
export function uptimeText(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600) % 24;
  return `${Math.floor(seconds / 86400)}d ${hours}h${two(Math.floor(seconds / 60) % 60)}m${two(seconds % 60)}s`;
}

export function renderInfo(fields: readonly InfoField[], format: "plain" | "typed" | "json"): string {
  const shown = fields.filter((field) => field.value !== undefined);
  if (format === "json") {
    const objects = shown.map(({ position, name, tags, type, value }) =>
      describeField(position, name, tags, type, value ?? 0),
    );
    return `${JSON.stringify(objects)}\n`;
  }
  const line = ({ position, name, tags, type, value }: InfoField) =>
    format === "typed" ? `${position}.${name}.1:${tags}:${type}:${value}\n` : `${name}: ${value}\n`;
  return shown.map(line).join("");
}

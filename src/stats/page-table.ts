// Owns one proxy's table on the statistics page: the columns that HAProxy's page has, in its order and under its headings.

import { escapeHtml, groupDigits, humanTime, percentEncode } from "./html.ts";
import type { StatsRow, StatsValues } from "./rows.ts";
import { serverStatus } from "./server-status.ts";
import type { StatsView } from "./view.ts";

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ["Queue", ["Cur", "Max", "Limit"]],
  ["Session rate", ["Cur", "Max", "Limit"]],
  ["Sessions", ["Cur", "Max", "Limit", "Total", "LbTot", "Last"]],
  ["Bytes", ["In", "Out"]],
  ["Denied", ["Req", "Resp"]],
  ["Errors", ["Req", "Conn", "Resp"]],
  ["Warnings", ["Retr", "Redis"]],
  ["Server", ["Status", "LastChk", "Wght", "Act", "Bck", "Chk", "Dwn", "Dwntme", "Thrtle"]],
];

const ROW_NAMES = { frontend: "Frontend", backend: "Backend" } as const;

/** The table of one proxy; `rows` are all of it. `withBoxes` adds a check box to each server (`stats admin`). */
export function renderTable(view: StatsView, rows: readonly StatsRow[], withBoxes: boolean): string {
  const box = withBoxes ? '<th rowspan="2"></th>' : "";
  const groups = GROUPS.map(([name, columns]) => `<th colspan="${columns.length}">${name}</th>`).join("");
  const columns = GROUPS.flatMap(([, names]) => names.map((name) => `<th>${name}</th>`)).join("");
  const body = rows.map((row) => renderRow(view, row, withBoxes)).join("\n");
  return `<div class="scroll"><table>
<tr>${box}<th rowspan="2"></th>${groups}</tr><tr>${columns}</tr>
${body}
</table></div>`;
}

function renderRow(view: StatsView, row: StatsRow, withBoxes: boolean): string {
  const name = row.kind === "frontend" || row.kind === "backend" ? ROW_NAMES[row.kind] : String(row.values.svname);
  const anchor = `${row.proxy.name}/${name}`;
  const box = withBoxes
    ? `<td>${row.kind === "server" ? `<input type="checkbox" name="s" value="${escapeHtml(name)}">` : ""}</td>`
    : "";
  const link = `<td class="name"${tip(legend(row.values))}><a id="${escapeHtml(anchor)}" href="#${percentEncode(anchor)}">${escapeHtml(name)}</a></td>`;
  return `<tr class="${rowClass(view, row)}">${box}${link}${cells(row).join("")}</tr>`;
}

function rowClass(view: StatsView, row: StatsRow): string {
  const server = row.proxy.servers.find(({ index }) => index === row.serverIndex);
  if (server === undefined) return row.kind;
  return `${server.backup ? "backup" : "active"} ${serverStatus(view, server).colour}`;
}

function cells(row: StatsRow): string[] {
  const { values } = row;
  const number = (value: unknown, title = "") =>
    `<td${tip(title)}>${typeof value === "number" ? groupDigits(value) : ""}</td>`;
  const hasQueue = row.kind === "server" || row.kind === "backend";
  const limit = (value: unknown) => `<td>${typeof value === "number" && value > 0 ? groupDigits(value) : "-"}</td>`;
  const last = typeof values.lastsess === "number" && values.lastsess >= 0 ? humanTime(values.lastsess) : "";
  const isServer = row.kind === "server";
  return [
    number(values.qcur),
    number(values.qmax),
    row.kind === "server" ? limit(values.qlimit) : "<td></td>",
    number(values.rate),
    number(values.rate_max),
    row.kind === "frontend" ? limit(values.rate_lim) : "<td></td>",
    number(values.scur),
    number(values.smax),
    limit(values.slim),
    number(values.stot, trafficTip(values)),
    number(values.lbtot),
    `<td>${hasQueue ? last || "?" : ""}</td>`,
    number(values.bin),
    number(values.bout),
    number(values.dreq),
    number(values.dresp),
    number(values.ereq),
    number(values.econ),
    number(values.eresp),
    number(values.wretr),
    number(values.wredis),
    `<td class="text">${statusText(values)}</td>`,
    `<td class="text"${tip(checkTip(values))}>${escapeHtml(checkText(values))}</td>`,
    number(values.weight),
    isServer ? `<td>${values.act === 1 ? "Y" : "-"}</td>` : number(values.act),
    isServer ? `<td>${values.bck === 1 ? "Y" : "-"}</td>` : number(values.bck),
    number(values.chkfail),
    number(values.chkdown),
    `<td>${typeof values.downtime === "number" ? humanTime(values.downtime) : ""}</td>`,
    `<td>${typeof values.throttle === "number" ? `${values.throttle}%` : isServer ? "-" : ""}</td>`,
  ];
}

function statusText(values: StatsValues): string {
  const since = typeof values.lastchg === "number" ? `${humanTime(values.lastchg)} ` : "";
  return since + escapeHtml(String(values.status ?? ""));
}

function checkText(values: StatsValues): string {
  if (values.check_status === undefined) return "";
  const code = values.check_code === undefined ? "" : `/${values.check_code}`;
  const duration = values.check_duration === undefined ? "" : ` in ${values.check_duration}ms`;
  return `${values.check_status}${code}${duration}`;
}

function checkTip(values: StatsValues): string {
  if (values.check_desc === undefined) return "";
  return values.last_chk === undefined || values.last_chk === ""
    ? String(values.check_desc)
    : `${values.check_desc}: ${values.last_chk}`;
}

function legend(values: StatsValues): string {
  return [values.addr, values.cookie === undefined ? undefined : `cookie: ${values.cookie}`, values.algo]
    .filter((part) => part !== undefined)
    .join(", ");
}

function trafficTip(values: StatsValues): string {
  const parts: [string, unknown][] = [
    ["HTTP requests", values.req_tot],
    ["1xx", values.hrsp_1xx],
    ["2xx", values.hrsp_2xx],
    ["3xx", values.hrsp_3xx],
    ["4xx", values.hrsp_4xx],
    ["5xx", values.hrsp_5xx],
    ["other", values.hrsp_other],
    ["intercepted", values.intercepted],
    ["connections", values.connect],
    ["reused", values.reuse],
    ["queue ms", values.qtime],
    ["connect ms", values.ctime],
    ["response ms", values.rtime],
    ["total ms", values.ttime],
  ];
  return parts
    .filter(([, value]) => typeof value === "number")
    .map(([name, value]) => `${name}: ${groupDigits(value as number)}`)
    .join("\n");
}

function tip(text: string): string {
  return text === "" ? "" : ` title="${escapeHtml(text)}"`;
}

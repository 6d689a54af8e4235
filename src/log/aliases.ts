// Owns the table of format aliases: one row per `%name`. Configuration manual §8.2.6.

import {
  address,
  captureList,
  captures,
  hexable,
  type ItemCompiler,
  number,
  open,
  port,
  text,
} from "./alias-writers.ts";
import { writeLocalDateMs, writeUtcDate, writeZonedDate } from "./dates.ts";
import { lineEscapes } from "./encode.ts";
import type { LogView } from "./types.ts";

/** One alias. */
export interface AliasRow {
  readonly name: string;
  readonly doc: string;
  readonly compile: ItemCompiler;
  /** It may write nothing at all, so that the blank behind it must not be doubled. */
  readonly mayVanish?: boolean;
}

/** Th + Ti + TR. */
function timeTq(view: LogView): number {
  return view.timeRequestMs < 0
    ? -1
    : Math.max(view.timeHandshakeMs, 0) + Math.max(view.timeIdleMs, 0) + view.timeRequestMs;
}

/** The time of the data phase. */
function timeTd(view: LogView): number {
  if (view.timeResponseMs < 0) return -1;
  const before =
    Math.max(view.timeRequestMs, 0) +
    Math.max(view.timeQueueMs, 0) +
    Math.max(view.timeConnectMs, 0) +
    view.timeResponseMs;
  return Math.max(view.timeActiveMs - before, 0);
}

/** Part of the request line; all of it when it is no request line. */
function linePart(pick: (method: string, uri: string, version: string) => string): (view: LogView) => string {
  return (view) => {
    const line = view.requestLine;
    const first = line.indexOf(" ");
    if (first < 0) return line;
    const last = line.lastIndexOf(" ");
    if (last <= first) return pick(line.slice(0, first), line.slice(first + 1), "");
    return pick(line.slice(0, first), line.slice(first + 1, last), line.slice(last + 1));
  };
}

function beforeQuery(uri: string): string {
  const mark = uri.indexOf("?");
  return mark < 0 ? uri : uri.slice(0, mark);
}

function withoutAuthority(uri: string): string {
  return uri.replace(/^[a-zA-Z][-+.a-zA-Z0-9]*:\/\/[^/]*/, "");
}

const requestHeaders = (view: LogView): readonly (string | undefined)[] => view.capturedRequestHeaders;
const responseHeaders = (view: LogView): readonly (string | undefined)[] => view.capturedResponseHeaders;

/** The table. */
export const aliasRows: readonly AliasRow[] = [
  { name: "ci", doc: "The client's address.", compile: address((view) => view.source) },
  { name: "cp", doc: "The client's port.", compile: port((view) => view.source) },
  { name: "fi", doc: "The address that the client connected to.", compile: address((view) => view.destination) },
  { name: "fp", doc: "The port that the client connected to.", compile: port((view) => view.destination) },
  { name: "bi", doc: "Our address towards the server.", compile: address((view) => view.serverSource) },
  { name: "bp", doc: "Our port towards the server.", compile: port((view) => view.serverSource) },
  { name: "si", doc: "The server's address.", compile: address((view) => view.serverAddress) },
  { name: "sp", doc: "The server's port.", compile: port((view) => view.serverAddress) },
  { name: "f", doc: "The frontend's name.", compile: text((view) => view.frontendName) },
  {
    name: "ft",
    doc: "The frontend's name, with ~ when the client came over TLS.",
    compile: text((view) => (view.overTls ? `${view.frontendName}~` : view.frontendName)),
  },
  { name: "b", doc: "The backend's name.", compile: text((view) => view.backendName || view.frontendName) },
  { name: "s", doc: "The server's name.", compile: text((view) => view.serverName || "<NOSRV>") },
  {
    name: "t",
    doc: "Date of accept, local, in ms.",
    compile: () => (v, out, at) => writeLocalDateMs(v.acceptWallMs, out, at),
  },
  { name: "T", doc: "Date of accept, UTC.", compile: () => (v, out, at) => writeUtcDate(v.acceptWallMs, out, at) },
  { name: "Tl", doc: "Date of accept, local.", compile: () => (v, out, at) => writeZonedDate(v.acceptWallMs, out, at) },
  {
    name: "Ts",
    doc: "Date of accept, Unix time.",
    compile: hexable(0, (view) => Math.floor(view.acceptWallMs / 1000)),
  },
  { name: "ms", doc: "Milliseconds of the date of accept.", compile: milliseconds },
  {
    name: "tr",
    doc: "Date of the request, local, in ms.",
    compile: () => (v, out, at) => writeLocalDateMs(v.requestWallMs, out, at),
  },
  {
    name: "trg",
    doc: "Date of the request, UTC.",
    compile: () => (v, out, at) => writeUtcDate(v.requestWallMs, out, at),
  },
  {
    name: "trl",
    doc: "Date of the request, local.",
    compile: () => (v, out, at) => writeZonedDate(v.requestWallMs, out, at),
  },
  { name: "Th", doc: "Time of the handshakes.", compile: number((view) => view.timeHandshakeMs) },
  { name: "Ti", doc: "Idle time before the request.", compile: number((view) => view.timeIdleMs) },
  { name: "TR", doc: "Time to receive the request.", compile: number((view) => view.timeRequestMs) },
  { name: "Tq", doc: "Th + Ti + TR.", compile: number(timeTq) },
  { name: "Tw", doc: "Time in queues.", compile: number((view) => view.timeQueueMs) },
  { name: "Tc", doc: "Time to connect to the server.", compile: number((view) => view.timeConnectMs) },
  { name: "Tr", doc: "Time of the server's answer.", compile: number((view) => view.timeResponseMs) },
  { name: "Td", doc: "Time of the data.", compile: number(timeTd) },
  { name: "Ta", doc: "Time from the request's first byte to the end.", compile: open((view) => view.timeActiveMs) },
  { name: "Tt", doc: "Time from accept to the end.", compile: open((view) => view.timeTotalMs) },
  {
    name: "Tu",
    doc: "Time as the user sees it, without the idle time.",
    compile: open((view) => view.timeTotalMs - Math.max(view.timeIdleMs, 0)),
  },
  { name: "ST", doc: "The status.", compile: number((view) => view.status) },
  { name: "B", doc: "Bytes sent to the client.", compile: open((view) => view.bytesFromServer) },
  { name: "U", doc: "Bytes received from the client.", compile: number((view) => view.bytesFromClient) },
  { name: "ts", doc: "How the stream ended, two letters.", compile: bare((view) => view.termination.slice(0, 2)) },
  {
    name: "tsc",
    doc: "How the stream ended, with the persistence cookie's letters.",
    compile: bare((view) => view.termination),
  },
  { name: "ac", doc: "Connections of the process.", compile: number((view) => view.actconn) },
  { name: "fc", doc: "Connections of the frontend.", compile: number((view) => view.feconn) },
  { name: "bc", doc: "Connections of the backend.", compile: number((view) => view.beconn) },
  { name: "sc", doc: "Connections of the server.", compile: number((view) => view.srvConn) },
  { name: "rc", doc: "Retries, with + when redispatched.", compile: retries },
  { name: "sq", doc: "Position in the server's queue.", compile: number((view) => view.srvQueue) },
  { name: "bq", doc: "Position in the backend's queue.", compile: number((view) => view.backendQueue) },
  { name: "rt", doc: "The request's number.", compile: hexable(4, (view) => view.requestCounter) },
  { name: "r", doc: "The request line.", compile: text((view) => view.requestLine) },
  { name: "HM", doc: "The method.", compile: text(linePart((method) => method)) },
  { name: "HU", doc: "The request-target.", compile: text(linePart((_method, uri) => uri)) },
  {
    name: "HP",
    doc: "The request-target without its query.",
    compile: text(linePart((_method, uri) => beforeQuery(uri))),
  },
  {
    name: "HPO",
    doc: "The path alone.",
    compile: text(linePart((_method, uri) => withoutAuthority(beforeQuery(uri)))),
  },
  {
    name: "HQ",
    doc: "The query with its question mark.",
    mayVanish: true,
    compile: (flags) =>
      text(linePart((_method, uri) => uri.slice(beforeQuery(uri).length)))({ ...flags, mandatory: false }),
  },
  { name: "HV", doc: "The version.", compile: text(linePart((_method, _uri, version) => version)) },
  { name: "CC", doc: "The captured cookie of the request.", compile: text((view) => view.capturedRequestCookie) },
  { name: "CS", doc: "The captured cookie of the response.", compile: text((view) => view.capturedResponseCookie) },
  { name: "hr", doc: "The captured header fields of the request.", mayVanish: true, compile: captures(requestHeaders) },
  {
    name: "hs",
    doc: "The captured header fields of the response.",
    mayVanish: true,
    compile: captures(responseHeaders),
  },
  { name: "hrl", doc: "The same as a list.", mayVanish: true, compile: captureList(requestHeaders) },
  { name: "hsl", doc: "The same as a list.", mayVanish: true, compile: captureList(responseHeaders) },
  { name: "ID", doc: "The unique id.", compile: text((view) => view.uniqueId, lineEscapes) },
  { name: "sslc", doc: "The cipher of the client's connection.", compile: text((view) => view.tls?.cipher ?? "") },
  {
    name: "sslv",
    doc: "The TLS version of the client's connection.",
    compile: text((view) => view.tls?.version ?? ""),
  },
  { name: "H", doc: "The machine's name.", compile: text((view) => view.hostname ?? "") },
  { name: "pid", doc: "The process's number.", compile: hexable(4, (view) => view.pid ?? 0) },
];

/** Text that is never quoted. */
function bare(read: (view: LogView) => string): ItemCompiler {
  return (flags) => text(read)({ ...flags, quote: false });
}

function milliseconds(flags: Parameters<ItemCompiler>[0]): ReturnType<ItemCompiler> {
  if (flags.hexadecimal) return hexable(2, (view) => Math.floor(view.acceptWallMs % 1000))(flags);
  return (view, out, at) => {
    const value = Math.floor(view.acceptWallMs % 1000);
    out[at] = 48 + ((value / 100) | 0);
    out[at + 1] = 48 + (((value / 10) | 0) % 10);
    out[at + 2] = 48 + (value % 10);
    return at + 3;
  };
}

function retries(): ReturnType<ItemCompiler> {
  const write = number((view) => view.retries)({ quote: false, hexadecimal: false, escape: false, mandatory: false });
  return (view, out, at) => {
    if (!view.redispatched) return write(view, out, at);
    out[at] = 0x2b;
    return write(view, out, at + 1);
  };
}

const byName = new Map(aliasRows.map((row) => [row.name, row]));

/** Aliases of the reference that are not done: they are refused, never called unknown. */
export const plannedAliases: ReadonlySet<string> = new Set(["lc", "OG"]);

/** The row of an alias. */
export function aliasRow(name: string): AliasRow | undefined {
  return byName.get(name);
}

/** All names, for suggestions. */
export function aliasNames(): readonly string[] {
  return [...byName.keys()];
}

// Owns the table of format aliases: one row per `%name`. Configuration manual §8.2.6.

import {
  address,
  bare,
  captureList,
  captures,
  date,
  hexable,
  type ItemCompiler,
  number,
  port,
  text,
  whole,
  writeOpen,
} from "./alias-writers.ts";
import { writeLocalDateMs, writeUtcDate, writeZonedDate } from "./dates.ts";
import { writeInteger, writePadded } from "./encode.ts";
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
    compile: date((view) => view.acceptWallMs, writeLocalDateMs),
  },
  { name: "T", doc: "Date of accept, UTC.", compile: date((view) => view.acceptWallMs, writeUtcDate) },
  { name: "Tl", doc: "Date of accept, local.", compile: date((view) => view.acceptWallMs, writeZonedDate) },
  {
    name: "Ts",
    doc: "Date of accept, Unix time.",
    compile: hexable(0, (view) => Math.floor(view.acceptWallMs / 1000)),
  },
  { name: "ms", doc: "Milliseconds of the date of accept.", compile: milliseconds },
  {
    name: "tr",
    doc: "Date of the request, local, in ms.",
    compile: date((view) => view.requestWallMs, writeLocalDateMs),
  },
  {
    name: "trg",
    doc: "Date of the request, UTC.",
    compile: date((view) => view.requestWallMs, writeUtcDate),
  },
  {
    name: "trl",
    doc: "Date of the request, local.",
    compile: date((view) => view.requestWallMs, writeZonedDate),
  },
  { name: "Th", doc: "Time of the handshakes.", compile: number((view) => view.timeHandshakeMs) },
  { name: "Ti", doc: "Idle time before the request.", compile: number((view) => view.timeIdleMs) },
  { name: "TR", doc: "Time to receive the request.", compile: number((view) => view.timeRequestMs) },
  { name: "Tq", doc: "Th + Ti + TR.", compile: number(timeTq) },
  { name: "Tw", doc: "Time in queues.", compile: number((view) => view.timeQueueMs) },
  { name: "Tc", doc: "Time to connect to the server.", compile: number((view) => view.timeConnectMs) },
  { name: "Tr", doc: "Time of the server's answer.", compile: number((view) => view.timeResponseMs) },
  { name: "Td", doc: "Time of the data.", compile: number(timeTd) },
  {
    name: "Ta",
    doc: "Time from the request's first byte to the end.",
    compile: whole((view, out, at) => writeOpen(view.timeActiveMs, view.early, out, at)),
  },
  {
    name: "Tt",
    doc: "Time from accept to the end.",
    compile: whole((view, out, at) => writeOpen(view.timeTotalMs, view.early, out, at)),
  },
  {
    name: "Tu",
    doc: "Time as the user sees it, without the idle time.",
    compile: whole((view, out, at) => writeOpen(view.timeTotalMs - Math.max(view.timeIdleMs, 0), view.early, out, at)),
  },
  { name: "ST", doc: "The status.", compile: number((view) => view.status) },
  {
    name: "B",
    doc: "Bytes sent to the client.",
    compile: whole((view, out, at) => writeOpen(view.bytesFromServer, view.early, out, at)),
  },
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
  {
    name: "rc",
    doc: "Retries, with + when redispatched.",
    compile: whole((view, out, at) => {
      if (!view.redispatched) return writeInteger(view.retries, out, at);
      out[at] = 0x2b;
      return writeInteger(view.retries, out, at + 1);
    }),
  },
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
  { name: "ID", doc: "The unique id.", compile: text((view) => view.uniqueId) },
  { name: "sslc", doc: "The cipher of the client's connection.", compile: text((view) => view.tls?.cipher ?? "") },
  {
    name: "sslv",
    doc: "The TLS version of the client's connection.",
    compile: text((view) => view.tls?.version ?? ""),
  },
  { name: "H", doc: "The machine's name.", compile: text((view) => view.hostname ?? "") },
  { name: "pid", doc: "The process's number.", compile: hexable(4, (view) => view.pid ?? 0) },
];

function milliseconds(flags: Parameters<ItemCompiler>[0]): ReturnType<ItemCompiler> {
  const read = (view: LogView): number => Math.floor(view.acceptWallMs % 1000);
  if (flags.hexadecimal) return hexable(2, read)(flags);
  return date(read, (value, out, at) => writePadded(value, 3, out, at))(flags);
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

// Owns the fetches of what a stream has noted: captures, dates, timers, sizes, its end, the server's connection. They are the expressions behind
// most aliases of log formats. Configuration manual §7.3.2, §7.3.3 and §8.2.6.

import type { HeadTable } from "../../protocol/http/head.ts";
import { fieldStride } from "../../protocol/http/head.ts";
import { latin1 } from "../../stdx/index.ts";
import { parseIp } from "../ip.ts";
import type { FetchRow, Getter, Source } from "../rows.ts";
import { integerArgument, needs, takes, textArgument } from "../rows.ts";
import type { Argument, EndpointView, SampleValue, SampleView } from "../types.ts";

type Read = (view: SampleView) => SampleValue | undefined;

/**
 * QUIRK: a request that never became one is logged by the connection, not by a stream, so that what streams note is not there. It shows by its
 * request line under the four letters of an HTTP end.
 */
export function isStream(view: SampleView): boolean {
  return view.requestLine !== "<BADREQ>" || view.termination?.length !== 4;
}

function count(name: string, source: Source, since: string, doc: string, read: Read): FetchRow {
  const compile = (): Read => (view) => (isStream(view) ? read(view) : undefined);
  return { name, parameters: [], type: "sint", source, since, doc, compile };
}

function word(name: string, source: Source, since: string, doc: string, read: Read): FetchRow {
  return { ...count(name, source, since, doc, read), type: "str" };
}

/** A date in seconds, or in the unit of the argument. */
function date(name: string, source: Source, doc: string, read: (view: SampleView) => number | undefined): FetchRow {
  return {
    name,
    parameters: [takes("str", "unit")],
    type: "sint",
    source,
    since: "2.8",
    doc,
    check: (args) => {
      const unit = textArgument(args, 0, "s");
      return unit === "s" || unit === "ms" || unit === "us" ? args : `expects 's', 'ms' or 'us', got '${unit}'`;
    },
    compile: (args): Getter => {
      const factor = { s: 0.001, ms: 1, us: 1000 }[textArgument(args, 0, "s")] ?? 1;
      return (view) => {
        const at = read(view);
        return at === undefined ? undefined : Math.floor(at * factor);
      };
    },
  };
}

/** A part of the request line as it was received. */
function linePart(index: number): Read {
  return (view) => view.requestLine?.split(" ")[index];
}

/** The request-target as it was received, without scheme and authority. */
function receivedUri(view: SampleView): string | undefined {
  return view.requestLine?.split(" ")[1]?.replace(/^[a-zA-Z][-+.a-zA-Z0-9]*:\/\/[^/?]*/, "");
}

function captured(
  name: string,
  source: Source,
  doc: string,
  read: (view: SampleView) => readonly (string | undefined)[] | undefined,
): FetchRow {
  return {
    name,
    parameters: [needs("sint", "index")],
    type: "str",
    source,
    since: "1.6",
    doc,
    check: (args: readonly Argument[]) => (integerArgument(args, 0, 0) < 0 ? "expects a non-negative index" : args),
    compile: (args) => {
      const index = integerArgument(args, 0, 0);
      return (view) => read(view)?.[index];
    },
  };
}

function serverEndpoint(
  what: string,
  name: string,
  read: (view: SampleView) => EndpointView | undefined,
): readonly FetchRow[] {
  return [
    {
      name,
      parameters: [],
      type: "addr",
      source: "serverAddress",
      since: "1.8",
      doc: `The address of ${what}.`,
      compile: () => (view) => {
        const endpoint = read(view);
        return endpoint === undefined ? undefined : parseIp(endpoint.host);
      },
      text: () => (view) => {
        const endpoint = read(view);
        return endpoint?.family === "unix" ? undefined : endpoint?.host;
      },
    },
    count(`${name}_port`, "serverAddress", "1.8", `The port of ${what}.`, (view) => read(view)?.port),
  ];
}

/** All fields of a head as lines, with the empty line that ends them. */
function fieldLines(head: HeadTable | undefined): string | undefined {
  if (head === undefined) return undefined;
  let out = "";
  for (let i = 0; i < head.fieldCount; i++) {
    const slot = i * fieldStride;
    const name = latin1(head.bytes, head.fields[slot]!, head.fields[slot + 1]!);
    out += `${name}: ${latin1(head.bytes, head.fields[slot + 2]!, head.fields[slot + 3]!)}\r\n`;
  }
  return `${out}\r\n`;
}

/** Th + Ti + TR, −1 while the request is not whole. */
function requestTime(view: SampleView): number | undefined {
  const request = view.timeRequestMs;
  if (request === undefined || request < 0) return request;
  return Math.max(view.timeHandshakeMs ?? 0, 0) + Math.max(view.timeIdleMs ?? 0, 0) + request;
}

const timers: readonly FetchRow[] = [
  count("fc.timer.handshake", "client", "2.9", "Time of the client's handshakes.", (view) => view.timeHandshakeMs),
  count("fc.timer.total", "frontend", "2.9", "Time since accept.", (view) => view.timeTotalMs),
  count("req.timer.idle", "request", "2.9", "Idle time before the request.", (view) => view.timeIdleMs),
  count("req.timer.hdr", "request", "2.9", "Time to receive the request's head.", (view) => view.timeRequestMs),
  count("req.timer.tq", "request", "2.9", "Time from accept to the whole request.", requestTime),
  count("req.timer.queue", "serverAddress", "2.9", "Time in queues.", (view) => view.timeQueueMs),
  count("bc.timer.connect", "serverAddress", "2.9", "Time to connect to the server.", (view) => view.timeConnectMs),
  count("res.timer.hdr", "response", "2.9", "Time of the server's answer.", (view) => view.timeResponseMs),
  count("txn.timer.total", "transaction", "2.9", "Time since the request's first byte.", (view) => view.timeActiveMs),
];

/** The table of this file. */
export const transactionFetches: readonly FetchRow[] = [
  ...timers,
  date("accept_date", "client", "When the connection was accepted.", (view) => view.acceptWallMs),
  date("request_date", "requestLine", "When the request's first byte came.", (view) => view.requestWallMs),
  captured(
    "capture.req.hdr",
    "requestLine",
    "A captured header field of the request.",
    (view) => view.capturedRequestHeaders,
  ),
  captured(
    "capture.res.hdr",
    "responseLine",
    "A captured header field of the response.",
    (view) => view.capturedResponseHeaders,
  ),
  word("capture.req.method", "requestLine", "1.6", "The method as it was received.", linePart(0)),
  word("capture.req.uri", "requestLine", "1.6", "The path and query as they were received.", receivedUri),
  word("capture.req.ver", "requestLine", "1.6", "The version as it was received.", linePart(2)),
  count("bytes_in", "transaction", "2.9", "Bytes received from the client.", (view) => view.bytesFromClient),
  count("bytes_out", "responseStatistics", "2.9", "Bytes sent to the client.", (view) => view.bytesFromServer),
  count("txn.status", "responseLine", "2.9", "The status that the client got.", (view) => view.status),
  count("txn.conn_retries", "serverAddress", "2.9", "How often connecting was tried again.", (view) => view.retries),
  {
    ...count(
      "txn.redispatched",
      "serverAddress",
      "2.9",
      "Whether another server was chosen.",
      (view) => view.redispatched,
    ),
    type: "bool",
  },
  word("txn.sess_term_state", "internal", "2.9", "How the stream ended.", (view) => view.termination?.slice(0, 2)),
  word("unique-id", "constant", "1.9", "The stream's unique id.", (view) => view.uniqueId || undefined),
  ...serverEndpoint("our side of the server's connection", "bc_src", (view) => view.serverSource),
  ...serverEndpoint("the server", "bc_dst", (view) => view.serverAddress),
  {
    ...word("req.hdrs", "request", "2.3", "All header fields of the request as lines.", (view) =>
      fieldLines(view.request),
    ),
    type: "bin",
  },
  {
    ...word("res.hdrs", "response", "2.3", "All header fields of the response as lines.", (view) =>
      fieldLines(view.response),
    ),
    type: "bin",
  },
];

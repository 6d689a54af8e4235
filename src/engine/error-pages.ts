// Owns the answers that Pointsman writes itself when something is wrong: the default page of each status, `errorfile` pages, and their two forms
// on the wire. A page for a stream has lower-case names and the connection header that fits; a page for bytes that never became a request is
// sent as it is written here. Configuration manual §4.2 "errorfile" and §1.3.1. It knows no connection.

import type { ErrorPageModel } from "../config/model/index.ts";

/** A reply of our own, ready to be put on the wire. */
export interface LocalReply {
  readonly status: number;
  /** "HTTP/1.1", or what an errorfile says. */
  readonly version: string;
  readonly reason: string;
  /** Raw "name: value" lines, names in lower case, without CRLF. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  /** The end of the body is told by its length, so that the connection can go on. */
  readonly framed: boolean;
  /** The page itself says "connection: close", which is counted as part of it. */
  readonly closes: boolean;
}

/** An error page in both forms. */
export interface ErrorPage extends LocalReply {
  /** What a peer gets whose bytes never became a request. */
  readonly raw: Uint8Array;
}

const pageTexts: readonly (readonly [number, string, string])[] = [
  [200, "OK", "Service ready."],
  [400, "Bad request", "Your browser sent an invalid request."],
  [401, "Unauthorized", "You need a valid user and password to access this content."],
  [403, "Forbidden", "Request forbidden by administrative rules."],
  [404, "Not Found", "The resource could not be found."],
  [
    405,
    "Method Not Allowed",
    "A request was made of a resource using a request method not supported by that resource.",
  ],
  [407, "Unauthorized", "You need a valid user and password to access this content."],
  [408, "Request Time-out", "Your browser didn't send a complete request in time."],
  [410, "Gone", "The resource is no longer available and will not be available again."],
  [413, "Payload Too Large", "The request entity exceeds the maximum allowed."],
  [414, "URI Too Long", "The URI is too long."],
  [421, "Misdirected Request", "Request sent to a non-authoritative server."],
  [422, "Unprocessable Content", "The server cannot process the contained instructions."],
  [425, "Too Early", "Your browser sent early data."],
  [429, "Too Many Requests", "You have sent too many requests in a given amount of time."],
  [431, "Request Header Fields Too Large", "Request Header Fields Too Large."],
  [500, "Internal Server Error", "An internal server error occurred."],
  [501, "Not Implemented", "The server does not support the functionality required to fulfill the request."],
  [502, "Bad Gateway", "The server returned an invalid or incomplete response."],
  [503, "Service Unavailable", "No server is available to handle this request."],
  [504, "Gateway Time-out", "The server didn't respond in time."],
];

/** Statuses whose raw form carries no "Connection: close" line in the reference. */
const withoutClose = new Set([200, 431]);
/** Statuses after which the connection ends even when the request was understood. */
const closing = new Set([400, 408]);

function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function defaultPage(status: number, reason: string, text: string): ErrorPage {
  const body = `<html><body><h1>${status} ${reason}</h1>\n${text}\n</body></html>\n`;
  const close = withoutClose.has(status) ? "" : "Connection: close\r\n";
  return {
    status,
    version: "HTTP/1.1",
    reason,
    headers: [`content-length: ${body.length}`, "cache-control: no-cache", "content-type: text/html"],
    body: latin1(body),
    framed: true,
    closes: closing.has(status),
    raw: latin1(
      `HTTP/1.1 ${status} ${reason}\r\nContent-length: ${body.length}\r\nCache-Control: no-cache\r\n${close}Content-Type: text/html\r\n\r\n${body}`,
    ),
  };
}

const defaultPages: ReadonlyMap<number, ErrorPage> = new Map(
  pageTexts.map(([status, reason, text]) => [status, defaultPage(status, reason, text)]),
);

const emptyPage = (status: number): ErrorPage => ({
  status,
  version: "",
  reason: "",
  headers: [],
  body: new Uint8Array(0),
  framed: false,
  closes: true,
  raw: new Uint8Array(0),
});

/** A file of `errorfile` as a page. A file without a head, `/dev/null` say, means that the connection is closed without an answer. */
function pageOfFile(model: ErrorPageModel): ErrorPage {
  const text = Buffer.from(model.base64, "base64").toString("latin1");
  const split = /\r?\n\r?\n/.exec(text);
  const start = /^(HTTP\/\d\.\d) +(\d{3})(?: +([^\r\n]*))?\r?\n/.exec(text);
  if (split === null || start === null) return emptyPage(model.status);
  const body = latin1(text.slice(split.index + split[0].length));
  const lines = text.slice(start[0].length, Math.max(split.index, start[0].length)).split(/\r?\n/);
  const headers: string[] = [];
  let framed = false;
  let closes = false;
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    if (name === "connection") {
      closes ||= line.toLowerCase().includes("close");
      continue;
    }
    if (name === "content-length") framed = true;
    headers.push(`${name}: ${line.slice(colon + 1).trim()}`);
  }
  const [, version = "HTTP/1.0", , reason = ""] = start;
  const head = `${version} ${model.status} ${reason}\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`;
  return {
    status: model.status,
    version,
    reason,
    headers,
    body,
    framed,
    closes,
    raw: new Uint8Array(Buffer.concat([latin1(head), body])),
  };
}

/** The pages of one proxy: its own files, else the defaults. */
export class ErrorPages {
  readonly #files = new Map<number, ErrorPage>();

  constructor(models: readonly ErrorPageModel[]) {
    for (const model of models) this.#files.set(model.status, pageOfFile(model));
  }

  /** The page for `status`; a status without one gets the page of 500, as in the reference. */
  page(status: number): ErrorPage {
    return this.#files.get(status) ?? defaultPages.get(status) ?? defaultPages.get(500)!;
  }

  /** Whether the proxy has a file of its own for `status`: a backend's pages take precedence over its frontend's only then. */
  has(status: number): boolean {
    return this.#files.has(status);
  }
}

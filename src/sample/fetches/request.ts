// Owns the fetches of the start line and the request-target, and of URL parameters. Configuration manual §7.3.6.

import type { HeadTable } from "../../protocol/http/head.ts";
import { latin1 } from "../../stdx/index.ts";
import { hashText } from "../hashes.ts";
import { leadingInteger } from "../integers.ts";
import { parseIp } from "../ip.ts";
import type { ByteRange, FetchRow, Getter, RangeFinder } from "../rows.ts";
import { takes, textArgument } from "../rows.ts";
import type { Argument, SampleView } from "../types.ts";
import { hostField } from "./fields.ts";
import { emptyPath, pathEnd, pathStart, queryStart } from "./places.ts";

function once(find: (head: HeadTable, range: ByteRange) => boolean): () => RangeFinder {
  return () => (view, range, resume) => {
    const head = view.request;
    if (resume || head === undefined) return false;
    range.bytes = head.bytes;
    return find(head, range);
  };
}

/** The path of an absolute target that has none. */
const rootPath = Uint8Array.of(0x2f);

function findPath(head: HeadTable, range: ByteRange): boolean {
  const start = pathStart(head);
  if (start === emptyPath) return useRoot(range);
  range.start = start;
  range.end = pathEnd(head, start);
  return start >= 0;
}

function findPathAndQuery(head: HeadTable, range: ByteRange): boolean {
  const start = pathStart(head);
  if (start === emptyPath) return useRoot(range);
  range.start = start;
  range.end = head.targetEnd;
  return start >= 0;
}

function useRoot(range: ByteRange): boolean {
  range.bytes = rootPath;
  range.start = 0;
  range.end = 1;
  return true;
}

function findTarget(head: HeadTable, range: ByteRange): boolean {
  if (head.bytes[head.targetStart] !== 0x2f && pathStart(head) === emptyPath) return withRoot(head, range);
  range.start = head.targetStart;
  range.end = head.targetEnd;
  return true;
}

/** An absolute target without path and query gets a path: `http://h` is `http://h/`. */
function withRoot(head: HeadTable, range: ByteRange): boolean {
  range.bytes = Buffer.from(`${latin1(head.bytes, head.targetStart, head.targetEnd)}/`, "latin1");
  range.start = 0;
  range.end = range.bytes.length;
  return true;
}

function findMethod(head: HeadTable, range: ByteRange): boolean {
  range.start = head.methodStart;
  range.end = head.methodEnd;
  return true;
}

/** `query([with_qm])`. */
function query(args: readonly Argument[]): RangeFinder {
  const back = textArgument(args, 0, "") === "with_qm" ? 1 : 0;
  return once((head, range) => {
    const start = queryStart(head);
    range.end = head.targetEnd;
    // QUIRK: an empty query has no question mark either.
    range.start = start - (start < head.targetEnd ? back : 0);
    return start >= 0;
  })();
}

/** Host and path, with or without the query. */
function base(view: SampleView, withQuery: boolean): string | undefined {
  const head = view.request;
  if (head === undefined) return undefined;
  const host = hostField(head);
  const start = pathStart(head);
  if (start === emptyPath) return `${host}/`;
  if (start < 0 || head.bytes[start] !== 0x2f) return host === "" ? undefined : host;
  return host + latin1(head.bytes, start, withQuery ? head.targetEnd : pathEnd(head, start));
}

/** The parameter separators of a query string. */
function isSeparator(byte: number, delimiter: number): boolean {
  return byte === 0x26 || byte === 0x3b || byte === delimiter;
}

/** `url_param([name[,delimiter[,i]]])`: the values of one parameter, or of all of them. */
function parameter(args: readonly Argument[]): RangeFinder {
  const name = textArgument(args, 0, "");
  const delimiter = textArgument(args, 1, "?").charCodeAt(0);
  const fold = textArgument(args, 2, "") === "i";
  const wanted = Buffer.from(fold ? name.toLowerCase() : name, "latin1");
  return (view, range, resume) => {
    const head = view.request;
    if (head === undefined) return false;
    const { bytes, targetEnd: end } = head;
    let i = resume ? range.cursor : head.targetStart;
    if (!resume) {
      while (i < end && bytes[i] !== delimiter) i++;
      i++;
    }
    range.bytes = bytes;
    while (i < end) {
      let stop = i;
      let equal = -1;
      while (stop < end && !isSeparator(bytes[stop]!, delimiter)) {
        if (equal < 0 && bytes[stop] === 0x3d) equal = stop;
        stop++;
      }
      if (equal >= 0 && (name === "" || sameName(bytes, i, equal, wanted, fold))) {
        range.start = equal + 1;
        range.end = stop;
        range.cursor = stop + 1;
        return true;
      }
      i = stop + 1;
    }
    return false;
  };
}

function sameName(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array, fold: boolean): boolean {
  if (end - start !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) {
    const byte = bytes[start + i]!;
    if ((fold && byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== wanted[i]) return false;
  }
  return true;
}

const parameterGrammar = [takes("str", "name"), takes("str", "delimiter"), takes("str", "flags")];

function version(read: (view: SampleView) => HeadTable | undefined): () => Getter {
  return () => (view) => {
    const head = read(view);
    return head === undefined ? undefined : `${Math.floor(head.version / 10)}.${head.version % 10}`;
  };
}

/** The authority of an absolute target: its address and port. */
function authority(view: SampleView): { readonly host: string; readonly port: string } | undefined {
  const head = view.request;
  if (head === undefined) return undefined;
  const match = /^(?:[a-zA-Z][-+.a-zA-Z0-9]*:\/\/)([^/?#:[\]]*|\[[^\]]*\])(?::(\d+))?/.exec(
    latin1(head.bytes, head.targetStart, head.targetEnd),
  );
  return match === null ? undefined : { host: match[1] ?? "", port: match[2] ?? "80" };
}

function hashOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : hashText("sdbm", text, true);
}

/** The table of this file. */
export const requestFetches: readonly FetchRow[] = [
  {
    name: "method",
    parameters: [],
    type: "meth",
    source: "requestLine",
    since: "1.3",
    doc: "The request's method.",
    ranges: once(findMethod),
  },
  {
    name: "path",
    parameters: [],
    type: "str",
    source: "request",
    since: "1.3",
    doc: "The request's path, from the first slash to the question mark.",
    ranges: once(findPath),
  },
  {
    name: "pathq",
    parameters: [],
    type: "str",
    source: "request",
    since: "2.2",
    doc: "The request's path with its query.",
    ranges: once(findPathAndQuery),
  },
  {
    name: "query",
    parameters: [takes("str", "options")],
    type: "str",
    source: "request",
    since: "1.6",
    doc: "The request's query, behind the question mark.",
    check: (args) =>
      ["", "with_qm"].includes(textArgument(args, 0, "")) ? args : `unknown option '${textArgument(args, 0, "")}'`,
    ranges: query,
  },
  {
    name: "url",
    parameters: [],
    type: "str",
    source: "request",
    since: "1.3",
    doc: "The request-target as it was received.",
    ranges: once(findTarget),
  },
  {
    name: "url_ip",
    parameters: [],
    type: "ipv4",
    source: "request",
    since: "1.3",
    doc: "The address in an absolute request-target.",
    compile: () => (view) => {
      const address = parseIp(authority(view)?.host ?? "");
      return address?.length === 4 ? address : undefined;
    },
  },
  {
    name: "url_port",
    parameters: [],
    type: "sint",
    source: "request",
    since: "1.3",
    doc: "The port in an absolute request-target, 80 when there is none.",
    compile: () => (view) => {
      const found = authority(view);
      return found === undefined || parseIp(found.host) === undefined ? undefined : leadingInteger(found.port);
    },
  },
  {
    name: "base",
    parameters: [],
    type: "str",
    source: "request",
    since: "1.4",
    doc: "The first Host field and the path.",
    compile: () => (view) => base(view, false),
  },
  {
    name: "baseq",
    parameters: [],
    type: "str",
    source: "request",
    since: "2.8",
    doc: "The first Host field and the path with its query.",
    compile: () => (view) => base(view, true),
  },
  {
    name: "base32",
    parameters: [],
    type: "sint",
    source: "request",
    since: "1.5",
    doc: "A 32-bit hash of `base`.",
    compile: () => (view) => hashOf(base(view, false)),
  },
  {
    name: "url32",
    parameters: [],
    type: "sint",
    source: "request",
    since: "1.5",
    doc: "A 32-bit hash of the first Host field and the path with its query.",
    compile: () => (view) => hashOf(base(view, true)),
  },
  {
    name: "url_param",
    aliases: ["urlp"],
    parameters: parameterGrammar,
    type: "str",
    source: "request",
    since: "1.3",
    doc: "The first value of a URL parameter.",
    ranges: parameter,
  },
  {
    name: "urlp_val",
    parameters: parameterGrammar,
    type: "sint",
    source: "request",
    since: "1.5",
    doc: "The first value of a URL parameter as an integer.",
    ranges: parameter,
    decode: (text) => (text === "" ? undefined : leadingInteger(text)),
  },
  {
    name: "req.ver",
    aliases: ["req_ver"],
    parameters: [],
    type: "str",
    source: "requestLine",
    since: "1.3",
    doc: "The version of the request, such as 1.1.",
    compile: version((view) => view.request),
  },
  {
    name: "res.ver",
    aliases: ["resp_ver"],
    parameters: [],
    type: "str",
    source: "response",
    since: "1.3",
    doc: "The version of the response, such as 1.1.",
    compile: version((view) => view.response),
  },
  {
    name: "status",
    parameters: [],
    type: "sint",
    source: "responseLine",
    since: "1.3",
    doc: "The status of the response.",
    compile: () => (view) => view.response?.status,
  },
  {
    name: "req.proto_http",
    aliases: ["req_proto_http"],
    parameters: [],
    type: "bool",
    source: "requestLine",
    since: "1.5",
    doc: "Whether what was received is an HTTP request.",
    compile: () => (view) => view.request !== undefined,
  },
];

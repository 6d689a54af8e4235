// Owns the words of the sample language as plain data: types, arguments, expressions, and the view of a stream that fetches look at.
// An expression is data (it crosses to worker threads by structured clone) and is compiled once per thread into a closure.
// Configuration manual §7.1 to §7.3.

import type { HeadTable } from "../protocol/http/head.ts";

/** The types of §7.1. `addr` is either IP family, `any` is known only at run time. */
export type SampleType = "bool" | "sint" | "addr" | "ipv4" | "ipv6" | "str" | "bin" | "meth" | "any";

/** An IP address as bytes: 4 or 16, network order. */
export type IpAddress = Uint8Array;

/**
 * A sample's value at run time: bool → boolean; sint → number (an integer; bigint beyond ±2^53); str, bin and meth → a string whose code units are the bytes (latin1);
 * addresses → bytes. `undefined`: the fetch found nothing, and the expression as a whole fails.
 */
export type SampleValue = boolean | number | bigint | string | IpAddress;

/** One resolved argument. Its kind is that of the row's parameter; a missing optional argument is absent from the end of the list. */
export type Argument =
  | { readonly kind: "str"; readonly value: string }
  /** `exact` holds the digits of an integer beyond ±2^53, which `value` only approaches. */
  | { readonly kind: "sint"; readonly value: number; readonly exact?: string }
  | { readonly kind: "timeMs"; readonly value: number }
  | { readonly kind: "sizeBytes"; readonly value: number }
  | { readonly kind: "ipv4" | "ipv6"; readonly value: string }
  /** `bits` is −1 where there is no prefix length: `mask` is then the text of a mask with holes. */
  | { readonly kind: "mask4" | "mask6"; readonly bits: number; readonly mask?: string }
  | { readonly kind: "regex"; readonly source: string; readonly ignoreCase: boolean }
  | { readonly kind: "proxy" | "server" | "table" | "userlist"; readonly value: string }
  | { readonly kind: "var"; readonly value: string };

export interface FetchCall {
  /** The canonical name of the row ("req.hdr", never its alias "hdr"). */
  readonly name: string;
  readonly args: readonly Argument[];
}

export interface ConverterCall {
  readonly name: string;
  readonly args: readonly Argument[];
}

/** `fetch[(args)][,converter[(args)]]…`, fully checked. */
export interface SampleExpression {
  readonly fetch: FetchCall;
  readonly converters: readonly ConverterCall[];
  /** The type that comes out at the end of the chain. */
  readonly type: SampleType;
  /** As written, for diagnostics and `explain`. */
  readonly text: string;
}

/** An endpoint as fetches and logs see it. `bytes` has 4 or 16 bytes, or 0 for a unix socket. */
export interface EndpointView {
  readonly family: "ipv4" | "ipv6" | "unix";
  /** Numeric text, or the path of a unix socket. */
  readonly host: string;
  readonly port: number;
}

/** Where a rule or a fetch is evaluated; the checker refuses a fetch that is not available there. */
export type SamplePhase =
  | "tcp-connection"
  | "tcp-session"
  | "tcp-request-content"
  | "http-request"
  | "tcp-response-content"
  | "http-response"
  | "log"
  | "check";

/**
 * What fetches may look at. The engine's stream implements it; tests implement it with a literal. All getters are cheap and do not allocate
 * unless they say so; `request`/`response` are valid only during the call.
 */
export interface SampleView {
  /** The parsed request head, while the request is known. */
  readonly request: HeadTable | undefined;
  readonly response: HeadTable | undefined;
  /** Bytes received from the client and not yet forwarded, for content inspection; the request's head included. Empty when none. */
  readonly requestBuffer: Uint8Array;
  readonly source: EndpointView;
  readonly destination: EndpointView;
  readonly frontendName: string;
  readonly backendName: string;
  /** "" until a server has been chosen. */
  readonly serverName: string;
  readonly tls:
    | {
        readonly version: string;
        readonly cipher: string;
        readonly serverName: string;
        readonly alpn: string;
        readonly resumed?: boolean;
      }
    | undefined;
  /** Unix time in ms of this evaluation. */
  readonly wallMs: number;
  /** A fresh unsigned 32-bit random number. */
  nextUint32(): number;
  /** Counter-like internal states by canonical name: "fe_conn", "be_conn", "srv_conn", "nbsrv", "connslots", "queue"… with the proxy or server argument. −1 unknown. */
  internal(name: string, target: string | undefined): number;
  /**
   * What a stream also knows, as log lines show it; absent in views that are no streams. Captured headers by position; dates in Unix ms; timers in
   * ms, −1 where the phase was not reached.
   */
  readonly requestLine?: string;
  readonly capturedRequestHeaders?: readonly (string | undefined)[];
  readonly capturedResponseHeaders?: readonly (string | undefined)[];
  readonly uniqueId?: string;
  readonly acceptWallMs?: number;
  readonly requestWallMs?: number;
  readonly timeHandshakeMs?: number;
  readonly timeIdleMs?: number;
  readonly timeRequestMs?: number;
  readonly timeQueueMs?: number;
  readonly timeConnectMs?: number;
  readonly timeResponseMs?: number;
  readonly timeActiveMs?: number;
  readonly timeTotalMs?: number;
  readonly status?: number;
  readonly bytesFromServer?: number;
  readonly bytesFromClient?: number;
  readonly termination?: string;
  readonly retries?: number;
  readonly redispatched?: boolean;
  readonly serverSource?: EndpointView | undefined;
  readonly serverAddress?: EndpointView | undefined;
  /** Variables by full name ("txn.x"). */
  getVariable(name: string): SampleValue | undefined;
  setVariable(name: string, value: SampleValue | undefined): void;
  /** Takes a line of the converter `debug` for an event sink ("buf0", "stderr"…). Absent: nobody listens. */
  debug?(sink: string, line: string): void;
}

/** What kind of name was not known, so that a caller can suggest from the right list. */
export type NameKind = "fetch" | "converter" | "acl" | "match" | "action" | "alias" | "argument";

/**
 * Why a piece of the language was refused. `word` indexes the words that were given, `start`/`end` are offsets inside that word. `message` is
 * worded like the reference's first line where it has one. Shared by expressions, ACLs, rules and logs.
 */
export interface LanguageProblem {
  readonly message: string;
  readonly word: number;
  readonly start: number;
  readonly end: number;
  /** "unsupported": the language has it, Pointsman does not yet. "unknown": `name` is not a name of `nameKind`. */
  readonly reason: "syntax" | "unknown" | "unsupported";
  readonly nameKind?: NameKind;
  readonly name?: string;
}

/** Where an expression will be evaluated, and what the parser may ask its caller. */
export interface ExpressionContext {
  readonly phase: SamplePhase;
  /** The side(s) of the proxy in which the words stand; a `listen` has both, which is the default. */
  readonly frontend?: boolean;
  readonly backend?: boolean;
  /** The proxy in which the words stand: the default for `nbsrv`, `be_conn` and other optional proxy arguments. */
  readonly proxyName?: string;
  /** Addresses of a host name that stands where an address may, as numeric text; undefined when it has none. Without it names are refused. */
  readonly resolveHost?: (name: string) => readonly string[] | undefined;
  /** Reads a file of patterns as latin1 text; a problem ("No such file or directory") when it cannot. */
  readonly readFile?: (path: string) => { readonly text: string } | { readonly fault: string };
}

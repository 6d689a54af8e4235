// Owns the waist of Pointsman: the resolved configuration as immutable plain data. Diagnostics and editors stand on its left and never see the
// engine; the engine stands on its right and never sees a token. No functions, no classes: the model crosses to worker threads by structured clone,
// and each thread compiles its expressions once. Defaults are applied, names are resolved, indices are assigned.

import type { AclModel, ConditionModel } from "../../acl/index.ts";
import type { LogFormatModel, LogTargetModel } from "../../log/index.ts";
import type { RuleModel } from "../../rules/index.ts";
import type { SampleExpression } from "../../sample/index.ts";

export type ProxyMode = "tcp" | "http";

/** Where a thing was declared. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
}

/** An address as written and as resolved without the network. */
export type AddressModel =
  | { readonly kind: "ipv4" | "ipv6"; readonly host: string; readonly port: number }
  /** A host name; the process resolves it at start. */
  | { readonly kind: "name"; readonly name: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "abstract"; readonly name: string }
  /** An inherited descriptor. */
  | { readonly kind: "fd"; readonly fd: number };

export interface BindModel {
  /** Global index of the listener over all proxies, in order of declaration; port ranges make several. */
  readonly index: number;
  readonly location: SourceLocation;
  /** `name`, or the reference's default for the CSV ("sock-1"). */
  readonly name: string;
  readonly id: number;
  readonly address: AddressModel;
  readonly v6only: boolean;
  readonly v4v6: boolean;
  readonly backlog: number | undefined;
  readonly maxconn: number | undefined;
  readonly mode: string | undefined;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly level: "user" | "operator" | "admin" | undefined;
  readonly acceptProxy: boolean;
  readonly interface: string | undefined;
  readonly tls: BindTlsModel | undefined;
}

export interface BindTlsModel {
  /** Certificates in the order they were named; the first one is the default. Text was read by the front end, because workers may live in a chroot. */
  readonly certificates: readonly { readonly path: string; readonly pem: string }[];
  readonly alpn: readonly string[];
  readonly minVersion: string | undefined;
  readonly maxVersion: string | undefined;
  readonly ciphers: string | undefined;
  readonly strictSni: boolean;
  readonly verify: "none" | "optional" | "required";
  readonly caPem: string | undefined;
}

export interface CheckModel {
  readonly kind: "tcp" | "http";
  readonly intervalMs: number;
  readonly fastIntervalMs: number | undefined;
  readonly downIntervalMs: number | undefined;
  readonly rise: number;
  readonly fall: number;
  /** Where to connect instead of the server's own address and port. */
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly http: HttpCheckModel | undefined;
}

/** `option httpchk` and `http-check send`/`expect`. */
export interface HttpCheckModel {
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
  readonly expect:
    | { readonly negated: boolean; readonly kind: "status"; readonly ranges: readonly (readonly [number, number])[] }
    | { readonly negated: boolean; readonly kind: "rstatus" | "string" | "rstring"; readonly pattern: string }
    | undefined;
  readonly disableOn404: boolean;
  readonly sendState: boolean;
}

export interface ServerModel {
  /** Global index over all backends, in order of declaration. */
  readonly index: number;
  readonly location: SourceLocation;
  readonly name: string;
  /** `id`, or the position in its backend starting at 1 (the reference's `sid`, and the key of consistent hashing). */
  readonly id: number;
  readonly address: AddressModel;
  readonly weight: number;
  readonly backup: boolean;
  readonly disabled: boolean;
  readonly maxconn: number;
  readonly minconn: number;
  readonly maxqueue: number;
  readonly cookie: string | undefined;
  readonly check: CheckModel | undefined;
  /** `on-error`, `observe`, `slowstart`… come with the issue that builds them. */
  readonly initAddr: readonly string[];
  readonly poolMaxConn: number;
  readonly poolPurgeDelayMs: number;
}

export interface BalanceModel {
  readonly algorithm:
    | "roundrobin"
    | "static-rr"
    | "leastconn"
    | "first"
    | "source"
    | "uri"
    | "random"
    | "url_param"
    | "hdr";
  /** `random(N)` and the tutorial's `random draw N`. */
  readonly draws: number;
  readonly uri: { readonly len: number; readonly depth: number; readonly whole: boolean; readonly pathOnly: boolean };
  /** Name for url_param and hdr. */
  readonly parameter: string;
  readonly hashType: "map-based" | "consistent";
  readonly hashFunction: "sdbm" | "djb2" | "wt6" | "crc32" | "none";
  readonly avalanche: boolean;
  readonly hashBalanceFactor: number;
}

export interface TimeoutsModel {
  /** ms; undefined means none (0 in the configuration). */
  readonly connect: number | undefined;
  readonly client: number | undefined;
  readonly server: number | undefined;
  readonly httpRequest: number | undefined;
  readonly httpKeepAlive: number | undefined;
  readonly queue: number | undefined;
  readonly check: number | undefined;
  readonly tunnel: number | undefined;
  readonly clientFin: number | undefined;
  readonly serverFin: number | undefined;
  readonly tarpit: number | undefined;
}

export interface ErrorPageModel {
  readonly status: number;
  /** The file's bytes, sent verbatim, read by the front end. undefined: `errorfile … /dev/null`. */
  readonly base64: string;
}

export interface SwitchingRuleModel {
  readonly location: SourceLocation;
  readonly condition: ConditionModel | undefined;
  /** Index into `ConfigurationModel.proxies`, or a log format evaluated per request. */
  readonly backend:
    | { readonly kind: "static"; readonly proxyIndex: number }
    | { readonly kind: "dynamic"; readonly format: LogFormatModel };
}

export interface UseServerRuleModel {
  readonly location: SourceLocation;
  readonly condition: ConditionModel | undefined;
  readonly server: string;
}

export interface ForwardForModel {
  readonly header: string;
  readonly except: string | undefined;
  readonly ifNone: boolean;
}

export interface StatsPageModel {
  readonly uriPrefix: string;
  readonly realm: string;
  readonly users: readonly { readonly user: string; readonly password: string }[];
  readonly refreshSeconds: number | undefined;
  readonly hideVersion: boolean;
  readonly showLegends: boolean;
  readonly showNode: string | undefined;
  readonly showDesc: string | undefined;
  readonly admin: readonly ConditionModel[];
  readonly scope: readonly string[];
}

/** Everything a stream needs of one proxy. frontend, backend and listen are one shape with capabilities. */
export interface ProxyModel {
  /** Index in `ConfigurationModel.proxies`; also the record index. */
  readonly index: number;
  readonly location: SourceLocation;
  readonly name: string;
  /** `id`, or the reference's automatic number (its `iid`). */
  readonly id: number;
  readonly kind: "frontend" | "backend" | "listen";
  readonly hasFrontend: boolean;
  readonly hasBackend: boolean;
  readonly mode: ProxyMode;
  readonly disabled: boolean;
  readonly description: string | undefined;

  readonly binds: readonly BindModel[];
  readonly maxconn: number;
  readonly backlog: number | undefined;
  readonly switchingRules: readonly SwitchingRuleModel[];
  /** Proxy index. undefined: none; a listen falls back to itself. */
  readonly defaultBackend: number | undefined;
  readonly monitorUri: string | undefined;

  readonly servers: readonly ServerModel[];
  readonly balance: BalanceModel;
  readonly useServerRules: readonly UseServerRuleModel[];
  readonly allBackups: boolean;
  readonly fullconn: number | undefined;
  readonly retries: number;
  /** 0: off; N: every Nth retry, −1: only the last one, as `option redispatch` says. */
  readonly redispatch: number;
  readonly retryOn: readonly string[];
  readonly httpReuse: "never" | "safe" | "aggressive" | "always";
  readonly persistCookie: PersistCookieModel | undefined;

  readonly timeouts: TimeoutsModel;
  readonly options: ProxyOptionsModel;
  readonly forwardFor: ForwardForModel | undefined;
  readonly errorPages: readonly ErrorPageModel[];
  readonly acls: readonly AclModel[];
  /** Every rule of the proxy in order of declaration, all rule sets together. */
  readonly rules: readonly RuleModel[];

  readonly logTargets: readonly LogTargetModel[];
  /** What is logged for each stream; undefined: the reference's short default line ("Connect from …"). */
  readonly logFormat: LogFormatModel | undefined;
  readonly errorLogFormat: LogFormatModel | undefined;
  readonly logTag: string | undefined;
  readonly capturedRequestHeaders: readonly { readonly name: string; readonly length: number }[];
  readonly capturedResponseHeaders: readonly { readonly name: string; readonly length: number }[];
  readonly capturedCookie: { readonly name: string; readonly prefix: boolean; readonly length: number } | undefined;
  readonly uniqueIdFormat: LogFormatModel | undefined;
  readonly uniqueIdHeader: string | undefined;
  readonly stats: StatsPageModel | undefined;
  /** Expressions for `hash EXPR`; undefined otherwise. */
  readonly hashExpression: SampleExpression | undefined;
}

export interface PersistCookieModel {
  readonly name: string;
  readonly mode: "insert" | "rewrite" | "prefix";
  readonly indirect: boolean;
  readonly nocache: boolean;
  readonly postonly: boolean;
  readonly preserve: boolean;
  readonly httponly: boolean;
  readonly secure: boolean;
  readonly domains: readonly string[];
}

export interface ProxyOptionsModel {
  readonly dontlognull: boolean;
  readonly logasap: boolean;
  readonly dontlogNormal: boolean;
  readonly logSeparateErrors: boolean;
  readonly logHealthChecks: boolean;
  readonly httpKeepAlive: boolean;
  readonly httpServerClose: boolean;
  readonly httpclose: boolean;
  readonly abortonclose: boolean;
  readonly tcpka: { readonly client: boolean; readonly server: boolean };
  readonly preferLastServer: boolean;
  readonly httpBufferRequest: boolean;
  readonly httpIgnoreProbes: boolean;
  readonly httpUseProxyHeader: boolean;
  readonly persist: boolean;
  readonly transparent: boolean;
  /** `option socket-stats`: listeners are counted and shown one by one. */
  readonly socketStats?: boolean;
}

export interface StatsSocketModel {
  readonly location: SourceLocation;
  readonly bind: BindModel;
  readonly timeoutMs: number;
}

export interface GlobalModel {
  readonly daemon: boolean;
  readonly masterWorker: boolean;
  readonly chroot: string | undefined;
  readonly user: { readonly name: string; readonly uid: number } | undefined;
  readonly group: { readonly name: string; readonly gid: number } | undefined;
  readonly pidfile: string | undefined;
  readonly maxconn: number | undefined;
  readonly nbthread: number | undefined;
  readonly ulimitN: number | undefined;
  readonly logTargets: readonly LogTargetModel[];
  readonly logTag: string;
  /** undefined: no `log-send-hostname`; "" means the machine's own name. */
  readonly logSendHostname: string | undefined;
  readonly node: string | undefined;
  readonly description: string | undefined;
  readonly statsSockets: readonly StatsSocketModel[];
  readonly statsMaxconn: number;
  readonly bufsize: number;
  readonly maxrewrite: number;
  readonly maxHeaders: number;
  readonly spreadChecks: number;
  readonly hardStopAfterMs: number | undefined;
  readonly zeroWarning: boolean;
}

/** The whole configuration, frozen. */
export interface ConfigurationModel {
  readonly global: GlobalModel;
  /** frontends, backends and listens in order of declaration. */
  readonly proxies: readonly ProxyModel[];
  /** Totals, so that shared records can be laid out. */
  readonly serverCount: number;
  readonly listenerCount: number;
}

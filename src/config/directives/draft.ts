// Owns what sections look like while they are read: the model before names are resolved and defaults applied. A `defaults` section is a draft whose
// settings the following proxies copy. Nothing outside of config/ sees a draft. Configuration manual §3 and §4.

import type { AclModel, ConditionModel } from "../../acl/index.ts";
import type { LogTargetModel } from "../../log/index.ts";
import type { RuleModel } from "../../rules/index.ts";
import type {
  AddressModel,
  BalanceModel,
  BindModel,
  ErrorPageModel,
  ForwardForModel,
  HttpCheckModel,
  ProxyMode,
  StatsPageModel,
  TimeoutsModel,
} from "../model/index.ts";
import type { LateFaultDraft, ReferenceDraft, TableDraft, TableUseDraft } from "./draft-references.ts";
import type { ProxySection } from "./rows.ts";
import type { Statement } from "./statement.ts";

/** A mutable copy of a readonly record. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** A text that is parsed once the proxy's mode is known. */
export interface FormatDraft {
  /** A format of the language by name, or the text of `log-format`. */
  readonly format: { readonly builtin: "httplog" | "httpslog" | "tcplog" | "clf" } | { readonly text: string };
  readonly statement: Statement;
}

/** The options of one server, or of `default-server`. */
export interface ServerSettings {
  weight: number;
  backup: boolean;
  disabled: boolean;
  maxconn: number;
  minconn: number;
  maxqueue: number;
  cookie: string | undefined;
  check: boolean;
  intervalMs: number;
  fastIntervalMs: number | undefined;
  downIntervalMs: number | undefined;
  rise: number;
  fall: number;
  checkAddress: string | undefined;
  checkPort: number | undefined;
  initAddr: readonly string[];
  poolMaxConn: number;
  poolPurgeDelayMs: number;
  /** Every option as it was written last, for the checks of the whole. */
  readonly later: Map<string, { readonly value: string; readonly statement: Statement; readonly word: number }>;
  readonly tls: ServerTlsDraft;
}

/** What decides whether a server's TLS can work. */
export interface ServerTlsDraft {
  ssl: boolean;
  checkSsl: boolean;
  verify: "none" | "required" | undefined;
  ca: boolean;
  readonly excluded: Set<number>;
  minVersion: string | undefined;
  maxVersion: string | undefined;
}

export interface ServerDraft {
  readonly statement: Statement;
  readonly name: string;
  readonly address: AddressModel;
  id: number | undefined;
  readonly settings: ServerSettings;
}

export interface BindDraft {
  readonly statement: Statement;
  /** One address per listening socket, in order. */
  readonly addresses: readonly AddressModel[];
  /** The address as written, for messages. */
  readonly text: string;
  id: number | undefined;
  name: string | undefined;
  readonly options: Draft<Omit<BindModel, "index" | "location" | "name" | "id" | "address" | "tls">>;
  ssl: boolean;
  tls: BindTlsDraft;
}

export interface BindTlsDraft {
  certificates: { readonly path: string; readonly pem: string }[];
  alpn: readonly string[];
  /** `no-sslv3`, `no-tlsv10`…: indices of versions. They count where no ssl-min-ver or ssl-max-ver is given. */
  readonly excluded: Set<number>;
  minVersion: string | undefined;
  maxVersion: string | undefined;
  ciphers: string | undefined;
  strictSni: boolean;
  verify: "none" | "optional" | "required";
  caPem: string | undefined;
}

export interface SwitchingDraft {
  readonly statement: Statement;
  readonly condition: ConditionModel | undefined;
  readonly target: string;
}

export interface HttpCheckDraft extends Draft<HttpCheckModel> {
  headers: { readonly name: string; readonly value: string }[];
}

/** The settings that a proxy inherits from its defaults section. */
export interface ProxySettings {
  mode: ProxyMode;
  disabled: boolean;
  maxconn: number | undefined;
  backlog: number | undefined;
  fullconn: number | undefined;
  retries: number | undefined;
  redispatch: number;
  retryOn: readonly string[];
  httpReuse: "never" | "safe" | "aggressive" | "always" | undefined;
  defaultBackend: { readonly name: string; readonly statement: Statement } | undefined;
  monitorUri: string | undefined;
  timeouts: Partial<Draft<TimeoutsModel>>;
  /** Names of timeouts and options that this very section set, to warn about a second setting. */
  options: Map<string, boolean>;
  forwardFor: ForwardForModel | undefined;
  balance: Draft<BalanceModel> | undefined;
  balanceStatement: Statement | undefined;
  hashType: Pick<BalanceModel, "hashType" | "hashFunction" | "avalanche">;
  hashBalanceFactor: number;
  /** none: no option said so; TCP then. */
  checkKind: "none" | "tcp" | "http" | "external" | "other";
  httpCheck: HttpCheckDraft | undefined;
  /** Some `http-check send` or `expect` was given. */
  httpCheckRules: boolean;
  errorPages: Map<number, ErrorPageModel>;
  acls: Map<string, AclModel>;
  rules: RuleModel[];
  logTargets: LogTargetModel[];
  logFormat: FormatDraft | undefined;
  errorLogFormat: FormatDraft | undefined;
  logFormatSd: FormatDraft | undefined;
  logTag: string | undefined;
  uniqueIdFormat: FormatDraft | undefined;
  uniqueIdHeader: string | undefined;
  stats: Draft<StatsPageModel> | undefined;
  defaultServer: ServerSettings;
  cookie: Statement | undefined;
  mailers: { readonly name: string; readonly statement: Statement } | undefined;
  /** Which `email-alert` lines were given. */
  emailAlerts: Set<string>;
  loadServerState: "global" | "local" | "none" | undefined;
  /** Which `external-check` lines were given. */
  externalCheck: Set<string>;
  tcpCheckRules: boolean;
  checkPortInRules: boolean;
  /** Lines that only HTTP proxies use, by the words of the warning. */
  httpOnly: Set<string>;
}

export interface ProxyDraft {
  readonly section: ProxySection;
  readonly name: string;
  readonly statement: Statement;
  readonly settings: ProxySettings;
  id: number | undefined;
  description: string | undefined;
  readonly binds: BindDraft[];
  readonly servers: ServerDraft[];
  readonly serverNames: Map<string, ServerDraft>;
  readonly switching: SwitchingDraft[];
  readonly useServer: SwitchingDraft[];
  /** `redirect` lines: they run behind all http-request rules. */
  readonly redirects: RuleModel[];
  table: TableDraft | undefined;
  readonly tableUses: TableUseDraft[];
  readonly references: ReferenceDraft[];
  /** The `tcp-check` and `http-check` rules of this section, by kind, in order. */
  readonly checkSteps: ("connect" | "comment" | "var" | "send" | "expect")[];
  /** What was found wrong while reading and is said when everything is read, as the reference does. */
  readonly lateFaults: LateFaultDraft[];
  /** Rules of this section itself, without those of its defaults. */
  readonly ownRules: RuleModel[];
  capturedCookie: { name: string; prefix: boolean; length: number } | undefined;
  readonly capturedRequestHeaders: { name: string; length: number }[];
  readonly capturedResponseHeaders: { name: string; length: number }[];
  /** Names of settings made in this section itself, not inherited. */
  readonly own: Set<string>;
  /** Of a defaults section: some section names it behind `from`. */
  namedByOthers: boolean;
  /** Of a defaults section: the kinds of sections that inherited from it. */
  readonly heirs: Set<ProxySection>;
}

export interface StatsSocketDraft {
  readonly bind: BindDraft;
}

export interface GlobalDraft {
  /** Keywords that were given already, where a second time is an error or without effect. */
  readonly seen: Set<string>;
  daemon: boolean;
  masterWorker: boolean;
  chroot: string | undefined;
  user: { name: string; uid: number } | undefined;
  group: { name: string; gid: number } | undefined;
  pidfile: string | undefined;
  /** `h1-case-adjust-file`: opened once everything is read. */
  headerCaseFile: string | undefined;
  /** `stats-file`, likewise. */
  statsFile: string | undefined;
  maxconn: number | undefined;
  nbthread: number | undefined;
  ulimitN: number | undefined;
  readonly logTargets: LogTargetModel[];
  logTag: string | undefined;
  logSendHostname: string | undefined;
  node: string | undefined;
  description: string | undefined;
  readonly statsSockets: StatsSocketDraft[];
  /** How many proxies were declared before the first `stats socket`: its internal proxy takes a number too. */
  statsProxyPosition: number | undefined;
  statsTimeoutMs: number;
  statsMaxconn: number;
  bufsize: number;
  maxrewrite: number | undefined;
  maxHeaders: number;
  spreadChecks: number;
  hardStopAfterMs: number | undefined;
  zeroWarning: boolean;
  quiet: boolean;
  caBase: string | undefined;
  crtBase: string | undefined;
  bindTls: {
    readonly excluded: Set<number>;
    minVersion: string | undefined;
    maxVersion: string | undefined;
    strictSni: boolean;
    ciphers: string | undefined;
  };
  unixBind: {
    prefix: string;
    mode: string | undefined;
    user: string | undefined;
    group: string | undefined;
    uid: number | undefined;
    gid: number | undefined;
  };
}

/** The reference's defaults of `global`. */
export function newGlobalDraft(): GlobalDraft {
  return {
    seen: new Set(),
    daemon: false,
    masterWorker: false,
    chroot: undefined,
    user: undefined,
    group: undefined,
    pidfile: undefined,
    headerCaseFile: undefined,
    statsFile: undefined,
    maxconn: undefined,
    nbthread: undefined,
    ulimitN: undefined,
    logTargets: [],
    logTag: undefined,
    logSendHostname: undefined,
    node: undefined,
    description: undefined,
    statsSockets: [],
    statsProxyPosition: undefined,
    statsTimeoutMs: 10_000,
    statsMaxconn: 10,
    bufsize: 16384,
    maxrewrite: undefined,
    maxHeaders: 101,
    spreadChecks: 0,
    hardStopAfterMs: undefined,
    zeroWarning: false,
    quiet: false,
    caBase: undefined,
    crtBase: undefined,
    bindTls: {
      excluded: new Set(),
      minVersion: undefined,
      maxVersion: undefined,
      strictSni: false,
      ciphers: undefined,
    },
    unixBind: { prefix: "", mode: undefined, user: undefined, group: undefined, uid: undefined, gid: undefined },
  };
}

/** The reference's defaults of a server. */
export function newServerSettings(): ServerSettings {
  return {
    weight: 1,
    backup: false,
    disabled: false,
    maxconn: 0,
    minconn: 0,
    maxqueue: 0,
    cookie: undefined,
    check: false,
    intervalMs: 2000,
    fastIntervalMs: undefined,
    downIntervalMs: undefined,
    rise: 2,
    fall: 3,
    checkAddress: undefined,
    checkPort: undefined,
    initAddr: ["last", "libc"],
    poolMaxConn: -1,
    poolPurgeDelayMs: 5000,
    later: new Map(),
    tls: {
      ssl: false,
      checkSsl: false,
      verify: undefined,
      ca: false,
      excluded: new Set(),
      minVersion: undefined,
      maxVersion: undefined,
    },
  };
}

function newProxySettings(): ProxySettings {
  return {
    mode: "tcp",
    disabled: false,
    maxconn: undefined,
    backlog: undefined,
    fullconn: undefined,
    retries: undefined,
    redispatch: 0,
    retryOn: [],
    httpReuse: undefined,
    defaultBackend: undefined,
    monitorUri: undefined,
    timeouts: {},
    options: new Map(),
    forwardFor: undefined,
    balance: undefined,
    balanceStatement: undefined,
    hashType: { hashType: "map-based", hashFunction: "sdbm", avalanche: false },
    hashBalanceFactor: 0,
    checkKind: "none",
    httpCheck: undefined,
    httpCheckRules: false,
    errorPages: new Map(),
    acls: new Map(),
    rules: [],
    logTargets: [],
    logFormat: undefined,
    errorLogFormat: undefined,
    logFormatSd: undefined,
    logTag: undefined,
    uniqueIdFormat: undefined,
    uniqueIdHeader: undefined,
    stats: undefined,
    defaultServer: newServerSettings(),
    cookie: undefined,
    mailers: undefined,
    emailAlerts: new Set(),
    loadServerState: undefined,
    externalCheck: new Set(),
    tcpCheckRules: false,
    checkPortInRules: false,
    httpOnly: new Set(),
  };
}

/** A copy that can be changed on its own. */
export function copyServerSettings(from: ServerSettings): ServerSettings {
  return { ...from, later: new Map(from.later), tls: { ...from.tls, excluded: new Set(from.tls.excluded) } };
}

function copySettings(from: ProxySettings): ProxySettings {
  return {
    ...from,
    timeouts: { ...from.timeouts },
    options: new Map(from.options),
    balance: from.balance === undefined ? undefined : { ...from.balance },
    httpCheck: from.httpCheck === undefined ? undefined : { ...from.httpCheck, headers: [...from.httpCheck.headers] },
    errorPages: new Map(from.errorPages),
    // The ACLs of a defaults section serve its own rules alone.
    acls: new Map(),
    rules: [...from.rules],
    logTargets: [...from.logTargets],
    stats: from.stats === undefined ? undefined : { ...from.stats },
    defaultServer: copyServerSettings(from.defaultServer),
    emailAlerts: new Set(from.emailAlerts),
    externalCheck: new Set(from.externalCheck),
    httpOnly: new Set(from.httpOnly),
  };
}

/** What a section takes from its defaults: a frontend nothing of backends, a backend nothing of frontends. */
function inheritedSettings(from: ProxySettings, section: ProxySection): ProxySettings {
  const copy = copySettings(from);
  const fresh = newProxySettings();
  if (section === "backend") {
    for (const key of FRONTEND_SETTINGS) Object.assign(copy, { [key]: fresh[key] });
  } else if (section === "frontend") {
    for (const key of BACKEND_SETTINGS) Object.assign(copy, { [key]: fresh[key] });
  }
  return copy;
}

const FRONTEND_SETTINGS = ["maxconn", "backlog", "monitorUri", "defaultBackend"] as const;
const BACKEND_SETTINGS = [
  "fullconn",
  "balance",
  "balanceStatement",
  "httpCheck",
  "httpCheckRules",
  "checkKind",
  "cookie",
  "loadServerState",
  "externalCheck",
  "tcpCheckRules",
  "checkPortInRules",
] as const;

/** A fresh section that inherits from `from`. */
export function newProxyDraft(
  section: ProxySection,
  name: string,
  statement: Statement,
  from: ProxyDraft | undefined,
): ProxyDraft {
  return {
    section,
    name,
    statement,
    settings: from === undefined ? newProxySettings() : inheritedSettings(from.settings, section),
    id: undefined,
    description: undefined,
    binds: [],
    servers: [],
    serverNames: new Map(),
    switching: [],
    useServer: [],
    redirects: [],
    table: undefined,
    tableUses: [],
    references: [],
    checkSteps: [],
    lateFaults: [],
    ownRules: [],
    capturedCookie: undefined,
    capturedRequestHeaders: [],
    capturedResponseHeaders: [],
    own: new Set(),
    namedByOthers: false,
    heirs: new Set(),
  };
}

/** `frontend` and `listen` have a frontend side. A `defaults` section has both. */
export function hasFrontend(draft: ProxyDraft): boolean {
  return draft.section !== "backend";
}

/** `listen` and `backend` have a backend side. A `defaults` section has both. */
export function hasBackend(draft: ProxyDraft): boolean {
  return draft.section !== "frontend";
}

/** How the reference names a section in messages: "frontend 'f'", "proxy 'l'", "defaults ''". */
export function sectionTitle(draft: ProxyDraft): string {
  return `${draft.section === "listen" ? "proxy" : draft.section} '${draft.name}'`;
}

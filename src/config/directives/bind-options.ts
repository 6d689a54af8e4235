// Owns the rows of the words behind `bind <address>` and `stats socket <path>`. TLS options stand in bind-tls-options.ts. Configuration manual §5.1.

import type { BindDraft } from "./draft.ts";
import type { KeywordStatus } from "./rows.ts";
import type { Run } from "./run.ts";
import { looseInteger, parseTime, strictInteger } from "./values.ts";

/** One bind option. `parse` returns the reference's words about what is wrong. */
export interface BindOptionRow {
  readonly name: string;
  readonly syntax: string;
  readonly since: string;
  readonly status: KeywordStatus;
  readonly doc: string;
  /** Number of words that belong to it. */
  readonly values: 0 | 1;
  parse?(value: string, bind: BindDraft, run: Run): string | undefined;
}

type Facts = Pick<BindOptionRow, "name" | "syntax" | "since" | "doc">;

function option(facts: Facts, parse: BindOptionRow["parse"] & object): BindOptionRow {
  return { ...facts, status: "done", values: facts.syntax === "" ? 0 : 1, parse };
}

/** Accepted and checked, with nothing to tune here. `accepts` is what the value must look like, `expected` what is said otherwise. */
function noEffect(
  name: string,
  syntax: string,
  since: string,
  doc: string,
  accepts = /./,
  expected: (value: string) => string = (value) => `'${name}' : invalid value '${value}'`,
): BindOptionRow {
  return {
    name,
    syntax,
    since,
    doc,
    status: "no-effect",
    values: syntax === "" ? 0 : 1,
    parse: (value) => {
      if (syntax === "") return undefined;
      if (value === "") return `'${name}' : missing value`;
      return accepts.test(value) ? undefined : expected(value);
    },
  };
}

/** An option whose value is checked and whose work is not done yet. */
export function laterBindOption(
  name: string,
  syntax: string,
  since: string,
  doc: string,
  parse?: BindOptionRow["parse"],
): BindOptionRow {
  const row = { name, syntax, since, doc, status: "not-supported-yet", values: syntax === "" ? 0 : 1 } as const;
  return parse === undefined ? row : { ...row, parse };
}

/** A value must be there; `what` is what is said to be missing. */
export function wants(name: string, what: string): NonNullable<BindOptionRow["parse"]> {
  return (value) => (value === "" ? `'${name}' : missing ${what}` : undefined);
}

/** A whole number as `atol` reads it, within limits. */
function ranged(name: string, low: number, high: number, expected: (value: number) => string): BindOptionRow["parse"] {
  return (value) => {
    if (value === "") return `'${name}' : missing value`;
    const number = looseInteger(value);
    return number >= low && number <= high ? undefined : expected(number);
  };
}

const parseUserTimeout: BindOptionRow["parse"] = (value) => {
  if (value === "") return "'tcp-ut' : missing TCP User Timeout value";
  const time = parseTime(value);
  return "ms" in time && time.ms > 0 ? undefined : "'tcp-ut' : expects a positive delay in milliseconds";
};

const parseSegment: BindOptionRow["parse"] = (value) => {
  if (value === "") return "'mss' : missing MSS value";
  const size = Math.abs(looseInteger(value));
  return size >= 1 && size <= 65535 ? undefined : "'mss' : expects an MSS with and absolute value between 1 and 65535";
};

const parsePing: BindOptionRow["parse"] = (value) => {
  if (value === "") return "'idle-ping' expects an argument.";
  const time = parseTime(value);
  return "bad" in time ? `unexpected character '${time.bad}' in 'idle-ping' argument on bind line.` : undefined;
};

const MUXES = ["h1", "h2", "fcgi", "none", "spop", "quic"];

const parseProto: BindOptionRow["parse"] = (value) => {
  if (value === "") return "'proto' : missing value";
  return MUXES.includes(value) ? undefined : `'proto' :  unknown MUX protocol '${value}'`;
};

const parseCongestion: BindOptionRow["parse"] = (value) => {
  if (value === "") return "'quic-cc-algo' : missing control congestion algorithm";
  return /^(?:cubic|newreno|bbr|nocc)(?:[-(].*)?$/.test(value)
    ? undefined
    : `'${value}' : unknown control congestion algorithm`;
};

const parseQuicSocket: BindOptionRow["parse"] = (value) => {
  if (value === "listener" || value === "connection") return undefined;
  return `'quic-socket' : ${value === "" ? "missing" : "unknown"} argument, use either connection or listener.`;
};

const parseSeverity: BindOptionRow["parse"] = (value) => {
  if (value === "") return "'severity-output' : missing severity format";
  return ["none", "number", "string"].includes(value)
    ? undefined
    : `'severity-output' only supports 'none', 'number', and 'string' (got '${value}')`;
};

const EXPERIMENTAL = "is experimental, must be allowed via a global 'expose-experimental-directives'";

function parseMode(value: string, bind: BindDraft): string | undefined {
  if (!/^[0-7]{1,4}$/.test(value)) return `'mode' : missing or invalid mode '${value}' (octal integer expected)`;
  bind.options.mode = value;
  return undefined;
}

function parseUser(value: string, bind: BindDraft, run: Run): string | undefined {
  if (value === "") return "'user' : missing user name";
  const found = run.environment.lookupUser(value);
  if (found === undefined) return `'user' : unknown user name '${value}'`;
  bind.options.user = value;
  bind.options.uid = found.uid;
  return undefined;
}

function parseGroup(value: string, bind: BindDraft, run: Run): string | undefined {
  if (value === "") return "'group' : missing group name";
  const found = run.environment.lookupGroup(value);
  if (found === undefined) return `'group' : unknown group name '${value}'`;
  bind.options.group = value;
  bind.options.gid = found.gid;
  return undefined;
}

function parseId(value: string, bind: BindDraft): string | undefined {
  if (value === "") return "'id' : expects an integer argument";
  const id = strictInteger(value);
  if (id === undefined) return `'id' : expects an integer argument, found '${value}'`;
  if (id <= 0) return "'id' : custom id has to be > 0";
  bind.id = id;
  return undefined;
}

function parseLevel(value: string, bind: BindDraft): string | undefined {
  if (value !== "user" && value !== "operator" && value !== "admin") {
    return value === ""
      ? "'level' : missing level"
      : `'level' only supports 'user', 'operator', and 'admin' (got '${value}')`;
  }
  bind.options.level = value;
  return undefined;
}

function parseLimit(key: "backlog" | "maxconn", value: string, bind: BindDraft): string | undefined {
  if (value === "") return `'${key}' : missing value`;
  const number = looseInteger(value);
  if (number < 0) return `'${key}' : invalid value ${number}, must be >${key === "backlog" ? "" : "="} 0`;
  bind.options[key] = number === 0 ? undefined : number;
  return undefined;
}

function parseExposeFd(value: string): string | undefined {
  if (value === "listeners") return undefined;
  return value === "" ? "'expose-fd' : missing fd type" : `'expose-fd' only supports 'listeners' (got '${value}')`;
}

/** Options of a listening socket. */
export const BIND_OPTION_ROWS: readonly BindOptionRow[] = [
  option({ name: "name", syntax: "<name>", since: "1.3", doc: "Name of the socket in statistics." }, (value, bind) => {
    if (value === "") return "'name' : missing name";
    bind.name = value;
    return undefined;
  }),
  option(
    { name: "id", syntax: "<number>", since: "1.3", doc: "Number of the socket; counted from 1 otherwise." },
    parseId,
  ),
  option(
    { name: "backlog", syntax: "<number>", since: "1.4", doc: "Length of the queue of connections not yet accepted." },
    (value, bind) => parseLimit("backlog", value, bind),
  ),
  option(
    { name: "maxconn", syntax: "<number>", since: "1.4", doc: "Most connections on this socket." },
    (value, bind) => parseLimit("maxconn", value, bind),
  ),
  option({ name: "mode", syntax: "<octal>", since: "1.3", doc: "Permissions of a UNIX socket." }, parseMode),
  option({ name: "user", syntax: "<name>", since: "1.3", doc: "Owner of a UNIX socket." }, parseUser),
  option(
    { name: "uid", syntax: "<number>", since: "1.3", doc: "Owner of a UNIX socket, by number." },
    (value, bind) => {
      if (value === "") return "'uid' : missing value";
      bind.options.uid = looseInteger(value);
      return undefined;
    },
  ),
  option({ name: "group", syntax: "<name>", since: "1.3", doc: "Group of a UNIX socket." }, parseGroup),
  option(
    { name: "gid", syntax: "<number>", since: "1.3", doc: "Group of a UNIX socket, by number." },
    (value, bind) => {
      if (value === "") return "'gid' : missing value";
      bind.options.gid = looseInteger(value);
      return undefined;
    },
  ),
  option(
    { name: "level", syntax: "user|operator|admin", since: "1.5", doc: "What a client of a stats socket may do." },
    parseLevel,
  ),
  option(
    { name: "expose-fd", syntax: "listeners", since: "1.8", doc: "Let a new process take the listening sockets over." },
    parseExposeFd,
  ),
  option({ name: "v4v6", syntax: "", since: "1.5", doc: "Accept IPv4 on an IPv6 socket too." }, (_value, bind) => {
    bind.options.v4v6 = true;
    return undefined;
  }),
  option({ name: "v6only", syntax: "", since: "1.5", doc: "Accept IPv6 alone on an IPv6 socket." }, (_value, bind) => {
    bind.options.v6only = true;
    return undefined;
  }),
  noEffect("defer-accept", "", "1.3", "Let the kernel hold a connection until data has come."),
  {
    ...noEffect("nice", "<number>", "1.3", "Priority of the tasks of this socket."),
    parse: ranged("nice", -1024, 1024, (value) => `'nice' : invalid value ${value}, allowed range is -1024..1024`),
  } as BindOptionRow,
  noEffect("tfo", "", "1.5", "TCP Fast Open."),
  noEffect(
    "thread",
    "<set>",
    "2.3",
    "Threads that accept on this socket.",
    /^(?:all|odd|even|(?:[1-9]\d{0,2}|10[01]\d|102[0-4])(?:[-,/].*)?$)/,
    (value) => `invalid first thread number '${value}', permitted range is 1..1024, or 'all', 'odd', 'even'.`,
  ),
  noEffect(
    "shards",
    "<number>",
    "2.4",
    "Number of listening sockets.",
    /^(?:[1-9]\d{0,2}|10[01]\d|102[0-4]|by-thread|by-group)$/,
    (value) => `'shards' : invalid value ${looseInteger(value)}, allowed range is 1..1024 or 'by-thread'`,
  ),
  noEffect("guid-prefix", "<text>", "3.0", "Prefix of the socket's global identifier."),
  laterBindOption(
    "accept-netscaler-cip",
    "<magic>",
    "1.7",
    "Expect the NetScaler Client IP protocol.",
    ranged(
      "accept-netscaler-cip",
      1,
      Number.MAX_SAFE_INTEGER,
      (value) => `'accept-netscaler-cip' : invalid value ${value}, must be >= 0`,
    ),
  ),
  laterBindOption("accept-proxy", "", "1.5", "Expect the PROXY protocol."),
  laterBindOption("cc", "<algorithm>", "3.3", "Congestion control."),
  laterBindOption("idle-ping", "<time>", "3.2", "Interval of pings on idle HTTP/2 connections.", parsePing),
  laterBindOption(
    "interface",
    "<name>",
    "1.3",
    "Accept on one network interface alone.",
    wants("interface", "interface name"),
  ),
  laterBindOption("label", "<name>", "3.2", "Name for switching rules.", wants("label", "label")),
  laterBindOption("mss", "<number>", "1.3", "Largest TCP segment.", parseSegment),
  laterBindOption("namespace", "<name>", "1.6", "Network namespace.", (value) =>
    value === "" ? "'namespace' : missing namespace id" : `Cannot open namespace '${value}'`,
  ),
  laterBindOption("nbconn", "<number>", "2.9", "Number of reverse connections.", () => `'nbconn' ${EXPERIMENTAL}`),
  laterBindOption("proto", "<name>", "1.8", "Fixed protocol instead of ALPN.", parseProto),
  laterBindOption("quic-cc-algo", "<name>", "2.8", "QUIC congestion control.", parseCongestion),
  laterBindOption("quic-force-retry", "", "2.6", "QUIC address validation."),
  laterBindOption("quic-socket", "<mode>", "2.7", "QUIC sockets.", parseQuicSocket),
  laterBindOption("severity-output", "<format>", "1.8", "Severity in answers of a stats socket.", parseSeverity),
  laterBindOption("tcp-md5sig", "<password>", "3.3", "TCP MD5 signatures."),
  laterBindOption("tcp-ss", "<mode>", "3.3", "TCP SYN options."),
  laterBindOption("tcp-ut", "<time>", "1.5", "TCP user timeout.", parseUserTimeout),
  laterBindOption("transparent", "", "1.3", "Accept for addresses that are not local."),
];

/** `process` left the language with processes. */
export function removedBindOption(name: string, value: string): string | undefined {
  if (name !== "process") return undefined;
  return `'process ${value}' on 'bind' lines is not supported anymore, please use 'thread' instead.`;
}

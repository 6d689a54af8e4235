// Owns the server options that the language has and Pointsman does not do yet, TLS apart (server-tls-options.ts): their values are checked as the
// reference checks them. Configuration manual §5.2.

import { parseLogFormat } from "../../log/index.ts";
import { parseExpression } from "../../sample/index.ts";
import { expressionContext } from "./arguments.ts";
import { isNetwork } from "./proxy-options.ts";
import { addressFault, readSource, type SourceWords } from "./proxy-source.ts";
import type { ServerOptionRow, ServerOptionTarget } from "./server-options.ts";
import { looseInteger, parseTime } from "./values.ts";

type Parse = NonNullable<ServerOptionRow["parse"]>;

/** A row that takes one word, or none when `syntax` is empty. */
export function laterOption(name: string, syntax: string, since: string, doc: string, parse?: Parse): ServerOptionRow {
  const row = { name, syntax, since, doc, status: "not-supported-yet", values: syntax === "" ? 0 : 1 } as const;
  return parse === undefined ? row : { ...row, parse };
}

/** A value must be there; `missing` is what is said otherwise. */
export function needs(missing: string): Parse {
  return (value) => (value === "" ? missing : undefined);
}

function oneOf(name: string, words: readonly string[], expected: string): Parse {
  return (value) => (words.includes(value) ? undefined : `'${name}' ${expected} but got '${value}'`);
}

function delay(name: string, zero: "allowed" | "refused", missing: string): Parse {
  return (value, { server }) => {
    if (value === "" && missing !== "") return missing;
    const time = parseTime(value);
    if ("bad" in time || ("ms" in time && time.tail !== "")) {
      const bad = "bad" in time ? time.bad : time.tail.charAt(0);
      return `unexpected character '${bad}' in '${name}' argument of server ${server}.`;
    }
    if (!("ms" in time)) {
      return `timer overflow in argument <${value}> to <${name}> of server ${server}, maximum value is 2147483647 ms (~24.8 days).`;
    }
    if (time.ms === 0 && zero === "refused") return `invalid value 0 for argument '${name}' of server ${server}.`;
    return undefined;
  };
}

function positive(name: string): Parse {
  return (value) => {
    if (value === "") return `'${name}' expects an integer argument.`;
    return looseInteger(value) > 0 ? undefined : `${name} has to be > 0.`;
  };
}

const SOURCE_WORDS: SourceWords = {
  missing:
    "'source' expects <addr>[:<port>[-<port>]], and optionally 'usesrc' <addr>, and 'interface' <name> as argument.",
  missingUse: "'usesrc' expects <addr>[:<port>], 'client', 'clientip', or 'hdr_ip(name,#)' as argument",
  missingInterface: "'server' : missing interface name",
  portRange: true,
};

const parseSource: Parse = (_value, { run, statement, at }) => {
  const read = readSource(run, statement, at, SOURCE_WORDS);
  return "fault" in read ? read.fault.message : undefined;
};

const parseSocks: Parse = (value, { run }) => {
  if (value === "") return "'socks4' expects <addr>:<port> as argument.";
  const wrong = addressFault(run, value, { portNeeded: true });
  return wrong === undefined ? undefined : `'socks4 ${value}' : ${wrong}`;
};

const parseAgentAddress: Parse = (value, { run }) => {
  if (value === "") return "'agent-addr' expects an address as argument.";
  if (addressFault(run, value) === undefined) return undefined;
  return `parsing agent-addr failed. Check if '${value}' is correct address.`;
};

const MUXES = ["h1", "h2", "fcgi", "none", "spop", "quic"];

function protocol(name: string): Parse {
  return (value) => {
    if (value === "") return `'${name}' : missing value`;
    return MUXES.includes(value) ? undefined : `'${name}' :  unknown MUX protocol '${value}'`;
  };
}

const MAX_NETWORKS = 5;

const parseNetworks: Parse = (value) => {
  if (value === "") return "'resolve-net' expects a list of networks.";
  for (const [index, network] of value.split(",").entries()) {
    if (index >= MAX_NETWORKS) return `'resolve-net' exceed ${MAX_NETWORKS} networks.`;
    if (!isNetwork(network)) return `'resolve-net' invalid network '${network}'.`;
  }
  return undefined;
};

const RESOLVE_OPTIONS = ["allow-dup-ip", "ignore-weight", "prevent-dup-ip"];

const parseResolveOptions: Parse = (value) => {
  const unknown = value === "" ? undefined : value.split(",").find((word) => !RESOLVE_OPTIONS.includes(word));
  if (unknown === undefined) return undefined;
  return `'resolve-opts' : unknown resolve-opts option '${unknown}', supported methods are 'allow-dup-ip', 'ignore-weight', and 'prevent-dup-ip'.`;
};

const PROXY_V2 = ["ssl", "cert-cn", "ssl-cipher", "cert-sig", "cert-key", "authority", "crc32c", "unique-id"];

const parseProxyOptions: Parse = (value) => {
  const unknown = value.split(",").find((word) => !PROXY_V2.includes(word));
  return unknown === undefined ? undefined : `'${unknown}' : proxy v2 option not implemented`;
};

const MAX_TLV = 255;

const parseTlv: Parse = (value, { run, draft, statement, at }) => {
  const name = statement.word(at);
  const open = name.indexOf("(");
  if (open < 0) return undefined;
  const text = name.slice(open + 1).replace(/\).*$/, "");
  const id = /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : undefined;
  if (id === undefined) return `'${name}' : could not convert TLV ID`;
  if (id > MAX_TLV) return `'${name}' : the maximum allowed TLV ID is ${MAX_TLV}`;
  const parsed = parseLogFormat(value, at + 1, expressionContext(run, draft, "http-request"));
  return "problem" in parsed && parsed.problem.reason !== "unsupported" ? parsed.problem.message : undefined;
};

/** An expression in one word; servers judge it only where they are declared. */
export function parseServerExpression(value: string, { run, draft, setId }: ServerOptionTarget): string | undefined {
  if (setId === undefined) return undefined;
  const parsed = parseExpression([value], 0, expressionContext(run, draft, "http-request"));
  if (!("problem" in parsed) || parsed.problem.reason === "unsupported") return undefined;
  return `error detected while parsing sni or pool-conn-name expressions : ${parsed.problem.message}`;
}

const parseUserTimeout: Parse = (value) => {
  if (value === "") return "'tcp-ut' : missing TCP User Timeout value";
  const time = parseTime(value);
  return "ms" in time && time.ms > 0 ? undefined : "'tcp-ut' : expects a positive delay in milliseconds";
};

const flags = (since: string, names: string): readonly ServerOptionRow[] =>
  names.split(" ").map((name) => laterOption(name, "", since, ""));

/** Options of a server that are refused for now. */
export const SERVER_OPTIONS_LATER: readonly ServerOptionRow[] = [
  laterOption(
    "track",
    "[<backend>/]<server>",
    "1.0",
    "Take the state of another server.",
    needs("'track' expects [<proxy>/]<server> as argument."),
  ),
  {
    ...laterOption(
      "source",
      "<address>[:<port>[-<port>]] [usesrc …] [interface …]",
      "1.0",
      "Address that connections come from.",
      parseSource,
    ),
    more: (statement, at, run) => {
      const read = readSource(run, statement, at, SOURCE_WORDS);
      return "fault" in read ? 1 : read.next - at - 1;
    },
  },
  laterOption("usesrc", "", "1.0", "", () => "'usesrc' only allowed after a 'source' statement."),
  laterOption(
    "redir",
    "<prefix>",
    "1.1",
    "Redirect instead of forwarding.",
    needs("'redir' expects <prefix> as argument."),
  ),
  laterOption(
    "slowstart",
    "<time>",
    "1.3",
    "How long a server that came back warms up.",
    delay("slowstart", "allowed", ""),
  ),
  laterOption("observe", "layer4|layer7", "1.4", "Judge health by the traffic.", (value) => {
    if (value === "") return "'observe' expects <mode> as argument.";
    if (["none", "layer4", "layer7"].includes(value)) return undefined;
    return `'observe' expects one of 'none', 'layer4', 'layer7' but got '${value}'`;
  }),
  laterOption(
    "on-error",
    "<action>",
    "1.4",
    "What follows an observed error.",
    oneOf(
      "on-error",
      ["fastinter", "fail-check", "sudden-death", "mark-down"],
      "expects one of 'fastinter', 'fail-check', 'sudden-death' or 'mark-down'",
    ),
  ),
  laterOption("error-limit", "<number>", "1.4", "Errors until on-error acts.", positive("error-limit")),
  laterOption(
    "on-marked-down",
    "shutdown-sessions",
    "1.5",
    "What follows a server going down.",
    oneOf("on-marked-down", ["shutdown-sessions"], "expects 'shutdown-sessions'"),
  ),
  laterOption(
    "on-marked-up",
    "shutdown-backup-sessions",
    "1.5",
    "What follows a server coming up.",
    oneOf("on-marked-up", ["shutdown-backup-sessions"], "expects 'shutdown-backup-sessions'"),
  ),
  laterOption(
    "agent-inter",
    "<time>",
    "1.5",
    "Time between two agent checks.",
    delay("agent-inter", "refused", "'agent-inter' expects a delay as argument."),
  ),
  laterOption(
    "agent-port",
    "<port>",
    "1.5",
    "Port of the agent.",
    needs("'agent-port' expects a port number as argument."),
  ),
  laterOption(
    "agent-send",
    "<text>",
    "1.6",
    "What the agent is sent.",
    needs("'agent-send' expects a string as argument."),
  ),
  laterOption("agent-addr", "<address>", "1.7", "Address of the agent.", parseAgentAddress),
  laterOption("namespace", "<name>|*", "1.6", "Network namespace.", (value) => {
    if (value === "") return "'namespace' : expects <name> as argument";
    return value === "*" ? undefined : `Cannot open namespace '${value}'`;
  }),
  laterOption("resolvers", "<section>", "1.6", "Resolvers of the server's name."),
  laterOption("resolve-prefer", "ipv4|ipv6", "1.6", "Preferred family of addresses.", (value) =>
    value === "ipv4" || value === "ipv6" ? undefined : "'resolve-prefer' expects either ipv4 or ipv6 as argument.",
  ),
  laterOption("resolve-net", "<networks>", "1.6", "Preferred networks.", parseNetworks),
  laterOption("resolve-opts", "<options>", "1.8", "Options of resolution.", parseResolveOptions),
  laterOption("tcp-ut", "<time>", "1.7", "TCP user timeout.", parseUserTimeout),
  laterOption("proxy-v2-options", "<options>", "1.8", "What the PROXY header carries.", parseProxyOptions),
  laterOption("set-proxy-v2-tlv-fmt", "<format>", "2.9", "A value of the PROXY header.", parseTlv),
  laterOption("socks4", "<address>:<port>", "1.9", "Connect through a SOCKS4 proxy.", parseSocks),
  laterOption(
    "max-reuse",
    "<number>",
    "1.9",
    "Most requests of one connection.",
    needs("'max-reuse' expects <value> as argument."),
  ),
  laterOption("proto", "<name>", "1.9", "Fixed protocol.", protocol("proto")),
  laterOption("check-proto", "<name>", "2.1", "Fixed protocol of health checks.", protocol("check-proto")),
  laterOption(
    "log-proto",
    "legacy|octet-count",
    "2.1",
    "Framing of log messages.",
    oneOf("log-proto", ["legacy", "octet-count"], "expects one of 'legacy' or 'octet-count'"),
  ),
  laterOption("ws", "auto|h1|h2", "2.4", "Protocol of WebSockets.", (value) =>
    ["auto", "h1", "h2"].includes(value) ? undefined : "'ws' has to be 'auto', 'h1' or 'h2'",
  ),
  laterOption("pool-conn-name", "<expression>", "2.9", "Name that idle connections are kept by.", (value, target) =>
    value === "" ? "'pool-conn-name' expects <value> as argument" : parseServerExpression(value, target),
  ),
  laterOption("log-bufsize", "<number>", "2.9", "Buffer of log messages.", positive("log-bufsize")),
  laterOption("hash-key", "id|addr|addr-port", "3.0", "What consistent hashing places.", (value) =>
    ["id", "addr", "addr-port"].includes(value) ? undefined : "'hash-key' has to be 'id', 'addr', or 'addr-port'",
  ),
  laterOption(
    "init-state",
    "<state>",
    "3.1",
    "State at start.",
    oneOf(
      "init-state",
      ["none", "fully-up", "up", "down", "fully-down"],
      "expects one of 'none', 'fully-up', 'up', 'down', or 'fully-down'",
    ),
  ),
  laterOption(
    "idle-ping",
    "<time>",
    "3.2",
    "Interval of pings.",
    delay("idle-ping", "allowed", "'idle-ping' expects an argument."),
  ),
  laterOption(
    "check-pool-conn-name",
    "<name>",
    "3.2",
    "Name of reused connections.",
    needs("'check-pool-conn-name' : missing value"),
  ),
  ...flags(
    "1.5",
    "send-proxy send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn check-send-proxy non-stick stick agent-check",
  ),
  ...flags(
    "1.8",
    "no-agent-check no-check-send-proxy no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl no-send-proxy-v2-ssl-cn check-via-socks4",
  ),
  ...flags("3.2", "check-reuse-pool no-check-reuse-pool strict-maxconn"),
  ...flags("3.3", "check-sni-auto no-check-sni-auto no-sni-auto sni-auto no-renegotiate renegotiate"),
  ...["cc", "healthcheck", "ktls", "tcp-md5sig"].map((name) => laterOption(name, "<value>", "3.3", "")),
];

// Owns the rows of the words behind `server <name> <address>` and `default-server`. Configuration manual §5.2.

import { isIpv4, isIpv6, parseAddress } from "./address.ts";
import type { ProxyDraft, ServerSettings } from "./draft.ts";
import type { KeywordStatus } from "./rows.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";
import { looseInteger, parseTime } from "./values.ts";

/** What an option writes to. `server` is the server's name, "" in `default-server`. */
export interface ServerOptionTarget {
  readonly settings: ServerSettings;
  readonly server: string;
  /** Takes the number, or says why not. undefined where no server is declared. */
  readonly setId: ((id: number) => string | undefined) | undefined;
  readonly run: Run;
  readonly draft: ProxyDraft;
  readonly statement: Statement;
  /** The option's own word. */
  readonly at: number;
  /** Says what is suspicious about the option under way. */
  warn(message: string): void;
}

/** One server option. `parse` returns the reference's words about what is wrong. */
export interface ServerOptionRow {
  readonly name: string;
  readonly syntax: string;
  readonly since: string;
  readonly status: KeywordStatus;
  readonly doc: string;
  readonly values: 0 | 1;
  parse?(value: string, target: ServerOptionTarget): string | undefined;
  /** How many words belong to it, where that depends on them. */
  more?(statement: Statement, at: number, run: Run): number;
}

type Parse = NonNullable<ServerOptionRow["parse"]>;

function done(name: string, syntax: string, since: string, doc: string, parse: Parse): ServerOptionRow {
  return { name, syntax, since, doc, status: "done", values: syntax === "" ? 0 : 1, parse };
}

function flag(name: string, since: string, doc: string, set: (settings: ServerSettings) => void): ServerOptionRow {
  return done(name, "", since, doc, (_value, { settings }) => {
    set(settings);
    return undefined;
  });
}

function noEffect(name: string, syntax: string, since: string, doc: string): ServerOptionRow {
  return { name, syntax, since, doc, status: "no-effect", values: syntax === "" ? 0 : 1 };
}

type IntervalKey = "intervalMs" | "fastIntervalMs" | "downIntervalMs";

function interval(name: string, key: IntervalKey, since: string, doc: string): ServerOptionRow {
  return done(name, "<time>", since, doc, (value, { settings, server, warn }) => {
    if (value === "") return `'${name}' expects a delay as argument.`;
    const time = parseTime(value);
    // QUIRK: the reference names this option whichever one was written.
    if ("bad" in time) return `unexpected character '${time.bad}' in 'agent-inter' argument of server ${server}.`;
    if (!("ms" in time))
      return `timer overflow in argument <${value}> to <${name}> of server ${server}, maximum value is 2147483647 ms (~24.8 days).`;
    if (time.ms <= 0) return `invalid value 0 for argument '${name}' of server ${server}.`;
    if (time.ms < SUSPICIOUS_MS && /^\d+$/.test(value)) {
      warn(
        `'${name} ${value}' in server '${server}' is suspiciously small for a value in milliseconds. Please use an explicit unit ('${value}ms') if that was the intent.`,
      );
    }
    settings[key] = time.ms;
    return undefined;
  });
}

/** Below this many ms a value without unit is most likely meant in seconds. */
const SUSPICIOUS_MS = 100;

function count(name: "rise" | "fall", since: string, doc: string): ServerOptionRow {
  return done(name, "<count>", since, doc, (value, { settings }) => {
    if (value === "") return `'${name}' expects an integer argument.`;
    const number = looseInteger(value);
    if (number <= 0) return `'${name}' has to be > 0.`;
    settings[name] = number;
    return undefined;
  });
}

function limit(name: "maxconn" | "minconn" | "maxqueue", since: string, doc: string): ServerOptionRow {
  return done(name, "<number>", since, doc, (value, { settings }) => {
    settings[name] = Math.max(0, looseInteger(value));
    return undefined;
  });
}

const parseWeight: Parse = (value, { settings, server }) => {
  const weight = looseInteger(value);
  if (weight < 0 || weight > 256) return `weight of server ${server} is not within 0 and 256 (${weight}).`;
  settings.weight = weight;
  return undefined;
};

const parseCheckAddress: Parse = (value, { settings, run }) => {
  if (value === "") return "'addr' expects <ipv4|ipv6> as argument.";
  const answer = parseAddress(value, {
    portNeeded: false,
    portRange: false,
    portOffset: false,
    descriptor: false,
    names: true,
  });
  if ("problem" in answer) return `'addr' : ${answer.problem}`;
  const { address } = answer;
  if (address.kind === "name") {
    const host = run.environment.resolveName(address.name)?.[0];
    if (host === undefined) return `'addr' : invalid address: '${address.name}' in '${value}'`;
    settings.checkAddress = host;
  } else if (address.kind === "ipv4" || address.kind === "ipv6") settings.checkAddress = address.host;
  else return `'addr' : '${value}' is not supported yet, an IP address is needed`;
  if ("port" in address && address.port > 0) settings.checkPort = address.port;
  return undefined;
};

const parseInitAddr: Parse = (value, { settings }) => {
  const methods = value === "" ? [] : value.split(",");
  for (const method of methods) {
    if (!["last", "libc", "none"].includes(method) && !isIpv4(method) && !isIpv6(method)) {
      return `'init-addr' : unknown init-addr method '${method}', supported methods are 'libc', 'last', 'none'.`;
    }
  }
  settings.initAddr = methods;
  return undefined;
};

const parsePurgeDelay: Parse = (value, { settings }) => {
  if (value === "") return "'pool-purge-delay' expects <value> as argument.";
  const time = parseTime(value);
  if ("bad" in time) return `unexpected character '${time.bad}' in argument to <pool-purge-delay>.`;
  if (!("ms" in time))
    return `timer overflow in argument '${value}' to 'pool-purge-delay' (maximum value is 2147483647 ms or ~24.8 days)`;
  settings.poolPurgeDelayMs = time.ms;
  return undefined;
};

/** Options of a server that are done or have no effect; the others stand in server-options-later.ts. */
export const SERVER_OPTION_ROWS: readonly ServerOptionRow[] = [
  flag("check", "1.0", "Check the server's health.", (settings) => {
    settings.check = true;
  }),
  flag("no-check", "1.8", "Undo check.", (settings) => {
    settings.check = false;
  }),
  interval("inter", "intervalMs", "1.0", "Time between two health checks."),
  interval("fastinter", "fastIntervalMs", "1.3", "Time between two health checks while the state is changing."),
  interval("downinter", "downIntervalMs", "1.3", "Time between two health checks of a server that is down."),
  count("rise", "1.0", "Successful checks until the server counts as up."),
  count("fall", "1.0", "Failed checks until the server counts as down."),
  done("port", "<port>", "1.0", "Port that health checks connect to.", (value, { settings }) => {
    if (value === "") return "'port' expects a port number as argument.";
    settings.checkPort = looseInteger(value) & 0xffff || undefined;
    return undefined;
  }),
  done("addr", "<address>", "1.0", "Address that health checks connect to.", parseCheckAddress),
  done("weight", "<0..256>", "1.0", "Share of the server in balancing.", parseWeight),
  flag("backup", "1.0", "Use the server when all others are down.", (settings) => {
    settings.backup = true;
  }),
  flag("no-backup", "1.8", "Undo backup.", (settings) => {
    settings.backup = false;
  }),
  flag("disabled", "1.3", "Start in maintenance.", (settings) => {
    settings.disabled = true;
  }),
  flag("enabled", "1.8", "Undo disabled.", (settings) => {
    settings.disabled = false;
  }),
  limit("maxconn", "1.0", "Most requests of the server at one time; more wait in the queue."),
  limit("minconn", "1.0", "Limit of the server while its backend is idle."),
  limit("maxqueue", "1.0", "Most requests that wait for the server."),
  done("cookie", "<value>", "1.0", "Value of the persistence cookie.", (value, { settings }) => {
    if (value === "") return "'cookie' expects <value> as argument.";
    settings.cookie = value;
    return undefined;
  }),
  done("id", "<number>", "1.4", "Number of the server; its position otherwise.", (value, target) => {
    if (value === "") return "'id' : expects an integer argument";
    const id = looseInteger(value);
    if (id <= 0) return "'id' : custom id has to be > 0";
    return target.setId?.(id);
  }),
  done("init-addr", "<methods>", "1.7", "Ways to find the address of the name at start, in order.", parseInitAddr),
  done("pool-max-conn", "<number>", "1.9", "Most idle connections that are kept.", (value, { settings }) => {
    if (value === "") return "'pool-max-conn' expects <value> as argument.";
    settings.poolMaxConn = looseInteger(value);
    if (settings.poolMaxConn < -1) return "'pool-max-conn' must be >= -1";
    return undefined;
  }),
  done("pool-purge-delay", "<time>", "1.9", "Time after which idle connections are closed.", parsePurgeDelay),
  {
    ...noEffect("pool-low-conn", "<number>", "2.2", "Idle connections that a thread keeps for itself."),
    parse: (value) => (value === "" ? "'pool-low-conn' expects <value> as argument." : undefined),
  },
  noEffect("tfo", "", "2.1", "TCP Fast Open."),
  noEffect("no-tfo", "", "2.1", "Undo tfo."),
  noEffect("shard", "<number>", "2.5", "Shard of a table of peers."),
  {
    ...noEffect("guid", "<text>", "3.0", "Global identifier."),
    parse: (value) => (value === "" ? "'guid' : expects an argument" : undefined),
  },
];

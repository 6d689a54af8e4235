// Owns the `option` family of proxies: the switches, and the options with words of their own. Configuration manual §4.2 "option …".

import { nearestName } from "../../diagnostics/index.ts";
import { isIpv4, isIpv6 } from "./address.ts";
import { tooManyWords, warnIgnored } from "./arguments.ts";
import { hasBackend, hasFrontend, sectionTitle } from "./draft.ts";
import {
  DEFAULTS_AND_BACK,
  DEFAULTS_AND_FRONT,
  EVERYWHERE,
  type KeywordStatus,
  type ProxyRow,
  type ProxyScope,
} from "./rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger } from "./values.ts";

type Side = "frontend" | "backend" | "both";

interface SwitchFacts {
  readonly side: Side;
  readonly since: string;
  readonly status: KeywordStatus;
  readonly doc: string;
}

const SWITCHES: Readonly<Record<string, SwitchFacts>> = {
  abortonclose: { side: "backend", since: "1.1", status: "done", doc: "Drop queued requests whose client has gone." },
  allbackups: {
    side: "backend",
    since: "1.1",
    status: "done",
    doc: "Balance over all backup servers instead of the first one.",
  },
  clitcpka: { side: "frontend", since: "1.3", status: "no-effect", doc: "TCP keep-alive towards clients." },
  contstats: { side: "frontend", since: "1.3", status: "no-effect", doc: "Count bytes while they pass." },
  "dontlog-normal": { side: "frontend", since: "1.3", status: "done", doc: "Log only what went wrong." },
  dontlognull: { side: "frontend", since: "1.0", status: "done", doc: "Do not log connections without data." },
  "http-no-delay": { side: "both", since: "1.5", status: "no-effect", doc: "Forward without waiting for more." },
  "log-health-checks": { side: "backend", since: "1.3", status: "done", doc: "Log the results of health checks." },
  "log-separate-errors": { side: "frontend", since: "1.3", status: "done", doc: "Log errors at a higher level." },
  logasap: { side: "frontend", since: "1.0", status: "done", doc: "Log when the server has answered, not at the end." },
  "prefer-last-server": {
    side: "backend",
    since: "1.5",
    status: "done",
    doc: "Keep a client's requests on its last server.",
  },
  "splice-auto": { side: "both", since: "1.3", status: "no-effect", doc: "Let the kernel copy data where it pays." },
  "splice-request": { side: "both", since: "1.3", status: "no-effect", doc: "Let the kernel copy requests." },
  "splice-response": { side: "both", since: "1.3", status: "no-effect", doc: "Let the kernel copy responses." },
  srvtcpka: { side: "backend", since: "1.3", status: "no-effect", doc: "TCP keep-alive towards servers." },
  "tcp-smart-accept": { side: "frontend", since: "1.3", status: "no-effect", doc: "Save a packet when accepting." },
  "tcp-smart-connect": { side: "backend", since: "1.3", status: "no-effect", doc: "Save a packet when connecting." },
  "accept-unsafe-violations-in-http-request": later("frontend", "3.0", "Accept some invalid requests."),
  "accept-unsafe-violations-in-http-response": later("backend", "3.0", "Accept some invalid responses."),
  checkcache: later("backend", "1.1", "Block cacheable responses with cookies."),
  "disable-h2-upgrade": later("frontend", "2.3", "No upgrade to HTTP/2 by its preface."),
  "h1-case-adjust-bogus-client": later("frontend", "2.1", "Adjust the case of response headers."),
  "h1-case-adjust-bogus-server": later("backend", "2.1", "Adjust the case of request headers."),
  "http-buffer-request": later("both", "1.6", "Wait for the body before choosing a server."),
  "http-drop-request-trailers": later("backend", "3.2", "Drop trailers of requests."),
  "http-drop-response-trailers": later("frontend", "3.2", "Drop trailers of responses."),
  "http-ignore-probes": {
    side: "frontend",
    since: "1.5",
    status: "done",
    doc: "Neither log nor answer empty connections.",
  },
  "http-pretend-keepalive": later("backend", "1.3", "Announce keep-alive and close."),
  "http-use-proxy-header": later("frontend", "1.3", "Use the Proxy-Connection header."),
  "idle-close-on-response": later("frontend", "2.4", "Close idle connections only after a response."),
  "independent-streams": later("both", "1.3", "Separate the timeouts of both directions."),
  nolinger: later("both", "1.0", "Close with a reset."),
  persist: later("backend", "1.0", "Use a dead server that a cookie names."),
  "socket-stats": { side: "frontend", since: "1.3", status: "done", doc: "Statistics for each socket." },
  transparent: later("backend", "1.0", "Connect to the client's own destination."),
};

function later(side: Side, since: string, doc: string): SwitchFacts {
  return { side, since, status: "not-supported-yet", doc };
}

function sectionsOf(side: Side): ProxyRow["sections"] {
  return side === "frontend" ? DEFAULTS_AND_FRONT : side === "backend" ? DEFAULTS_AND_BACK : EVERYWHERE;
}

function parseSwitch(statement: Statement, scope: ProxyScope, name: string, facts: SwitchFacts): void {
  const { run, draft } = scope;
  if (tooManyWords(run, statement, 1, `option ${name}`)) return;
  const wrongSide = facts.side === "frontend" ? !hasFrontend(draft) : facts.side === "backend" && !hasBackend(draft);
  if (wrongSide) {
    warnIgnored(scope, statement, facts.side === "frontend" ? "frontend" : "backend", name);
    // QUIRK: the reference goes on after its warning and then does not know the option any more.
    run.report.alert(statement, "PM1107", `unknown option '${name}'; did you mean '${name}' maybe ?`, { word: 1 });
    return;
  }
  const value = statement.negation === undefined;
  if (facts.status === "not-supported-yet" && value) {
    run.report.alert(statement, "PM1901", `'option ${name}' is not supported yet`, { word: 1 });
    // It counts as set all the same: later checks ask for it, and such a model never runs.
  }
  if (facts.status === "no-effect") run.noteNoEffect(statement, `option ${name}`, 1);
  draft.settings.options.set(name, value);
}

const CONNECTION_MODES = ["httpclose", "http-server-close", "http-keep-alive"] as const;

function parseConnectionMode(statement: Statement, { run, draft }: ProxyScope): void {
  const name = statement.word(1);
  if (tooManyWords(run, statement, 1, `option ${name}`)) return;
  const { options } = draft.settings;
  if (statement.negation === undefined) {
    // The three exclude each other; the last line wins.
    for (const mode of CONNECTION_MODES) options.set(mode, mode === name);
  } else options.set(name, false);
}

function parseRedispatch(statement: Statement, scope: ProxyScope): void {
  warnIgnored(scope, statement, "backend", "redispatch");
  const text = statement.word(2);
  if (statement.negation !== undefined) scope.draft.settings.redispatch = 0;
  else scope.draft.settings.redispatch = text === "" ? -1 : looseInteger(text);
}

function parseTcpKeepAlive(statement: Statement, { run, draft }: ProxyScope): void {
  if (tooManyWords(run, statement, 1, "option tcpka")) return;
  run.noteNoEffect(statement, "option tcpka", 1);
  if (hasFrontend(draft)) draft.settings.options.set("clitcpka", true);
  if (hasBackend(draft)) draft.settings.options.set("srvtcpka", true);
}

function parseForwardFor(statement: Statement, { run, draft }: ProxyScope): void {
  let header = "x-forwarded-for";
  let except: string | undefined;
  let ifNone = false;
  for (let at = 2; statement.word(at) !== ""; at++) {
    const word = statement.word(at);
    const value = statement.word(at + 1);
    if (word === "if-none") ifNone = true;
    else if (word === "header") {
      if (value === "") {
        run.report.alert(statement, "PM1201", "'option forwardfor header' expects <header_name> as argument.", {
          word: at + 1,
        });
        return;
      }
      header = value;
      at++;
    } else if (word === "except") {
      if (!isNetwork(value)) {
        run.report.alert(statement, "PM1207", "'option forwardfor except' expects <address>[/mask] as argument.", {
          word: at + 1,
        });
        return;
      }
      except = value;
      at++;
    } else {
      const message = "'option forwardfor' only supports optional values: 'except', 'header' and 'if-none'.";
      run.report.alert(statement, "PM1203", message, { word: at });
      return;
    }
  }
  draft.settings.forwardFor = { header, except, ifNone };
}

/** An address with an optional mask, in bits or dotted. */
export function isNetwork(text: string): boolean {
  const [address = "", mask, ...more] = text.split("/");
  if (more.length > 0) return false;
  const bits = isIpv4(address) ? 32 : isIpv6(address) ? 128 : undefined;
  if (bits === undefined) return false;
  if (mask === undefined) return true;
  if (bits === 32 && isIpv4(mask)) return true;
  return /^\d{1,3}$/.test(mask) && Number(mask) <= bits;
}

function parseLogOption(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  const name = statement.word(1) as "httplog" | "tcplog" | "httpslog";
  if (draft.section === "backend") {
    const message = `${sectionTitle(draft)} : 'option ${name}' directive is ignored in backends.`;
    run.report.warn(statement, "PM1307", message);
  }
  const variant = statement.word(2);
  if (variant !== "" && name !== "httpslog") {
    if (variant !== "clf") {
      run.report.alert(statement, "PM1203", `keyword '${name}' only supports option 'clf'.`, { word: 2 });
      return;
    }
    if (tooManyWords(run, statement, 2, `option ${name}`)) return;
    if (name === "tcplog")
      run.report.alert(statement, "PM1901", "'option tcplog clf' is not supported yet", { word: 2 });
  }
  draft.settings.logFormat = { format: { builtin: variant === "clf" ? "clf" : name }, statement };
}

function parseTcpCheck(statement: Statement, scope: ProxyScope): void {
  warnIgnored(scope, statement, "backend", "tcp-check");
  if (tooManyWords(scope.run, statement, 1, "option tcp-check")) return;
  scope.draft.settings.checkKind = "tcp";
}

const LOG_OPTIONS: readonly ProxyRow[] = (["httplog", "tcplog", "httpslog"] as const).map((name) => ({
  name: `option ${name}`,
  sections: DEFAULTS_AND_FRONT,
  syntax: name === "httpslog" ? "" : "[clf]",
  since: name === "httpslog" ? "2.4" : "1.0",
  status: "done",
  doc: name === "tcplog" ? "Log connections in detail." : "Log requests in detail.",
  parse: parseLogOption,
}));

/** Options with words of their own; httpchk stands in proxy-checks.ts. */
const WORDY_OPTIONS: readonly ProxyRow[] = [
  ...CONNECTION_MODES.map(
    (name): ProxyRow => ({
      name: `option ${name}`,
      sections: EVERYWHERE,
      syntax: "",
      since: name === "http-keep-alive" ? "1.5" : "1.0",
      status: "done",
      doc:
        name === "httpclose"
          ? "Close both connections after each response."
          : name === "http-keep-alive"
            ? "Keep connections open on both sides."
            : "Close the server's connection after each response.",
      negatable: true,
      parse: parseConnectionMode,
    }),
  ),
  {
    name: "option redispatch",
    sections: DEFAULTS_AND_BACK,
    syntax: "[<interval>]",
    since: "1.0",
    status: "done",
    doc: "Choose another server when connecting fails.",
    negatable: true,
    parse: parseRedispatch,
  },
  {
    name: "option tcpka",
    sections: EVERYWHERE,
    syntax: "",
    since: "1.3",
    status: "no-effect",
    doc: "TCP keep-alive on both sides.",
    parse: parseTcpKeepAlive,
  },
  {
    name: "option forwardfor",
    sections: EVERYWHERE,
    syntax: "[except <network>] [header <name>] [if-none]",
    since: "1.0",
    status: "done",
    doc: "Add the client's address in X-Forwarded-For.",
    parse: parseForwardFor,
  },
  {
    name: "option tcp-check",
    sections: DEFAULTS_AND_BACK,
    syntax: "",
    since: "1.5",
    status: "done",
    doc: "Check health by connecting (tcp-check rules are not supported yet).",
    parse: parseTcpCheck,
  },
  ...LOG_OPTIONS,
];

/** The `option` family. */
export const PROXY_OPTION_ROWS: readonly ProxyRow[] = [
  ...Object.entries(SWITCHES).map(
    ([name, facts]): ProxyRow => ({
      name: `option ${name}`,
      sections: sectionsOf(facts.side),
      syntax: "",
      since: facts.since,
      status: facts.status,
      doc: facts.doc,
      negatable: true,
      parse: (statement, scope) => parseSwitch(statement, scope, name, facts),
    }),
  ),
  ...WORDY_OPTIONS,
];

const REMOVED_OPTIONS: Readonly<Record<string, string>> = {
  forceclose:
    "is not supported any more since HAProxy 2.0, please just remove it, or use 'option httpclose' if absolutely needed.",
  "http-tunnel": "is not supported any more since HAProxy 2.1, please just remove it, it shouldn't be needed.",
  http_proxy:
    "is not supported any more since HAProxy 2.5. This option stopped working in HAProxy 1.9 and usually had nasty side effects. It can be more reliably implemented with combinations of 'http-request set-dst' and 'http-request set-uri', and even 'http-request do-resolve' if DNS resolution is desired.",
};

/** An `option` that is not a row: removed, missing or unknown. `names` are the options of the language, without "option ". */
export function unknownOption(statement: Statement, { run }: ProxyScope, names: Iterable<string>): void {
  const name = statement.word(1);
  const removed = REMOVED_OPTIONS[name];
  if (name === "") {
    run.report.alert(statement, "PM1201", "'option' expects an option name.", { word: 1, form: "parsing-tight" });
  } else if (removed !== undefined) {
    run.report.alert(statement, "PM1106", `option '${name}' ${removed}`, { word: 1, form: "parsing-tight" });
  } else {
    const guess = nearestName(name, names);
    const tail = guess === undefined ? "." : `; did you mean '${guess}' maybe ?`;
    run.report.alert(statement, "PM1107", `unknown option '${name}'${tail}`, { word: 1 });
  }
}

// Owns the `timeout` family of proxies. Configuration manual §4.2 "timeout …" and §2.5.

import type { TimeoutsModel } from "../model/index.ts";
import { hasBackend, hasFrontend, sectionTitle } from "./draft.ts";
import { DEFAULTS_AND_BACK, DEFAULTS_AND_FRONT, EVERYWHERE, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { parseTime } from "./values.ts";

interface TimeoutFacts {
  readonly key: keyof TimeoutsModel;
  readonly side: "frontend" | "backend" | "both";
  readonly since: string;
  readonly doc: string;
}

const TIMEOUTS: Readonly<Record<string, TimeoutFacts>> = {
  client: { key: "client", side: "frontend", since: "1.3", doc: "Longest silence of the client." },
  "client-fin": {
    key: "clientFin",
    side: "frontend",
    since: "1.5",
    doc: "Longest silence of a client that half-closed.",
  },
  connect: { key: "connect", side: "backend", since: "1.3", doc: "Longest wait for a connection to a server." },
  server: { key: "server", side: "backend", since: "1.3", doc: "Longest silence of the server." },
  "server-fin": {
    key: "serverFin",
    side: "backend",
    since: "1.5",
    doc: "Longest silence of a server that half-closed.",
  },
  queue: { key: "queue", side: "backend", since: "1.3", doc: "Longest wait in the queue; timeout connect by default." },
  check: { key: "check", side: "backend", since: "1.3", doc: "Longest wait for the answer of a health check." },
  tunnel: { key: "tunnel", side: "backend", since: "1.5", doc: "Longest silence of both sides in a tunnel." },
  "http-request": { key: "httpRequest", side: "both", since: "1.3", doc: "Longest wait for a complete request head." },
  "http-keep-alive": { key: "httpKeepAlive", side: "both", since: "1.3", doc: "Longest wait for the next request." },
  tarpit: { key: "tarpit", side: "both", since: "1.3", doc: "How long tarpitted requests are held." },
};

/** Below this many ms a value without unit is most likely meant in seconds. */
const SUSPICIOUS_MS = 100;

const SUPPORTED =
  "'timeout' supports 'client', 'server', 'connect', 'check', 'queue', 'handshake', 'http-keep-alive', 'http-request', 'tunnel', 'tarpit', 'client-fin' and 'server-fin'";

/** A `timeout` whose name is not one. */
export function unknownTimeout(statement: Statement, { run }: ProxyScope): void {
  if (statement.word(1) === "client-hs") {
    run.report.alert(statement, "PM1901", "'timeout client-hs' is not supported yet", { word: 1 });
    return;
  }
  run.report.alert(statement, "PM1203", `${SUPPORTED} (got '${statement.word(1)}')`, { word: 1 });
}

function parseTimeout(statement: Statement, scope: ProxyScope, name: string, facts: TimeoutFacts): void {
  const { run, draft } = scope;
  const keyword = `timeout ${name}`;
  const text = statement.word(2);
  if (text === "") {
    run.report.alert(statement, "PM1201", `'${keyword}' expects an integer value (in milliseconds)`, { word: 2 });
    return;
  }
  const time = parseTime(text);
  if ("bad" in time) {
    const message = `unexpected character '${time.bad}' in '${keyword}'`;
    run.report.alert(statement, "PM1205", message, { span: statement.subspan(2, time.offset, time.offset + 1) });
    return;
  }
  if (!("ms" in time)) {
    const message = `timer overflow in argument '${text}' to '${keyword}' (maximum value is 2147483647 ms or ~24.8 days)`;
    run.report.alert(statement, "PM1205", message, { word: 2 });
    return;
  }
  if (time.tail !== "") {
    const message = `unexpected character '${time.tail.charAt(0)}' after the timer value '${text}', only (us=microseconds,ms=milliseconds,s=seconds,m=minutes,h=hours,d=days) are supported. This will be reported as an error in next versions.`;
    run.report.warn(statement, "PM1205", message, { word: 2, form: "config" });
  }
  const extra = statement.word(3);
  const given = draft.own.has(keyword);
  draft.own.add(keyword);
  if (extra !== "") {
    const message = `'${keyword}' : unexpected extra argument '${extra}' after value '${text}'.`;
    run.report.alert(statement, "PM1202", message, { word: 3 });
    return;
  }
  warnAboutTimeout(statement, scope, keyword, facts, time.ms, given);
  draft.settings.timeouts[facts.key] = time.ms;
}

/** At most one warning for a line, in the reference's order of importance. */
function warnAboutTimeout(
  statement: Statement,
  { run, draft }: ProxyScope,
  keyword: string,
  facts: TimeoutFacts,
  ms: number,
  given: boolean,
): void {
  const text = statement.word(2);
  const wrongSide = facts.side === "frontend" ? !hasFrontend(draft) : facts.side === "backend" && !hasBackend(draft);
  if (wrongSide) {
    run.report.warn(
      statement,
      "PM1307",
      `'${keyword}' will be ignored because ${sectionTitle(draft)} has no ${facts.side} capability`,
    );
  } else if (given && draft.section !== "defaults") {
    run.report.warn(statement, "PM1209", `overwriting '${keyword}' which was already specified`);
  } else if (ms > 0 && ms < SUSPICIOUS_MS && /^\d+$/.test(text)) {
    const message = `'${keyword} ${text}' in ${sectionTitle(draft)} is suspiciously small for a value in milliseconds. Please use an explicit unit ('${text}ms') if that was the intent.`;
    run.report.warn(statement, "PM1210", message, { word: 2 });
  }
}

/** All timeouts, by the word behind `timeout`. */
export const PROXY_TIMEOUT_ROWS: readonly ProxyRow[] = Object.entries(TIMEOUTS).map(([name, facts]) => ({
  name: `timeout ${name}`,
  sections: facts.side === "frontend" ? DEFAULTS_AND_FRONT : facts.side === "backend" ? DEFAULTS_AND_BACK : EVERYWHERE,
  syntax: "<time>",
  since: facts.since,
  status: "done",
  doc: facts.doc,
  parse: (statement: Statement, scope: ProxyScope) => parseTimeout(statement, scope, name, facts),
}));

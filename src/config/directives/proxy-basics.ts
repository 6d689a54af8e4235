// Owns the plain rows of proxies: mode, limits, identity, retries, reuse, persistence limits. Configuration manual §4.2.

import { notInDefaults, tooManyWords, warnIgnored } from "./arguments.ts";
import type { ProxyDraft } from "./draft.ts";
import { DEFAULTS_AND_BACK, DEFAULTS_AND_FRONT, EVERYWHERE, PROXIES, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger } from "./values.ts";

function parseMode(statement: Statement, { run, draft }: ProxyScope): void {
  if (tooManyWords(run, statement, 1)) return;
  const mode = statement.word(1);
  if (mode === "http" || mode === "tcp") {
    draft.settings.mode = mode;
    return;
  }
  if (mode === "health") {
    const message = "'mode health' doesn't exist anymore. Please use 'http-request return status 200' instead.";
    run.report.alert(statement, "PM1106", message, { word: 1 });
  } else if (mode === "log" || mode === "spop") {
    run.report.alert(statement, "PM1901", `'mode ${mode}' is not supported yet`, { word: 1 });
  } else run.report.alert(statement, "PM1203", `unknown proxy mode '${mode}'.`, { word: 1 });
}

type NumberKey = "maxconn" | "fullconn" | "backlog" | "retries";

interface NumberFacts {
  readonly key: NumberKey;
  readonly side: "frontend" | "backend";
  readonly since: string;
  readonly doc: string;
  /** Said behind the message of the wrong side. */
  readonly tail?: string;
  readonly missing?: string;
}

function numberRow({ key, side, since, doc, tail, missing }: NumberFacts): ProxyRow {
  return {
    name: key,
    sections: side === "frontend" ? DEFAULTS_AND_FRONT : DEFAULTS_AND_BACK,
    syntax: "<number>",
    since,
    status: "done",
    doc,
    parse: (statement, scope) => {
      warnIgnored(scope, statement, side, key, tail);
      if (tooManyWords(scope.run, statement, 1)) return;
      if (statement.word(1) === "") {
        const message = missing ?? `'${key}' expects an integer argument.`;
        scope.run.report.alert(statement, "PM1201", message, { word: 1 });
        return;
      }
      scope.draft.settings[key] = Math.max(0, looseInteger(statement.word(1)));
    },
  };
}

function parseId(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  if (notInDefaults(scope, statement, "id", { form: "parsing-tight" }) || tooManyWords(run, statement, 1)) return;
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", "'id' expects an integer argument.", { word: 1, form: "parsing-tight" });
    return;
  }
  const id = looseInteger(statement.word(1));
  if (id <= 0) {
    run.report.alert(statement, "PM1204", "custom id has to be > 0.", { word: 1, form: "parsing-tight" });
    return;
  }
  const other = run.proxies.find((proxy) => proxy !== draft && proxy.id === id);
  if (other !== undefined) {
    const called = (proxy: ProxyDraft) => `${proxy.section === "listen" ? "proxy" : proxy.section} ${proxy.name}`;
    const message = `${called(draft)} reuses same custom id as ${called(other)} (declared at ${other.statement.file}:${other.statement.line}).`;
    run.report.alert(statement, "PM1301", message, {
      word: 1,
      form: "parsing-tight",
      related: [{ span: other.statement.span(0), message: "used here first" }],
    });
    return;
  }
  draft.id = id;
}

function parseDefaultBackend(statement: Statement, scope: ProxyScope): void {
  // QUIRK: on the wrong side the line is called ignored, and its backend is looked for nevertheless.
  warnIgnored(scope, statement, "frontend");
  if (statement.word(1) === "") {
    scope.run.report.alert(statement, "PM1201", "'default_backend' expects a backend name.", { word: 1 });
    return;
  }
  if (tooManyWords(scope.run, statement, 1)) return;
  scope.draft.settings.defaultBackend = { name: statement.word(1), statement };
}

function parseMonitorUri(statement: Statement, scope: ProxyScope): void {
  if (tooManyWords(scope.run, statement, 1)) return;
  warnIgnored(scope, statement, "frontend");
  if (statement.word(1) === "") {
    scope.run.report.alert(statement, "PM1201", "'monitor-uri' expects an URI.", { word: 1 });
    return;
  }
  scope.draft.settings.monitorUri = statement.word(1);
}

function parseReuse(statement: Statement, scope: ProxyScope): void {
  warnIgnored(scope, statement, "backend");
  const mode = statement.word(1);
  if (mode !== "never" && mode !== "safe" && mode !== "aggressive" && mode !== "always") {
    const message = "'http-reuse' only supports 'never', 'safe', 'aggressive', 'always'.";
    scope.run.report.alert(statement, "PM1203", message, { word: 1 });
    return;
  }
  if (!tooManyWords(scope.run, statement, 1, `http-reuse ${mode}`)) scope.draft.settings.httpReuse = mode;
}

const RETRY_LATER = ["empty-response", "junk-response", "response-timeout", "0rtt-rejected", "all-retryable-errors"];
const RETRY_STATUSES = ["401", "403", "404", "408", "421", "425", "429", "500", "501", "502", "503", "504"];

function parseRetryOn(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  if (draft.section === "frontend") {
    run.report.alert(statement, "PM1102", "'retry-on' only available in backend or listen section");
    return;
  }
  const words = statement.texts.slice(1);
  if (words.length === 0) {
    const message = "'retry-on' needs at least one keyword to specify when to retry";
    run.report.alert(statement, "PM1201", message, { word: 1 });
    return;
  }
  for (const [index, word] of words.entries()) {
    if (word === "conn-failure" || (word === "none" && words.length === 1)) continue;
    const later = RETRY_LATER.includes(word) || RETRY_STATUSES.includes(word);
    const message = later
      ? `'retry-on ${word}' is not supported yet`
      : word === "none"
        ? "'retry-on' 'none' keyword only usable alone"
        : `'retry-on': unknown keyword '${word}'`;
    run.report.alert(statement, later ? "PM1901" : "PM1203", message, { word: index + 1 });
    if (!later) return;
  }
  draft.settings.retryOn = words;
}

function switchRow(name: "disabled" | "enabled", doc: string): ProxyRow {
  return {
    name,
    sections: EVERYWHERE,
    syntax: "",
    since: "1.0",
    status: "done",
    doc,
    parse: (statement, { run, draft }) => {
      if (!tooManyWords(run, statement, 0)) draft.settings.disabled = name === "disabled";
    },
  };
}

/** Plain keywords of proxies. */
export const PROXY_BASIC_ROWS: readonly ProxyRow[] = [
  {
    name: "mode",
    sections: EVERYWHERE,
    syntax: "tcp|http",
    since: "1.0",
    status: "done",
    doc: "Whether connections or requests are handled.",
    parse: parseMode,
  },
  numberRow({
    key: "maxconn",
    side: "frontend",
    since: "1.0",
    doc: "Most connections of the frontend at one time.",
    tail: " Maybe you want 'fullconn' instead ?",
  }),
  numberRow({
    key: "fullconn",
    side: "backend",
    since: "1.0",
    doc: "Load at which servers with minconn reach their maxconn.",
    tail: " Maybe you want 'maxconn' instead ?",
  }),
  numberRow({
    key: "backlog",
    side: "frontend",
    since: "1.3",
    doc: "Length of the queue of connections not yet accepted.",
  }),
  numberRow({
    key: "retries",
    side: "backend",
    since: "1.0",
    doc: "How often a failed connection attempt is tried again.",
    missing: "'retries' expects an integer argument (dispatch counts for one).",
  }),
  {
    name: "id",
    sections: PROXIES,
    syntax: "<number>",
    since: "1.4",
    status: "done",
    doc: "Number of the proxy; counted in order of declaration otherwise.",
    parse: parseId,
  },
  {
    name: "description",
    sections: PROXIES,
    syntax: "<text>",
    since: "1.4",
    status: "done",
    doc: "Free text shown in statistics.",
    parse: (statement, scope) => {
      if (notInDefaults(scope, statement, "description", { form: "parsing-tight" })) return;
      if (statement.word(1) !== "") scope.draft.description = statement.rest(1);
      else
        scope.run.report.alert(statement, "PM1201", "'description' expects a string argument.", {
          word: 1,
          form: "parsing-tight",
        });
    },
  },
  switchRow("disabled", "Leave the proxy out."),
  switchRow("enabled", "Undo disabled."),
  {
    name: "default_backend",
    sections: DEFAULTS_AND_FRONT,
    syntax: "<backend>",
    since: "1.3",
    status: "done",
    doc: "Backend of requests that no use_backend rule took.",
    parse: parseDefaultBackend,
  },
  {
    name: "monitor-uri",
    sections: DEFAULTS_AND_FRONT,
    syntax: "<uri>",
    since: "1.1",
    status: "done",
    doc: "URI that is answered with 200 here, unlogged.",
    parse: parseMonitorUri,
  },
  {
    name: "retry-on",
    sections: DEFAULTS_AND_BACK,
    syntax: "none|conn-failure",
    since: "2.0",
    status: "done",
    doc: "Which failures are tried again (the other conditions are not supported yet).",
    parse: parseRetryOn,
  },
  {
    name: "http-reuse",
    sections: DEFAULTS_AND_BACK,
    syntax: "never|safe|aggressive|always",
    since: "1.6",
    status: "done",
    doc: "Whether idle server connections serve other clients.",
    parse: parseReuse,
  },
];

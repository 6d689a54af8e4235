// Owns a proxy's way from draft to model: defaults applied, names found, formats compiled, and the reference's warnings about what does not fit
// together, in the reference's order. Configuration manual §4.

import { builtinLogFormat, type LogFormatModel, parseLogFormat } from "../../log/index.ts";
import type { RuleModel } from "../../rules/index.ts";
import { expressionContext } from "../directives/arguments.ts";
import { type FormatDraft, hasBackend, hasFrontend, type ProxyDraft, sectionTitle } from "../directives/draft.ts";
import { newBalance } from "../directives/proxy-balance.ts";
import type { Run } from "../directives/run.ts";
import type { BalanceModel, ProxyModel, ProxyOptionsModel, TimeoutsModel } from "../model/index.ts";
import { type Counter, lowerBinds, lowerServers } from "./endpoints.ts";
import type { ProxyNames } from "./names.ts";
import { checkHealthRules, checkReferences, warnHttpOptions } from "./references.ts";
import { lowerDefaultBackend, lowerSwitching, lowerUseServer } from "./routing.ts";
import { checkServer } from "./server-checks.ts";

export interface LowerContext {
  readonly run: Run;
  readonly names: ProxyNames;
  readonly listeners: Counter;
  readonly servers: Counter;
}

/** The reference's default of `retries`. */
const DEFAULT_RETRIES = 3;

/** Checks one proxy and makes its model. Problems are reported; a model comes out in any case. */
export function lowerProxy(context: LowerContext, draft: ProxyDraft, index: number, id: number): ProxyModel {
  const { run, names } = context;
  const { settings } = draft;
  const quiet = settings.disabled;
  if (!quiet && hasFrontend(draft) && draft.binds.length === 0) {
    const message = `${sectionTitle(draft)} has no 'bind' directive. Please declare it as a backend if this was intended.`;
    run.report.warn(draft.statement, "PM1308", message, { form: "late" });
  }
  const balance = lowerBalance(run, draft, quiet);
  const logDraft = quiet ? undefined : logFormatOf(run, draft);
  if (!quiet) checkHealthRules(run, draft);
  const defaultBackend = quiet ? undefined : lowerDefaultBackend(run, draft, names);
  const switchingRules = quiet ? [] : lowerSwitching(run, draft, names);
  const useServerRules = quiet ? [] : lowerUseServer(run, draft);
  const formats = lowerFormats(run, draft, logDraft, quiet);
  if (!quiet) warnMissingTimeouts(run, draft);
  if (defaultBackend !== undefined) warnUnusedServers(run, draft);
  if (!quiet) checkReferences(run, draft);
  if (formats.logFormat !== undefined || settings.logFormatSd !== undefined) warnLogWithoutTarget(run, draft);
  if (!quiet) warnHttpOnly(run, draft);
  const binds = lowerBinds(run, draft, context.listeners);
  const servers = lowerServers(run, draft, context.servers);
  if (!quiet) for (const server of draft.servers) checkServer(run, draft, server, names);
  const http = settings.mode === "http";
  return {
    index,
    location: draft.statement.place,
    name: draft.name,
    id,
    kind: draft.section as ProxyModel["kind"],
    hasFrontend: hasFrontend(draft),
    hasBackend: hasBackend(draft),
    mode: settings.mode,
    disabled: settings.disabled,
    description: draft.description,
    binds,
    maxconn: settings.maxconn ?? 0,
    backlog: settings.backlog,
    switchingRules,
    defaultBackend,
    monitorUri: http ? settings.monitorUri : undefined,
    servers,
    balance,
    useServerRules,
    allBackups: settings.options.get("allbackups") === true,
    fullconn: settings.fullconn,
    retries: settings.retries ?? DEFAULT_RETRIES,
    redispatch: settings.redispatch,
    retryOn: settings.retryOn,
    httpReuse: settings.httpReuse ?? "safe",
    persistCookie: undefined,
    timeouts: lowerTimeouts(settings.timeouts),
    options: lowerOptions(settings.options),
    forwardFor: http ? settings.forwardFor : undefined,
    errorPages: [...settings.errorPages.values()],
    acls: [...settings.acls.values()],
    rules: lowerRules(draft),
    logTargets: settings.logTargets,
    ...formats,
    logTag: settings.logTag,
    capturedRequestHeaders: draft.capturedRequestHeaders,
    capturedResponseHeaders: draft.capturedResponseHeaders,
    capturedCookie: draft.capturedCookie,
    uniqueIdHeader: settings.uniqueIdHeader,
    stats: http ? settings.stats : undefined,
    hashExpression: undefined,
  };
}

/** `redirect` lines run behind all http-request rules. HTTP rules of a TCP proxy are left out, as the warning says. */
function lowerRules(draft: ProxyDraft): readonly RuleModel[] {
  const rules = [...draft.settings.rules, ...draft.redirects];
  return draft.settings.mode === "http" ? rules : rules.filter((rule) => !rule.set.startsWith("http-"));
}

/** `option httplog` without HTTP falls back, with a warning. */
function logFormatOf(run: Run, draft: ProxyDraft): FormatDraft | undefined {
  const wanted = draft.settings.logFormat;
  if (wanted === undefined || !("builtin" in wanted.format) || !hasFrontend(draft)) return wanted;
  const { builtin } = wanted.format;
  if (draft.settings.mode === "http" || builtin === "tcplog") return wanted;
  const option = builtin === "httpslog" ? "httpslog" : "httplog";
  const message = `'option ${option}' not usable with ${sectionTitle(draft)} (needs 'mode http'). Falling back to 'option tcplog'.`;
  run.report.warn(wanted.statement, "PM1306", message, { word: 1, form: "late-parsing" });
  return { format: { builtin: "tcplog" }, statement: wanted.statement };
}

type Formats = Pick<ProxyModel, "logFormat" | "errorLogFormat" | "uniqueIdFormat">;

function lowerFormats(run: Run, draft: ProxyDraft, logDraft: FormatDraft | undefined, quiet: boolean): Formats {
  if (quiet || !hasFrontend(draft))
    return { logFormat: undefined, errorLogFormat: undefined, uniqueIdFormat: undefined };
  compileFormat(run, draft, draft.settings.logFormatSd, "log-format-sd");
  return {
    logFormat: compileFormat(run, draft, logDraft, "log-format"),
    errorLogFormat: compileFormat(run, draft, draft.settings.errorLogFormat, "error-log-format"),
    uniqueIdFormat: compileFormat(run, draft, draft.settings.uniqueIdFormat, "unique-id"),
  };
}

function compileFormat(
  run: Run,
  draft: ProxyDraft,
  format: FormatDraft | undefined,
  what: string,
): LogFormatModel | undefined {
  if (format === undefined) return undefined;
  if ("builtin" in format.format) return builtinLogFormat(format.format.builtin);
  const { statement } = format;
  const phase = what === "unique-id" ? "http-request" : "log";
  const parsed = parseLogFormat(format.format.text, 1, expressionContext(run, draft, phase));
  if ("problem" in parsed) {
    const { problem } = parsed;
    const tail = problem.message.endsWith(".") ? "" : ".";
    run.report.alert(
      statement,
      problem.reason === "unsupported" ? "PM1901" : "PM1502",
      `failed to parse ${what} : ${problem.message}${tail}`,
      {
        form: "late-section",
        span: statement.subspan(1, problem.start, problem.end),
      },
    );
    return undefined;
  }
  for (const warning of parsed.warnings) {
    const span = statement.subspan(1, warning.start, warning.end);
    run.report.warn(statement, "PM1502", warning.message, { form: "late-section", span });
  }
  return parsed.format;
}

function warnMissingTimeouts(run: Run, draft: ProxyDraft): void {
  const { timeouts } = draft.settings;
  const missing: string[] = [];
  if (hasFrontend(draft) && !timeouts.client) missing.push("client");
  if (hasBackend(draft) && draft.servers.length > 0) {
    if (!timeouts.connect) missing.push("connect");
    // A tunnel's timeout stands in for the server's where nothing but tunnels exist.
    if (!timeouts.server && (draft.settings.mode === "http" || !timeouts.tunnel)) missing.push("server");
  }
  if (missing.length === 0) return;
  const names = missing.map((name) => `'timeout ${name}'`).join(", ");
  const hint = `Not set here: ${names}. Without them, connections of vanished peers stay for ever.`;
  run.report.warn(draft.statement, "PM1305", `missing timeouts for ${sectionTitle(draft)}.`, { form: "late", hint });
}

function warnLogWithoutTarget(run: Run, draft: ProxyDraft): void {
  const { logTargets } = draft.settings;
  const logFormat = draft.settings.logFormat ?? draft.settings.logFormatSd;
  if (logFormat === undefined || logTargets.length > 0 || !hasFrontend(draft)) return;
  const message = `log format ignored for ${sectionTitle(draft)} since it has no log address.`;
  run.report.warn(logFormat.statement, "PM1313", message, {
    form: "late",
    hint: "Add 'log global', or a target of its own.",
  });
}

/** What a TCP proxy leaves out, in the reference's order. */
function warnHttpOnly(run: Run, draft: ProxyDraft): void {
  const { settings } = draft;
  if (settings.mode === "http") return;
  const title = sectionTitle(draft);
  const warn = (message: string) => run.report.warn(draft.statement, "PM1306", message, { form: "late" });
  const ignored = (what: string) => warn(`'${what}' statement ignored for ${title} as it requires HTTP mode.`);
  if (settings.stats !== undefined) ignored("stats");
  const captures = draft.capturedRequestHeaders.length + draft.capturedResponseHeaders.length;
  if (hasFrontend(draft) && (captures > 0 || draft.capturedCookie !== undefined)) ignored("capture");
  if (settings.monitorUri !== undefined) ignored("monitor-uri");
  for (const set of ["http-request", "http-response", "http-after-response"]) {
    if (!settings.rules.some((rule) => rule.set === set)) continue;
    warn(`'${set}' rules ignored for ${title} as they require HTTP mode.`);
  }
  if (draft.redirects.length > 0) warn(`'redirect' rules ignored for ${title} as they require HTTP mode.`);
  if (settings.cookie !== undefined) warn(`cookie will be ignored for ${title} (needs 'mode http').`);
  warnHttpOptions(run, draft);
}

const LAYER_7: readonly BalanceModel["algorithm"][] = ["uri", "url_param", "hdr"];

function lowerBalance(run: Run, draft: ProxyDraft, quiet: boolean): BalanceModel {
  const { settings } = draft;
  const balance = { ...(settings.balance ?? newBalance("roundrobin")), ...settings.hashType };
  balance.hashBalanceFactor = settings.hashBalanceFactor;
  if (!LAYER_7.includes(balance.algorithm) || settings.mode === "http" || !hasBackend(draft)) return balance;
  if (!quiet) {
    const message = `Layer 7 hash not possible for ${sectionTitle(draft)} (needs 'mode http'). Falling back to round robin.`;
    run.report.warn(settings.balanceStatement ?? draft.statement, "PM1306", message, { form: "late" });
  }
  balance.algorithm = "roundrobin";
  return balance;
}

/** Checks that the reference makes when every proxy has been looked at. */
export function checkAfterwards(run: Run, draft: ProxyDraft): void {
  const { settings } = draft;
  if (settings.disabled) return;
  const title = sectionTitle(draft);
  if (settings.forwardFor !== undefined && settings.mode !== "http") {
    const message = `'option forwardfor' ignored for ${title} as it requires HTTP mode.`;
    run.report.warn(draft.statement, "PM1306", message, { form: "late" });
  }
}

function warnUnusedServers(run: Run, draft: ProxyDraft): void {
  const wanted = draft.settings.defaultBackend;
  if (wanted === undefined || draft.servers.length === 0) return;
  const message = `In proxy '${draft.name}', the 'default_backend' rule always has precedence over the servers, which will never be used.`;
  run.report.warn(wanted.statement, "PM1310", message, { form: "late" });
}

/** 0 means none. */
function lowerTimeouts(timeouts: Partial<TimeoutsModel>): TimeoutsModel {
  return {
    connect: timeouts.connect || undefined,
    client: timeouts.client || undefined,
    server: timeouts.server || undefined,
    httpRequest: timeouts.httpRequest || undefined,
    httpKeepAlive: timeouts.httpKeepAlive || undefined,
    queue: timeouts.queue || undefined,
    check: timeouts.check || undefined,
    tunnel: timeouts.tunnel || undefined,
    clientFin: timeouts.clientFin || undefined,
    serverFin: timeouts.serverFin || undefined,
    tarpit: timeouts.tarpit || undefined,
  };
}

function lowerOptions(options: ReadonlyMap<string, boolean>): ProxyOptionsModel {
  const on = (name: string) => options.get(name) === true;
  return {
    dontlognull: on("dontlognull"),
    logasap: on("logasap"),
    dontlogNormal: on("dontlog-normal"),
    logSeparateErrors: on("log-separate-errors"),
    logHealthChecks: on("log-health-checks"),
    httpKeepAlive: !on("httpclose") && !on("http-server-close"),
    httpServerClose: on("http-server-close"),
    httpclose: on("httpclose"),
    abortonclose: on("abortonclose"),
    tcpka: { client: on("clitcpka"), server: on("srvtcpka") },
    preferLastServer: on("prefer-last-server"),
    httpBufferRequest: on("http-buffer-request"),
    httpIgnoreProbes: on("http-ignore-probes"),
    httpUseProxyHeader: on("http-use-proxy-header"),
    persist: on("persist"),
    transparent: on("transparent"),
    socketStats: on("socket-stats"),
  };
}

// Owns what a proxy refers to beside other proxies, and what belongs together in one: tables, peers, mailers, sections of error pages, options that need
// each other, HTTP lines in TCP proxies. Configuration manual §4.2.

import type { DiagnosticCode } from "../../diagnostics/index.ts";
import { hasBackend, type ProxyDraft, sectionTitle } from "../directives/draft.ts";
import type { Run } from "../directives/run.ts";
import type { Statement } from "../directives/statement.ts";

/** Options that a TCP proxy leaves out, with a warning. The others hold in both modes. */
const HTTP_OPTIONS = [
  "accept-unsafe-violations-in-http-request",
  "accept-unsafe-violations-in-http-response",
  "checkcache",
  "disable-h2-upgrade",
  "http-buffer-request",
  "http-drop-request-trailers",
  "http-drop-response-trailers",
  "http-ignore-probes",
  "http-no-delay",
  "http-pretend-keepalive",
  "http-use-proxy-header",
  "idle-close-on-response",
  "prefer-last-server",
];

/** Says each option that is on and needs HTTP. */
export function warnHttpOptions(run: Run, draft: ProxyDraft): void {
  for (const name of HTTP_OPTIONS) {
    if (draft.settings.options.get(name) === true) warnNeedsHttp(run, draft, `option ${name}`);
  }
  for (const name of draft.settings.httpOnly) warnNeedsHttp(run, draft, name);
}

function warnNeedsHttp(run: Run, draft: ProxyDraft, what: string): void {
  const message = `'${what}' ignored for ${sectionTitle(draft)} as it requires HTTP mode.`;
  run.report.warn(draft.statement, "PM1306", message, { form: "late" });
}

/** True when a section of that kind and name was declared in any file. */
export function isDeclared(run: Run, section: string, name: string): boolean {
  return run.declared.get(section)?.has(name) === true;
}

/** Checks the names that the lines of one proxy refer to. */
export function checkReferences(run: Run, draft: ProxyDraft): void {
  const alert = (statement: Statement, code: DiagnosticCode, message: string, word = 0) =>
    run.report.alert(statement, code, message, { form: "late", word });
  for (const { statement, code, message, word } of draft.lateFaults) alert(statement, code, message, word);
  for (const { kind, name, statement, word } of draft.references) {
    if (isDeclared(run, kind, name)) continue;
    const place = `(at ${statement.file}:${statement.line})`;
    const message =
      kind === "http-errors"
        ? `${sectionTitle(draft)}: unknown http-errors section '${name}' ${place}.`
        : kind === "cache"
          ? `config: ${sectionTitle(draft)}: unable to find the cache '${name}' referenced by the filter 'cache'.`
          : `${sectionTitle(draft)} : fcgi-app '${name}' not found.`;
    alert(statement, "PM1314", message, word);
  }
  checkTables(run, draft, alert);
  checkMailers(run, draft);
}

type Alert = (statement: Statement, code: DiagnosticCode, message: string, word?: number) => void;

/** True when a proxy or a `table` line of a peers section declares that table. */
function hasTable(run: Run, name: string): boolean {
  const inPeers = name.includes("/") && isDeclared(run, "peers", name.slice(0, name.indexOf("/")));
  return inPeers || run.proxies.some((proxy) => proxy.name === name && proxy.table !== undefined);
}

function checkTables(run: Run, draft: ProxyDraft, alert: Alert): void {
  const { table } = draft;
  if (table !== undefined && table.peers !== "" && !isDeclared(run, "peers", table.peers)) {
    alert(table.statement, "PM1314", `Proxy '${draft.name}': unable to find sync peers '${table.peers}'.`);
  }
  if (table !== undefined && table.writeTo !== "" && !hasTable(run, table.writeTo)) {
    const message = `Proxy '${draft.name}': failed to initialize stick-table: write-to: table '${table.writeTo}' doesn't exist.`;
    alert(table.statement, "PM1314", message);
  }
  for (const { name, statement, what, form } of draft.tableUses) {
    if (hasTable(run, name) || (form === "stick" && !hasBackend(draft))) continue;
    const message =
      form === "stick"
        ? `Proxy '${draft.name}': unable to find stick-table '${name}'.`
        : `Proxy ${draft.name} : unable to find table '${name}' referenced by bwlim filter '${what}'.`;
    alert(statement, "PM1314", message);
  }
}

function checkMailers(run: Run, draft: ProxyDraft): void {
  const { emailAlerts, mailers } = draft.settings;
  if (emailAlerts.size === 0) return;
  if (mailers !== undefined && emailAlerts.has("from") && emailAlerts.has("to")) {
    if (isDeclared(run, "mailers", mailers.name)) return;
    const message = `Proxy '${draft.name}': unable to find mailers '${mailers.name}'.`;
    run.report.alert(mailers.statement, "PM1314", message, { form: "late", word: 2 });
    return;
  }
  const message = `'email-alert' will be ignored for ${sectionTitle(draft)} (the presence any of 'email-alert from', 'email-alert level' 'email-alert mailers', 'email-alert myhostname', or 'email-alert to' requires each of 'email-alert from', 'email-alert mailers' and 'email-alert to' to be present).`;
  run.report.warn(draft.statement, "PM1306", message, { form: "late" });
}

/** Warns about checks that are described and not asked for, and about what a program that checks needs. */
export function checkHealthRules(run: Run, draft: ProxyDraft): void {
  const { settings } = draft;
  const title = sectionTitle(draft);
  const warn = (message: string) => run.report.warn(draft.statement, "PM1306", message, { form: "late" });
  const alert = (message: string) => run.report.alert(draft.statement, "PM1201", message, { form: "late" });
  if (settings.checkKind === "external") {
    const intro = `Proxy '${draft.name}' : 'option external-check' unable to find required`;
    if (!run.global.seen.has("external-check")) alert(`${intro} 'global.external-check'.`);
    if (!settings.externalCheck.has("command")) alert(`${intro} 'external-check command'.`);
  } else {
    for (const what of settings.externalCheck) {
      warn(`'external-check ${what}' will be ignored for ${title} (requires 'option external-check').`);
    }
  }
  if (settings.tcpCheckRules && settings.checkKind !== "tcp") {
    warn(`${title} uses tcp-check rules without 'option tcp-check', so the rules are ignored.`);
  }
  if (settings.httpCheckRules && settings.checkKind !== "http") {
    warn(`${title} uses http-check rules without 'option httpchk', so the rules are ignored.`);
  }
  if (settings.checkKind === "http" || settings.checkKind === "none") return;
  for (const [key, keyword] of [
    ["disableOn404", "disable-on-404"],
    ["sendState", "send-state"],
  ] as const) {
    if (settings.httpCheck?.[key]) warn(`'${keyword}' will be ignored for ${title} (requires 'option httpchk').`);
  }
}

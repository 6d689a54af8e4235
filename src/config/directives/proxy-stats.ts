// Owns the `stats` family of proxies: the statistics page. Configuration manual §4.2 "stats …".

import { parseRule } from "../../rules/index.ts";
import type { StatsPageModel } from "../model/index.ts";
import { conditionAt, expressionContext, notInDefaults, sayProblem } from "./arguments.ts";
import { type Draft, sectionTitle } from "./draft.ts";
import { EVERYWHERE, PROXIES, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { parseTime } from "./values.ts";

const EXPECTED =
  "expects 'admin', 'uri', 'realm', 'auth', 'scope', 'enable', 'hide-version', 'show-node', 'show-desc' or 'show-legends'.";

/** A `stats` parameter that is not one, or not done yet. */
export function unknownStats(statement: Statement, { run, draft }: ProxyScope): void {
  const name = statement.word(1);
  if (name === "http-request" && draft.section === "defaults") {
    run.report.alert(statement, "PM1102", "'stats' not allowed in 'defaults' section.", { form: "parsing-tight" });
  } else if (name === "http-request" || name === "show-modules") {
    if (name === "http-request" && !isStatsRule(statement, { run, draft })) return;
    run.report.alert(statement, "PM1901", `'stats ${name}' is not supported yet`, { word: 1 });
  } else if (name === "") {
    run.report.alert(statement, "PM1201", `missing keyword in 'stats', ${EXPECTED}`, {
      word: 1,
      form: "parsing-tight",
    });
  } else {
    run.report.alert(statement, "PM1203", `unknown stats parameter '${name}', ${EXPECTED}`, {
      word: 1,
      form: "parsing-tight",
    });
  }
}

/** Checks the rule of a `stats http-request` line as a rule of its own; false after an alert. */
function isStatsRule(statement: Statement, { run, draft }: ProxyScope): boolean {
  const { phase: _phase, ...context } = expressionContext(run, draft, "http-request");
  const parsed = parseRule("http-request", statement.texts, 2, {
    ...context,
    acls: draft.settings.acls,
    section: sectionTitle(draft),
    file: statement.file,
    line: statement.line,
  });
  if (!("problem" in parsed) || parsed.problem.reason === "unsupported") return true;
  const form = parsed.problem.nameKind === "action" ? ({ form: "parsing-tight" } as const) : {};
  sayProblem(run, statement, parsed.problem, "", form);
  return false;
}

/** The page's settings; every `stats` line makes the page exist. */
function pageOf({ draft }: ProxyScope): Draft<StatsPageModel> {
  draft.settings.stats ??= {
    uriPrefix: "/haproxy?stats",
    realm: "HAProxy Statistics",
    users: [],
    refreshSeconds: undefined,
    hideVersion: false,
    showLegends: false,
    showNode: undefined,
    showDesc: undefined,
    admin: [],
    scope: [],
  };
  return draft.settings.stats;
}

/** Word 2, or undefined after an alert. */
function needed(statement: Statement, { run }: ProxyScope, what: string): string | undefined {
  const text = statement.word(2);
  if (text !== "") return text;
  run.report.alert(statement, "PM1201", `'${statement.word(1)}' needs ${what}.`, { word: 2 });
  return undefined;
}

function parseUri(statement: Statement, scope: ProxyScope): void {
  const uri = needed(statement, scope, "an URI prefix");
  if (uri !== undefined) pageOf(scope).uriPrefix = uri;
}

function parseRealm(statement: Statement, scope: ProxyScope): void {
  const realm = needed(statement, scope, "an realm name");
  if (realm !== undefined) pageOf(scope).realm = realm;
}

function parseAuth(statement: Statement, scope: ProxyScope): void {
  const account = needed(statement, scope, "a user:password account");
  if (account === undefined) return;
  const colon = account.indexOf(":");
  const user = colon < 0 ? account : account.slice(0, colon);
  const password = colon < 0 ? "" : account.slice(colon + 1);
  const page = pageOf(scope);
  if (page.users.some((one) => one.user === user)) {
    const message = `uri auth: ignoring duplicated user '${user}'.`;
    scope.run.report.warn(statement, "PM1209", message, { word: 2, form: "config" });
  } else page.users = [...page.users, { user, password }];
}

function parseScope(statement: Statement, scope: ProxyScope): void {
  const name = needed(statement, scope, "a proxy name");
  if (name === undefined) return;
  const page = pageOf(scope);
  page.scope = [...page.scope, name];
}

function parseRefresh(statement: Statement, scope: ProxyScope): void {
  const { run } = scope;
  const text = statement.word(2);
  const time = text === "" ? { ms: 0, tail: "" } : parseTime(text, "s");
  if ("ms" in time) {
    pageOf(scope).refreshSeconds = Math.ceil(time.ms / 1000) || undefined;
    return;
  }
  const message =
    "bad" in time
      ? `unexpected character '${time.bad}' in argument to stats refresh interval.`
      : `timer overflow in argument '${text}' to stats refresh interval (maximum value is 2147483647 ms or ~24.8 days)`;
  run.report.alert(statement, "PM1205", message, { word: 2, form: "parsing-tight" });
}

function parseShowNode(statement: Statement, scope: ProxyScope): void {
  const { run } = scope;
  const name = statement.word(2) || run.global.node || run.environment.hostname;
  if (!/^[0-9A-Za-z._-]+$/.test(name)) {
    const message = `invalid node name - should be a string with digits(0-9), letters(A-Z, a-z), hyphen(-) or underscode(_).`;
    run.report.alert(statement, "PM1203", `'stats show-node' ${message}`, { word: 2, form: "parsing-tight" });
    return;
  }
  pageOf(scope).showNode = name;
}

function parseShowDesc(statement: Statement, scope: ProxyScope): void {
  const { run } = scope;
  const text = statement.word(2) === "" ? run.global.description : statement.rest(2);
  if (text === undefined) {
    const message = "'show-desc' requires a parameter or 'desc' to be set in the global section.";
    run.report.warn(statement, "PM1201", message, { word: 2, form: "parsing-tight" });
  }
  pageOf(scope).showDesc = text;
}

function parseAdmin(statement: Statement, scope: ProxyScope): void {
  const { run } = scope;
  if (notInDefaults(scope, statement, "stats admin", { form: "parsing-tight" })) return;
  if (statement.word(2) !== "if" && statement.word(2) !== "unless") {
    const message = "'stats admin' requires either 'if' or 'unless' followed by a condition.";
    run.report.alert(statement, "PM1201", message, { word: 2 });
    return;
  }
  const condition = conditionAt(scope, statement, 2, "a 'stats admin' rule", "http-request");
  if (condition === undefined) return;
  const page = pageOf(scope);
  page.admin = [...page.admin, condition];
}

function row(name: string, syntax: string, since: string, doc: string, parse: ProxyRow["parse"]): ProxyRow {
  const sections = name === "admin" ? PROXIES : EVERYWHERE;
  return { name: `stats ${name}`, sections, syntax, since, status: "done", doc, parse };
}

/** The `stats` family. */
export const PROXY_STATS_ROWS: readonly ProxyRow[] = [
  row("enable", "", "1.0", "Serve the statistics page.", (_statement, scope) => {
    pageOf(scope);
  }),
  row("uri", "<prefix>", "1.0", "Where the page is.", parseUri),
  row("realm", "<text>", "1.0", "Realm of its authentication.", parseRealm),
  row("auth", "<user>:<password>", "1.0", "Account that may see it.", parseAuth),
  row("scope", "<proxy>|.", "1.0", "Proxies that it shows.", parseScope),
  row("refresh", "<time>", "1.3", "Interval of refreshing; in seconds without unit.", parseRefresh),
  row("hide-version", "", "1.3", "Do not show the version.", (_statement, scope) => {
    pageOf(scope).hideVersion = true;
  }),
  row("show-legends", "", "1.4", "Show more in tooltips.", (_statement, scope) => {
    pageOf(scope).showLegends = true;
  }),
  row("show-node", "[<name>]", "1.4", "Show the node's name.", parseShowNode),
  row("show-desc", "[<text>]", "1.4", "Show a description.", parseShowDesc),
  row("admin", "if|unless <condition>", "1.4", "Who may change states on the page.", parseAdmin),
];

// Owns the rows of rules: `acl`, the rule sets, `use_backend`, `use-server`, `redirect`. Actions, ACLs and conditions are parsed by src/rules and src/acl.
// Configuration manual §4.2, §4.3 and §7.

import type { ConditionModel } from "../../acl/index.ts";
import { addAcl, parseAcl } from "../../acl/index.ts";
import { parseRule, type RuleContext, type RuleModel, type RuleSet } from "../../rules/index.ts";
import {
  conditionAt,
  expressionContext,
  notInDefaults,
  placeholderCondition,
  sayProblem,
  sayWarnings,
  warnIgnored,
} from "./arguments.ts";
import { hasBackend, hasFrontend, sectionTitle } from "./draft.ts";
import { BACK, EVERYWHERE, FRONT, PROXIES, type ProxyRow, type ProxyScope } from "./rows.ts";
import { type OrderedSet, warnMisplaced, warnUnreachable } from "./rule-order.ts";
import type { Statement } from "./statement.ts";
import { badNameCharacter, parseTime } from "./values.ts";

/** True, and an alert, in a `defaults` section without a name. */
function notInAnonymousDefaults({ run, draft }: ProxyScope, statement: Statement, keyword: string): boolean {
  if (draft.section !== "defaults" || draft.name !== "") return false;
  const message = keyword.startsWith("tcp-")
    ? `${keyword} is not allowed in anonymous 'defaults' sections`
    : `'${keyword}' not allowed in anonymous 'defaults' section.`;
  run.report.alert(statement, "PM1102", message);
  return true;
}

function parseAclLine(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  if (notInAnonymousDefaults(scope, statement, "acl")) return;
  const name = statement.word(1);
  const bad = badNameCharacter(name);
  if (name === "" || bad !== undefined) {
    const message =
      name === "" ? "'acl' expects a name and a test." : `character '${bad}' is not permitted in acl name '${name}'.`;
    run.report.alert(statement, name === "" ? "PM1201" : "PM1203", message, { word: 1 });
    return;
  }
  if (name.toLowerCase() === "or") {
    const message = `acl name '${name}' will never match. 'or' is used to express a logical disjunction within a condition.`;
    run.report.alert(statement, "PM1501", message, { word: 1 });
    return;
  }
  const parsed = parseAcl(statement.texts, 1, expressionContext(run, draft, "http-request"));
  if ("problem" in parsed) {
    sayProblem(run, statement, parsed.problem, "");
    // The name is declared all the same, so that what refers to it is judged as it deserves; such a model never runs.
    if (parsed.problem.reason === "unsupported") addAcl(draft.settings.acls, { name, tests: [] });
    return;
  }
  sayWarnings(run, statement, parsed.warnings, "config");
  addAcl(draft.settings.acls, parsed.acl);
}

function ruleContext({ run, draft }: ProxyScope, statement: Statement): RuleContext {
  const { phase: _phase, ...context } = expressionContext(run, draft, "http-request");
  return {
    ...context,
    acls: draft.settings.acls,
    section: sectionTitle(draft),
    file: statement.file,
    line: statement.line,
  };
}

/** Stands for a rule that is not done yet, so that the order of rules is judged; a model with it never runs. */
function laterRule(statement: Statement, set: RuleSet, at: number): RuleModel {
  const { file, line } = statement;
  const condition = /\s(?:if|unless)\s/.test(statement.rest(at)) ? placeholderCondition(statement, at) : undefined;
  return { set, action: { name: statement.word(at), args: {} }, condition, file, line };
}

function keepRule(statement: Statement, { run, draft }: ProxyScope, rule: RuleModel): void {
  if (!rule.set.includes("response")) warnMisplaced(run, statement, draft, rule.set as OrderedSet);
  draft.settings.rules.push(rule);
  draft.ownRules.push(rule);
}

/** Parses a rule whose action stands at word `at`; `set` undefined words were taken already. */
function parseRuleLine(statement: Statement, scope: ProxyScope, set: RuleSet, at: number): void {
  const { run, draft } = scope;
  const isHttp = set.startsWith("http-");
  if (notInAnonymousDefaults(scope, statement, set)) return;
  if (isHttp) warnUnreachable(run, statement, draft, set);
  const parsed = parseRule(set, statement.texts, at, ruleContext(scope, statement));
  if ("problem" in parsed) {
    const tight = parsed.problem.nameKind === "action" || /^'http-\S+ ?\S*' expects/.test(parsed.problem.message);
    sayProblem(run, statement, parsed.problem, "", isHttp && tight ? { form: "parsing-tight" } : {});
    if (parsed.problem.reason === "unsupported") keepRule(statement, scope, laterRule(statement, set, at));
    return;
  }
  sayWarnings(run, statement, parsed.warnings);
  keepRule(statement, scope, parsed.rule);
}

function parseInspectDelay(statement: Statement, scope: ProxyScope, set: string): void {
  const { run, draft } = scope;
  if (notInAnonymousDefaults(scope, statement, set)) return;
  if (set.startsWith("tcp-response") && !hasBackend(draft)) {
    const message = `${set} is only allowed in 'backend' sections or 'defaults' section with a name`;
    run.report.alert(statement, "PM1102", message, { word: 1 });
    return;
  }
  const text = statement.word(2);
  const time = parseTime(text);
  if (text === "" || !("ms" in time)) {
    const why = text !== "" && "bad" in time ? ` (unexpected character '${time.bad}')` : "";
    const message = `'${set}' expects a positive delay in milliseconds, in ${sectionTitle(draft)}${why}`;
    run.report.alert(statement, "PM1205", message, { word: 2 });
    return;
  }
  run.report.alert(statement, "PM1901", `'${set}' is not supported yet`, { word: 1 });
}

function parseTcpRules(keyword: "tcp-request" | "tcp-response"): ProxyRow["parse"] {
  return (statement, scope) => {
    const { run, draft } = scope;
    const kind = statement.word(1);
    const set = `${keyword} ${kind}`;
    if (kind === "") {
      run.report.alert(statement, "PM1201", `missing argument for '${keyword}' in ${sectionTitle(draft)}`, { word: 1 });
      return;
    }
    if (kind === "inspect-delay") {
      parseInspectDelay(statement, scope, set);
      return;
    }
    const known = keyword === "tcp-request" ? ["connection", "session", "content"] : ["content"];
    if (!known.includes(kind)) {
      const expected =
        keyword === "tcp-request" ? "'inspect-delay', 'connection', or 'content'" : "'inspect-delay' or 'content'";
      const message = `'${keyword}' expects ${expected} in ${sectionTitle(draft)} (got '${kind}')`;
      run.report.alert(statement, "PM1203", message, { word: 1 });
      return;
    }
    const frontendOnly = kind === "connection" || kind === "session";
    const wrong = keyword === "tcp-response" ? !hasBackend(draft) : frontendOnly && !hasFrontend(draft);
    if (wrong) {
      const side = frontendOnly ? "frontend" : "backend";
      const message = `${set} is not allowed because ${draft.section} ${draft.name} is not a ${side}`;
      run.report.alert(statement, "PM1102", message, { word: 1 });
      return;
    }
    parseRuleLine(statement, scope, set as RuleSet, 2);
  };
}

function parseRedirect(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  if (notInDefaults(scope, statement)) return;
  const parsed = parseRule("http-request", statement.texts, 0, ruleContext(scope, statement));
  if ("problem" in parsed) {
    const { problem } = parsed;
    const intro = `error detected in ${sectionTitle(draft)} while parsing redirect rule : error in condition: `;
    const message = problem.message
      .replace("'http-request redirect' rule", "redirect rule")
      .replace("error detected while parsing an 'http-request redirect' condition : ", intro);
    sayProblem(run, statement, { ...problem, message }, "");
    return;
  }
  sayWarnings(run, statement, parsed.warnings);
  warnMisplaced(run, statement, draft, "redirect");
  draft.redirects.push(parsed.rule);
}

/** The optional condition of a switching rule: `false` after an alert. */
function switchingCondition(statement: Statement, scope: ProxyScope): ConditionModel | undefined | false {
  const keyword = statement.word(2);
  if (keyword === "") return undefined;
  if (keyword !== "if" && keyword !== "unless") {
    const message = `unexpected keyword '${keyword}' after switching rule, only 'if' and 'unless' are allowed.`;
    scope.run.report.alert(statement, "PM1203", message, { word: 2 });
    return false;
  }
  return conditionAt(scope, statement, 2, "switching rule", "http-request") ?? false;
}

function parseUseBackend(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  if (notInDefaults(scope, statement)) return;
  warnIgnored(scope, statement, "frontend");
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", "'use_backend' expects a backend name.", { word: 1 });
    return;
  }
  const condition = switchingCondition(statement, scope);
  if (condition === false) return;
  draft.switching.push({ statement, condition, target: statement.word(1) });
}

function parseUseServer(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  if (notInDefaults(scope, statement)) return;
  // QUIRK: on the wrong side the line is called ignored, and its server is looked for nevertheless.
  warnIgnored(scope, statement, "backend");
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", "'use-server' expects a server name.", { word: 1 });
    return;
  }
  if (statement.word(2) !== "if" && statement.word(2) !== "unless") {
    const message = "'use-server' requires either 'if' or 'unless' followed by a condition.";
    run.report.alert(statement, "PM1201", message, { word: 2 });
    return;
  }
  const condition = switchingCondition(statement, scope);
  if (condition === false) return;
  draft.useServer.push({ statement, condition, target: statement.word(1) });
}

function httpRow(set: "http-request" | "http-response" | "http-after-response", since: string, doc: string): ProxyRow {
  return {
    name: set,
    sections: EVERYWHERE,
    syntax: "<action> [<arguments>] [if|unless <condition>]",
    since,
    status: "done",
    doc,
    parse: (statement, scope) => parseRuleLine(statement, scope, set, 1),
  };
}

/** Rules of proxies. */
export const PROXY_RULE_ROWS: readonly ProxyRow[] = [
  {
    name: "acl",
    sections: EVERYWHERE,
    syntax: "<name> <expression> [<flags>] [<pattern>]...",
    since: "1.3",
    status: "done",
    doc: "Name a test for conditions.",
    parse: parseAclLine,
  },
  httpRow("http-request", "1.3", "Rules on requests."),
  httpRow("http-response", "1.5", "Rules on responses of servers."),
  httpRow("http-after-response", "2.2", "Rules on all responses, those made here included."),
  {
    name: "tcp-request",
    sections: EVERYWHERE,
    syntax: "connection|session|content <action> [if|unless <condition>]",
    since: "1.4",
    status: "done",
    doc: "Rules on connections and their first bytes.",
    parse: parseTcpRules("tcp-request"),
  },
  {
    name: "tcp-response",
    sections: ["defaults", ...BACK],
    syntax: "content <action> [if|unless <condition>]",
    since: "1.5",
    status: "done",
    doc: "Rules on the first bytes of the server.",
    parse: parseTcpRules("tcp-response"),
  },
  {
    name: "redirect",
    sections: PROXIES,
    syntax: "location|prefix|scheme <value> [<options>] [if|unless <condition>]",
    since: "1.3",
    status: "done",
    doc: "Answer with a redirection.",
    parse: parseRedirect,
  },
  {
    name: "use_backend",
    sections: FRONT,
    syntax: "<backend> [if|unless <condition>]",
    since: "1.3",
    status: "done",
    doc: "Backend of requests that meet the condition.",
    parse: parseUseBackend,
  },
  {
    name: "use-server",
    sections: BACK,
    syntax: "<server> if|unless <condition>",
    since: "1.5",
    status: "done",
    doc: "Server of requests that meet the condition.",
    parse: parseUseServer,
  },
];

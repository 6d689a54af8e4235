// Owns what refers to other proxies and servers: default_backend, use_backend, use-server. Configuration manual §4.2.

import { nearestName } from "../../diagnostics/index.ts";
import { parseLogFormat } from "../../log/index.ts";
import { expressionContext } from "../directives/arguments.ts";
import { type ProxyDraft, sectionTitle } from "../directives/draft.ts";
import type { Run } from "../directives/run.ts";
import type { Statement } from "../directives/statement.ts";
import type { SwitchingRuleModel, UseServerRuleModel } from "../model/index.ts";
import type { ProxyNames } from "./names.ts";

/** Index of the backend that takes what no rule took; a listen with servers takes it itself. */
export function lowerDefaultBackend(run: Run, draft: ProxyDraft, names: ProxyNames): number | undefined {
  const wanted = draft.settings.defaultBackend;
  if (wanted === undefined) return undefined;
  const { report } = run;
  const found = names.backend(wanted.name);
  const target = found === undefined ? undefined : names.drafts[found];
  if (found === undefined || target === undefined) {
    const message = `Proxy '${draft.name}': unable to find required default_backend: '${wanted.name}'.`;
    report.alert(wanted.statement, "PM1303", message, { word: 1, form: "late", hint: suggestion(wanted.name, names) });
    return undefined;
  }
  if (target === draft) {
    const message = `Proxy '${draft.name}': loop detected for default_backend: '${wanted.name}'.`;
    report.alert(wanted.statement, "PM1303", message, { word: 1, form: "late" });
    return undefined;
  }
  if (!modesFit(run, draft, target, wanted.statement, "as its default backend")) return undefined;
  return found;
}

function suggestion(name: string, names: ProxyNames): string | undefined {
  const guess = nearestName(name, names.backendNames);
  return guess === undefined ? undefined : `Did you mean '${guess}'?`;
}

/** A TCP frontend may use an HTTP backend, not the other way round. */
function modesFit(run: Run, draft: ProxyDraft, target: ProxyDraft, statement: Statement, how: string): boolean {
  const [mine, theirs] = [draft.settings.mode, target.settings.mode];
  if (mine === theirs || mine === "tcp") return true;
  const place = (one: ProxyDraft) => `(${one.statement.file}:${one.statement.line})`;
  const message = `${mine} ${sectionTitle(draft)} ${place(draft)} tries to use incompatible ${theirs} ${sectionTitle(target)} ${place(target)} ${how} (see 'mode').`;
  run.report.alert(statement, "PM1304", message, {
    word: 1,
    form: "late",
    related: [{ span: target.statement.span(0), message: `${sectionTitle(target)} is in mode ${theirs}` }],
  });
  return false;
}

/** The use_backend rules with their targets found. */
export function lowerSwitching(run: Run, draft: ProxyDraft, names: ProxyNames): readonly SwitchingRuleModel[] {
  const rules: SwitchingRuleModel[] = [];
  for (const { statement, condition, target } of draft.switching) {
    const location = statement.place;
    const found = names.backend(target);
    const backend = found === undefined ? undefined : names.drafts[found];
    if (found !== undefined && backend !== undefined) {
      if (modesFit(run, draft, backend, statement, "in a 'use_backend' rule")) {
        rules.push({ location, condition, backend: { kind: "static", proxyIndex: found } });
      }
    } else if (target.includes("%")) {
      const parsed = parseLogFormat(target, 1, expressionContext(run, draft, "http-request"));
      if ("problem" in parsed) {
        const message = `failed to parse use_backend rule '${target}' : ${parsed.problem.message}.`;
        const code = parsed.problem.reason === "unsupported" ? "PM1901" : "PM1502";
        run.report.alert(statement, code, message, { word: 1, form: "late-section" });
      } else rules.push({ location, condition, backend: { kind: "dynamic", format: parsed.format } });
    } else {
      const message = `Proxy '${draft.name}': unable to find required use_backend: '${target}'.`;
      run.report.alert(statement, "PM1303", message, { word: 1, form: "late", hint: suggestion(target, names) });
    }
  }
  return rules;
}

function sayServerFormat(run: Run, draft: ProxyDraft, statement: Statement, target: string): void {
  const parsed = parseLogFormat(target, 1, expressionContext(run, draft, "http-request"));
  if (!("problem" in parsed) || parsed.problem.reason === "unsupported") {
    run.report.alert(statement, "PM1901", "'use-server' with a format is not supported yet", { word: 1 });
    return;
  }
  const { file, line } = statement;
  const message = `Parsing [${file}:${line}]; use-server rule failed to parse log-format '${target}' : ${parsed.problem.message}.`;
  run.report.alert(statement, "PM1502", message, { word: 1, form: "late" });
}

/** The use-server rules; their servers must exist. */
export function lowerUseServer(run: Run, draft: ProxyDraft): readonly UseServerRuleModel[] {
  const servers = new Set(draft.servers.map((server) => server.name));
  const rules: UseServerRuleModel[] = [];
  for (const { statement, condition, target } of draft.useServer) {
    if (servers.has(target)) rules.push({ location: statement.place, condition, server: target });
    else if (target.includes("%[")) sayServerFormat(run, draft, statement, target);
    else {
      const guess = nearestName(target, servers);
      const message = `${sectionTitle(draft)} : unable to find server '${target}' referenced in a 'use-server' rule.`;
      const hint = guess === undefined ? undefined : `Did you mean '${guess}'?`;
      run.report.alert(statement, "PM1311", message, { word: 1, form: "late", hint });
    }
  }
  return rules;
}

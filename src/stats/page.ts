// Owns the statistics page as one HTML document of our own design: what HAProxy's page says, readable on any screen, without a single
// resource from elsewhere. Configuration manual §4.2 "stats show-legends", "stats show-node", "stats show-desc", "stats hide-version".

import type { ProxyModel, StatsPageModel } from "../config/model/index.ts";
import { PROCESS } from "../records/index.ts";
import { adminActions, resultTexts } from "./admin-form.ts";
import { escapeHtml, groupDigits, percentEncode } from "./html.ts";
import { currentStreams, uptimeText } from "./info.ts";
import { type PageOptions, pageLink } from "./page-request.ts";
import { pageStyle } from "./page-style.ts";
import { renderTable } from "./page-table.ts";
import type { StatsRow } from "./rows.ts";
import type { StatsView } from "./view.ts";

export interface PageContent {
  readonly page: StatsPageModel;
  readonly options: PageOptions;
  readonly rows: readonly StatsRow[];
  /** The visitor may act on servers. */
  readonly admin: boolean;
}

export function renderPage(view: StatsView, content: PageContent): string {
  const { page } = content;
  const { facts } = view.services;
  const node = page.showNode === undefined ? "" : ` on ${escapeHtml(page.showNode || facts.node)}`;
  const description = page.showDesc === undefined ? "" : `: ${escapeHtml(page.showDesc)}`;
  const version = page.hideVersion
    ? ""
    : ` version ${escapeHtml(facts.version)}, released ${escapeHtml(facts.releaseDate)}`;
  const pid = view.whole.pid.get(0);
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Statistics Report for ${escapeHtml(facts.name)}${node}</title><link rel="icon" href="data:,">
<style>${pageStyle}</style></head>
<body><h1>${escapeHtml(facts.name)}${version}</h1>
<h2>Statistics Report for pid ${pid}${node}${description}</h2>
${notice(content.options)}
${processFacts(view, content)}
${proxySections(view, content)}
</body></html>
`;
}

function notice(options: PageOptions): string {
  const found = resultTexts[options.result];
  return found === undefined ? "" : `<p class="notice ${found[0] ? "good" : "bad"}">${found[1]}</p>`;
}

function processFacts(view: StatsView, content: PageContent): string {
  const { facts } = view.services;
  const { whole } = view;
  const uptime = uptimeText(view.secondsSince(whole.startedMs.get(0)));
  const link = (text: string, change: Partial<PageOptions>) =>
    `<li><a href="${escapeHtml(pageLink(content.page.uriPrefix, content.options, change))}">${text}</a></li>`;
  const { hideDown, noRefresh, scope } = content.options;
  const refresh =
    content.page.refreshSeconds === undefined
      ? ""
      : link(noRefresh ? "Enable refresh" : "Disable refresh", { noRefresh: !noRefresh });
  return `<div class="facts"><div>
<p>pid = ${whole.pid.get(0)} (process #1, nbproc = 1, nbthread = ${facts.nbthread})</p>
<p>uptime = ${uptime}; warnings = ${facts.warnings}</p>
<p>ulimit-n = ${facts.ulimitN}; maxconn = ${view.processLimit()}</p>
<p>current conns = ${whole.connections.get(0)}; current streams = ${currentStreams(view)}; conn rate = ${view.rate("process", 0, PROCESS.connectionRate)}/sec; sent = ${groupDigits(view.sum("process", 0, PROCESS.bytesOut))} bytes</p>
</div><div class="legend"><p><span class="active up">active UP</span><span class="backup up">backup UP</span><span class="going-down">UP, going down</span><span class="going-up">DOWN, going up</span></p>
<p><span class="down">DOWN</span><span class="maint">MAINT</span><span class="drain">DRAIN or NOLB</span><span class="no-check">not checked</span></p></div>
<div><ul>${link(hideDown ? "Show all servers" : "Hide 'DOWN' servers", { hideDown: !hideDown })}${refresh}${link("Refresh now", {})}${link("CSV export", { format: "csv" })}${link("JSON export", { format: "json" })}</ul>
<form method="get" action="${escapeHtml(pageLink(content.page.uriPrefix, { ...content.options, scope: "" }))}">Scope: <input name="scope" size="12" maxlength="64" value="${escapeHtml(scope)}"></form></div></div>`;
}

function proxySections(view: StatsView, content: PageContent): string {
  const byProxy = new Map<ProxyModel, StatsRow[]>();
  for (const row of content.rows) {
    const rows = byProxy.get(row.proxy);
    if (rows === undefined) byProxy.set(row.proxy, [row]);
    else rows.push(row);
  }
  return [...byProxy].map(([proxy, rows]) => section(view, content, proxy, rows)).join("\n");
}

function section(view: StatsView, content: PageContent, proxy: ProxyModel, rows: readonly StatsRow[]): string {
  const name = escapeHtml(proxy.name);
  const description = proxy.description === undefined ? "" : ` <small>${escapeHtml(proxy.description)}</small>`;
  const legend = content.page.showLegends ? ` <small>mode ${proxy.mode}, id ${proxy.id}</small>` : "";
  const heading = `<h3 id="${name}"><a href="#${percentEncode(proxy.name)}">${name}</a>${description}${legend}</h3>`;
  const canAct = content.admin && proxy.hasBackend && rows.some((row) => row.kind === "server");
  const table = renderTable(view, rows, canAct);
  if (!canAct) return `${heading}\n${table}`;
  const target = escapeHtml(pageLink(content.page.uriPrefix, content.options));
  const choices = adminActions.map(([value, text]) => `<option value="${value}">${text}</option>`).join("");
  return `${heading}
<form class="action" method="post" action="${target}">${table}
<p>With the checked servers: <select name="action"><option value=""></option>${choices}</select><input type="hidden" name="b" value="${name}"> <button>Apply</button></p></form>`;
}

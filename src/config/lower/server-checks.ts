// Owns the checks of servers that need the whole configuration: TLS that cannot work, tracking, resolvers. Configuration manual §5.2.

import { parseTlsVersion, resolveVersions } from "../../tls/index.ts";
import { TLS_VERSIONS } from "../directives/bind-tls-options.ts";
import { belowBase, loadCertificates } from "../directives/certificates.ts";
import type { ProxyDraft, ServerDraft } from "../directives/draft.ts";
import { sectionTitle } from "../directives/draft.ts";
import type { Run } from "../directives/run.ts";
import type { Statement } from "../directives/statement.ts";
import type { ProxyNames } from "./names.ts";
import { isDeclared } from "./references.ts";

/** Says what cannot work with one server. */
export function checkServer(run: Run, draft: ProxyDraft, server: ServerDraft, names: ProxyNames): void {
  const { settings, statement, name } = server;
  const intro = `'server ${draft.name}/${name}' : `;
  const alert = (message: string, option: string) => {
    const word = Math.max(0, statement.texts.indexOf(option));
    run.report.alert(statement, "PM1402", intro + message, { form: "late-place", word });
  };
  const resolvers = settings.later.get("resolvers");
  if (resolvers !== undefined && !isDeclared(run, "resolvers", resolvers.value)) {
    const message = `${sectionTitle(draft)}, server '${name}': unable to find required resolvers '${resolvers.value}'`;
    run.report.alert(statement, "PM1314", message, { form: "late", word: placeIn(statement, resolvers) });
  }
  if (settings.tls.ssl || settings.tls.checkSsl) checkTls(run, draft, server, alert);
  checkTracking(run, draft, server, names);
  if (settings.later.has("tfo") && !settings.later.has("no-tfo")) warnFastOpen(run, draft, statement, intro);
}

/** The word in this statement; an option of a default-server line stands in another one. */
function placeIn(statement: Statement, option: { readonly statement: Statement; readonly word: number }): number {
  return option.statement === statement ? option.word + 1 : 0;
}

function checkTls(
  run: Run,
  draft: ProxyDraft,
  { settings, statement, name }: ServerDraft,
  alert: (message: string, option: string) => void,
): void {
  const { tls, later } = settings;
  const certificate = later.get("crt");
  if (certificate !== undefined) {
    const loaded = loadCertificates(belowBase(certificate.value, run.global.crtBase), run);
    if ("problem" in loaded) alert(loaded.problem, "crt");
  }
  if (tls.verify !== "none" && !tls.ca && !run.global.seen.has("ssl-server-verify none")) {
    const message =
      "verify is enabled by default but no CA file specified. If you're running on a LAN where you're certain to trust the server's certificate, please set an explicit 'verify none' statement on the 'server' line, or use 'ssl-server-verify none' in the global section to disable server-side verifications by default.";
    alert(message, tls.verify === undefined ? "ssl" : "verify");
  }
  const range = resolveVersions({
    minVersion: tls.minVersion === undefined ? undefined : parseTlsVersion(tls.minVersion),
    maxVersion: tls.maxVersion === undefined ? undefined : parseTlsVersion(tls.maxVersion),
    disabled: TLS_VERSIONS.filter((_, index) => tls.excluded.has(index)),
  });
  if (range === undefined)
    alert(`proxy '${draft.name}': all SSL/TLS versions are disabled for server '${name}'.`, "ssl");
  else if (range.hole !== undefined) {
    const message = `'server ${draft.name}/${name}' : proxy '${draft.name}': SSL/TLS versions range not contiguous for server '${name}'. Hole find for ${range.hole}. Use only 'ssl-min-ver' and 'ssl-max-ver' to fix.`;
    run.report.warn(statement, "PM1402", message, { form: "late-place", word: statement.texts.indexOf("ssl") });
  }
}

function warnFastOpen(run: Run, draft: ProxyDraft, statement: Statement, intro: string): void {
  const { retryOn } = draft.settings;
  const needed = ["conn-failure", "empty-response", "response-timeout"];
  if (retryOn.includes("all-retryable-errors") || needed.every((word) => retryOn.includes(word))) return;
  const message = `${intro}server has tfo activated, the backend should be configured with at least 'conn-failure', 'empty-response' and 'response-timeout' or we wouldn't be able to retry the connection on failure.`;
  run.report.warn(statement, "PM1210", message, {
    form: "late-place",
    word: Math.max(0, statement.texts.indexOf("tfo")),
  });
}

/** `track [<backend>/]<server>`: the other one must exist, and somebody must know its state. */
function checkTracking(run: Run, draft: ProxyDraft, server: ServerDraft, names: ProxyNames): void {
  const { settings, statement, name } = server;
  const track = settings.later.get("track");
  if (track === undefined) return;
  const word = placeIn(statement, track);
  const say = (message: string) =>
    run.report.alert(statement, "PM1311", `'server ${draft.name}/${name}' : ${message}`, { form: "late-place", word });
  const slash = track.value.indexOf("/");
  const proxyName = slash < 0 ? draft.name : track.value.slice(0, slash);
  const serverName = track.value.slice(slash + 1);
  const index = slash < 0 ? undefined : names.backend(proxyName);
  const proxy = slash < 0 ? draft : index === undefined ? undefined : names.drafts[index];
  if (proxy === undefined) {
    say(`unable to find required proxy '${proxyName}' for tracking.`);
    return;
  }
  const other = proxy.servers.find((one) => one.name === serverName);
  if (other === undefined) {
    say(`unable to find required server '${serverName}' for tracking.`);
    return;
  }
  const known = other.settings.check || other.settings.later.has("agent-check") || other.settings.later.has("track");
  if (!known) {
    say(`unable to use ${proxy.name}/${serverName} for tracking as it does not have any check nor agent enabled.`);
  }
}

// Owns listening sockets and servers in the model, and the checks that need all of them: duplicate names, certificates, check ports.
// Names of servers are looked up by the process when it starts.
// Configuration manual §5.1 and §5.2.

import { parseTlsVersion, resolveVersions } from "../../tls/index.ts";
import { TLS_VERSIONS } from "../directives/bind-tls-options.ts";
import type { BindDraft, ProxyDraft, ServerDraft } from "../directives/draft.ts";
import { hasFrontend, sectionTitle } from "../directives/draft.ts";
import type { Run } from "../directives/run.ts";
import type { BindModel, BindTlsModel, CheckModel, ServerModel } from "../model/index.ts";
import { assignNumbers } from "./numbers.ts";

/** Hands out global indices. */
export interface Counter {
  next: number;
}

/** The listening sockets of a proxy, ranges opened out. */
export function lowerBinds(run: Run, draft: ProxyDraft, counter: Counter): readonly BindModel[] {
  // A backend's bind lines were called ignored; now they are.
  const sockets = (hasFrontend(draft) ? draft.binds : []).flatMap((bind) =>
    bind.addresses.map((address, position) => ({ bind, address, id: position === 0 ? bind.id : undefined })),
  );
  const numbers = assignNumbers(
    sockets.map((socket) => socket.id),
    1,
    false,
  );
  const tls = new Map(draft.binds.map((bind) => [bind, lowerTls(run, draft, bind)]));
  return sockets.map(({ bind, address }, position) => {
    const id = numbers[position] ?? 0;
    return {
      index: counter.next++,
      location: bind.statement.place,
      name: bind.name ?? `sock-${id}`,
      id,
      address,
      ...bind.options,
      tls: tls.get(bind),
    };
  });
}

/** The TLS side of a socket; undefined for plain ones. */
function lowerTls(run: Run, draft: ProxyDraft, bind: BindDraft): BindTlsModel | undefined {
  if (!bind.ssl) return undefined;
  const { tls, statement, text } = bind;
  const where = `for bind '${text}' at [${statement.file}:${statement.line}]`;
  const word = statement.texts.indexOf("ssl");
  if (tls.certificates.length === 0) {
    if (tls.strictSni) {
      const message = `Proxy '${draft.name}': no SSL certificate specified ${where}, ssl connections will fail (use 'crt').`;
      run.report.warn(statement, "PM1402", message, { word, form: "late" });
    } else {
      const message = `Proxy '${draft.name}': no SSL certificate specified ${where} (use 'crt').`;
      run.report.alert(statement, "PM1402", message, { word, form: "late" });
    }
  }
  const range = versionRange(run, draft, bind, where);
  if (tls.verify !== "none" && tls.caPem === undefined) {
    const message = `Proxy '${draft.name}': verify is enabled but no CA file specified ${where}.`;
    run.report.alert(statement, "PM1402", message, { word: statement.texts.indexOf("verify"), form: "late" });
  }
  const { excluded: _excluded, ...kept } = tls;
  const { minVersion, maxVersion } = range;
  return { ...kept, minVersion, maxVersion, certificates: [...tls.certificates] };
}

type VersionRange = Pick<BindTlsModel, "minVersion" | "maxVersion">;

/** The versions that are left of ssl-min-ver, ssl-max-ver and `no-tlsv10` and the like. */
function versionRange(run: Run, draft: ProxyDraft, bind: BindDraft, where: string): VersionRange {
  const { tls, statement } = bind;
  const word = statement.texts.indexOf("ssl");
  const range = resolveVersions({
    minVersion: tls.minVersion === undefined ? undefined : parseTlsVersion(tls.minVersion),
    maxVersion: tls.maxVersion === undefined ? undefined : parseTlsVersion(tls.maxVersion),
    disabled: TLS_VERSIONS.filter((_, index) => tls.excluded.has(index)),
  });
  for (const warning of range?.warnings ?? []) {
    const message = `Proxy '${draft.name}': ${warning.replace("for PLACE", where)}`;
    run.report.warn(statement, "PM1209", message, { word, form: "late" });
  }
  if (range !== undefined && range.hole === undefined) return range;
  const message =
    range === undefined
      ? `Proxy '${draft.name}': all SSL/TLS versions are disabled ${where}.`
      : `Proxy '${draft.name}': SSL/TLS versions range not contiguous ${where}. Use only 'ssl-min-ver' and 'ssl-max-ver' to fix.`;
  run.report.alert(statement, "PM1402", message, { word, form: "late" });
  return { minVersion: undefined, maxVersion: undefined };
}

/** The servers of a proxy. */
export function lowerServers(run: Run, draft: ProxyDraft, counter: Counter): readonly ServerModel[] {
  const numbers = assignNumbers(
    draft.servers.map((server) => server.id),
    1,
    true,
  );
  if (!draft.settings.disabled) sayDuplicates(run, draft);
  return draft.servers.map((server, position) =>
    lowerServer(run, draft, server, counter.next++, numbers[position] ?? 0),
  );
}

function sayDuplicates(run: Run, draft: ProxyDraft): void {
  const seen = new Map<string, ServerDraft>();
  for (const server of draft.servers) {
    const first = seen.get(server.name);
    if (first === undefined) {
      seen.set(server.name, server);
      continue;
    }
    const message = `${sectionTitle(draft)}, another server named '${server.name}' was already defined at line ${first.statement.line}, please use distinct names.`;
    run.report.alert(server.statement, "PM1302", message, {
      word: 1,
      form: "late-parsing",
      related: [{ span: first.statement.span(1), message: "first declared here" }],
    });
  }
}

function lowerServer(run: Run, draft: ProxyDraft, server: ServerDraft, index: number, id: number): ServerModel {
  const { settings, statement } = server;
  if (settings.cookie !== undefined && draft.settings.mode !== "http") {
    const message = `${sectionTitle(draft)} : ignoring cookie for server '${server.name}' as HTTP mode is disabled.`;
    run.report.warn(statement, "PM1306", message, { word: statement.texts.indexOf("cookie"), form: "late" });
  }
  return {
    index,
    location: statement.place,
    name: server.name,
    id,
    address: server.address,
    weight: settings.weight,
    backup: settings.backup,
    disabled: settings.disabled,
    maxconn: settings.maxconn,
    minconn: settings.minconn,
    maxqueue: settings.maxqueue,
    cookie: settings.cookie,
    check: settings.check ? lowerCheck(draft, settings) : undefined,
    initAddr: settings.initAddr,
    poolMaxConn: settings.poolMaxConn,
    poolPurgeDelayMs: settings.poolPurgeDelayMs,
  };
}

function lowerCheck(draft: ProxyDraft, settings: ServerDraft["settings"]): CheckModel {
  const http = draft.settings.checkKind === "http" ? draft.settings.httpCheck : undefined;
  return {
    kind: http === undefined ? "tcp" : "http",
    intervalMs: settings.intervalMs,
    fastIntervalMs: settings.fastIntervalMs,
    downIntervalMs: settings.downIntervalMs,
    rise: settings.rise,
    fall: settings.fall,
    address: settings.checkAddress,
    port: settings.checkPort,
    http: http === undefined ? undefined : { ...http, headers: [...http.headers] },
  };
}

/** Health checks need a port. The reference looks when all proxies have been checked. */
export function checkPorts(run: Run): void {
  for (const draft of run.proxies) {
    for (const { settings, address, name, statement } of draft.servers) {
      if (!settings.check || draft.settings.disabled || settings.checkPort !== undefined) continue;
      if (draft.settings.checkPortInRules) continue;
      // Of a name nothing is known yet: the reference looks at addresses alone.
      if ((address.kind !== "ipv4" && address.kind !== "ipv6") || address.port !== 0) continue;
      const message = `config: ${sectionTitle(draft)}: server '${name}' has neither service port nor check port.`;
      run.report.alert(statement, "PM1201", message, {
        word: 2,
        form: "late",
        hint: "Add a port to the address, or 'port <number>'.",
      });
    }
  }
}

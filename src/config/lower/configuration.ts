// Owns the whole configuration's way from drafts to the frozen model. Configuration manual §3 and §4.

import type { GlobalDraft } from "../directives/draft.ts";
import { checkGlobalFiles } from "../directives/global-later.ts";
import type { Run } from "../directives/run.ts";
import { checkSections } from "../directives/section-tables.ts";
import type { ConfigurationModel, GlobalModel, ProxyModel, StatsSocketModel } from "../model/index.ts";
import { checkPorts } from "./endpoints.ts";
import { deepFreeze } from "./freeze.ts";
import { ProxyNames } from "./names.ts";
import { assignNumbers } from "./numbers.ts";
import { checkAfterwards, type LowerContext, lowerProxy } from "./proxy.ts";

/** Checks everything that was read, and makes the model; undefined when any check failed. */
export function lowerConfiguration(run: Run): ConfigurationModel | undefined {
  const context: LowerContext = {
    run,
    names: new ProxyNames(run.proxies),
    listeners: { next: 0 },
    servers: { next: 0 },
  };
  const numbers = proxyNumbers(run);
  const proxies: ProxyModel[] = run.proxies.map((draft, index) =>
    lowerProxy(context, draft, index, numbers[index] ?? 0),
  );
  for (const draft of run.proxies) checkAfterwards(run, draft);
  checkPorts(run);
  checkSections(run);
  checkGlobalFiles(run);
  warnManyThreads(run);
  if (run.report.alerts > 0) return undefined;
  const model: ConfigurationModel = {
    global: lowerGlobal(run.global),
    proxies,
    serverCount: context.servers.next,
    listenerCount: context.listeners.next,
  };
  return deepFreeze(model);
}

/** More threads than processors slow each other down. */
function warnManyThreads(run: Run): void {
  const threads = run.global.nbthread;
  const cpus = run.environment.cpuCount;
  if (threads === undefined || threads <= cpus) return;
  const message = `This configuration binds ${threads} threads to a total of ${cpus} CPUs via cpu-map directives. This means that some threads will compete for the same CPU, which will cause severe performance degradation. Please fix either the 'cpu-map' directives or set the global 'nbthread' value accordingly.`;
  run.report.general("warning", "PM1210", "late", message);
}

/** Numbers of proxies. The reference's internal proxy of the stats sockets takes one where it was made. */
function proxyNumbers(run: Run): readonly number[] {
  const chosen: (number | undefined)[] = run.proxies.map((draft) => draft.id);
  const at = run.global.statsProxyPosition;
  if (at === undefined) return assignNumbers(chosen, 1, true);
  chosen.splice(at, 0, undefined);
  return assignNumbers(chosen, 1, true).filter((_, index) => index !== at);
}

function lowerGlobal(draft: GlobalDraft): GlobalModel {
  return {
    daemon: draft.daemon,
    masterWorker: draft.masterWorker,
    chroot: draft.chroot,
    user: draft.user,
    group: draft.group,
    pidfile: draft.pidfile,
    maxconn: draft.maxconn,
    nbthread: draft.nbthread,
    ulimitN: draft.ulimitN,
    logTargets: draft.logTargets,
    logTag: draft.logTag ?? "haproxy",
    logSendHostname: draft.logSendHostname,
    node: draft.node,
    description: draft.description,
    statsSockets: lowerStatsSockets(draft),
    statsMaxconn: draft.statsMaxconn,
    bufsize: draft.bufsize,
    maxrewrite: draft.maxrewrite ?? Math.min(1024, Math.floor(draft.bufsize / 2)),
    maxHeaders: draft.maxHeaders,
    spreadChecks: draft.spreadChecks,
    hardStopAfterMs: draft.hardStopAfterMs,
    zeroWarning: draft.zeroWarning,
  };
}

/** Stats sockets are no listeners of proxies: their index counts among themselves. */
function lowerStatsSockets(draft: GlobalDraft): readonly StatsSocketModel[] {
  let index = 0;
  return draft.statsSockets.flatMap(({ bind }) =>
    bind.addresses.map((address) => {
      const id = ++index;
      return {
        location: bind.statement.place,
        bind: {
          index: id - 1,
          location: bind.statement.place,
          name: bind.name ?? `sock-${id}`,
          id: bind.id ?? id,
          address,
          ...bind.options,
          tls: undefined,
        },
        timeoutMs: draft.statsTimeoutMs,
      };
    }),
  );
}

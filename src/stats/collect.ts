// Owns which rows an answer has and in which order: proxies as declared; within one its frontend, listeners, servers, backend.
// Management manual §9.3 "show stat", configuration manual "stats scope", "option socket-stats".

import type { ProxyModel } from "../config/model/index.ts";
import { backendRow, frontendRow, listenerRow, type RowOptions, type StatsRow } from "./rows.ts";
import { serverRow } from "./server-row.ts";
import { serverStatus } from "./server-status.ts";
import type { StatsView } from "./view.ts";

/** Bits of `show stat`'s <type>. */
export const STATS_TYPE = { frontends: 1, backends: 2, servers: 4, listeners: 8 } as const;

export interface StatsFilter extends RowOptions {
  /** A proxy's `iid`; undefined for all. */
  readonly proxyId?: number | undefined;
  /** Sum of {@link STATS_TYPE}; −1 for all. */
  readonly type: number;
  /** A server's or listener's `sid`; −1 for all. Frontends and backends are shown in any case. */
  readonly objectId: number;
  readonly hideDown: boolean;
  readonly hideMaintenance: boolean;
  /** Which proxies may be seen. */
  isVisible(proxy: ProxyModel): boolean;
}

/** Everything, as the runtime API shows it. */
export const everything: StatsFilter = {
  type: -1,
  objectId: -1,
  hideDown: false,
  hideMaintenance: false,
  legends: true,
  countServers: false,
  isVisible: () => true,
};

export function collectRows(view: StatsView, filter: StatsFilter): StatsRow[] {
  const rows: StatsRow[] = [];
  for (const proxy of view.services.model.proxies) {
    if (proxy.disabled || !filter.isVisible(proxy)) continue;
    if (filter.proxyId !== undefined && filter.proxyId !== proxy.id) continue;
    rows.push(...proxyRows(view, filter, proxy));
  }
  return rows;
}

function proxyRows(view: StatsView, filter: StatsFilter, proxy: ProxyModel): StatsRow[] {
  const rows: StatsRow[] = [];
  const wants = (type: number) => (filter.type & type) !== 0;
  const isWanted = (id: number) => filter.objectId === -1 || filter.objectId === id;
  if (proxy.hasFrontend && wants(STATS_TYPE.frontends)) rows.push(frontendRow(view, proxy));
  if (proxy.options.socketStats === true && wants(STATS_TYPE.listeners)) {
    for (const bind of proxy.binds) if (isWanted(bind.id)) rows.push(listenerRow(view, proxy, bind, filter));
  }
  if (wants(STATS_TYPE.servers)) {
    for (const server of proxy.servers) {
      if (!isWanted(server.id)) continue;
      const status = serverStatus(view, server);
      if ((filter.hideDown && !status.isUp) || (filter.hideMaintenance && status.inMaintenance)) continue;
      rows.push(serverRow(view, proxy, server, filter));
    }
  }
  if (proxy.hasBackend && wants(STATS_TYPE.backends)) rows.push(backendRow(view, proxy, filter));
  return rows;
}

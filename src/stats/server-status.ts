// Owns the word for a server's state ("UP 1/3", "DRAIN", "no check"), and the weight that a backend works with. It reads the records and changes nothing.

import type { ProxyModel, ServerModel } from "../config/model/index.ts";
import { ADMIN_STATE, CHECK_STATE, OPERATIONAL_STATE, WEIGHT_SCALE } from "../records/index.ts";
import type { StatsView } from "./view.ts";

/** The colours of the page, by what users know them as. */
export type StatusColour = "up" | "going-down" | "going-up" | "down" | "nolb" | "drain" | "maint" | "no-check";

export interface ServerStatus {
  /** The `status` column. */
  readonly text: string;
  readonly colour: StatusColour;
  /** It takes streams or could, as far as its checks know. */
  readonly isUp: boolean;
  readonly inMaintenance: boolean;
}

export function serverStatus(view: StatsView, server: ServerModel): ServerStatus {
  const { servers } = view.state;
  const i = server.index;
  const admin = servers.adminState.get(i);
  const operational = servers.operationalState.get(i);
  const inMaintenance = (admin & ADMIN_STATE.maintenance) !== 0;
  const isUp = !inMaintenance && operational !== OPERATIONAL_STATE.stopped;
  const word = (text: string, colour: StatusColour): ServerStatus => ({ text, colour, isUp, inMaintenance });
  if (inMaintenance) {
    const why = (admin & ADMIN_STATE.resolutionMaintenance) !== 0 ? " (resolution)" : "";
    return word(`MAINT${why}`, "maint");
  }
  const isChecked = (servers.checkState.get(i) & CHECK_STATE.enabled) !== 0;
  const health = servers.health.get(i);
  const rise = servers.rise.get(i);
  const fall = servers.fall.get(i);
  const isFull = !isChecked || health === rise + fall - 1;
  const falling = isFull ? "" : ` ${health - rise + 1}/${fall}`;
  if (operational === OPERATIONAL_STATE.stopped) {
    if (isChecked && health > 0) return word(`DOWN ${health}/${rise}`, "going-up");
    return word("DOWN", "down");
  }
  if (operational === OPERATIONAL_STATE.stopping) return word(`NOLB${falling}`, "nolb");
  if ((admin & ADMIN_STATE.drain) !== 0) return word(`DRAIN${falling}`, "drain");
  if (!isChecked) return word("no check", "no-check");
  return isFull ? word("UP", "up") : word(`UP${falling}`, "going-down");
}

/** Seconds the server was down, with the outage that is going on. */
export function serverDowntime(view: StatsView, server: ServerModel): number {
  const { servers } = view.state;
  const past = servers.downtimeMs.get(server.index);
  const isDown = servers.operationalState.get(server.index) === OPERATIONAL_STATE.stopped;
  const running = isDown ? view.nowMs - servers.lastChangeMs.get(server.index) : 0;
  return Math.max(0, Math.floor((past + running) / 1000));
}

/** The weight as it counts now, in configured units, rounded up. */
export function serverWeight(view: StatsView, server: ServerModel): number {
  return Math.ceil(view.state.servers.effectiveWeight.get(server.index) / WEIGHT_SCALE);
}

/** Whether a backend works with its backup servers. */
export function useBackups(view: StatsView, proxy: ProxyModel): boolean {
  const { usableActive, usableBackup } = view.state.proxies;
  return usableActive.get(proxy.index) === 0 && usableBackup.get(proxy.index) > 0;
}

/** The weight of the servers that a backend gives streams to: the active ones, else the first backup or all of them (`option allbackups`). */
export function poolWeight(view: StatsView, proxy: ProxyModel): number {
  if (!useBackups(view, proxy)) return view.state.proxies.weightActive.get(proxy.index);
  if (proxy.allBackups) return view.state.proxies.weightBackup.get(proxy.index);
  const first = proxy.servers.find((server) => server.backup && view.state.servers.usable(server.index));
  return first === undefined ? 0 : serverWeight(view, first);
}

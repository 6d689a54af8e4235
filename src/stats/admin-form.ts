// Owns the page's form (`stats admin`): which action is wanted for which servers, and how the result is named. It changes nothing
// itself: actions go to the main thread. Configuration manual §4.2 "stats admin".

import type { ConfigurationModel } from "../config/model/index.ts";
import { CHECK_STATE, type SharedState } from "../records/index.ts";
import { parseForm } from "./page-request.ts";
import type { StatsAdminAction } from "./types.ts";

/** What came of a form: the `st=` of the redirect. */
export type AdminResult = "DONE" | "PART" | "NONE" | "ERRP" | "DENY" | "EXCD";

/** The actions that the page offers, with their words. */
export const adminActions: readonly (readonly [StatsAdminAction, string])[] = [
  ["ready", "Set state to READY"],
  ["drain", "Set state to DRAIN"],
  ["maint", "Set state to MAINT"],
  ["dhlth", "Health: disable checks"],
  ["ehlth", "Health: enable checks"],
  ["hrunn", "Health: force UP"],
  ["hnolb", "Health: force NOLB"],
  ["hdown", "Health: force DOWN"],
];

/** Older names that the reference still takes. */
const ALIASES: Readonly<Record<string, StatsAdminAction>> = {
  enable: "ready",
  disable: "maint",
  stop: "drain",
  start: "ready",
};

/** What the page says after an action. */
export const resultTexts: Readonly<Record<string, readonly [good: boolean, text: string]>> = {
  DONE: [true, "Action processed successfully."],
  PART: [false, "Action partially processed. Some server names are probably unknown."],
  NONE: [false, "Nothing has changed."],
  ERRP: [false, "Action not processed because of invalid parameters."],
  DENY: [false, "Action denied."],
  EXCD: [false, "Action not processed: the form is too large for one buffer."],
};

/** Applies a form. `visible` says which backends this page may change. */
export function applyForm(
  services: { readonly model: ConfigurationModel; readonly state: SharedState },
  body: Uint8Array,
  visible: (proxyName: string) => boolean,
  act: (serverIndex: number, action: StatsAdminAction) => void,
): AdminResult {
  const fields = parseForm(body);
  const last = (name: string) => fields.findLast(([key]) => key === name)?.[1];
  const backend = last("b");
  const wanted = last("action");
  const servers = fields.filter(([key]) => key === "s").map(([, value]) => value);
  if (backend === undefined || wanted === undefined || servers.length === 0) return "NONE";
  const proxy = services.model.proxies.find(({ name, hasBackend }) => hasBackend && name === backend);
  if (proxy === undefined || proxy.disabled || !visible(proxy.name)) return "DENY";
  const action = adminActions.find(([name]) => name === wanted)?.[0] ?? ALIASES[wanted];
  if (action === undefined) return "ERRP";
  const byName = new Map(proxy.servers.map((server) => [server.name, server]));
  let changed = 0;
  for (const name of servers) {
    const server = byName.get(name);
    if (server === undefined) return "ERRP";
    if (!hasEffect(services.state, server.index, action)) continue;
    act(server.index, action);
    changed++;
  }
  if (changed === 0) return "NONE";
  return changed === servers.length ? "DONE" : "PART";
}

/** Checks that are not there cannot be switched, nor those that already are as wanted. */
function hasEffect(state: SharedState, serverIndex: number, action: StatsAdminAction): boolean {
  const checks = state.servers.checkState.get(serverIndex);
  if (action !== "dhlth" && action !== "ehlth") return true;
  if ((checks & CHECK_STATE.configured) === 0) return false;
  const isEnabled = (checks & CHECK_STATE.enabled) !== 0;
  return action === "dhlth" ? isEnabled : !isEnabled;
}

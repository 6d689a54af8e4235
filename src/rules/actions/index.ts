// The table of all actions, collected explicitly, and the names of those that the language has but Pointsman does not yet.

import type { RuleSet } from "../types.ts";
import { flowActions } from "./flow.ts";
import { headerActions } from "./headers.ts";
import { redirectActions } from "./redirect.ts";
import { replyActions } from "./reply.ts";
import type { ActionRow } from "./row.ts";
import { targetActions } from "./target.ts";
import { variableActions } from "./variables.ts";

export type { Action, ActionRow } from "./row.ts";
export { ActionWords } from "./row.ts";

/** All actions. */
export const actionRows: readonly ActionRow[] = [
  ...flowActions,
  ...headerActions,
  ...targetActions,
  ...replyActions,
  ...redirectActions,
  ...variableActions,
];

/** The action of that name in that rule set. */
export function actionRow(set: RuleSet, name: string): ActionRow | undefined {
  return actionRows.find((row) => row.name === name && row.sets.includes(set));
}

/** The action of that name, whatever the set: a compiled model names one that exists. */
export function anyActionRow(name: string): ActionRow | undefined {
  return actionRows.find((row) => row.name === name);
}

const tcp =
  "capture do-log expect-proxy expect-netscaler-cip set-dst set-dst-port set-fc-mark set-fc-tos set-mark set-src set-src-port set-tos silent-drop " +
  "sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt sc-set-gpt0 track-sc0 track-sc1 track-sc2 attach-srv";
const content =
  "capture do-log do-resolve sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt sc-set-gpt0 send-spoe-group set-bandwidth-limit set-bc-mark " +
  "set-bc-tos set-dst set-dst-port set-fc-mark set-fc-tos set-mark set-nice set-priority-class set-priority-offset set-retries set-src set-src-port " +
  "set-tos silent-drop switch-mode track-sc0 track-sc1 track-sc2 use-service close";
const http =
  "add-acl add-headers-bin auth cache-store cache-use capture del-acl del-headers-bin del-map disable-l7-retry do-log do-resolve early-hint lua " +
  "normalize-uri ot-group pause sc-add-gpc sc-inc-gpc sc-inc-gpc0 sc-inc-gpc1 sc-set-gpt sc-set-gpt0 send-spoe-group set-bandwidth-limit set-bc-mark " +
  "set-bc-tos set-dst set-dst-port set-fc-mark set-fc-tos set-headers-bin set-map set-mark set-nice set-priority-class set-priority-offset set-retries " +
  "set-src set-src-port set-timeout set-tos silent-drop strict-mode track-sc0 track-sc1 track-sc2 use-service wait-for-body wait-for-handshake";

const planned: Readonly<Record<RuleSet, ReadonlySet<string>>> = {
  "tcp-request connection": new Set(tcp.split(" ")),
  "tcp-request session": new Set(tcp.split(" ")),
  "tcp-request content": new Set(content.split(" ")),
  "tcp-response content": new Set(content.split(" ")),
  "http-request": new Set(http.split(" ")),
  "http-response": new Set(http.split(" ")),
  "http-after-response": new Set(http.split(" ")),
};

/** Whether the reference has that action in that rule set. */
export function isPlannedAction(set: RuleSet, name: string): boolean {
  return planned[set].has(name) || name.startsWith("lua.") || /^track-sc\d+$/.test(name);
}

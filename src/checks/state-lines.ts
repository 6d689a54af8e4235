// Owns the words of state changes: the lines that the reference sends to the log and prints when a server or a backend
// changes. It decides nothing; it is given the figures. Configuration manual "option log-health-checks".

import { CHECK_STATUS, checkStatusDescription, checkStatusHasCode } from "../records/index.ts";
import type { CheckOutcome } from "./types.ts";

/** What is counted beside each change. */
export interface BackendFigures {
  readonly active: number;
  readonly backup: number;
  readonly sessions: number;
  readonly requeued: number;
  readonly queued: number;
}

/** "Server be/s1", "Backup Server be/s2". */
export function serverLabel(fullName: string, backup: boolean): string {
  return `${backup ? "Backup " : ""}Server ${fullName}`;
}

/** `, reason: …, code: …, info: "…", check duration: …ms`. */
export function reasonText(outcome: CheckOutcome): string {
  const status = CHECK_STATUS[outcome.status];
  const code = checkStatusHasCode(status) ? `, code: ${outcome.code}` : "";
  const info = outcome.text === "" ? "" : `, info: "${quotable(outcome.text)}"`;
  return `, reason: ${checkStatusDescription(status)}${code}${info}, check duration: ${outcome.durationMs}ms`;
}

/** Bytes that would break a quoted text are shown as their number in hexadecimal. */
function quotable(text: string): string {
  return text.replace(
    /[\x00-\x1f"\x7f-\xff]/g,
    (found) => `<${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`,
  );
}

function counts(figures: BackendFigures, word: "left" | "online"): string {
  const { active, backup } = figures;
  const only = active === 0 && backup > 0 ? " Running on backup." : "";
  return `${active} active and ${backup} backup servers ${word}.${only}`;
}

/** The end of a line about a server that has left service. */
export function leftText(figures: BackendFigures): string {
  return `${counts(figures, "left")} ${figures.sessions} sessions active, ${figures.requeued} requeued, ${figures.queued} remaining in queue.`;
}

/** The end of a line about a server that is or stays in service. */
export function onlineText(figures: BackendFigures): string {
  return `${counts(figures, "online")} ${figures.requeued} sessions requeued, ${figures.queued} total in queue.`;
}

/** `option log-health-checks`: one line per check that changed something. */
export function healthCheckText(
  fullName: string,
  backup: boolean,
  outcome: CheckOutcome,
  health: { readonly value: number; readonly rise: number; readonly fall: number; readonly weight: number },
): string {
  const { value, rise, fall, weight } = health;
  const verdict =
    outcome.result === "failed"
      ? "failed"
      : outcome.result === "conditionally-passed"
        ? "conditionally succeeded"
        : "succeeded";
  const isUp = value >= rise;
  const state = isUp ? `${value - rise + 1}/${fall} ${weight > 0 ? "UP" : "DRAIN"}` : `${value}/${rise} DOWN`;
  const kind = backup ? "backup " : "";
  return `Health check for ${kind}server ${fullName} ${verdict}${reasonText(outcome)}, status: ${state}.`;
}

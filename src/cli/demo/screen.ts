// Owns what the demo shows: pure functions from the state of things to lines of text, for a terminal (redrawn in place, with colour) and for a pipe.

import type { Episode } from "./episodes.ts";
import type { ServerLine } from "./statistics.ts";
import type { TrafficCount } from "./traffic.ts";

export interface ScreenState {
  readonly episode: Episode;
  readonly url: string;
  readonly statsUrl: string;
  readonly configuration: string;
  readonly servers: readonly ServerLine[];
  /** Requests per second of each server since the last look, in the order of `servers`. */
  readonly rates: readonly number[];
  readonly traffic: TrafficCount;
  readonly logLines: readonly string[];
  readonly columns: number;
  readonly rows: number;
}

const bold = (text: string) => `\x1b[1m${text}\x1b[22m`;
const dim = (text: string) => `\x1b[2m${text}\x1b[22m`;
const green = (text: string) => `\x1b[32m${text}\x1b[39m`;
const red = (text: string) => `\x1b[31m${text}\x1b[39m`;
const yellow = (text: string) => `\x1b[33m${text}\x1b[39m`;

/** The whole screen, at most `rows` lines of at most `columns` visible characters. */
export function renderScreen(state: ScreenState): string[] {
  const lines = [
    `${bold("Pointsman")}  ${state.episode.title}`,
    dim(`watch: ${state.episode.watch}`),
    `balancer ${bold(state.url)}   stats page ${bold(state.statsUrl)}`,
    "",
    ...serverLines(state),
    "",
    `client: ${state.traffic.sent} sent, ${state.traffic.answered} answered, ${state.traffic.failed} failed, ${state.traffic.inFlight} waiting`,
    "",
    dim("last log lines"),
    ...state.logLines.slice(-6).map((line) => dim(clip(line, state.columns))),
    "",
    `keys: ${state.episode.apps.map((app, at) => `${bold(String(at + 1))} stop/start ${app.server}`).join("  ")}  ${bold("c")} configuration  ${bold("q")} quit`,
  ];
  return lines.slice(0, Math.max(8, state.rows - 1));
}

function serverLines(state: ScreenState): string[] {
  const total = state.servers.reduce((sum, server) => sum + server.total, 0);
  const width = Math.max(10, Math.min(40, state.columns - 62));
  return state.servers.map((server, at) => {
    const share = total > 0 ? server.total / total : 0;
    const bar = "█".repeat(Math.round(share * width)).padEnd(width, "·");
    const up = server.status.startsWith("UP");
    const colour = up ? (server.status === "UP" ? green : yellow) : red;
    const figures = `${String(Math.round(share * 100)).padStart(3)} % ${String(server.total).padStart(7)}  ${(state.rates[at] ?? 0).toFixed(1).padStart(6)}/s  ${String(server.current).padStart(3)} now`;
    return `${server.server.padEnd(10)} ${colour(bar)} ${figures}  ${colour(server.status)} ${dim(server.check)}`;
  });
}

/** One line for a pipe: no colour, no cursor movement. */
export function renderPlain(state: ScreenState): string {
  const servers = state.servers.map(
    (server, at) =>
      `${server.server} ${server.status} ${server.total} (${(state.rates[at] ?? 0).toFixed(1)}/s, ${server.current} now)`,
  );
  return `${servers.join("  ")}  | sent ${state.traffic.sent}, answered ${state.traffic.answered}, failed ${state.traffic.failed}`;
}

function clip(line: string, columns: number): string {
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}

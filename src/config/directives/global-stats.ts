// Owns the `stats` family of global: the sockets of the runtime API. Configuration manual §3.1 "stats socket", "stats timeout", "stats maxconn".

import { parseStatsSocket } from "./bind.ts";
import type { GlobalRow, GlobalScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger, parseTime } from "./values.ts";

function parseStatsTimeout(statement: Statement, { run, draft }: GlobalScope): void {
  const time = parseTime(statement.word(2));
  if ("bad" in time) {
    run.report.alert(statement, "PM1205", `'stats timeout' : unexpected character '${time.bad}'`, { word: 2 });
  } else if (!("ms" in time)) {
    const message = `timer overflow in argument '${statement.word(2)}' to 'stats timeout' (maximum value is 2147483647 ms or ~24.8 days)`;
    run.report.alert(statement, "PM1205", message, { word: 2 });
  } else if (time.ms === 0) {
    run.report.alert(statement, "PM1205", "'stats timeout' expects a positive value", { word: 2 });
  } else draft.statsTimeoutMs = time.ms;
}

function parseStatsMaxconn(statement: Statement, { run, draft }: GlobalScope): void {
  const value = looseInteger(statement.word(2));
  if (value <= 0) run.report.alert(statement, "PM1204", "'stats maxconn' expects a positive value", { word: 2 });
  else draft.statsMaxconn = value;
}

/** A `stats` of global that is not one. */
export function unknownGlobalStats(statement: Statement, { run }: GlobalScope): void {
  const name = statement.word(1);
  if (name === "bind-process") {
    run.report.alert(statement, "PM1106", "'stats bind-process' is not supported anymore.", { word: 1 });
    return;
  }
  const message = `'stats' only supports 'socket', 'maxconn', 'bind-process' and 'timeout' (got '${name}')`;
  run.report.alert(statement, "PM1203", message, { word: 1 });
}

/** The `stats` family of global. */
export const GLOBAL_STATS_ROWS: readonly GlobalRow[] = [
  {
    name: "stats socket",
    sections: ["global"],
    syntax: "<address>|<path> [<bind options>]",
    since: "1.3",
    status: "done",
    doc: "Socket of the runtime API.",
    parse: parseStatsSocket,
  },
  {
    name: "stats timeout",
    sections: ["global"],
    syntax: "<time>",
    since: "1.3",
    status: "done",
    doc: "Longest silence of a client of the runtime API.",
    parse: parseStatsTimeout,
  },
  {
    name: "stats maxconn",
    sections: ["global"],
    syntax: "<number>",
    since: "1.3",
    status: "done",
    doc: "Most connections to the runtime API at one time.",
    parse: parseStatsMaxconn,
  },
];

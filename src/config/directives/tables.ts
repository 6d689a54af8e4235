// Owns the explicit tables of all rows and the choice of a row for a line: by its first word, or by its first two in a family (`option x`).

import { parseBind } from "./bind.ts";
import { GLOBAL_CPU_ROWS } from "./global-cpu.ts";
import { GLOBAL_ENVIRONMENT_ROWS } from "./global-environment.ts";
import { GLOBAL_LATER_ROWS } from "./global-later.ts";
import { GLOBAL_LIMIT_ROWS } from "./global-limits.ts";
import { GLOBAL_NO_EFFECT_ROWS } from "./global-no-effect.ts";
import { GLOBAL_PROCESS_ROWS } from "./global-process.ts";
import { GLOBAL_PROGRAM_ROWS } from "./global-programs.ts";
import { GLOBAL_STATS_ROWS, unknownGlobalStats } from "./global-stats.ts";
import { GLOBAL_TLS_ROWS } from "./global-tls.ts";
import { GLOBAL_TLS_LATER_ROWS } from "./global-tls-later.ts";
import { PROXY_LATER_ROWS } from "./later.ts";
import { GLOBAL_LOG_ROWS, PROXY_LOG_ROWS } from "./logging.ts";
import { PROXY_BALANCE_ROWS } from "./proxy-balance.ts";
import { PROXY_BASIC_ROWS } from "./proxy-basics.ts";
import { PROXY_CHECK_ROWS, unknownHttpCheck } from "./proxy-checks.ts";
import { PROXY_ERROR_ROWS } from "./proxy-errors.ts";
import { PROXY_EXTRA_ROWS } from "./proxy-extras.ts";
import { PROXY_FILTER_ROWS } from "./proxy-filters.ts";
import { PROXY_FORMAT_ROWS } from "./proxy-formats.ts";
import { PROXY_OPTION_ROWS, unknownOption } from "./proxy-options.ts";
import { PROXY_OPTION_LATER_ROWS } from "./proxy-options-later.ts";
import { PROXY_PERSISTENCE_ROWS } from "./proxy-persistence.ts";
import { PROXY_RULE_ROWS } from "./proxy-rules.ts";
import { PROXY_SOURCE_ROWS } from "./proxy-source.ts";
import { PROXY_STATS_ROWS, unknownStats } from "./proxy-stats.ts";
import { PROXY_STICK_ROWS } from "./proxy-stick.ts";
import { PROXY_TIMEOUT_ROWS, unknownTimeout } from "./proxy-timeouts.ts";
import {
  BACK,
  DEFAULTS_AND_BACK,
  FRONT,
  type GlobalRow,
  type GlobalScope,
  type ProxyRow,
  type ProxyScope,
} from "./rows.ts";
import { parseDefaultServer, parseServer, parseServerTemplate } from "./server.ts";
import type { Statement } from "./statement.ts";

const ENDPOINT_ROWS: readonly ProxyRow[] = [
  {
    name: "bind",
    sections: FRONT,
    syntax: "<address>[,…] [<options>]",
    since: "1.3",
    status: "done",
    doc: "Listen on an address.",
    parse: parseBind,
  },
  {
    name: "server",
    sections: BACK,
    syntax: "<name> <address>[:<port>] [<options>]",
    since: "1.0",
    status: "done",
    doc: "Declare a server.",
    parse: parseServer,
  },
  {
    name: "server-template",
    sections: BACK,
    syntax: "<prefix> <number or range> <address>[:<port>] [<options>]",
    since: "1.8",
    status: "not-supported-yet",
    doc: "Declare a number of servers.",
    parse: parseServerTemplate,
  },
  {
    name: "default-server",
    sections: DEFAULTS_AND_BACK,
    syntax: "[<options>]",
    since: "1.4",
    status: "done",
    doc: "Options of the servers declared behind it.",
    parse: parseDefaultServer,
  },
];

/** Every row of global. */
export const GLOBAL_ROWS: readonly GlobalRow[] = [
  ...GLOBAL_PROCESS_ROWS,
  ...GLOBAL_ENVIRONMENT_ROWS,
  ...GLOBAL_LIMIT_ROWS,
  ...GLOBAL_LOG_ROWS,
  ...GLOBAL_STATS_ROWS,
  ...GLOBAL_TLS_ROWS,
  ...GLOBAL_NO_EFFECT_ROWS,
  ...GLOBAL_CPU_ROWS,
  ...GLOBAL_PROGRAM_ROWS,
  ...GLOBAL_TLS_LATER_ROWS,
  ...GLOBAL_LATER_ROWS,
];

/** Every row of proxies. */
export const PROXY_ROWS: readonly ProxyRow[] = [
  ...PROXY_BASIC_ROWS,
  ...ENDPOINT_ROWS,
  ...PROXY_BALANCE_ROWS,
  ...PROXY_TIMEOUT_ROWS,
  ...PROXY_OPTION_ROWS,
  ...PROXY_CHECK_ROWS,
  ...PROXY_LOG_ROWS,
  ...PROXY_FORMAT_ROWS,
  ...PROXY_RULE_ROWS,
  ...PROXY_STATS_ROWS,
  ...PROXY_STICK_ROWS,
  ...PROXY_PERSISTENCE_ROWS,
  ...PROXY_SOURCE_ROWS,
  ...PROXY_FILTER_ROWS,
  ...PROXY_ERROR_ROWS,
  ...PROXY_EXTRA_ROWS,
  ...PROXY_OPTION_LATER_ROWS,
  ...PROXY_LATER_ROWS,
];

/** Rows by their whole name, and the names that may follow a family's first word. */
interface Index<Row> {
  readonly rows: ReadonlyMap<string, Row>;
  readonly families: ReadonlyMap<string, readonly string[]>;
}

function indexRows<Row extends { readonly name: string }>(rows: readonly Row[]): Index<Row> {
  const byName = new Map<string, Row>();
  const families = new Map<string, string[]>();
  for (const row of rows) {
    byName.set(row.name, row);
    const [family, member] = row.name.split(" ");
    if (family === undefined || member === undefined) continue;
    const members = families.get(family) ?? [];
    members.push(member);
    families.set(family, members);
  }
  return { rows: byName, families };
}

const GLOBAL_INDEX = indexRows(GLOBAL_ROWS);
const PROXY_INDEX = indexRows(PROXY_ROWS);

function choose<Row>(index: Index<Row>, statement: Statement): Row | undefined {
  const family = statement.word(0);
  if (index.families.has(family)) return index.rows.get(`${family} ${statement.word(1)}`);
  return index.rows.get(family);
}

/** The row of a line of global. */
export function globalRow(statement: Statement): GlobalRow | undefined {
  return choose(GLOBAL_INDEX, statement);
}

/** The row of a line of a proxy. */
export function proxyRow(statement: Statement): ProxyRow | undefined {
  return choose(PROXY_INDEX, statement);
}

/** Answers a line whose family is known but whose second word is not. False when the family is unknown too. */
export function unknownMember(statement: Statement, scope: ProxyScope): boolean {
  switch (statement.word(0)) {
    case "option":
      unknownOption(statement, scope, PROXY_INDEX.families.get("option") ?? []);
      return true;
    case "timeout":
      unknownTimeout(statement, scope);
      return true;
    case "stats":
      unknownStats(statement, scope);
      return true;
    case "http-check":
      unknownHttpCheck(statement, scope);
      return true;
    default:
      return false;
  }
}

/** As {@link unknownMember}, in global. */
export function unknownGlobalMember(statement: Statement, scope: GlobalScope): boolean {
  if (statement.word(0) !== "stats") return false;
  unknownGlobalStats(statement, scope);
  return true;
}

/** First words that are legal in a section, for suggestions. */
export function keywordsOf(section: string): readonly string[] {
  const cached = KEYWORDS.get(section);
  if (cached !== undefined) return cached;
  const rows: readonly (GlobalRow | ProxyRow)[] = section === "global" ? GLOBAL_ROWS : PROXY_ROWS;
  const names = new Set<string>();
  for (const row of rows) {
    if ((row.sections as readonly string[]).includes(section)) names.add(row.name.split(" ")[0] ?? "");
  }
  const list = [...names];
  KEYWORDS.set(section, list);
  return list;
}

/** Filled on first use; the rows never change. */
const KEYWORDS = new Map<string, readonly string[]>();

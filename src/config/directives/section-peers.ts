// Owns the section `peers`. Options behind its servers and listeners are not looked at yet. Configuration manual §3.5.

import { parseAddress } from "./address.ts";
import type { Run } from "./run.ts";
import {
  ANYTHING,
  abort,
  badName,
  declaredBefore,
  fail,
  nameMissing,
  openDraft,
  placeOf,
  type SectionDraft,
  type SectionFamily,
} from "./section-rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger } from "./values.ts";

const ADDRESS = { portNeeded: true, portRange: false, portOffset: false, descriptor: false, names: true };

function parsePeer(statement: Statement, run: Run, { names }: SectionDraft): void {
  const [keyword, name, text] = [statement.word(0), statement.word(1), statement.word(2)];
  names.set(`peer ${name}`, statement);
  const local = name === (run.variables.get("HAPROXY_LOCALPEER") ?? run.environment.hostname);
  if (text === "") {
    if (local || keyword === "server") return;
    const message = `'${keyword} ${name}' : ignoring invalid peer definition (missing address:port)`;
    run.report.warn(statement, "PM1201", message, { word: name === "" ? 1 : 2 });
    return;
  }
  const answer = parseAddress(text, ADDRESS);
  if ("problem" in answer && answer.unsupported !== true) {
    const message = `'server (null)/${name}' : ${answer.problem}`;
    run.report.alert(statement, "PM1207", message, { word: 2, form: "place" });
  }
  if (keyword === "peer") names.set("a peer line", statement);
}

function parseBind(statement: Statement, run: Run, { names }: SectionDraft): void {
  if (names.has("a peer line")) fail(statement, run, 'mixing "peer" and "bind" line is forbidden', 0);
}

function parseTable(statement: Statement, run: Run, { name, names }: SectionDraft): void {
  const own = statement.word(1);
  const words = statement.texts;
  const types = /^(?:ip|ipv4|ipv6|integer|string|binary)$/;
  const type = words.indexOf("type", 2);
  if (type > 0 && !types.test(statement.word(type + 1))) {
    return void fail(statement, run, `table: unknown type '${statement.word(type + 1)}'.`, type + 1);
  }
  if (!words.includes("size")) return void fail(statement, run, "table: missing size.", words.length);
  const first = names.get(`table ${own}`);
  if (first !== undefined) {
    const message = `stick-table name '${own}' conflicts with table declared in peers '${name}' at ${placeOf(first)}.`;
    return void fail(statement, run, message, 1);
  }
  names.set(`table ${own}`, statement);
}

/** `peers <name>`. */
export const PEERS: SectionFamily = {
  name: "peers",
  open: (statement, run) => {
    if (nameMissing(statement, run, "missing name for peers section.")) return undefined;
    if (statement.word(2) !== "") {
      fail(statement, run, `'peers' cannot handle unexpected argument '${statement.word(2)}'.`, 2);
      return abort(run);
    }
    if (badName(statement, run)) return abort(run);
    const first = declaredBefore(statement, run);
    if (first !== undefined) {
      const message = `peers section '${statement.word(1)}' has the same name as another peers section declared at ${placeOf(first)}.`;
      run.report.alert(statement, "PM1104", message, { word: 1, form: "section" });
    }
    return openDraft(statement, run);
  },
  keywords: {
    peer: parsePeer,
    server: parsePeer,
    bind: parseBind,
    "default-bind": ANYTHING,
    "default-server": ANYTHING,
    table: parseTable,
    log: ANYTHING,
    disabled: (_statement, _run, { numbers }) => void numbers.set("disabled", 1),
    enabled: (_statement, _run, { numbers }) => void numbers.delete("disabled"),
    shards: (statement, run) => {
      if (statement.word(1) === "") fail(statement, run, "'shards' : missing value", 1);
      else if (looseInteger(statement.word(1)) <= 0) {
        fail(statement, run, "'shards' : expects a strictly positive integer argument", 1);
      }
    },
  },
  late: (run, { name, names, numbers }) => {
    const local = run.variables.get("HAPROXY_LOCALPEER") ?? run.environment.hostname;
    if (names.has(`peer ${local}`) || numbers.has("disabled")) return;
    const message = `Removing incomplete section 'peers ${name}' (no peer named '${local}').`;
    run.report.general("warning", "PM1210", "late", message);
  },
};

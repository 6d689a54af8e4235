// Owns the rows of stickiness: `stick-table` and `stick`. Configuration manual §4.2 "stick-table", "stick …", §11.1.

import { parseExpression, type SamplePhase } from "../../sample/index.ts";
import { conditionAt, expressionContext, sayProblem, warnIgnored } from "./arguments.ts";
import { type Fault, fault, type LineCheck, laterRow } from "./proxy-later.ts";
import { BACK, PROXIES, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger, parseSize, parseTime } from "./values.ts";

const TYPES = ["ip", "ipv4", "ipv6", "integer", "string", "binary"];

/** What a table stores, and the arguments in parentheses: none, a period, a size, or both. */
const STORED: Readonly<Record<string, "" | "period" | "size" | "size,period">> = {
  server_id: "",
  server_key: "",
  gpt: "size",
  gpt0: "",
  gpc: "size",
  gpc_rate: "size,period",
  gpc0: "",
  gpc0_rate: "period",
  gpc1: "",
  gpc1_rate: "period",
  conn_cnt: "",
  conn_rate: "period",
  conn_cur: "",
  sess_cnt: "",
  sess_rate: "period",
  http_req_cnt: "",
  http_req_rate: "period",
  http_err_cnt: "",
  http_err_rate: "period",
  http_fail_cnt: "",
  http_fail_rate: "period",
  bytes_in_cnt: "",
  bytes_in_rate: "period",
  bytes_out_cnt: "",
  bytes_out_rate: "period",
  glitch_cnt: "",
  glitch_rate: "period",
};

const MAX_ARRAY = 100;
const MAX_BYTES_FACTOR = 1024;

/** The words of one stick-table line, looked at from left to right. */
class TableReader {
  readonly #statement: Statement;
  readonly #scope: ProxyScope;
  #at: number;
  #type = "";
  #size = 0;
  #writeTo = "";
  #peers = "";

  constructor(statement: Statement, scope: ProxyScope, from: number) {
    this.#statement = statement;
    this.#scope = scope;
    this.#at = from;
  }

  read(): Fault | undefined {
    for (let word = this.#statement.word(this.#at); word !== ""; word = this.#statement.word(this.#at)) {
      const wrong = this.#option(word);
      if (wrong !== undefined) return wrong;
      this.#at++;
    }
    if (this.#size === 0) return fault("PM1201", 0, "stick-table: missing size.");
    if (this.#type === "") return fault("PM1201", 0, "stick-table: missing type.");
    const { draft } = this.#scope;
    draft.table = { type: this.#type, peers: this.#peers, writeTo: this.#writeTo, statement: this.#statement };
    return undefined;
  }

  /** The word behind the one at hand; the place moves on to it. */
  #next(): string {
    return this.#statement.word(++this.#at);
  }

  #option(word: string): Fault | undefined {
    switch (word) {
      case "type":
        return this.#typeOf(this.#next());
      case "size":
        return this.#sizeOf(this.#next());
      case "expire":
        return this.#expire(this.#next());
      case "store":
        return this.#store(this.#next());
      case "peers":
        this.#peers = this.#next();
        return this.#peers === ""
          ? fault("PM1201", this.#at, "stick-table: missing argument after 'peers'.")
          : undefined;
      case "srvkey":
        return this.#serverKey(this.#next());
      case "write-to":
        this.#writeTo = this.#next();
        return this.#writeTo === ""
          ? fault("PM1201", this.#at, "stick-table : write-to requires table name.")
          : undefined;
      case "brates-factor":
        return this.#factor(this.#next());
      case "nopurge":
      case "recv-only":
        return undefined;
      default:
        return fault("PM1203", this.#at, `stick-table: unknown argument '${word}'.`);
    }
  }

  #typeOf(type: string): Fault | undefined {
    if (!TYPES.includes(type)) return fault("PM1203", this.#at, `stick-table: unknown type '${type}'.`);
    this.#type = type;
    if ((type !== "string" && type !== "binary") || this.#statement.word(this.#at + 1) !== "len") return undefined;
    this.#at++;
    if (looseInteger(this.#next()) > 0) return undefined;
    return fault("PM1204", this.#at, "'len' expects a positive integer argument.");
  }

  #sizeOf(text: string): Fault | undefined {
    if (text === "") return fault("PM1201", this.#at, "stick-table: missing argument after 'size'.");
    const size = parseSize(text);
    const bad = "bad" in size ? size.bad : size.bytes > 0xffffffff ? text.charAt(text.length - 1) : undefined;
    if (bad !== undefined) {
      return fault("PM1206", this.#at, `stick-table: unexpected character '${bad}' in argument of 'size'.`);
    }
    if ("bytes" in size) this.#size = size.bytes;
    return undefined;
  }

  #expire(text: string): Fault | undefined {
    if (text === "") return fault("PM1201", this.#at, "stick-table: missing argument after 'expire'.");
    const time = parseTime(text);
    if ("bad" in time || ("ms" in time && time.tail !== "")) {
      const bad = "bad" in time ? time.bad : time.tail.charAt(0);
      return fault("PM1205", this.#at, `stick-table: unexpected character '${bad}' in argument of 'expire'.`);
    }
    if ("ms" in time) return undefined;
    const message = `stick-table: timer overflow in argument <${text}> to <expire>, maximum value is 2147483647 ms (~24.8 days).`;
    return fault("PM1205", this.#at, message, "parsing-tight");
  }

  #serverKey(key: string): Fault | undefined {
    if (key === "name" || key === "addr") return undefined;
    return fault("PM1203", this.#at, `stick-table : unknown server key type '${key}'.`);
  }

  #factor(text: string): Fault | undefined {
    if (text === "") return fault("PM1201", this.#at, "stick-table: missing argument after 'brates-factor'.");
    const factor = looseInteger(text);
    if (factor > 0 && factor <= MAX_BYTES_FACTOR) return undefined;
    const message = "stick-table: argument 'brates-factor' must be greater than 0 and lower or equal than 1024.";
    return fault("PM1204", this.#at, message);
  }

  /** A comma-separated list of names with arguments in parentheses, whose own commas do not separate. */
  #store(list: string): Fault | undefined {
    const seen = new Set<string>();
    for (const part of list.match(/[^,(]+(?:\([^)]*\)?)?|\([^)]*\)?/g) ?? []) {
      const wrong = this.#stored(part, seen);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #stored(part: string, seen: Set<string>): Fault | undefined {
    const wrong = (message: string) => fault("PM1203", this.#at, `stick-table: ${message}`);
    const open = part.indexOf("(");
    const name = open < 0 ? part : part.slice(0, open);
    if (open >= 0 && !part.endsWith(")")) return wrong(`missing closing parenthesis after store option '${name}'.`);
    const kind = Object.hasOwn(STORED, name) ? STORED[name] : undefined;
    if (kind === undefined) return wrong(`unknown store option '${name}'.`);
    const given = open < 0 ? [] : part.slice(open + 1, -1).split(",");
    const expected = kind === "" ? [] : kind.split(",");
    if (given.length < expected.length) return wrong(`missing argument to store option '${name}'.`);
    if (given.length > expected.length) return wrong(`unexpected argument to store option '${name}'.`);
    for (const [index, what] of expected.entries()) {
      const text = given[index] ?? "";
      if (what === "size" && !(looseInteger(text) >= 1 && looseInteger(text) <= MAX_ARRAY)) {
        return wrong(`array size is out of allowed range (1-${MAX_ARRAY}) for store option '${name}'.`);
      }
      const time = what === "period" ? parseTime(text) : undefined;
      if (time !== undefined && (!("ms" in time) || time.tail !== "")) {
        return wrong(`error when processing store option '${name}'.`);
      }
    }
    if (seen.has(name)) {
      const message = `stick-table: store option '${name}' already enabled, ignored.`;
      this.#scope.run.report.warn(this.#statement, "PM1209", message, { word: this.#at, form: "parsing-tight" });
    }
    seen.add(name);
    for (const array of ["gpc", "gpt"]) {
      if (!seen.has(array) || !(seen.has(`${array}0`) || seen.has(`${array}1`))) continue;
      const digits = array === "gpc" ? "[0/1]" : "0";
      return wrong(
        `simultaneous usage of '${array}' and '${array}${digits}' in a same table is not permitted as '${array}' overrides '${array}${digits}'.`,
      );
    }
    return undefined;
  }
}

const checkTable: LineCheck = (statement, scope) => {
  const { run, draft } = scope;
  if (draft.section === "defaults") {
    return fault("PM1102", 0, "'stick-table' is not supported in 'defaults' section.");
  }
  const other = run.proxies.find((one) => one.table !== undefined && one.name === draft.name);
  if (other?.table !== undefined) {
    const { file, line } = other.table.statement;
    const message = `stick-table name '${draft.name}' conflicts with table declared in ${other.section === "listen" ? "proxy" : other.section} '${other.name}' at ${file}:${line}.`;
    return fault("PM1301", 0, message);
  }
  return new TableReader(statement, scope, 1).read();
};

const STICK_PHASES: Readonly<Record<string, SamplePhase>> = {
  on: "http-request",
  match: "http-request",
  "store-request": "http-request",
  "store-response": "http-response",
};

const checkStick: LineCheck = (statement, scope) => {
  const { run, draft } = scope;
  if (draft.section === "defaults") return fault("PM1102", 0, "'stick' not allowed in 'defaults' section.");
  warnIgnored(scope, statement, "backend");
  const phase = STICK_PHASES[statement.word(1)];
  if (phase === undefined) return fault("PM1203", 1, "'stick' expects 'on', 'match', or 'store'.");
  if (statement.word(2) === "") return fault("PM1201", 2, "'stick' expects a fetch method.");
  const parsed = parseExpression(statement.texts, 2, expressionContext(run, draft, phase));
  if ("problem" in parsed) {
    sayProblem(run, statement, parsed.problem, "'stick': ");
    return false;
  }
  let at = 2 + parsed.used;
  let table = draft.name;
  if (statement.word(at) === "table") {
    table = statement.word(at + 1);
    at += 2;
  }
  const word = statement.word(at);
  if (word === "if" || word === "unless") {
    const condition = conditionAt(scope, statement, at, "sticking condition", phase, { before: "'stick': " });
    if (condition === undefined) return false;
  } else if (word !== "") return fault("PM1203", at, `'stick': unknown keyword '${word}'.`);
  draft.tableUses.push({ name: table, statement, what: "", form: "stick" });
  return undefined;
};

/** Stickiness by tables. */
export const PROXY_STICK_ROWS: readonly ProxyRow[] = [
  laterRow(
    {
      name: "stick-table",
      sections: PROXIES,
      syntax:
        "type <type> [len <length>] size <size> [expire <time>] [nopurge] [store <data>] [peers <section>] [srvkey <key>] [write-to <table>]",
      since: "1.4",
      doc: "Table of what is known of clients.",
    },
    checkTable,
  ),
  laterRow(
    {
      name: "stick",
      sections: BACK,
      syntax: "on|match|store-request|store-response <expression> [table <name>] [if|unless <condition>]",
      since: "1.4",
      doc: "Keep clients on their servers by a table.",
    },
    checkStick,
  ),
];

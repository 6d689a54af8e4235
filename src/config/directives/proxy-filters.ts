// Owns the rows of filters: `filter`, `compression`, `use-fcgi-app`. Configuration manual §4.2, §9 and §10.

import { parseExpression } from "../../sample/index.ts";
import { expressionContext, sayProblem } from "./arguments.ts";
import { hasBackend } from "./draft.ts";
import { type Fault, fault, type LineCheck, laterRow } from "./proxy-later.ts";
import { BACK, EVERYWHERE, PROXIES, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { parseSize, parseTime } from "./values.ts";

type FilterCheck = (statement: Statement, scope: ProxyScope) => Fault | false | undefined;

/** What stands behind the last word that a filter takes. */
function noMore(statement: Statement, at: number, name: string): Fault | undefined {
  const extra = statement.word(at);
  return extra === "" ? undefined : fault("PM1202", at, `'filter ${name}' : unknown keyword '${extra}'.`);
}

const wrongFilter = (code: Fault["code"], at: number, message: string) => fault(code, at, `'filter' : ${message}`);

const checkTrace: FilterCheck = (statement) => {
  let at = 2;
  for (; statement.word(at) !== ""; at++) {
    const word = statement.word(at);
    if (word === "name") {
      if (statement.word(++at) === "") return wrongFilter("PM1201", at, "'trace' : 'name' option without value");
    } else if (!["random-parsing", "random-forwarding", "max-fwd", "hexdump", "quiet"].includes(word)) break;
    else if (word === "max-fwd") at++;
  }
  return noMore(statement, at, "trace");
};

const checkSpoe: FilterCheck = (statement, { run }) => {
  let config = "";
  let at = 2;
  for (; statement.word(at) === "engine" || statement.word(at) === "config"; at += 2) {
    const [word, value] = [statement.word(at), statement.word(at + 1)];
    if (value === "") return wrongFilter("PM1201", at + 1, `'spoe' : '${word}' option without value`);
    if (word === "config") config = value;
  }
  const extra = noMore(statement, at, "spoe");
  if (extra !== undefined) return extra;
  if (config === "") return wrongFilter("PM1201", at, "'spoe' : missing config file");
  const answer = run.environment.readFile(config);
  if (!("error" in answer)) return undefined;
  run.report.general("alert", "PM1401", "config", `stat() failed for configuration file ${config} : ${answer.error}`);
  return wrongFilter("PM1401", at - 1, "error encountered while processing 'spoe'");
};

const checkCache: FilterCheck = (statement) =>
  statement.word(2) === "" ? wrongFilter("PM1201", 2, "cache : expects a <name> argument") : undefined;

const checkBandwidth: FilterCheck = (statement, scope) => {
  const keyword = statement.word(1);
  const wrong = (code: Fault["code"], at: number, message: string) =>
    wrongFilter(code, at, `'${keyword}' : ${message}`);
  if (statement.word(2) === "") return wrong("PM1201", 2, "a name is expected as first argument ");
  let at = 3;
  let table = scope.draft.name;
  const given = new Set<string>();
  for (; statement.word(at) !== ""; at += 2) {
    const [word, value] = [statement.word(at), statement.word(at + 1)];
    if (!["default-limit", "default-period", "limit", "key", "table", "min-size"].includes(word)) break;
    given.add(word);
    if (value === "") return wrong("PM1201", at + 1, `missing value for option '${word}'`);
    if (word === "default-limit" || word === "limit" || word === "min-size") {
      const size = parseSize(value);
      if ("bad" in size) {
        return wrong("PM1206", at + 1, `invalid value for option '${word}' (unexpected character '${size.bad}')`);
      }
    } else if (word === "default-period") {
      const time = parseTime(value);
      const bad = "bad" in time ? time.bad : "ms" in time ? time.tail.charAt(0) : "";
      if (bad !== "" || !("ms" in time)) {
        return wrong("PM1205", at + 1, `invalid value for option 'default-period' (unexpected character '${bad}')`);
      }
    } else if (word === "table") table = value;
    else {
      const parsed = parseExpression(
        statement.texts,
        at + 1,
        expressionContext(scope.run, scope.draft, "http-request"),
      );
      if ("problem" in parsed) {
        sayProblem(scope.run, statement, parsed.problem, `'filter' : '${keyword}' : `);
        return false;
      }
      at += parsed.used - 1;
    }
  }
  if (given.has("limit")) {
    if (!given.has("key")) return wrong("PM1201", at, "<key> option is missing");
    scope.draft.tableUses.push({ name: table, statement, what: statement.word(2), form: "filter" });
  } else if (!given.has("default-period")) return wrong("PM1201", at, "<default-period> option is missing");
  else if (!given.has("default-limit")) return wrong("PM1201", at, "<default-limit> option is missing");
  return noMore(statement, at, keyword);
};

const checkFcgi: FilterCheck = (statement) =>
  statement.word(2) === "" ? wrongFilter("PM1201", 2, "fcgi-app : expects a <name> argument") : undefined;

const FILTERS: Readonly<Record<string, FilterCheck>> = {
  compression: (statement) => noMore(statement, 2, "compression"),
  trace: checkTrace,
  spoe: checkSpoe,
  cache: checkCache,
  "bwlim-in": checkBandwidth,
  "bwlim-out": checkBandwidth,
  "fcgi-app": checkFcgi,
  opentracing: (_statement, { run }) => {
    const message = "parsing : 'filter' : 'opentracing' : 'no filter id set, using default id 'ot-filter'";
    run.report.general("warning", "PM1210", "config", message);
    return wrongFilter("PM1201", 2, "'opentracing' : no configuration file specified");
  },
};

const checkFilter: LineCheck = (statement, scope) => {
  const { draft } = scope;
  const place = `parsing [${statement.file}:${statement.line}] : `;
  if (draft.section === "defaults") {
    return fault("PM1102", 0, `${place}filter is not allowed in a 'default' section.`);
  }
  const name = statement.word(1);
  if (name === "") {
    return fault("PM1201", 1, `${place}missing argument for 'filter' in proxy '${draft.name}'.`);
  }
  const check = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (check === undefined) return wrongFilter("PM1203", 1, `unknown keyword '${name}'. Registered keywords :`);
  return check(statement, scope);
};

const COMPRESSION_EXPECTED =
  "'compression' expects 'algo', 'type', 'direction', 'offload', 'minsize-req' or 'minsize-res'.";
const ALGORITHMS = ["identity", "deflate", "raw-deflate", "gzip"];

const checkCompression: LineCheck = (statement, { run, draft }) => {
  const [what, value] = [statement.word(1), statement.word(2)];
  const missing = `parsing [${statement.file}:${statement.line}] : 'compression' expects <algorithm>.`;
  if (what === "algo" || what === "algo-res" || what === "algo-req") {
    if (value === "" && what !== "algo-req") return fault("PM1201", 2, missing);
    // A request is compressed by one algorithm alone.
    const names = what === "algo-req" ? [value] : statement.texts.slice(2);
    const unknown = names.findIndex((name) => !ALGORITHMS.includes(name));
    if (unknown < 0) return undefined;
    return fault("PM1203", unknown + 2, `'compression' : '${names[unknown]}' is not a supported algorithm.`);
  }
  if (what === "offload") {
    if (draft.section !== "defaults") return undefined;
    const message = "'compression' : 'offload' ignored in 'defaults' section.";
    run.report.warn(statement, "PM1307", message, { word: 1 });
    return undefined;
  }
  if (what === "type" || what === "type-req" || what === "type-res") {
    return value === "" ? fault("PM1201", 2, "'compression' expects <type>.") : undefined;
  }
  if (what === "direction") {
    if (["request", "response", "both"].includes(value)) return undefined;
    return fault("PM1203", 2, "'compression' expects 'request', 'response', or 'both'.");
  }
  if (what === "minsize-req" || what === "minsize-res") {
    if (value === "") return fault("PM1201", 2, `'${what}' expects an integer argument.`);
    const size = parseSize(value);
    return "bad" in size ? fault("PM1206", 2, `unexpected '${size.bad}' after size passed to '${what}'`) : undefined;
  }
  return fault("PM1203", 1, COMPRESSION_EXPECTED);
};

const checkUseFcgi: LineCheck = (statement, { draft }) => {
  if (draft.section === "defaults" || !hasBackend(draft)) {
    return fault("PM1102", 0, "'use-fcgi-app' only available in backend or listen section");
  }
  return statement.word(1) === "" ? fault("PM1201", 1, "'use-fcgi-app' expects <name> as argument") : undefined;
};

/** Filters and compression. */
export const PROXY_FILTER_ROWS: readonly ProxyRow[] = [
  laterRow(
    { name: "filter", sections: PROXIES, syntax: "<name> [<arguments>]", since: "1.7", doc: "Add a filter." },
    checkFilter,
  ),
  laterRow(
    {
      name: "compression",
      sections: EVERYWHERE,
      syntax: "algo|type|direction|offload|minsize-req|minsize-res <value>...",
      since: "1.5",
      doc: "Compress bodies.",
    },
    checkCompression,
  ),
  laterRow(
    { name: "use-fcgi-app", sections: BACK, syntax: "<name>", since: "2.1", doc: "FastCGI application of a backend." },
    checkUseFcgi,
  ),
];

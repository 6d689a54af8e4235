// Owns the rows of balancing: `balance`, `hash-type`, `hash-balance-factor`, and the tutorial's `random draw N`. Configuration manual §4.2.

import { parseExpression } from "../../sample/index.ts";
import type { BalanceModel } from "../model/index.ts";
import { expressionContext, warnIgnored } from "./arguments.ts";
import { type Draft, sectionTitle } from "./draft.ts";
import { BACK, DEFAULTS_AND_BACK, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger } from "./values.ts";

/** The reference's default of `balance random`. */
const DEFAULT_DRAWS = 2;

export function newBalance(algorithm: BalanceModel["algorithm"]): Draft<BalanceModel> {
  return {
    algorithm,
    draws: DEFAULT_DRAWS,
    uri: { len: 0, depth: 0, whole: false, pathOnly: false },
    parameter: "",
    hashType: "map-based",
    hashFunction: "sdbm",
    avalanche: false,
    hashBalanceFactor: 0,
  };
}

const SIMPLE = ["roundrobin", "static-rr", "leastconn", "first", "source"] as const;
const SUPPORTED =
  "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', 'hash', 'hdr(name)', 'rdp-cookie(name)', 'log-hash' and 'sticky' options.";

function parseBalance(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  warnIgnored(scope, statement, "backend");
  const name = statement.word(1);
  const simple = name === "" ? "roundrobin" : SIMPLE.find((one) => one === name);
  let balance: Draft<BalanceModel> | undefined;
  if (simple !== undefined) balance = newBalance(simple);
  else if (name === "uri") balance = uriBalance(statement, scope);
  else if (name === "random" || name.startsWith("random(")) balance = randomBalance(statement, scope, name);
  else if (name === "url_param") balance = parameterBalance(statement, scope);
  else if (name.startsWith("hdr(")) balance = headerBalance(statement, scope, name);
  else if (/^(?:rdp-cookie(?:\(.*)?|hash|sticky|log-hash)$/.test(name)) {
    sayLaterBalance(statement, scope, name);
    return;
  } else run.report.alert(statement, "PM1203", SUPPORTED, { word: 1 });
  if (balance === undefined) return;
  draft.settings.balance = balance;
  draft.settings.balanceStatement = statement;
}

/** An algorithm that is not done yet. */
function sayLaterBalance(statement: Statement, { run, draft }: ProxyScope, name: string): void {
  const { report } = run;
  if (/^rdp-cookie\((?:\)|[^)]*$)/.test(name)) {
    report.alert(statement, "PM1201", "balance rdp-cookie : missing cookie name.", { word: 1 });
    return;
  }
  const [text, extra] = [statement.word(2), statement.word(3)];
  if (name === "hash" || name === "log-hash") {
    const what = name === "hash" ? "a sample expression" : "a converter list";
    if (text === "") {
      report.alert(statement, "PM1201", `balance ${name} requires ${what}.`, { word: 2 });
      return;
    }
    if (name === "hash" && extra !== "") {
      report.alert(statement, "PM1202", `balance hash takes no other argument (got '${extra}').`, { word: 3 });
      return;
    }
    const parsed =
      name === "hash" ? parseExpression([text], 0, expressionContext(run, draft, "http-request")) : undefined;
    if (parsed !== undefined && "problem" in parsed && parsed.problem.reason !== "unsupported") {
      const { file, line } = draft.statement;
      const message = `${sectionTitle(draft)} [${file}:${line}]: failed to parse 'balance hash' expression '${text}' in : ${parsed.problem.message}.`;
      draft.lateFaults.push({ statement, code: "PM1502", message, word: 2 });
    }
  }
  draft.settings.balanceStatement = statement;
  report.alert(statement, "PM1901", `'balance ${name}' is not supported yet`, { word: 1 });
}

function uriBalance(statement: Statement, { run }: ProxyScope): Draft<BalanceModel> | undefined {
  const balance = newBalance("uri");
  const uri = { len: 0, depth: 0, whole: false, pathOnly: false };
  for (let at = 2; statement.word(at) !== ""; at++) {
    const word = statement.word(at);
    if (word === "whole") uri.whole = true;
    else if (word === "path-only") uri.pathOnly = true;
    else if (word === "len" || word === "depth") {
      const text = statement.word(++at);
      const value = looseInteger(text);
      if (value <= 0) {
        run.report.alert(statement, "PM1204", `balance uri : '${word}' expects a positive integer (got '${text}').`, {
          word: at,
        });
        return undefined;
      }
      uri[word] = value;
    } else {
      const message = `balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '${word}').`;
      run.report.alert(statement, "PM1203", message, { word: at });
      return undefined;
    }
  }
  balance.uri = uri;
  return balance;
}

function randomBalance(statement: Statement, { run }: ProxyScope, name: string): Draft<BalanceModel> | undefined {
  const balance = newBalance("random");
  if (name === "random" || name === "random()") return balance;
  const text = name.slice("random(".length);
  const digits = /^-?\d*/.exec(text)?.[0] ?? "";
  const next = text.charAt(digits.length);
  const draws = looseInteger(digits);
  let message: string | undefined;
  if (next === "") message = "balance random : missing closing parenthesis.";
  else if (next !== ")") message = `balance random : unexpected character '${next}' after argument.`;
  else if (draws < 1) message = "balance random : number of draws must be at least 1.";
  if (message !== undefined) {
    run.report.alert(statement, "PM1204", message, { word: 1 });
    return undefined;
  }
  balance.draws = draws;
  return balance;
}

function parameterBalance(statement: Statement, { run }: ProxyScope): Draft<BalanceModel> | undefined {
  if (statement.word(2) === "") {
    run.report.alert(statement, "PM1201", "balance url_param requires an URL parameter name.", { word: 2 });
    return undefined;
  }
  if (statement.word(3) !== "" && statement.word(3) !== "check_post") {
    const message = `balance url_param only accepts 'check_post' modifier (got '${statement.word(3)}').`;
    run.report.alert(statement, "PM1203", message, { word: 3 });
    return undefined;
  }
  if (statement.word(3) !== "") {
    run.report.alert(statement, "PM1901", `'balance url_param … ${statement.word(3)}' is not supported yet`, {
      word: 3,
    });
    return undefined;
  }
  const balance = newBalance("url_param");
  balance.parameter = statement.word(2);
  return balance;
}

function headerBalance(statement: Statement, { run }: ProxyScope, name: string): Draft<BalanceModel> | undefined {
  const header = name.slice("hdr(".length).replace(/\).*$/s, "");
  if (header === "") {
    run.report.alert(statement, "PM1201", "balance hdr requires an http header field name.", { word: 1 });
    return undefined;
  }
  const modifier = statement.word(2);
  if (modifier === "use_domain_only") {
    run.report.alert(statement, "PM1901", "'balance hdr … use_domain_only' is not supported yet", { word: 2 });
    return undefined;
  }
  if (modifier !== "") {
    const message = `balance hdr(${header}) only accepts 'use_domain_only' modifier (got '${modifier}').`;
    run.report.alert(statement, "PM1203", message, { word: 2 });
    return undefined;
  }
  const balance = newBalance("hdr");
  balance.parameter = header;
  return balance;
}

function parseHashType(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  warnIgnored(scope, statement, "backend");
  const [hashType, hashFunction, modifier] = [statement.word(1), statement.word(2), statement.word(3)];
  if (hashType !== "consistent" && hashType !== "map-based") {
    const message =
      hashType === "avalanche"
        ? "experimental feature 'hash-type avalanche' is not supported anymore, please use 'hash-type map-based sdbm avalanche' instead."
        : "'hash-type' only supports 'consistent' and 'map-based'.";
    run.report.alert(statement, hashType === "avalanche" ? "PM1106" : "PM1203", message, { word: 1 });
    return;
  }
  if (hashFunction === "") {
    // Consistent hashing without a function also spreads the hash.
    draft.settings.hashType = { hashType, hashFunction: "sdbm", avalanche: hashType === "consistent" };
    return;
  }
  if (
    hashFunction !== "sdbm" &&
    hashFunction !== "djb2" &&
    hashFunction !== "wt6" &&
    hashFunction !== "crc32" &&
    hashFunction !== "none"
  ) {
    const message = "'hash-type' only supports 'sdbm', 'djb2', 'crc32', or 'wt6' hash functions.";
    run.report.alert(statement, "PM1203", message, { word: 2 });
    return;
  }
  if (modifier !== "" && modifier !== "avalanche") {
    const message = "'hash-type' only supports 'avalanche' as a modifier for hash functions.";
    run.report.alert(statement, "PM1203", message, { word: 3 });
    return;
  }
  draft.settings.hashType = { hashType, hashFunction, avalanche: modifier === "avalanche" };
}

function parseBalanceFactor(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  warnIgnored(scope, statement, "backend");
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", "'hash-balance-factor' expects an integer argument.", { word: 1 });
    return;
  }
  const factor = looseInteger(statement.word(1));
  if (factor !== 0 && factor <= 100) {
    run.report.alert(statement, "PM1204", "'hash-balance-factor' must be 0 or greater than 100.", { word: 1 });
    return;
  }
  draft.settings.hashBalanceFactor = factor;
}

/** `random draw N`: what the tutorial series writes; HAProxy itself knows `balance random(N)` alone. */
function parseRandomDraw(statement: Statement, { run, draft }: ProxyScope): void {
  const { balance } = draft.settings;
  const draws = looseInteger(statement.word(2));
  const meant =
    balance?.algorithm === "random" && statement.word(1) === "draw" && statement.words.length === 3 && draws >= 1;
  if (!meant || balance === undefined) {
    const hint = "Pointsman takes 'random draw <number>' behind 'balance random' as 'balance random(<number>)'.";
    run.report.alert(statement, "PM1101", `unknown keyword 'random' in '${draft.section}' section`, { hint });
    return;
  }
  balance.draws = draws;
  const hint = `HAProxy refuses this line; write 'balance random(${draws})' to be understood by both.`;
  run.report.notice(statement, "PM1903", `'random draw ${draws}' is taken as 'balance random(${draws})'.`, { hint });
}

/** Balancing keywords. */
export const PROXY_BALANCE_ROWS: readonly ProxyRow[] = [
  {
    name: "balance",
    sections: DEFAULTS_AND_BACK,
    syntax: "<algorithm> [<arguments>]",
    since: "1.0",
    status: "done",
    doc: "How servers are chosen.",
    parse: parseBalance,
  },
  {
    name: "hash-type",
    sections: DEFAULTS_AND_BACK,
    syntax: "map-based|consistent [<function> [avalanche]]",
    since: "1.3",
    status: "done",
    doc: "How hashes become servers.",
    parse: parseHashType,
  },
  {
    name: "hash-balance-factor",
    sections: DEFAULTS_AND_BACK,
    syntax: "<percent>",
    since: "1.7",
    status: "done",
    doc: "Bound on a server's load in consistent hashing.",
    parse: parseBalanceFactor,
  },
  {
    name: "random",
    sections: BACK,
    syntax: "draw <number>",
    since: "Pointsman",
    status: "done",
    doc: "Number of servers that `balance random` draws (an extension for the tutorial).",
    parse: parseRandomDraw,
  },
];

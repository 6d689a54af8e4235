// Owns the lines that open listening sockets: `bind` in proxies and `stats socket` in global. Configuration manual §4.2 "bind" and §3.1 "stats socket".

import { nearestName } from "../../diagnostics/index.ts";
import type { AddressModel } from "../model/index.ts";
import { type AddressRules, parseAddress } from "./address.ts";
import { notInDefaults, warnIgnored } from "./arguments.ts";
import { BIND_OPTION_ROWS, type BindOptionRow, removedBindOption } from "./bind-options.ts";
import { BIND_TLS_OPTION_ROWS } from "./bind-tls-options.ts";
import type { BindDraft } from "./draft.ts";
import type { GlobalScope, ProxyScope } from "./rows.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";

/** Every option of `bind`, by name. */
export const BIND_OPTIONS: ReadonlyMap<string, BindOptionRow> = new Map(
  [...BIND_OPTION_ROWS, ...BIND_TLS_OPTION_ROWS].map((row) => [row.name, row]),
);

const LISTEN_ADDRESS: AddressRules = {
  portNeeded: true,
  portRange: true,
  portOffset: false,
  descriptor: true,
  names: true,
};

/** A range may open this many sockets at most. */
const MAX_PORTS = 65535;

/** `bind` in a proxy. */
export function parseBind(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  if (notInDefaults(scope, statement)) return;
  warnIgnored(scope, statement, "frontend");
  const text = statement.word(1);
  if (text === "") {
    const message = "'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.";
    run.report.alert(statement, "PM1201", message, { word: 1 });
    return;
  }
  const bind = newBind(statement, text, run);
  const addresses = listenAddresses(run, statement, 1, "'bind' : ", run.global.unixBind.prefix);
  if (addresses === undefined) return;
  const intro = `'bind ${text}' in section '${draft.section}'`;
  const usable = parseOptions(run, statement, 2, bind, {
    wrong: (problem) => `${intro} : ${problem}`,
    unknown: (word, guess) =>
      `${intro}: unknown keyword '${word}'${guess === undefined ? "." : `; did you mean '${guess}' maybe ?`}`,
  });
  if (bind.id !== undefined && addresses.length > 1) {
    const message = `${intro} : 'id' can only be used with a single socket`;
    run.report.alert(statement, "PM1203", message, { word: statement.texts.indexOf("id") });
    return;
  }
  const other = bind.id === undefined ? undefined : draft.binds.find((one) => one.id === bind.id);
  if (other !== undefined) {
    const { file, line } = other.statement;
    const message = `${intro} : 'id' : custom id ${bind.id} already used at ${file}:${line} ('bind ${other.text}')`;
    run.report.alert(statement, "PM1302", message, { word: statement.texts.indexOf("id") + 1 });
    return;
  }
  if (usable) draft.binds.push({ ...bind, addresses });
}

/** `stats socket` in global. */
export function parseStatsSocket(statement: Statement, { run, draft }: GlobalScope): void {
  const text = statement.word(2);
  if (text === "") {
    const message = "'stats socket' in global section expects an address or a path to a UNIX socket";
    run.report.alert(statement, "PM1201", message, { word: 2 });
    return;
  }
  const addresses = listenAddresses(
    run,
    statement,
    2,
    `parsing [${statement.file}:${statement.line}] : 'stats socket' : `,
    "",
  );
  if (addresses === undefined) return;
  const bind = newBind(statement, text, run);
  bind.options.level ??= "operator";
  const usable = parseOptions(run, statement, 3, bind, {
    wrong: (problem) => `'stats socket' : '${problem}'`,
    unknown: (word, guess) =>
      `'stats socket' : unknown keyword '${word}'.${guess === undefined ? "" : ` Did you mean '${guess}' maybe ?`}`,
  });
  if (!usable) return;
  draft.statsProxyPosition ??= run.proxies.length;
  draft.statsSockets.push({ bind: { ...bind, addresses } });
}

function newBind(statement: Statement, text: string, run: Run): BindDraft {
  const { bindTls, unixBind } = run.global;
  return {
    statement,
    addresses: [],
    text,
    id: undefined,
    name: undefined,
    options: {
      v6only: false,
      v4v6: false,
      backlog: undefined,
      maxconn: undefined,
      mode: unixBind.mode,
      user: unixBind.user,
      group: unixBind.group,
      uid: unixBind.uid,
      gid: unixBind.gid,
      level: undefined,
      acceptProxy: false,
      interface: undefined,
    },
    ssl: false,
    tls: {
      certificates: [],
      alpn: [],
      excluded: new Set(bindTls.excluded),
      minVersion: bindTls.minVersion,
      maxVersion: bindTls.maxVersion,
      ciphers: bindTls.ciphers,
      strictSni: bindTls.strictSni,
      verify: "none",
      caPem: undefined,
    },
  };
}

/** The addresses of a comma-separated list, ranges opened out; undefined after an alert. */
function listenAddresses(
  run: Run,
  statement: Statement,
  word: number,
  prefix: string,
  unixPrefix: string,
): readonly AddressModel[] | undefined {
  const addresses: AddressModel[] = [];
  let offset = 0;
  for (const text of statement.word(word).split(",")) {
    const span = statement.subspan(word, offset, offset + text.length);
    offset += text.length + 1;
    const answer = parseAddress(text, LISTEN_ADDRESS);
    if ("problem" in answer) {
      run.report.alert(statement, answer.unsupported ? "PM1901" : "PM1207", prefix + answer.problem, { span });
      if (answer.unsupported !== true) return undefined;
      // Such a socket is declared all the same; a model with it never runs.
      addresses.push({ kind: "unix", path: text });
      continue;
    }
    const address = placed(answer.address, run, unixPrefix);
    if (address === undefined) {
      const name = answer.address.kind === "name" ? answer.address.name : "";
      run.report.alert(statement, "PM1404", `${prefix}invalid address: '${name}' in '${text}'`, { span });
      return undefined;
    }
    if (!("port" in address)) addresses.push(address);
    else {
      const last = Math.min(answer.lastPort, address.port + MAX_PORTS);
      for (let port = address.port; port <= last; port++) addresses.push({ ...address, port });
    }
  }
  return addresses;
}

/** A listening address must be known now: names are resolved, paths of `bind` get the prefix of `unix-bind`. */
function placed(address: AddressModel, run: Run, unixPrefix: string): AddressModel | undefined {
  if (address.kind === "unix") return { kind: "unix", path: unixPrefix + address.path };
  if (address.kind !== "name") return address;
  const host = run.environment.resolveName(address.name)?.[0];
  if (host === undefined) return undefined;
  return { kind: host.includes(":") ? "ipv6" : "ipv4", host, port: address.port };
}

interface OptionMessages {
  wrong(problem: string): string;
  unknown(word: string, guess: string | undefined): string;
}

/** Parses the options from word `from`. False when any is wrong; what is not done yet leaves the socket declared. */
function parseOptions(
  run: Run,
  statement: Statement,
  from: number,
  bind: BindDraft,
  messages: OptionMessages,
): boolean {
  for (let at = from; statement.word(at) !== ""; ) {
    const name = statement.word(at);
    const row = BIND_OPTIONS.get(name);
    const value = statement.word(at + 1);
    if (row === undefined) {
      const removed = removedBindOption(name, value);
      const guess = removed === undefined ? nearestName(name, BIND_OPTIONS.keys()) : undefined;
      const message = removed === undefined ? messages.unknown(name, guess) : messages.wrong(removed);
      run.report.alert(statement, removed === undefined ? "PM1101" : "PM1106", message, { word: at });
      // Nothing behind an unknown word can be told apart from its arguments.
      return false;
    }
    const problem = row.parse?.(value, bind, run);
    if (problem !== undefined) {
      run.report.alert(statement, "PM1203", messages.wrong(problem), {
        word: row.values === 0 || value === "" ? at : at + 1,
      });
      return false;
    }
    if (row.status === "not-supported-yet") {
      run.report.alert(statement, "PM1901", messages.wrong(`'${name}' is not supported yet`), { word: at });
    } else if (row.status === "no-effect") run.noteNoEffect(statement, `bind … ${name}`, at);
    at += 1 + row.values;
  }
  return true;
}

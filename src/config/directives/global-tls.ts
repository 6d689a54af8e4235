// Owns the rows of `global` that set defaults of TLS and of UNIX sockets. Configuration manual §3.1 "ssl-default-bind-*", "unix-bind".

import { tooManyWords } from "./arguments.ts";
import { TLS_VERSIONS } from "./bind-tls-options.ts";
import type { GlobalRow, GlobalScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger } from "./values.ts";

function parseCiphers(statement: Statement, { run, draft }: GlobalScope): void {
  if (tooManyWords(run, statement, 1)) return;
  if (statement.word(1) === "") {
    const message = "global statement 'ssl-default-bind-ciphers' expects a cipher suite as an argument.";
    run.report.alert(statement, "PM1201", message, { word: 1 });
    return;
  }
  draft.bindTls.ciphers = statement.word(1);
}

const EXCLUDED: Readonly<Record<string, number>> = {
  "no-sslv3": 0,
  "no-tlsv10": 1,
  "no-tlsv11": 2,
  "no-tlsv12": 3,
  "no-tlsv13": 4,
};
const LATER_OPTIONS = ["prefer-client-ciphers", "no-tls-tickets", "tls-tickets", "force-sslv3"];

function parseBindOptions(statement: Statement, { run, draft }: GlobalScope): void {
  const keyword = statement.word(0);
  if (statement.word(1) === "") {
    const message = `global statement '${keyword}' expects an option as an argument.`;
    run.report.alert(statement, "PM1201", message, { word: 1 });
    return;
  }
  const { bindTls } = draft;
  for (let at = 1; statement.word(at) !== ""; at++) {
    const word = statement.word(at);
    const excluded = EXCLUDED[word];
    const forced = /^force-tlsv1([0-3])$/.exec(word)?.[1];
    if (word === "strict-sni" || word === "no-strict-sni") bindTls.strictSni = word === "strict-sni";
    else if (word === "ssl-min-ver" || word === "ssl-max-ver") {
      const version = statement.word(++at);
      if (!(TLS_VERSIONS as readonly string[]).includes(version)) {
        const message = `'${version}' : unknown ssl/tls version on global statement '${keyword}'.`;
        run.report.alert(statement, "PM1203", message, { word: at });
        return;
      }
      bindTls[word === "ssl-min-ver" ? "minVersion" : "maxVersion"] = version;
    } else if (excluded !== undefined) bindTls.excluded.add(excluded);
    else if (forced !== undefined) {
      bindTls.minVersion = `TLSv1.${forced}`;
      bindTls.maxVersion = `TLSv1.${forced}`;
    } else {
      const later = LATER_OPTIONS.includes(word);
      const message = later
        ? `option '${word}' on global statement '${keyword}' is not supported yet`
        : `unknown option '${word}' on global statement '${keyword}'.`;
      run.report.alert(statement, later ? "PM1901" : "PM1203", message, { word: at });
      return;
    }
  }
}

function parseUnixBind(statement: Statement, { run, draft }: GlobalScope): void {
  const { unixBind } = draft;
  for (let at = 1; statement.word(at) !== ""; at += 2) {
    const [word, value] = [statement.word(at), statement.word(at + 1)];
    if (word === "prefix") unixBind.prefix = value;
    else if (word === "mode") unixBind.mode = value;
    else if (word === "uid") unixBind.uid = looseInteger(value);
    else if (word === "gid") unixBind.gid = looseInteger(value);
    else if (word === "user" || word === "group") {
      const found = word === "user" ? run.environment.lookupUser(value)?.uid : run.environment.lookupGroup(value)?.gid;
      if (found === undefined) {
        run.report.alert(statement, "PM1403", `'unix-bind ${word}' : unknown ${word} name '${value}'.`, {
          word: at + 1,
        });
        return;
      }
      unixBind[word] = value;
      unixBind[word === "user" ? "uid" : "gid"] = found;
    } else {
      const message = "'unix-bind' only supports the 'prefix', 'mode', 'uid', 'gid', 'user' and 'group' options.";
      run.report.alert(statement, "PM1203", message, { word: at });
      return;
    }
  }
}

/** Defaults of listening sockets. */
export const GLOBAL_TLS_ROWS: readonly GlobalRow[] = [
  {
    name: "ssl-default-bind-ciphers",
    sections: ["global"],
    syntax: "<list>",
    since: "1.5",
    status: "done",
    doc: "Ciphers up to TLS 1.2 of sockets that name none.",
    parse: parseCiphers,
  },
  {
    name: "ssl-default-bind-options",
    sections: ["global"],
    syntax: "<option>...",
    since: "1.5",
    status: "done",
    doc: "TLS options of all sockets.",
    parse: parseBindOptions,
  },
  {
    name: "unix-bind",
    sections: ["global"],
    syntax: "[prefix <path>] [mode <octal>] [user <name>] [group <name>]",
    since: "1.5",
    status: "done",
    doc: "Defaults of UNIX sockets.",
    parse: parseUnixBind,
  },
];

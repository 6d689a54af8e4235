// Owns the rows of `global` that change behaviour and are not done yet: their arguments are checked as the reference checks them, then the line is answered
// "not supported yet". Values that ask for what Pointsman does anyway are right. Configuration manual §3.1 and §3.2; docs/adr/0004.

import { CONTINUING, checkValue, cInteger, NOT_NEGATIVE, oneOf, type ValueSpec } from "./global-values.ts";
import type { GlobalRow, GlobalScope, KeywordStatus } from "./rows.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";

/** Answers a right line that is not done. */
export function notYet(statement: Statement, { run }: GlobalScope): void {
  run.report.alert(statement, "PM1901", `'${statement.word(0)}' is not supported yet in 'global' section`);
}

/** A row that is checked by `spec`, then not supported, unless the value is among `harmless`. */
export function laterRow(name: string, syntax: string, spec: ValueSpec, harmless: readonly string[] = []): GlobalRow {
  return {
    name,
    sections: ["global"],
    syntax,
    since: "",
    status: "not-supported-yet",
    doc: "",
    parse: (statement, scope) => {
      if (!checkValue(statement, scope, spec)) return;
      if (harmless.includes(statement.word(1))) scope.run.noteNoEffect(statement, name, 0);
      else notYet(statement, scope);
    },
  };
}

/** A row with a parser of its own. */
export function ownRow(name: string, syntax: string, status: KeywordStatus, parse: GlobalRow["parse"]): GlobalRow {
  const doc = status === "no-effect" ? "Tunes something that Pointsman does not have." : "";
  return { name, sections: ["global"], syntax, since: "", status, doc, parse };
}

const INTEGER = "'%k' expects an integer argument.";
const limit: ValueSpec = { missing: INTEGER, once: { counts: "not-zero", message: CONTINUING } };

/** `+400-499 -404,500`: lists of ranges of status codes. */
function parseCodes(statement: Statement, scope: GlobalScope): void {
  const { report } = scope.run;
  const keyword = statement.word(0);
  if (statement.word(1) === "") {
    report.alert(statement, "PM1201", `Missing status codes range for '${keyword}'.`, { word: 1 });
    return;
  }
  for (let at = 1; statement.word(at) !== ""; at++) {
    const text = statement.word(at);
    const problem = codesProblem(text);
    if (problem === undefined) continue;
    const where = problem.offset === undefined ? "" : ` at position ${problem.offset}`;
    const tail = problem.offset === undefined ? "" : " Ranges must be in the form [+-]{low[-{high}]}[,...].";
    const hint = "Codes must be between 100 and 599 and ranges in ascending order.";
    const message = `Invalid status codes range '${text}' in '${keyword}'${where}.${tail}`;
    report.alert(statement, "PM1204", message, { word: at, ...(tail === "" ? { hint } : {}) });
    return;
  }
  notYet(statement, scope);
}

/** What is wrong with a list of ranges; `offset` is that of a bad character. */
function codesProblem(text: string): { readonly offset: number | undefined } | undefined {
  let at = /^[+-]/.test(text) ? 1 : 0;
  for (;;) {
    const part = /^(\d+)?(?:(-)(\d+)?)?/.exec(text.slice(at));
    if (part?.[1] === undefined) return { offset: at };
    if (part[2] !== undefined && part[3] === undefined) return { offset: at + part[0].length };
    at += part[0].length;
    if (at < text.length && text.charAt(at) !== ",") return { offset: at };
    const [low, high] = [cInteger(part[1]), cInteger(part[3] ?? part[1])];
    if (low < 100 || high > 599 || low > high) return { offset: undefined };
    if (at === text.length) return undefined;
    at++;
  }
}

function parseHeaderCase(statement: Statement, scope: GlobalScope) {
  const { run, draft } = scope;
  const [from, to] = [statement.word(1), statement.word(2)];
  const fail = (message: string, word: number) => run.report.alert(statement, "PM1203", message, { word });
  if (!checkValue(statement, scope, { words: 2 })) return;
  if (from === "" || to === "")
    return void fail("'h1-case-adjust' expects <from> and <to> as argument.", from === "" ? 1 : 2);
  if (from.toLowerCase() !== to.toLowerCase()) return void fail("<from> and <to> must not differ except the case", 2);
  const seen = `h1-case-adjust ${from}`;
  if (draft.seen.has(seen)) return void fail(`duplicate entry '${from}'`, 1);
  draft.seen.add(seen);
  notYet(statement, scope);
}

function parseHeaderCaseFile(statement: Statement, scope: GlobalScope): void {
  if (!checkValue(statement, scope, { missing: "'%k' expects <file> as argument." })) return;
  scope.draft.headerCaseFile = statement.word(1);
  notYet(statement, scope);
}

function parseStatsFile(statement: Statement, scope: GlobalScope): void {
  const missing = "'%k' expect one argument: a file path.";
  if (!checkValue(statement, scope, { missing, words: "any", once: { counts: "any", message: CONTINUING } })) return;
  scope.draft.statsFile = statement.word(1);
  notYet(statement, scope);
}

/** Files of global that the reference opens behind everything else. */
export function checkGlobalFiles({ global, environment, report }: Run): void {
  const { headerCaseFile, statsFile } = global;
  const missing = (path: string | undefined) => path !== undefined && "error" in environment.readFile(path);
  if (missing(headerCaseFile)) {
    const message = `h1-headers-case-adjust-file '${headerCaseFile}': failed to open file.`;
    report.general("alert", "PM1401", "late", message);
  }
  if (missing(statsFile)) {
    const message = `config: Can't load stats-file '${statsFile}': cannot open file.`;
    report.general("warning", "PM1401", "late", message);
  }
}

const PATH_MODES = ["current", "config", "parent", "origin"];

function parseDefaultPath(statement: Statement, scope: GlobalScope): void {
  const mode = statement.word(1);
  const fail = (message: string, word: number) => scope.run.report.alert(statement, "PM1203", message, { word });
  if (!PATH_MODES.includes(mode)) {
    const what = mode === "" ? "missing" : "unsupported";
    fail(
      `${what} default-path mode '${mode}' for 'default-path', supported modes include 'current', 'config', 'parent', and 'origin'.`,
      1,
    );
  } else if (mode === "origin" && statement.word(2) === "") {
    fail("'default-path origin' expects a directory as an argument.", 2);
  } else if (mode === "origin" && scope.run.environment.listDirectory(statement.word(2)) === undefined) {
    fail(
      `couldn't set 'default-path' to origin '${statement.word(2)}': Impossible to get back to directory: No such file or directory.`,
      2,
    );
  } else if (mode !== "current") notYet(statement, scope);
}

const CAPABILITIES = ["cap_net_raw", "cap_net_admin", "cap_net_bind_service", "cap_sys_admin"];

function parseCapabilities(statement: Statement, scope: GlobalScope): void {
  const supported = "Supported ones are: cap_net_raw, cap_net_admin, cap_net_bind_service and cap_sys_admin.";
  const text = statement.word(1);
  const names = text.split(",");
  const fail = (message: string) => scope.run.report.alert(statement, "PM1203", message, { word: 1 });
  if (text === "") fail(`'setcap' : missing capability name(s).  ${supported}`);
  // QUIRK: the reference names the first word of the list, whichever was wrong.
  else if (!names.every((name) => CAPABILITIES.includes(name))) {
    fail(`'setcap' : unsupported capability '${names[0]}'.  ${supported}`);
  } else notYet(statement, scope);
}

function parseExternalCheck(statement: Statement, scope: GlobalScope): void {
  const { run, draft } = scope;
  const option = statement.word(1);
  if (!checkValue(statement, scope, { words: 1 })) return;
  if (option !== "" && option !== "preserve-env") {
    const message = `'external-check' only supports 'preserve-env' as an argument, found '${option}'.`;
    run.report.alert(statement, "PM1203", message, { word: 1 });
    return;
  }
  draft.seen.add("external-check");
  run.noteNoEffect(statement, "external-check", 0);
}

function parseFamilies(statement: Statement, scope: GlobalScope): void {
  const text = statement.word(1);
  if (!checkValue(statement, scope, { words: 1 })) return;
  const names = text.replace(/,$/, "").split(",");
  if (names.every((name) => /^(?:ipv4|ipv6|auto)$/.test(name))) {
    if (text !== "auto" && new Set(names).size < 2) notYet(statement, scope);
    return;
  }
  // QUIRK: as above, the first of the list.
  const message = `'dns-accept-family' expects a comma-delimited list of 'ipv4' and 'ipv6' but got '${names[0]}'.`;
  scope.run.report.alert(statement, "PM1203", message, { word: 1 });
}

const DELAYS = { low: 300, high: 3600 };

/** The two limits of the OCSP updater hold each other. */
function parseOcspDelay(statement: Statement, scope: GlobalScope): void {
  const lowest = statement.word(0).endsWith("mindelay");
  const spec: ValueSpec = { words: "any", missing: INTEGER, test: NOT_NEGATIVE };
  if (!checkValue(statement, scope, spec)) return;
  const value = cInteger(statement.word(1));
  if (lowest ? value > DELAYS.high : value < DELAYS.low) {
    const message = `'${statement.word(0)}' can not be ${lowest ? "higher" : "lower"} than tune.ssl.ocsp-update.${lowest ? "maxdelay" : "mindelay"}.`;
    scope.run.report.alert(statement, "PM1204", message, { word: 1 });
  } else scope.run.noteNoEffect(statement, statement.word(0), 0);
}

function parseOcspSwitch(statement: Statement, { run }: GlobalScope): void {
  const keyword = statement.word(0);
  if (statement.word(1) !== "on" && statement.word(1) !== "off") {
    run.report.warn(statement, "PM1203", `'${keyword}' : expecting <on|off>`, { word: 1 });
  }
  run.noteNoEffect(statement, keyword, 0);
}

/** Keywords of global that are refused for now, and the few beside them that change nothing. */
export const GLOBAL_LATER_ROWS: readonly GlobalRow[] = [
  laterRow("fd-hard-limit", "<number>", limit),
  laterRow("maxconnrate", "<number>", limit),
  laterRow("maxsessrate", "<number>", limit),
  laterRow("maxsslrate", "<number>", limit),
  laterRow("maxsslconn", "<number>", { missing: INTEGER, test: NOT_NEGATIVE }, ["0"]),
  laterRow("h1-accept-payload-with-any-method", "", { words: 0 }),
  laterRow("h1-do-not-close-on-insecure-transfer-encoding", "", { words: 0 }),
  ownRow("h1-case-adjust-file", "<file>", "not-supported-yet", parseHeaderCaseFile),
  ownRow("h1-case-adjust", "<from> <to>", "not-supported-yet", parseHeaderCase),
  ...["tcp", "quic"].map((kind) =>
    laterRow(
      `harden.reject-privileged-ports.${kind}`,
      "on|off",
      { words: "any", test: oneOf("on off", "'%k' expects either 'on' or 'off'.") },
      kind === "quic" ? ["on", "off"] : ["off"],
    ),
  ),
  ownRow("http-err-codes", "<codes>...", "not-supported-yet", parseCodes),
  ownRow("http-fail-codes", "<codes>...", "not-supported-yet", parseCodes),
  ownRow("default-path", "current|config|parent|origin <path>", "not-supported-yet", parseDefaultPath),
  ownRow("setcap", "<name>[,...]", "not-supported-yet", parseCapabilities),
  ownRow("external-check", "[preserve-env]", "no-effect", parseExternalCheck),
  ownRow("dns-accept-family", "<family>[,...]", "not-supported-yet", parseFamilies),
  ownRow("stats-file", "<file>", "not-supported-yet", parseStatsFile),
  laterRow("tune.http.cookielen", "<number>", { missing: INTEGER }),
  laterRow("tune.http.logurilen", "<number>", { missing: INTEGER }),
  laterRow("tune.stick-counters", "<number>", {
    words: "any",
    test: ({ text }) => {
      if (text !== "" && !/^[+-]?\d+$/.test(text)) return "%k: '%v' is an invalid number";
      const count = cInteger(text);
      return count < 0 ? `%k: the number of stick-counters may not be negative (was ${count})` : undefined;
    },
  }),
  ...[
    "ocsp-update.mindelay",
    "ocsp-update.maxdelay",
    "tune.ssl.ocsp-update.mindelay",
    "tune.ssl.ocsp-update.maxdelay",
  ].map((name) => ownRow(name, "<seconds>", "no-effect", parseOcspDelay)),
  ownRow("ocsp-update.disable", "on|off", "no-effect", parseOcspSwitch),
  ownRow("ocsp-update.mode", "on|off", "no-effect", parseOcspSwitch),
];

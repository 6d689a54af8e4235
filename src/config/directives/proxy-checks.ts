// Owns the rows of health checks of proxies: `option httpchk` and `http-check`. Configuration manual §4.2.

import type { HttpCheckModel } from "../model/index.ts";
import { tooManyWords, warnIgnored } from "./arguments.ts";
import {
  blockedSend,
  checkComment,
  checkConnect,
  checkExpectation,
  checkSendText,
  checkVariable,
  formatFault,
  isVariableRule,
} from "./check-sequence.ts";
import type { HttpCheckDraft } from "./draft.ts";
import { type Fault, fault, type LineCheck, sayFault } from "./proxy-later.ts";
import { DEFAULTS_AND_BACK, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";

function newHttpCheck(): HttpCheckDraft {
  return {
    method: "OPTIONS",
    uri: "/",
    version: "HTTP/1.0",
    headers: [],
    body: "",
    expect: undefined,
    disableOn404: false,
    sendState: false,
  };
}

function parseHttpchk(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  warnIgnored(scope, statement, "backend", "httpchk");
  if (tooManyWords(run, statement, 5, "option httpchk")) return;
  const words = statement.texts.slice(2);
  const version = words[2] ?? "HTTP/1.0";
  if (/[\r\n]/.test(version)) {
    const message =
      "'option httpchk' : hiding headers or body at the end of the version string is unsupported.Use 'http-check send' directive instead..";
    run.report.alert(statement, "PM1106", message, { word: 4 });
    return;
  }
  const { settings } = draft;
  settings.checkKind = "http";
  const check = (settings.httpCheck ??= newHttpCheck());
  // One word is the URI; two are method and URI.
  check.uri = (words.length === 1 ? words[0] : words[1]) ?? "/";
  check.method = (words.length >= 2 ? words[0] : undefined) ?? "OPTIONS";
  check.version = version;
  const host = words[3];
  if (host !== undefined) check.headers = [{ name: "host", value: host }];
}

const SUPPORTED =
  "'http-check' only supports 'disable-on-404', 'send-state', 'comment', 'connect', 'send', 'expect', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'.";

/** An `http-check` whose action is not one, or not done yet. */
export function unknownHttpCheck(statement: Statement, scope: ProxyScope): void {
  const { run } = scope;
  const name = statement.word(1);
  if (isVariableRule(name)) {
    parseLaterStep(checkVariable)(statement, scope);
    return;
  }
  warnIgnored(scope, statement, "backend");
  run.report.alert(statement, "PM1203", `${SUPPORTED} but got '${name}'`, { word: 1 });
}

/** A rule that is checked and not done yet. */
function parseLaterStep(check: LineCheck): ProxyRow["parse"] {
  return (statement, scope) => {
    warnIgnored(scope, statement, "backend");
    if (statement.word(0) === "tcp-check") scope.draft.settings.tcpCheckRules = true;
    else scope.draft.settings.httpCheckRules = true;
    const answer = check(statement, scope);
    if (answer === false) return;
    if (answer !== undefined) sayFault(scope, statement, answer);
    else {
      const message = `'${statement.word(0)} ${statement.word(1)}' is not supported yet`;
      scope.run.report.alert(statement, "PM1901", message, { word: 1 });
    }
  };
}

const TCP_SUPPORTED =
  "'tcp-check' only supports 'comment', 'connect', 'send', 'send-binary', 'expect', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'.";

const checkTcpRule: LineCheck = (statement, scope) => {
  const name = statement.word(1);
  if (name === "connect") return checkConnect(statement, scope);
  if (name === "comment") return checkComment(statement, scope);
  if (name === "expect") return checkExpectation(statement, scope);
  if (/^send(?:-binary)?(?:-lf)?$/.test(name)) return checkSendText(statement, scope);
  if (isVariableRule(name)) return checkVariable(statement, scope);
  return fault("PM1203", 1, `${TCP_SUPPORTED} but got '${name}'`);
};

function parseFlag(key: "disableOn404" | "sendState"): ProxyRow["parse"] {
  return (statement, scope) => {
    warnIgnored(scope, statement, "backend");
    if (tooManyWords(scope.run, statement, 1)) return;
    (scope.draft.settings.httpCheck ??= newHttpCheck())[key] = true;
  };
}

/** `%` begins an alias or an expression of the log-format language. */
function isFormat(text: string): boolean {
  return /%[^%]/.test(text);
}

/** What is wrong with the words of a send rule. */
function sendFault(statement: Statement, scope: ProxyScope): Fault | undefined {
  const intro = "'http-check send' : ";
  for (let at = 2; statement.word(at) !== ""; at += 2) {
    const [word, value] = [statement.word(at), statement.word(at + 1)];
    if (word === "hdr") {
      if (value === "" || statement.word(at + 2) === "") {
        return fault("PM1201", at + 1, `${intro}'hdr' expects <name> and <value> as arguments.`);
      }
      const wrong = formatFault(scope, statement, at + 2, intro);
      const inner = wrong && /\((.*)\)\.$/s.exec(wrong.message)?.[1];
      if (inner !== undefined) return fault("PM1502", at + 2, `${intro}${inner}.`);
      at++;
    } else if (["meth", "uri", "uri-lf", "ver", "body", "body-lf", "comment"].includes(word)) {
      if (value === "") return fault("PM1201", at + 1, `${intro}'${word}' expects a string as argument..`);
      const wrong = word.endsWith("-lf") ? formatFault(scope, statement, at + 1, intro) : undefined;
      if (wrong !== undefined) return wrong;
    } else {
      const message = `${intro}expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '${word}' as argument..`;
      return fault("PM1203", at, message);
    }
  }
  return undefined;
}

function parseSend(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  warnIgnored(scope, statement, "backend");
  const check = (draft.settings.httpCheck ??= newHttpCheck());
  draft.settings.httpCheckRules = true;
  const wrong = sendFault(statement, scope);
  if (wrong !== undefined) {
    sayFault(scope, statement, wrong);
    return;
  }
  const step = blockedSend(scope);
  if (step !== undefined) {
    const message = `'http-check send' : unable to add http-check send rule at step ${step} (missing connect rule)..`;
    run.report.alert(statement, "PM1203", message, { word: 1 });
    return;
  }
  draft.checkSteps.push("send");
  const headers: { name: string; value: string }[] = [];
  for (let at = 2; statement.word(at) !== ""; at += 2) {
    const [word, value] = [statement.word(at), statement.word(at + 1)];
    if (word === "meth") check.method = value;
    else if (word === "uri") check.uri = value;
    else if (word === "ver") check.version = value;
    else if (word === "body") check.body = value;
    else if (word === "hdr") {
      const text = statement.word(at + 2);
      if (isFormat(text)) {
        run.report.alert(statement, "PM1901", "'http-check send' : a format in a header's value is not supported yet", {
          word: at + 2,
        });
        return;
      }
      headers.push({ name: value, value: text.replaceAll("%%", "%") });
      at++;
    } else if (word === "uri-lf" || word === "body-lf") {
      run.report.alert(statement, "PM1901", `'http-check send ${word}' is not supported yet`, { word: at });
      return;
    }
  }
  if (headers.length > 0) check.headers = headers;
}

type Expect = NonNullable<HttpCheckModel["expect"]>;

interface ExpectProblem {
  readonly code: "PM1201" | "PM1203" | "PM1208" | "PM1901";
  readonly message: string;
  readonly word: number;
}

function parseExpect(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  warnIgnored(scope, statement, "backend");
  draft.settings.httpCheckRules = true;
  const wrong = checkExpectation(statement, scope);
  if (wrong !== undefined) {
    if (wrong !== false) sayFault(scope, statement, wrong);
    return;
  }
  const twice = draft.own.has("http-check expect");
  const expect: Expect | ExpectProblem = twice
    ? { code: "PM1901", message: "more than one 'expect' is not supported yet", word: 1 }
    : readExpect(statement);
  if ("code" in expect) {
    run.report.alert(statement, expect.code, `'http-check expect' : ${expect.message}`, { word: expect.word });
    return;
  }
  draft.own.add("http-check expect");
  (draft.settings.httpCheck ??= newHttpCheck()).expect = expect;
}

function readExpect(statement: Statement): Expect | ExpectProblem {
  let at = 2;
  let kind = statement.word(at);
  if (kind === "") return { code: "PM1201", message: "expects at least a matching pattern as arguments.", word: at };
  const negated = kind.startsWith("!");
  if (kind === "!") kind = statement.word(++at);
  else if (negated) kind = kind.slice(1);
  const [text, extra] = [statement.word(at + 1), statement.word(at + 2)];
  if (LATER_EXPECTS.includes(kind)) return { code: "PM1901", message: `'${kind}' is not supported yet`, word: at };
  if (kind !== "status" && kind !== "rstatus" && kind !== "string" && kind !== "rstring") {
    const expected =
      "'only supports min-recv, [!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', [!]hdr, [!]fhdr or comment";
    return { code: "PM1203", message: `${expected} but got '${kind}' as argument..`, word: at };
  }
  if (text === "") return { code: "PM1201", message: `'${kind}' expects a <pattern> as argument.`, word: at + 1 };
  if (extra !== "") return { code: "PM1901", message: `'${extra}' is not supported yet`, word: at + 2 };
  if (kind === "status") {
    const ranges = statusRanges(text);
    if (ranges !== undefined) return { negated, kind, ranges };
    return { code: "PM1203", message: `invalid range of status codes '${text}'.`, word: at + 1 };
  }
  return { negated, kind, pattern: text };
}

const LATER_EXPECTS = [
  "min-recv",
  "string-lf",
  "hdr",
  "fhdr",
  "comment",
  "ok-status",
  "error-status",
  "tout-status",
  "on-success",
  "on-error",
  "status-code",
];

/** "200,300-399" as ranges; undefined when it is not that. */
function statusRanges(text: string): readonly (readonly [number, number])[] | undefined {
  const ranges: (readonly [number, number])[] = [];
  for (const part of text.split(",")) {
    const match = /^(\d*)(?:-(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const low = Number(match[1]);
    const high = Number(match[2] ?? match[1]);
    if (low > high) return undefined;
    ranges.push([low, high]);
  }
  return ranges;
}

function row(name: string, syntax: string, since: string, doc: string, parse: ProxyRow["parse"]): ProxyRow {
  return { name, sections: DEFAULTS_AND_BACK, syntax, since, status: "done", doc, parse };
}

/** Health checks by rules. */
export const PROXY_CHECK_ROWS: readonly ProxyRow[] = [
  {
    ...row("tcp-check", "<rule> [<arguments>]", "1.5", "What a check sends and expects.", parseLaterStep(checkTcpRule)),
    status: "not-supported-yet",
  },
  {
    ...row("http-check connect", "[<options>]", "2.2", "Connect for the next rules.", parseLaterStep(checkConnect)),
    status: "not-supported-yet",
  },
  {
    ...row("http-check comment", "<text>", "2.2", "Text for the log.", parseLaterStep(checkComment)),
    status: "not-supported-yet",
  },
  row(
    "option httpchk",
    "[<uri> | <method> <uri> [<version> [<host>]]]",
    "1.0",
    "Check health by an HTTP request.",
    parseHttpchk,
  ),
  row(
    "http-check disable-on-404",
    "",
    "1.3",
    "Let a server that answers 404 finish its sessions.",
    parseFlag("disableOn404"),
  ),
  row("http-check send-state", "", "1.3", "Tell servers their state in a header.", parseFlag("sendState")),
  row(
    "http-check send",
    "[meth <method>] [uri <uri>] [ver <version>] [hdr <name> <value>]... [body <text>]",
    "2.2",
    "What the check sends.",
    parseSend,
  ),
  row(
    "http-check expect",
    "[!] status|rstatus|string|rstring <pattern>",
    "1.5",
    "What the answer must look like.",
    parseExpect,
  ),
];

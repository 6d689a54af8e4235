// Owns what `tcp-check` and `http-check` rules share: connections, variables, comments, expectations, and the order they may stand in. What a rule says is
// checked here; only the plain forms of `http-check send` and `expect` are done (proxy-checks.ts). Configuration manual §4.2.

import { parseLogFormat } from "../../log/index.ts";
import { type ExpressionContext, parseExpression, regexProblem, variableProblem } from "../../sample/index.ts";
import { expressionContext, sayProblem } from "./arguments.ts";
import { type Fault, fault } from "./proxy-later.ts";
import { addressFault } from "./proxy-source.ts";
import type { ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";

type Answer = Fault | false | undefined;

function contextOf({ run, draft }: ProxyScope): ExpressionContext {
  return expressionContext(run, draft, "check");
}

/** What is wrong with a format in word `at`. */
export function formatFault(scope: ProxyScope, statement: Statement, at: number, intro: string): Fault | undefined {
  const text = statement.word(at);
  const parsed = parseLogFormat(text, at, contextOf(scope));
  if (!("problem" in parsed) || parsed.problem.reason === "unsupported") return undefined;
  return fault("PM1502", at, `${intro}'${text}' invalid log-format string (${parsed.problem.message}).`);
}

function expressionFault(scope: ProxyScope, statement: Statement, at: number, intro: string): Answer {
  const parsed = parseExpression([statement.word(at)], 0, contextOf(scope));
  if (!("problem" in parsed) || parsed.problem.reason === "unsupported") return undefined;
  sayProblem(scope.run, statement, { ...parsed.problem, word: at }, intro);
  return false;
}

/** What is wrong with bytes written in hexadecimal digits. */
function binaryFault(text: string): string | undefined {
  const bad = /[^0-9a-fA-F]/.exec(text)?.[0];
  if (bad !== undefined) return `an hex digit is expected (found '${bad}')`;
  return text.length % 2 === 0 ? undefined : "an even number of hex digit is expected";
}

const CONNECT_EXPECTED =
  "expects 'comment', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn' or 'via-socks4', 'linger', 'default' but got";

/** `connect [default] [port …] [addr …] …` */
export function checkConnect(statement: Statement, scope: ProxyScope): Answer {
  const family = statement.word(0);
  const intro = `'${family} connect' : `;
  const first = scope.draft.checkSteps.find((step) => step !== "comment" && step !== "var");
  if (first !== undefined && first !== "connect") {
    const message = `${intro}first step MUST also be a 'connect', optionally preceded by a 'set-var', an 'unset-var' or a 'comment', when there is a 'connect' step in the tcp-check ruleset.`;
    return fault("PM1203", 1, message);
  }
  for (let at = 2; statement.word(at) !== ""; at++) {
    const word = statement.word(at);
    if (["default", "linger", "send-proxy", "ssl", "via-socks4"].includes(word)) continue;
    const value = statement.word(++at);
    if (word === "port") {
      const wrong = portFault(statement, scope, at, intro);
      if (wrong !== undefined) return wrong;
      scope.draft.settings.checkPortInRules = true;
    } else if (word === "addr") {
      if (value === "") return fault("PM1201", at, `${intro}'addr' expects <ipv4|ipv6> as argument..`);
      const wrong = addressFault(scope.run, value);
      if (wrong !== undefined) return fault("PM1207", at, `${intro}'addr' : ${wrong}..`);
    } else if (word === "sni" || word === "comment") {
      if (value === "") return fault("PM1201", at, `${intro}'${word}' expects a string as argument..`);
    } else if (word === "alpn") {
      if (value === "") {
        return fault("PM1201", at, `${intro}'alpn' : missing the comma-delimited ALPN protocol suite.`);
      }
    } else if (word === "proto") {
      const wrong = muxFault(value, family);
      if (wrong !== undefined) return fault("PM1203", at, intro + wrong);
    } else return fault("PM1203", at - 1, `${intro}${CONNECT_EXPECTED} '${word}' as argument..`);
  }
  scope.draft.checkSteps.push("connect");
  return undefined;
}

function muxFault(value: string, family: string): string | undefined {
  if (value === "") return "'proto' expects a MUX protocol as argument..";
  if (!["h1", "h2", "fcgi", "none", "spop"].includes(value)) return `'proto' : unknown MUX protocol '${value}'..`;
  const fits = family === "http-check" ? value !== "none" : value === "none";
  return fits ? undefined : `'proto' : invalid MUX protocol '${value}' for ${family}.`;
}

function portFault(statement: Statement, scope: ProxyScope, at: number, intro: string): Answer {
  const value = statement.word(at);
  if (value === "") {
    return fault("PM1201", at, `${intro}'port' expects a port number or a sample expression as argument..`);
  }
  if (!/^\d+$/.test(value)) {
    return expressionFault(scope, statement, at, `${intro}error detected while parsing port expression : `);
  }
  const port = Number(value);
  if (port >= 1 && port <= 65535) return undefined;
  const message = `${intro}expects a valid TCP port (from range 1 to 65535) or a sample expression, got ${port}..`;
  return fault("PM1204", at, message);
}

/** `comment <text>` */
export function checkComment(statement: Statement, { draft }: ProxyScope): Answer {
  if (statement.word(2) === "") {
    return fault("PM1201", 2, `'${statement.word(0)} comment' : expects a string as argument.`);
  }
  draft.checkSteps.push("comment");
  return undefined;
}

/** `set-var(name) …`, `set-var-fmt(name) …`, `unset-var(name)` */
export function checkVariable(statement: Statement, scope: ProxyScope): Answer {
  const keyword = statement.word(1);
  const open = keyword.indexOf("(");
  const action = keyword.slice(0, open);
  const name =
    keyword
      .slice(open + 1)
      .replace(/\).*$/s, "")
      .split(",")[0] ?? "";
  const intro = `'${statement.word(0)} ${keyword}' : '${action}' : `;
  const wrong = variableProblem(name);
  if (wrong !== undefined) return fault("PM1203", 1, `${intro}${wrong}.`);
  if (action === "set-var") {
    if (statement.word(2) === "") return fault("PM1201", 2, `${intro}missing fetch method.`);
    const answer = expressionFault(scope, statement, 2, intro);
    if (answer !== undefined) return answer;
  }
  scope.draft.checkSteps.push("var");
  return undefined;
}

/** True for the words that {@link checkVariable} takes. */
export function isVariableRule(word: string): boolean {
  return /^(?:set-var(?:-fmt)?|unset-var)\(/.test(word);
}

/** `send`, `send-lf`, `send-binary`, `send-binary-lf` of tcp-check. */
export function checkSendText(statement: Statement, scope: ProxyScope): Answer {
  const keyword = statement.word(1);
  const intro = `'tcp-check ${keyword}' : `;
  const text = statement.word(2);
  const isBinary = keyword.startsWith("send-binary");
  if (text === "") {
    return fault("PM1201", 2, `${intro}'${isBinary ? "binary string" : "string"}' expects a ${keyword} as argument.`);
  }
  for (let at = 3; statement.word(at) !== ""; at += 2) {
    if (statement.word(at) !== "comment") {
      return fault("PM1203", at, `${intro}expects 'comment' but got '${statement.word(at)}' as argument..`);
    }
    if (statement.word(at + 1) === "")
      return fault("PM1201", at + 1, `${intro}'comment' expects a string as argument..`);
  }
  if (keyword.endsWith("-lf")) {
    const wrong = formatFault(scope, statement, 2, intro);
    if (wrong !== undefined) return wrong;
  } else if (isBinary) {
    const wrong = binaryFault(text);
    if (wrong !== undefined) return fault("PM1203", 2, `${intro}'${text}' invalid binary string (${wrong}).`);
  }
  scope.draft.checkSteps.push("send");
  return undefined;
}

const STATUSES: Readonly<Record<string, readonly string[]>> = {
  "ok-status": ["L4OK", "L6OK", "L7OK", "L7OKC"],
  "error-status": ["L4CON", "L6RSP", "L7RSP", "L7STS"],
  "tout-status": ["L4TOUT", "L6TOUT", "L7TOUT"],
};
/** The reference lets this one through as an error status too. */
const ERROR_EXTRA = "L7OKC";

const TCP_EXPECTED =
  "'only supports min-recv, '[!]binary', '[!]string', '[!]rstring', '[!]string-lf''[!]rbinary', '[!]binary-lf' or comment but got";
const HTTP_EXPECTED =
  "'only supports min-recv, [!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', [!]hdr, [!]fhdr or comment but got";

const TCP_PATTERNS = ["string", "rstring", "string-lf", "binary", "rbinary", "binary-lf"];
const HTTP_PATTERNS = ["string", "rstring", "string-lf", "status", "rstatus"];

/** Checks an `expect` line of either family. */
export function checkExpectation(statement: Statement, scope: ProxyScope): Answer {
  return new ExpectReader(statement, scope).read();
}

class ExpectReader {
  readonly #statement: Statement;
  readonly #scope: ProxyScope;
  readonly #isHttp: boolean;
  readonly #intro: string;
  #at = 2;
  #hasPattern = false;

  constructor(statement: Statement, scope: ProxyScope) {
    this.#statement = statement;
    this.#scope = scope;
    this.#isHttp = statement.word(0) === "http-check";
    this.#intro = `'${statement.word(0)} expect' : `;
  }

  read(): Answer {
    if (this.#statement.word(2) === "") {
      return fault("PM1201", 2, `${this.#intro}expects at least a matching pattern as arguments.`);
    }
    for (let word = this.#statement.word(this.#at); word !== ""; word = this.#statement.word(this.#at)) {
      const answer = this.#option(word);
      if (answer !== undefined) return answer;
      this.#at++;
    }
    if (!this.#hasPattern) return this.#fault("PM1201", "expects a matching pattern.");
    this.#scope.draft.checkSteps.push("expect");
    return undefined;
  }

  #fault(code: Fault["code"], message: string): Fault {
    return fault(code, this.#at, this.#intro + message);
  }

  #option(given: string): Answer {
    let word = given;
    if (word === "!") word = this.#statement.word(++this.#at);
    else if (word.startsWith("!")) word = word.slice(1);
    const isPattern = (this.#isHttp ? HTTP_PATTERNS : TCP_PATTERNS).includes(word);
    const isHeader = this.#isHttp && (word === "hdr" || word === "fhdr");
    if (isPattern || isHeader) {
      if (this.#hasPattern) return this.#fault("PM1202", "only one pattern expected.");
      this.#hasPattern = true;
      return isHeader ? this.#header(word) : this.#pattern(word);
    }
    const value = this.#statement.word(this.#at + 1);
    if (word === "min-recv" || word === "comment" || word === "on-success" || word === "on-error") {
      this.#at++;
      if (value === "") {
        return this.#fault("PM1201", `'${word}' expects a ${word === "min-recv" ? "integer" : "string"} as argument.`);
      }
      if (!word.startsWith("on-")) return undefined;
      return formatFault(this.#scope, this.#statement, this.#at, this.#intro);
    }
    if (word === "status-code") {
      this.#at++;
      if (value === "") return this.#fault("PM1201", "'status-code' expects an expression as argument.");
      const intro = `${this.#intro}error detected while parsing status-code expression : `;
      return expressionFault(this.#scope, this.#statement, this.#at, intro);
    }
    const statuses = Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
    if (statuses !== undefined) return this.#status(word, statuses);
    return this.#fault("PM1203", `${this.#isHttp ? HTTP_EXPECTED : TCP_EXPECTED} '${word}' as argument..`);
  }

  #status(word: string, statuses: readonly string[]): Answer {
    const value = this.#statement.word(++this.#at);
    if (value === "") return this.#fault("PM1201", `'${word}' expects a string as argument.`);
    if (statuses.includes(value) || (word === "error-status" && value === ERROR_EXTRA)) return undefined;
    const names = statuses.map((name) => `'${name}'`);
    const list = `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
    return this.#fault("PM1203", `'${word}' only supports ${list} status (got '${value}')..`);
  }

  #pattern(word: string): Answer {
    const text = this.#statement.word(++this.#at);
    if (text === "") return this.#fault("PM1201", `'${word}' expects a <pattern> as argument.`);
    if (word === "status") return this.#codes(text);
    if (word === "binary") {
      const wrong = binaryFault(text);
      return wrong === undefined ? undefined : this.#fault("PM1203", `invalid binary string (${wrong}).`);
    }
    if (word.endsWith("-lf")) return formatFault(this.#scope, this.#statement, this.#at, this.#intro);
    return word.startsWith("r") ? this.#regex(text) : undefined;
  }

  #regex(text: string): Answer {
    const wrong = regexProblem(text, false);
    return wrong === undefined ? undefined : this.#fault("PM1208", `${wrong}.`);
  }

  #codes(text: string): Answer {
    const bad = /[^0-9,-]/.exec(text)?.[0];
    if (bad !== undefined) return this.#fault("PM1203", `invalid character '${bad}' in the list of status codes.`);
    for (const part of text.split(",")) {
      const [low = "", high = low] = part.split("-");
      // QUIRK: "-5" begins at 0.
      if (high === "" || Number(low) > Number(high)) {
        return this.#fault("PM1203", `invalid range of status codes '${text}'.`);
      }
    }
    return undefined;
  }

  /** `hdr name [-m <method>] <name> [value [-m <method>] <value>]` */
  #header(word: string): Answer {
    const missing = `'${word}' expects at the name keyword as first argument followed by a pattern.`;
    if (this.#statement.word(this.#at + 1) !== "name" || this.#statement.word(this.#at + 2) === "") {
      return this.#fault("PM1201", missing);
    }
    this.#at++;
    const wrong = this.#matched(word);
    if (wrong !== undefined || this.#statement.word(this.#at + 1) !== "value") return wrong;
    this.#at++;
    return this.#matched(word);
  }

  #matched(word: string): Answer {
    let method = "str";
    if (this.#statement.word(this.#at + 1) === "-m") {
      this.#at += 2;
      method = this.#statement.word(this.#at);
      if (!["str", "beg", "end", "sub", "reg"].includes(method)) {
        return this.#fault(
          "PM1203",
          `'${word}' : '-m' only supports 'str', 'beg', 'end', 'sub' or 'reg' (got '${method}').`,
        );
      }
    }
    const text = this.#statement.word(++this.#at);
    if (text === "") return this.#fault("PM1201", `'${word}' expects a pattern.`);
    return method === "reg" ? this.#regex(text) : undefined;
  }
}

/** Where an `http-check send` may stand: one for each connection, before what it expects. The step that is in the way otherwise. */
export function blockedSend(scope: ProxyScope): number | undefined {
  const steps = scope.draft.checkSteps;
  for (let at = steps.length - 1; at >= 0; at--) {
    if (steps[at] === "connect") return undefined;
    if (steps[at] === "send" || steps[at] === "expect") return Math.max(2, at + 1);
  }
  return undefined;
}

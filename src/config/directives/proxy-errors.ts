// Owns the rows of error pages beside `errorfile`: `errorfiles`, `errorloc` and its kin, `http-error`. Configuration manual §4.2.

import { parseLogFormat } from "../../log/index.ts";
import { expressionContext } from "./arguments.ts";
import { ERROR_STATUSES } from "./proxy-formats.ts";
import { type Fault, fault, type LineCheck, laterRow } from "./proxy-later.ts";
import { EVERYWHERE, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger } from "./values.ts";

const checkErrorFiles: LineCheck = (statement, { draft }) => {
  const name = statement.word(1);
  if (name === "") return fault("PM1201", 1, "errorfiles : expects <name> as argument.");
  for (let at = 2; statement.word(at) !== ""; at++) {
    const status = looseInteger(statement.word(at));
    if (!ERROR_STATUSES.includes(status)) {
      return fault("PM1204", at, `errorfiles : status code '${status}' not handled.`);
    }
  }
  draft.references.push({ kind: "http-errors", name, statement, word: 1 });
  return undefined;
};

const checkErrorLocation: LineCheck = (statement) => {
  const keyword = statement.word(0);
  if (statement.word(2) === "") {
    const word = statement.word(1) === "" ? 1 : 2;
    return fault("PM1201", word, `${keyword} : expects <status_code> and <url> as arguments.`);
  }
  if (statement.word(3) !== "") return fault("PM1202", 3, `${keyword} : expects exactly two arguments.`);
  const status = looseInteger(statement.word(1));
  if (ERROR_STATUSES.includes(status)) return undefined;
  return fault("PM1204", 1, `${keyword} : status code '${status}' not handled.`);
};

const PAYLOADS = ["errorfile", "errorfiles", "default-errorfiles", "file", "string", "lf-file", "lf-string"];

/** The reader of one `http-error` line. */
class ReplyReader {
  readonly #statement: Statement;
  readonly #scope: ProxyScope;
  #type = "";
  #payload = "";
  #filled = false;

  constructor(statement: Statement, scope: ProxyScope) {
    this.#statement = statement;
    this.#scope = scope;
  }

  read(): Fault | undefined {
    const wrong = this.#words();
    if (wrong !== undefined) return wrong;
    const { run } = this.#scope;
    const own = ["file", "string", "lf-file", "lf-string"].includes(this.#payload);
    if (own && this.#filled && this.#type === "") {
      const message = "http-error : a content type must be defined when non-empty payload is configured";
      return fault("PM1201", 0, message);
    }
    if (this.#payload === "" && this.#type !== "") {
      const message = `content-type '${this.#type}' ignored by the http reply because neither errorfile nor payload defined.`;
      run.report.warn(this.#statement, "PM1306", message);
    }
    return undefined;
  }

  #words(): Fault | undefined {
    const statement = this.#statement;
    for (let at = 1; statement.word(at) !== ""; at++) {
      const [word, value] = [statement.word(at), statement.word(at + 1)];
      const expects = (what: string) => fault("PM1201", at + 1, `http-error : '${word}' expects ${what} as argument`);
      if (word === "default-errorfiles") this.#payload = word;
      else if (word === "hdr") {
        if (value === "" || statement.word(at + 2) === "") {
          return fault("PM1201", at + 1, "http-error : 'hdr' expects <name> and <value> as arguments");
        }
        const wrong = this.#format(at + 2);
        if (wrong !== undefined) return wrong;
        at += 2;
      } else if (word === "status") {
        if (value === "") return expects("<status_code>");
        const status = looseInteger(value);
        if (!ERROR_STATUSES.includes(status)) {
          return fault("PM1204", at + 1, `http-error: status code '${status}' not handled.`);
        }
        at++;
      } else if (word === "content-type") {
        if (value === "") return expects("<ctype>");
        this.#type = value;
        at++;
      } else if (PAYLOADS.includes(word)) {
        if (value === "")
          return expects(word.endsWith("string") ? "<str>" : word === "errorfiles" ? "<name>" : "<file>");
        this.#payload = word;
        const wrong = this.#take(word, at + 1);
        if (wrong !== undefined) return wrong;
        at++;
      } else return fault("PM1203", at, `http-error : unknown keyword '${word}'.`);
    }
    return undefined;
  }

  #take(word: string, at: number): Fault | undefined {
    const value = this.#statement.word(at);
    const { run, draft } = this.#scope;
    if (word === "lf-string") {
      this.#filled = true;
      return this.#format(at);
    }
    if (word === "string") this.#filled = true;
    else if (word === "errorfiles") {
      draft.references.push({ kind: "http-errors", name: value, statement: this.#statement, word: at });
    } else {
      const answer = run.environment.readFile(value);
      const dot = word === "errorfile" ? "." : "";
      if ("error" in answer) return fault("PM1401", at, `http-error : error opening file '${value}'${dot}`);
      this.#filled = answer.length > 0;
    }
    return undefined;
  }

  #format(at: number): Fault | undefined {
    const { run, draft } = this.#scope;
    const parsed = parseLogFormat(this.#statement.word(at), at, expressionContext(run, draft, "http-request"));
    if (!("problem" in parsed) || parsed.problem.reason === "unsupported") return undefined;
    return fault("PM1502", at, `http-error : ${parsed.problem.message}`);
  }
}

const checkHttpError: LineCheck = (statement, scope) => {
  if (statement.word(1) !== "status") {
    return fault("PM1201", 1, "http-error : expects at least a <status> as arguments.");
  }
  return new ReplyReader(statement, scope).read();
};

const row = (name: string, syntax: string, since: string, doc: string, check: LineCheck): ProxyRow =>
  laterRow({ name, sections: EVERYWHERE, syntax, since, doc }, check);

/** Error pages. */
export const PROXY_ERROR_ROWS: readonly ProxyRow[] = [
  row("errorfiles", "<section> [<status>]...", "2.2", "Error pages of an http-errors section.", checkErrorFiles),
  row("errorloc", "<status> <url>", "1.0", "Redirect instead of an error page.", checkErrorLocation),
  row("errorloc302", "<status> <url>", "1.1", "Redirect with 302 instead of an error page.", checkErrorLocation),
  row("errorloc303", "<status> <url>", "1.1", "Redirect with 303 instead of an error page.", checkErrorLocation),
  row(
    "http-error",
    "status <status> [content-type <type>] [file|string|lf-file|lf-string|errorfile|errorfiles <value>] [hdr <name> <format>]...",
    "2.2",
    "What is sent instead of an error page.",
    checkHttpError,
  ),
];

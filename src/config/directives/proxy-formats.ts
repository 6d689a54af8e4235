// Owns the rows of log formats, unique ids, captures and error files. Formats are compiled when the proxy is complete, because its mode decides.
// Configuration manual §4.2 and §8.2.

import { notInDefaults, tooManyWords, warnIgnored } from "./arguments.ts";
import { type FormatDraft, sectionTitle } from "./draft.ts";
import { DEFAULTS_AND_FRONT, EVERYWHERE, FRONT, type ProxyRow, type ProxyScope } from "./rows.ts";
import { latin1Text } from "./run.ts";
import type { Statement } from "./statement.ts";
import { looseInteger } from "./values.ts";

/** The single argument of a format line; undefined after an alert. */
function formatOf(statement: Statement, { run }: ProxyScope): FormatDraft | undefined {
  const keyword = statement.word(0);
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", `${keyword} expects an argument.`, { word: 1 });
    return undefined;
  }
  if (statement.word(2) !== "") {
    const message = `${keyword} expects only one argument, don't forget to escape spaces!`;
    run.report.alert(statement, "PM1202", message, { word: 2 });
    return undefined;
  }
  return { format: { text: statement.word(1) }, statement };
}

type FormatName = "log-format" | "error-log-format" | "unique-id-format" | "log-format-sd";

function formatRow(name: FormatName, since: string, doc: string): ProxyRow {
  const keys = {
    "log-format": "logFormat",
    "error-log-format": "errorLogFormat",
    "unique-id-format": "uniqueIdFormat",
    "log-format-sd": "logFormatSd",
  } as const;
  return {
    name,
    sections: DEFAULTS_AND_FRONT,
    syntax: "<format>",
    since,
    status: "done",
    doc,
    parse: (statement, scope) => {
      const format = formatOf(statement, scope);
      if (format === undefined) return;
      if (scope.draft.section === "backend" && name !== "unique-id-format") {
        const message = `${sectionTitle(scope.draft)} : '${name}' directive is ignored in backends.`;
        scope.run.report.warn(statement, "PM1307", message);
        return;
      }
      scope.draft.settings[keys[name]] = format;
      if (name !== "log-format-sd") return;
      scope.run.report.alert(statement, "PM1901", "'log-format-sd' is not supported yet");
    },
  };
}

const CAPTURE_EXPECTED = "'capture' expects 'cookie' or 'request header' or 'response header'.";

function parseCapture(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  const [kind, header] = [statement.word(1), statement.word(2)];
  if (kind === "cookie") {
    parseCookieCapture(statement, scope);
    return;
  }
  if ((kind !== "request" && kind !== "response") || header !== "header") {
    warnIgnored(scope, statement, "frontend");
    run.report.alert(statement, "PM1203", CAPTURE_EXPECTED, {
      word: kind === "request" || kind === "response" ? 2 : 1,
    });
    return;
  }
  if (notInDefaults(scope, statement, `capture ${kind}`)) return;
  warnIgnored(scope, statement, "frontend");
  if (tooManyWords(run, statement, 5, `capture ${kind}`)) return;
  if (statement.word(3) === "" || statement.word(4) !== "len" || statement.word(5) === "") {
    run.report.alert(statement, "PM1201", `'capture ${kind}' expects 'header' <header_name> 'len' <len>.`, { word: 3 });
    return;
  }
  const capture = { name: statement.word(3), length: Math.max(0, looseInteger(statement.word(5))) };
  (kind === "request" ? draft.capturedRequestHeaders : draft.capturedResponseHeaders).push(capture);
}

function parseCookieCapture(statement: Statement, scope: ProxyScope): void {
  const { run, draft } = scope;
  if (notInDefaults(scope, statement, "capture cookie")) return;
  warnIgnored(scope, statement, "frontend");
  if (statement.word(4) === "") {
    run.report.alert(statement, "PM1201", "'capture' expects 'cookie' <cookie_name> 'len' <len>.", { word: 2 });
    return;
  }
  const written = statement.word(2);
  const prefix = written.endsWith("*");
  const name = prefix ? written.slice(0, -1) : written;
  draft.capturedCookie = { name, prefix, length: Math.max(0, looseInteger(statement.word(4))) };
}

/** Statuses that error files exist for. */
export const ERROR_STATUSES: readonly number[] = [
  200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 414, 421, 422, 425, 429, 431, 500, 501, 502, 503, 504,
];

function parseErrorFile(statement: Statement, { run, draft }: ProxyScope): void {
  const [code, path] = [statement.word(1), statement.word(2)];
  const fail = (diagnostic: "PM1201" | "PM1202" | "PM1204" | "PM1401", message: string, word: number) => {
    run.report.alert(statement, diagnostic, `errorfile : ${message}`, { word });
  };
  if (path === "") {
    fail("PM1201", "expects <status_code> and <file> as arguments.", code === "" ? 1 : 2);
    return;
  }
  if (statement.word(3) !== "") {
    fail("PM1202", "expects exactly two arguments.", 3);
    return;
  }
  const status = looseInteger(code);
  if (!ERROR_STATUSES.includes(status)) {
    fail("PM1204", `status code '${status}' not handled.`, 1);
    return;
  }
  const answer = run.environment.readFile(path);
  if ("error" in answer) {
    fail("PM1401", `error opening file '${path}'.`, 2);
    return;
  }
  if (answer.length > run.global.bufsize) {
    fail("PM1401", `file '${path}' is larger than a buffer (${run.global.bufsize} bytes).`, 2);
    return;
  }
  const fault = responseFault(latin1Text(answer));
  if (fault !== undefined) {
    fail("PM1401", `'${path}': unable to parse headers (error offset: ${fault})`, 2);
    return;
  }
  draft.settings.errorPages.set(status, { status, base64: Buffer.from(answer).toString("base64") });
}

/** What is wrong with `errorfile <status> <file>` in a section of error pages; undefined when nothing is. */
export function errorFileFault(
  statement: Statement,
  run: ProxyScope["run"],
): { readonly message: string; readonly word: number } | undefined {
  const [code, path] = [statement.word(1), statement.word(2)];
  if (path === "") {
    const message = "errorfile: expects <status_code> and <file> as arguments.";
    return { message, word: code === "" ? 1 : 2 };
  }
  const status = looseInteger(code);
  const answer = run.environment.readFile(path);
  if ("error" in answer) return { message: `errorfile : error opening file '${path}'.`, word: 2 };
  const offset = responseFault(latin1Text(answer));
  if (offset !== undefined) {
    return { message: `errorfile : '${path}': unable to parse headers (error offset: ${offset})`, word: 2 };
  }
  if (ERROR_STATUSES.includes(status)) return undefined;
  return { message: `errorfile : status code '${status}' not handled.`, word: 1 };
}

/** Where an error file stops being a response; undefined when it is one, or empty. */
function responseFault(text: string): number | undefined {
  if (text === "") return undefined;
  const line = /^HTTP\/1\.[01] [1-5]\d\d[^\r\n]*\r?\n/.exec(text);
  if (line === null) return 0;
  let at = line[0].length;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    if (end < 0) return at;
    const header = text.slice(at, end).replace(/\r$/, "");
    if (header === "") return undefined;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:/.test(header)) return at;
    at = end + 1;
  }
  return at;
}

/** Formats, captures and error files. */
export const PROXY_FORMAT_ROWS: readonly ProxyRow[] = [
  formatRow("log-format", "1.5", "What is logged for each request or connection."),
  formatRow("error-log-format", "2.4", "What is logged for connections that fail before a request."),
  formatRow("unique-id-format", "1.5", "How the identifier of a request is made."),
  {
    ...formatRow("log-format-sd", "1.5", "Structured data of RFC 5424 lines."),
    status: "not-supported-yet",
  },
  {
    name: "unique-id-header",
    sections: DEFAULTS_AND_FRONT,
    syntax: "<name>",
    since: "1.5",
    status: "done",
    doc: "Header that carries the identifier of a request.",
    parse: (statement, { run, draft }) => {
      if (statement.word(1) === "")
        run.report.alert(statement, "PM1201", "unique-id-header expects an argument.", { word: 1 });
      else draft.settings.uniqueIdHeader = statement.word(1);
    },
  },
  {
    name: "capture",
    sections: FRONT,
    syntax: "request header|response header|cookie <name> len <length>",
    since: "1.0",
    status: "done",
    doc: "Keep a header or cookie for the log.",
    parse: parseCapture,
  },
  {
    name: "errorfile",
    sections: EVERYWHERE,
    syntax: "<status> <file>",
    since: "1.3",
    status: "done",
    doc: "File that is sent as the error page.",
    parse: parseErrorFile,
  },
];

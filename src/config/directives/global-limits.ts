// Owns the rows of `global` that set limits and the tuning that Pointsman has. Configuration manual §3.2.

import { alreadyGiven, tooManyWords } from "./arguments.ts";
import { readSize } from "./global-values.ts";
import type { GlobalRow, GlobalScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger, strictInteger } from "./values.ts";

function parseMaxconn(statement: Statement, { run, draft }: GlobalScope): void {
  if (tooManyWords(run, statement, 1)) return;
  if (draft.maxconn !== undefined && alreadyGiven({ run, draft }, statement, "'maxconn'")) return;
  const text = statement.word(1);
  if (text === "") {
    run.report.alert(statement, "PM1201", "'maxconn' expects an integer argument.", { word: 1 });
    return;
  }
  const value = strictInteger(text);
  if (value === undefined) {
    const message = `cannot parse 'maxconn' value '${text}', an integer is expected.`;
    run.report.alert(statement, "PM1204", message, { word: 1 });
    return;
  }
  // Zero and less mean that the process finds its own limit.
  draft.maxconn = value > 0 ? value : undefined;
  if (value > 0) draft.seen.add("'maxconn'");
}

function parseSpreadChecks(statement: Statement, { run, draft }: GlobalScope): void {
  if (tooManyWords(run, statement, 1)) return;
  if (statement.word(1) === "") {
    const message = "'spread-checks' expects an integer argument (0..50).";
    run.report.alert(statement, "PM1201", message, { word: 1, form: "parsing-tight" });
    return;
  }
  if (draft.spreadChecks !== 0 && alreadyGiven({ run, draft }, statement, "spread-checks", false, "parsing-tight"))
    return;
  const value = looseInteger(statement.word(1));
  if (value < 0 || value > 50) {
    const message = "'spread-checks' needs a positive value in range 0..50.";
    run.report.alert(statement, "PM1204", message, { word: 1, form: "parsing-tight" });
    return;
  }
  draft.spreadChecks = value;
  draft.seen.add("spread-checks");
}

function parseBufferSize(statement: Statement, { run, draft }: GlobalScope): void {
  if (tooManyWords(run, statement, 1)) return;
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", "'tune.bufsize' expects an integer argument.", { word: 1 });
    return;
  }
  const size = readSize(statement.word(1));
  if ("rest" in size) {
    run.report.alert(statement, "PM1206", `unexpected '${size.rest}' after size passed to 'tune.bufsize'`, { word: 1 });
  } else if (size.bytes <= 0) {
    run.report.alert(statement, "PM1206", "'tune.bufsize' expects a positive integer argument.", { word: 1 });
  } else if (size.bytes < MIN_BUFFER) {
    const hint = "HAProxy 3.2 itself crashes with buffers that small.";
    run.report.alert(statement, "PM1206", `'tune.bufsize' expects at least ${MIN_BUFFER} bytes.`, { word: 1, hint });
  } else draft.bufsize = size.bytes;
}

/** Smaller buffers cannot hold a request line and a few fields. */
const MIN_BUFFER = 1024;

function parseMaxHeaders(statement: Statement, { run, draft }: GlobalScope): void {
  if (tooManyWords(run, statement, 1)) return;
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", "'tune.http.maxhdr' expects an integer argument.", { word: 1 });
    return;
  }
  const value = looseInteger(statement.word(1));
  if (value < 1 || value > 32767) {
    const message = "'tune.http.maxhdr' expects a numeric value between 1 and 32767";
    run.report.alert(statement, "PM1204", message, { word: 1 });
    return;
  }
  draft.maxHeaders = value;
}

/** Keywords of `global` about limits. */
export const GLOBAL_LIMIT_ROWS: readonly GlobalRow[] = [
  {
    name: "maxconn",
    sections: ["global"],
    syntax: "<number>",
    since: "1.0",
    status: "done",
    doc: "Most connections of the whole process at one time.",
    parse: parseMaxconn,
  },
  {
    name: "spread-checks",
    sections: ["global"],
    syntax: "<0..50>",
    since: "1.3",
    status: "done",
    doc: "Randomness added to the interval of health checks, in percent.",
    parse: parseSpreadChecks,
  },
  {
    name: "tune.bufsize",
    sections: ["global"],
    syntax: "<size>",
    since: "1.3",
    status: "done",
    doc: "Size of a buffer, which bounds the size of a message's head.",
    parse: parseBufferSize,
  },
  {
    name: "tune.maxrewrite",
    sections: ["global"],
    syntax: "<size>",
    since: "1.3",
    status: "done",
    doc: "Part of the buffer that is kept free for headers that rules add.",
    parse: (statement, { run, draft }) => {
      if (tooManyWords(run, statement, 1)) return;
      if (statement.word(1) === "")
        run.report.alert(statement, "PM1201", "'tune.maxrewrite' expects an integer argument.", { word: 1 });
      else if (looseInteger(statement.word(1)) < 0)
        run.report.alert(statement, "PM1204", "'tune.maxrewrite' expects a positive integer argument.", { word: 1 });
      else draft.maxrewrite = looseInteger(statement.word(1));
    },
  },
  {
    name: "tune.http.maxhdr",
    sections: ["global"],
    syntax: "<number>",
    since: "1.3",
    status: "done",
    doc: "Most header fields in one message.",
    parse: parseMaxHeaders,
  },
];

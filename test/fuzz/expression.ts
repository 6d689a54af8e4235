// Fuzzes the expression language: whatever a line says, the parser answers, what it accepts compiles and evaluates without throwing on hostile
// requests, and problems point inside of the words.

import { compileExpression, parseExpression, translateRegex } from "../../src/sample/index.ts";
import { constantExpressions, requestExpressions } from "../sample/cases.ts";
import { headOf, viewOf } from "../sample/view.ts";
import { check, type FuzzTarget } from "./target.ts";

const head = headOf(
  'GET /a/%2e?b=1&c=%zz;d HTTP/1.1\r\nHost: h:1\r\nX-List: a, "b,c" ,,d\r\nCookie: a=1; b="x;y"; =; c\r\nx-n: 12x\r\n\r\n',
);
const view = viewOf({ request: head });

/** Parses the text as one expression and evaluates what is accepted. */
export const expression: FuzzTarget = {
  name: "expression",
  seeds: [...requestExpressions, ...constantExpressions.filter((_one, i) => i % 7 === 0)].map((text) =>
    Buffer.from(text, "latin1"),
  ),
  run(bytes) {
    const text = Buffer.from(bytes).toString("latin1");
    const parsed = parseExpression([text, "lower"], 0, { phase: "http-request", proxyName: "f" });
    if ("problem" in parsed) {
      const { problem } = parsed;
      const word = problem.word === 0 ? text : "lower";
      check(
        problem.start >= 0 && problem.end <= word.length && problem.start <= problem.end,
        "a problem points into its word",
      );
      check(problem.message !== "", "a problem has a message");
      return;
    }
    check(
      JSON.stringify(structuredClone(parsed.expression)) === JSON.stringify(parsed.expression),
      "an expression is plain data",
    );
    for (const as of ["any", "str", "sint", "bool", "addr", "bin"] as const) {
      const value = compileExpression(parsed.expression, as)(view);
      if (as === "str" && value !== undefined) check(typeof value === "string", "a cast to str gives a string");
      if (as === "bool" && value !== undefined) check(typeof value === "boolean", "a cast to bool gives a boolean");
    }
  },
};

/** Translates the text as a regular expression; what is accepted is one of the platform too. */
export const regex: FuzzTarget = {
  name: "regex",
  seeds: [
    "^/static/.*\\.png$",
    "(?i)a(?-i:b)c|[[:alpha:]_-]+?",
    "(?<n>a)\\k<n>(?>b|bb)c++",
    "\\Q.*\\E\\x2f\\x{7f}\\012\\cA[^]a-z\\d\\]]{2,5}",
    "(?x) a b # c\n (?#d) (?=e)(?!f)(?<=g)(?<!h)",
  ].map((text) => Buffer.from(text, "latin1")),
  run(bytes) {
    const source = Buffer.from(bytes).toString("latin1");
    for (const captures of [true, false]) {
      const translated = translateRegex(source, source.length % 2 === 0, captures);
      if ("fault" in translated) check(translated.fault.includes("regex"), "a refusal names the expression");
      else new RegExp(translated.source, translated.flags);
    }
  },
};

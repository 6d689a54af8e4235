// Owns the expressions, conditions and rules that are compared with the reference: text files in `cases/`, one case a line, and the requests they are
// tried on. The reference's answers stand in `golden/`; `bun test/differential/acl-record.ts` records them anew.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dir, "cases");

function read(name: string): string {
  return readFileSync(join(folder, `${name}.txt`), "latin1");
}

function lines(name: string): readonly string[] {
  return read(name)
    .split("\n")
    .filter((line) => line !== "");
}

/** Requests of a file, parted by a line of "=====", with the line ends of the wire. */
function requests(name: string): readonly string[] {
  return read(name)
    .split("\n=====\n")
    .map((text) => `${text.replace(/\n$/, "").replaceAll("\n", "\r\n")}\r\n\r\n`);
}

/** Variables that are set before anything is asked. */
export const variablesBefore: readonly (readonly [name: string, expression: string])[] = [
  ["txn.s", "str(hello)"],
  ["txn.n", "int(7)"],
  ["txn.ip", "ipv4(1.2.3.4)"],
];

/** What is asked of a request, and of which. */
export const requestExpressions = lines("request-expressions");
export const expressionRequests = requests("expression-requests");

/** What needs no request: quoting, casts, converters. */
export const constantExpressions = [...lines("constant-expressions"), ...generatedExpressions()];
export const anyRequest = ["GET / HTTP/1.1\r\nHost: h\r\n\r\n"];

/** Conditions as the words between braces; a tilde stands for a blank inside of a word. */
export const conditions = lines("conditions").map((line) => line.split(" ").map((word) => word.replaceAll("~", " ")));
export const conditionRequests = requests("condition-requests");

/** Rules behind "http-request", several of a case parted by ";;". */
export const ruleCases = lines("rules").map((line) => line.split(";;").map((rule) => rule.trim()));
export const ruleRequests = requests("rule-requests");

/** Converters of numbers and bytes with every operand. */
function generatedExpressions(): readonly string[] {
  const out: string[] = [];
  for (const source of ["str(f1_f2_f3__f5)", "str()", "str(a)", "str(/a/b//c/)", "str(___)"]) {
    for (const index of [1, 2, 3, 4, 5, 6, -1, -2, -3, -5, -6]) {
      for (const count of ["", ",0", ",1", ",2", ",9"]) {
        for (const name of ["field", "word"]) {
          for (const delimiters of ["_", "/", "_/"]) out.push(`${source},${name}(${index},${delimiters}${count})`);
        }
      }
    }
  }
  for (const source of ["bin(01020304050607)", "bin(00)", "str()", "str(abc)", "bin(ff80)"]) {
    for (const converter of lines("bytes-converters")) out.push(`${source},${converter}`);
  }
  for (const integer of [
    "0",
    "5",
    "-5",
    "9223372036854775807",
    "-9223372036854775808",
    "4294967296",
    "3000000000000000",
  ]) {
    for (const name of ["add", "sub", "mul", "div", "mod", "and", "or", "xor"]) {
      for (const operand of ["0", "3", "-3", "9223372036854775807", "-9223372036854775808", "txn.n", "txn.s"]) {
        out.push(`int(${integer}),${name}(${operand})`);
      }
    }
    for (const converter of lines("integer-converters")) out.push(`int(${integer}),${converter}`);
  }
  return out;
}

/** Splits a line of the configuration into words as its lexer does; enough for the cases here. */
export function wordsOf(line: string): readonly string[] {
  const out: string[] = [];
  const pattern = /\s*((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+)/gy;
  for (const match of line.matchAll(pattern)) {
    out.push(
      match[1]!.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, (_all, single, double, escaped) => {
        if (single !== undefined) return single;
        if (double !== undefined) return (double as string).replace(/\\(["\\])/g, "$1");
        return /[\\ "'#]/.test(escaped) ? escaped : `\\${escaped}`;
      }),
    );
  }
  return out;
}

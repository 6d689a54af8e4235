// Fuzzes ACL declarations, conditions and rules: the parsers answer whatever the words are, and what they accept compiles and runs.

import { compileCondition, parseAcl, parseCondition } from "../../src/acl/index.ts";
import { compileRules, parseRule, type RuleSet } from "../../src/rules/index.ts";
import type { LanguageProblem } from "../../src/sample/index.ts";
import { conditions, ruleCases } from "../sample/cases.ts";
import { targetOf } from "../sample/target.ts";
import { headOf, viewOf } from "../sample/view.ts";
import { check, type FuzzTarget } from "./target.ts";

const requestText = "GET /static/a?b=1 HTTP/1.1\r\nHost: h:1\r\nX-List: a, b\r\nCookie: a=1\r\n\r\n";
const view = viewOf({ request: headOf(requestText) });
const context = { phase: "http-request", proxyName: "f", readFile: () => ({ fault: "none" }) } as const;

function checkProblem(problem: LanguageProblem, words: readonly string[]): void {
  check(problem.message !== "" && problem.word >= 0, "a problem has a message and a word");
  const word = words[problem.word] ?? "";
  check(problem.start >= 0 && problem.end <= Math.max(word.length, problem.start), "a problem points into its word");
}

/** A condition, and an ACL declaration of the same words. */
export const acl: FuzzTarget = {
  name: "acl",
  seeds: [
    ...conditions.map((words) => `if { ${words.join(" ")} }`),
    "unless TRUE !METH_GET || { path /a } or ! x",
    "if !!{ path_beg -i /a } { src 10.0.0.0/8 }",
  ].map((text) => Buffer.from(text, "latin1")),
  run(bytes) {
    const words = Buffer.from(bytes).toString("latin1").split(" ");
    const known = new Map([["x", { name: "x", tests: [] }]]);
    const parsed = parseCondition(words, 0, known, context);
    if ("problem" in parsed) checkProblem(parsed.problem, words);
    else check(typeof compileCondition(parsed.condition)(view) === "boolean", "a condition is true or false");
    const declared = parseAcl(["name", ...words.slice(2)], 0, context);
    if ("problem" in declared) checkProblem(declared.problem, ["name", ...words.slice(2)]);
  },
};

const sets: readonly RuleSet[] = ["http-request", "http-response", "tcp-request content", "http-after-response"];

/** A rule of a random set. */
export const rule: FuzzTarget = {
  name: "rule",
  seeds: [
    ...ruleCases.flat(),
    "set-status 404 reason Gone if { path / }",
    "deny if TRUE",
    "tarpit deny_status 429 unless FALSE",
    "return status 200 content-type text/plain lf-string %[src] hdr a b",
    "unset-var(txn.x)",
  ].map((text) => Buffer.from(text, "latin1")),
  run(bytes, random) {
    const words = Buffer.from(bytes).toString("latin1").replaceAll('"', "").split(" ");
    const set = sets[random.below(sets.length)] ?? "http-request";
    const rules = { acls: new Map(), section: "frontend 'f'", file: "f", line: 1, readFile: context.readFile };
    const parsed = parseRule(set, words, 0, rules);
    if ("problem" in parsed) {
      checkProblem(parsed.problem, words);
      return;
    }
    const head = headOf(requestText);
    const target = Object.assign(targetOf({ request: head, response: head }), {
      requestLine: "",
      capturedRequestHeaders: [],
    });
    if (JSON.stringify(parsed.rule).includes('"alias"')) return;
    const verdict = compileRules([parsed.rule], set)(target);
    if (verdict.kind === "reply") {
      for (const line of verdict.reply.headers) check(!/[\r\n\0]/.test(line), "a reply's header is one line");
    }
  },
};

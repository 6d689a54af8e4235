// Owns the promise that every expression, condition and rule of `cases/` has the value, truth and effect that the reference gave it. The
// differential test beside it asks the reference again, where it is installed.

import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileCondition, parseCondition } from "../../src/acl/index.ts";
import { compileRules, parseRule, type RuleModel } from "../../src/rules/index.ts";
import {
  compileExpression,
  type ExpressionContext,
  parseExpression,
  type SampleValue,
} from "../../src/sample/index.ts";
import * as cases from "./cases.ts";
import { type TestTarget, targetOf, textOfHead } from "./target.ts";
import { headOf, viewOf } from "./view.ts";

const context: ExpressionContext = { phase: "http-request", proxyName: "f" };

function golden(name: string): readonly (readonly unknown[])[] {
  return JSON.parse(readFileSync(join(import.meta.dir, "golden", `${name}.json`), "utf8"));
}

/** What the reference does to control characters when it puts a value into a header field. */
function inHeader(text: string): string {
  return text.replace(
    /[\x00-\x08\x0a-\x1f\x7f]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

function variables(): Map<string, SampleValue> {
  return new Map<string, SampleValue>([
    ["txn.s", "hello"],
    ["txn.n", 7],
    ["txn.ip", Uint8Array.of(1, 2, 3, 4)],
  ]);
}

function answerOf(expression: string, request: string, known: Map<string, SampleValue>): unknown {
  const parsed = parseExpression([expression], 0, context);
  if ("problem" in parsed) return { refused: parsed.problem.message };
  const view = viewOf({ request: headOf(request), variables: known, backendName: "f" });
  const value = compileExpression(parsed.expression, "str")(view);
  return value === undefined ? null : inHeader(value as string);
}

function checkValues(name: string, expressions: readonly string[], requests: readonly string[]): void {
  const answers = golden(name);
  for (const [i, request] of requests.entries()) {
    test(`${name} on ${request.split("\r\n")[0]}`, () => {
      const known = variables();
      const differences = expressions
        .map((expression, k) => ({ expression, got: answerOf(expression, request, known), want: answers[i]?.[k] }))
        .filter(({ got, want }) => !Bun.deepEquals(got, want));
      expect(differences).toEqual([]);
      expect(answers[i]?.length).toBe(expressions.length);
    });
  }
}

describe("expressions have the reference's values", () => {
  checkValues("request-expressions", cases.requestExpressions, cases.expressionRequests);
  checkValues("constant-expressions", cases.constantExpressions, cases.anyRequest);
});

function truthOf(words: readonly string[], request: string): unknown {
  const parsed = parseCondition(["if", "{", ...words, "}"], 0, new Map(), context);
  if ("problem" in parsed) return { refused: parsed.problem.message };
  return compileCondition(parsed.condition)(viewOf({ request: headOf(request), variables: variables() })) ? "1" : null;
}

describe("conditions have the reference's truth", () => {
  const answers = golden("conditions");
  for (const [i, request] of cases.conditionRequests.entries()) {
    test(`conditions on ${request.split("\r\n")[0]}`, () => {
      const differences = cases.conditions
        .map((words, k) => ({ words, got: truthOf(words, request), want: answers[i]?.[k] }))
        .filter(({ got, want }) => !Bun.deepEquals(got, want));
      expect(differences).toEqual([]);
    });
  }
});

function ruleOf(line: string): RuleModel {
  const rule = { acls: new Map(), section: "frontend 'f'", file: "f.cfg", line: 1, proxyName: "f" };
  const parsed = parseRule("http-request", cases.wordsOf(line), 0, rule);
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  return parsed.rule;
}

/** What the reference's own pages look like is the engine's business; here only the status counts. */
function withoutPage(effect: string): string {
  return /^\d{3}\n/.test(effect) && effect.includes("<html>") ? `page ${effect.slice(0, 3)}` : effect;
}

function effectOf(rules: readonly string[], request: string): string {
  const target: TestTarget = Object.assign(targetOf({ request: headOf(request), backendName: "f" }), {
    requestLine: request.split("\r\n")[0],
    capturedRequestHeaders: [],
  });
  const verdict = compileRules(rules.map(ruleOf), "http-request")(target);
  if (verdict.kind === "reject") return "rejected";
  if (verdict.kind === "reply" || verdict.kind === "tarpit") {
    const { status, headers, body, useErrorPage } = verdict.reply;
    if (useErrorPage) return `page ${status}`;
    return [status, ...headers, "", Buffer.from(body).toString("latin1")].join("\n");
  }
  // The fetch `method` shows what was received, so the reference's report cannot show the effect of set-method.
  const method = request.split(" ")[0] ?? "";
  const [first = "", ...fields] = textOfHead(target.request!).split("\n");
  const line = first.replace(/^\S+/, method);
  return [line, ...fields.map((field) => field.trimEnd()), "", String(target.getVariable("txn.v") ?? "")].join("\n");
}

describe("rules have the reference's effect", () => {
  const answers = golden("rules");
  for (const [i, rules] of cases.ruleCases.entries()) {
    test(rules.join(" ;; "), () => {
      const got = cases.ruleRequests.map((request) => effectOf(rules, request));
      expect(got).toEqual((answers[i] as readonly string[]).map(withoutPage));
    });
  }
});

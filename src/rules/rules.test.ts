// Owns the words of refused rules and what rules of responses and connections do. What request rules do is compared with the reference in
// test/sample.

import { describe, expect, test } from "bun:test";
import { targetOf, textOfHead } from "../../test/sample/target.ts";
import { headOf } from "../../test/sample/view.ts";
import {
  actionRows,
  compileRules,
  parseRule,
  type RuleContext,
  type RuleModel,
  type RuleSet,
  ruleExpressions,
} from "./index.ts";

const context: RuleContext = { acls: new Map(), section: "frontend 'f'", file: "x.cfg", line: 8, backend: false };

function problemOf(set: RuleSet, text: string): string {
  const parsed = parseRule(
    set,
    text.split(" ").filter((word) => word !== ""),
    0,
    context,
  );
  return "problem" in parsed ? parsed.problem.message : "accepted";
}

function ruleOf(set: RuleSet, text: string): RuleModel {
  const parsed = parseRule(set, text.split(" "), 0, { ...context, backend: true });
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  return parsed.rule;
}

const during = (action: string): string =>
  `error detected in frontend 'f' while parsing 'http-request ${action}' rule : `;

const refused: readonly (readonly [text: string, message: string])[] = [
  ["set-header X", `${during("set-header")}expects exactly 2 arguments`],
  [
    "set-header a b c",
    "'http-request set-header' expects either 'if' or 'unless' followed by a condition but found 'c'",
  ],
  [
    "set-header X %[foo]",
    `${during("set-header")}failed to parse sample expression <foo]> : unknown fetch method 'foo'`,
  ],
  [
    "set-header X %[res.hdr(a)]",
    `${during("set-header")}sample fetch <res.hdr> may not be reliably used here because it needs 'HTTP response headers' which is not available here`,
  ],
  ["deny if y", "error detected while parsing an 'http-request deny' condition : no such ACL : 'y'"],
  ["deny foo", "'http-request deny' expects either 'if' or 'unless' followed by a condition but found 'foo'"],
  ["deny deny_status 999", `${during("deny")}Unexpected status code '999'`],
  ["deny status 200 content-type", `${during("deny")}'content-type' expects <ctype> as argument`],
  ["return status 200 string", `${during("return")}'string' expects <str> as argument`],
  ["return string foo", `${during("return")}a content type must be defined when non-empty payload is configured`],
  ["return hdr a", `${during("return")}'hdr' expects <name> and <value> as arguments`],
  [
    "return content-type a string b string c",
    `${during("return")}unexpected 'string' argument, 'string' already defined`,
  ],
  ["redirect", `${during("redirect")}redirection type expected ('prefix', 'location', or 'scheme')`],
  ["redirect location", `${during("redirect")}missing argument for 'location'`],
  [
    "redirect location /a code 999",
    `${during("redirect")}'code': unsupported HTTP code '999' (must be one of 301, 302, 303, 307 or 308)`,
  ],
  ["set-var(txn.a)", `${during("set-var(txn.a)")}missing fetch method`],
  [
    "set-var src",
    `${during("set-var")}invalid or incomplete action 'set-var'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'`,
  ],
  ["set-var(txn.a,foo) src", `${during("set-var(txn.a,foo)")}unknown condition "foo"`],
  [
    "set-var(txn.a) res.hdr(a)",
    `${during("set-var(txn.a)")}fetch method 'set-var(txn.a)' extracts information from 'HTTP response headers', none of which is available here`,
  ],
  ["replace-header a", `${during("replace-header")}expects exactly 3 arguments`],
  [
    "replace-header a ( b",
    `${during("replace-header")}regex '(' is invalid (error=missing closing parenthesis, erroffset=1)`,
  ],
  ["replace-path a", `${during("replace-path")}expects exactly 2 arguments <match-regex> and <replace-format>`],
  ["set-path", `${during("set-path")}expects exactly 1 argument <format>`],
  ["set-log-level foo", `${during("set-log-level")}expects exactly 1 argument (log level name or 'silent')`],
  ["del-header", `${during("del-header")}expects at least 1 argument`],
  ["del-header a -m foo", `${during("del-header")}-m with unsupported matching method 'foo'`],
  ["del-header a -m", `${during("del-header")}-m flag expects exactly 1 argument`],
  ["normalize-uri path-merge-slashes", "'http-request normalize-uri' is not supported yet"],
  ["lua.x", "'http-request lua.x' is not supported yet"],
];

describe("refused rules", () => {
  for (const [text, message] of refused) test(text, () => expect(problemOf("http-request", text)).toBe(message));

  test("an unknown action lists those that there are", () => {
    const message = problemOf("http-request", "foo");
    expect(message).toStartWith("'http-request' expects 'allow', ");
    expect(message).toEndWith(", but got 'foo'");
    expect(problemOf("http-request", "")).toEndWith(", but got '' (missing argument)");
    expect(problemOf("tcp-request connection", "foo")).toEndWith(" in frontend 'f' (got 'foo')");
  });

  test("in TCP rule sets", () => {
    expect(problemOf("tcp-request content", "accept foo")).toBe(
      "'tcp-request content accept' only accepts 'if' or 'unless', in frontend 'f' (got 'foo')",
    );
    expect(problemOf("tcp-request connection", "reject if y")).toBe(
      "'tcp-request connection reject' : error detected in frontend 'f' while parsing 'if' condition : no such ACL : 'y'",
    );
    expect(problemOf("tcp-request content", "set-var(txn.a) foo")).toBe("unknown fetch method 'foo'");
  });

  test("a reply warns about what it ignores", () => {
    const parsed = parseRule(
      "http-request",
      "return content-type text/plain hdr Content-Length 5".split(" "),
      0,
      context,
    );
    expect("warnings" in parsed && parsed.warnings.map(({ message }) => message)).toEqual([
      "header 'Content-Length' always ignored by the http reply",
      "content-type 'text/plain' ignored by the http reply because neither errorfile nor payload defined",
    ]);
  });
});

const response = "HTTP/1.1 200 OK\r\nServer: x\r\nSet-Cookie: a=1\r\n\r\n";

describe("rules of responses", () => {
  test("edit the response's head and status", () => {
    const target = targetOf({ response: headOf(response) }, true);
    const rules = [
      "set-header x-status %[status]",
      "replace-header set-cookie (.*) \\1;Secure",
      "set-status 503 reason Down if { res.hdr(server) x }",
      "del-header server",
      "set-log-level silent",
    ].map((text) => ruleOf("http-response", text));
    expect(compileRules(rules, "http-response")(target)).toEqual({ kind: "continue" });
    expect(textOfHead(target.response!).split("\n").slice(1)).toEqual(["set-cookie: a=1;Secure", "x-status: 200"]);
    expect(target.log).toEqual(["status 503 Down", "level silent"]);
  });

  test("deny answers 502", () => {
    const verdict = compileRules(
      [ruleOf("http-response", "deny")],
      "http-response",
    )(targetOf({ response: headOf(response) }, true));
    expect(verdict).toMatchObject({ kind: "reply", reply: { status: 502, useErrorPage: true, denied: true } });
  });

  test("other sets are not evaluated", () => {
    const rules = [ruleOf("http-request", "deny"), ruleOf("http-response", "allow")];
    expect(compileRules(rules, "http-response")(targetOf({}))).toEqual({ kind: "stop" });
    expect(compileRules(rules, "tcp-request content")(targetOf({}))).toEqual({ kind: "continue" });
  });
});

test("set-method changes the method", () => {
  const target = targetOf({ request: headOf("GET / HTTP/1.1\r\nHost: h\r\n\r\n") });
  compileRules([ruleOf("http-request", "set-method %[str(p),upper]OST")], "http-request")(target);
  expect(textOfHead(target.request!)).toBe("POST /\nhost: h");
});

test("a rule's expressions are found wherever they stand", () => {
  const texts = [
    "return content-type a lf-string x%[src] hdr b %[path] if { nbsrv(b) gt 0 }",
    "set-var(txn.a) req.hdr(x),lower unless { src 1.2.3.4 } || { dst_port 80 }",
    "redirect location /%[query] set-cookie-fmt %[url]",
  ].map((text) => ruleExpressions(ruleOf("http-request", text)).map((expression) => expression.text));
  expect(texts).toEqual([
    ["path", "src", "nbsrv(b)"],
    ["req.hdr(x),lower", "src", "dst_port"],
    ["query", "url"],
  ]);
});

test("every row has a sentence and a set", () => {
  for (const row of actionRows) {
    expect(row.doc.endsWith("."), row.name).toBe(true);
    expect(row.sets.length).toBeGreaterThan(0);
  }
});

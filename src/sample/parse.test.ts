// Owns the messages of refused expressions: they are the reference's, and they point to the place.

import { describe, expect, test } from "bun:test";
import {
  castBetween,
  converterRows,
  expressionReferences,
  fetchRows,
  knownNames,
  missingSource,
  referenceProblem,
} from "./index.ts";
import { parseExpression } from "./parse.ts";
import { sources } from "./rows.ts";
import type { SampleExpression } from "./types.ts";

function problemOf(text: string): string {
  const parsed = parseExpression(text.split(" "), 0, { phase: "http-request", proxyName: "f" });
  return "problem" in parsed ? parsed.problem.message : "accepted";
}

function expressionOf(text: string): SampleExpression {
  const parsed = parseExpression(text.split(" "), 0, { phase: "http-request", proxyName: "f" });
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  return parsed.expression;
}

const scopes =
  "A variable name must start with its scope. The scope can be 'proc', '(p)sess', '(p)txn', '(p)req', '(p)res' or 'check'";

const cases: readonly (readonly [text: string, message: string])[] = [
  ["", "missing fetch method"],
  ["foo", "unknown fetch method 'foo'"],
  ["hdr(", "fetch method 'hdr' : expected ')'"],
  ["hdr(a", "fetch method 'hdr' : expected ')'"],
  ["hdr(a,b)", "fetch method 'hdr' : failed to parse 'b' as type 'integer' at position 2"],
  ["hdr(a,1,2)", "fetch method 'hdr' : expected ')' before ',2)'"],
  ["hdr(a)b", "missing comma after fetch keyword"],
  ["path(1)", "fetch method 'path' : expected ')' before '1)'"],
  ["int(a)", "fetch method 'int' : failed to parse 'a' as type 'integer' at position 1"],
  ["int()", "fetch method 'int' : expected type 'integer' at position 1, but got nothing"],
  ["hdr(a),foo", "unknown converter 'foo'"],
  ["hdr(a),field", "invalid arg 1 in converter 'field' : expected type 'integer' at position 1, but got nothing"],
  ["hdr(a),field(1)", "invalid arg 2 in converter 'field' : missing arguments (got 1/2), type 'string' expected"],
  ["src,ipmask(33)", "invalid arg 1 in converter 'ipmask' : failed to parse '33' as type 'IPv4 mask' at position 1"],
  [
    "src,ipmask(24,129)",
    "invalid arg 2 in converter 'ipmask' : failed to parse '129' as type 'IPv6 mask' at position 2",
  ],
  ["bin(aa),add(1)", "converter 'add' cannot be applied"],
  ["src,neg", "converter 'neg' cannot be applied"],
  ["bin(aaa)", "invalid args in fetch method 'bin' : an even number of hex digit is expected"],
  ["bin(zz)", "invalid args in fetch method 'bin' : an hex digit is expected (found 'z')"],
  ["path,add(a)", "invalid args in converter 'add' : expects an integer or a variable name"],
  ["path,add(1", "invalid arg 2 in converter 'add' : expected ')'"],
  ["path,add(1)x", "missing comma after converter 'add'"],
  ["path,regsub(a,b,z)", "invalid args in converter 'regsub' : invalid regex flag 'z', only 'i' and 'g' are supported"],
  ["path,bytes(-1)", "invalid args in converter 'bytes' : expects a non-negative integer"],
  ["path,word(0,/)", "invalid args in converter 'word' : Unexpected value 0 for index"],
  ["path,word(1,)", "invalid args in converter 'word' : Empty separators list"],
  ["ipv4(a)", "fetch method 'ipv4' : failed to parse 'a' as type 'IPv4 address' at position 1"],
  ["bool(x)", "invalid args in fetch method 'bool' : Expects 'true', 'false', '0' or '1'"],
  ["var(a)", `invalid args in fetch method 'var' : invalid variable name 'a'. ${scopes}`],
  ["var()", "invalid args in fetch method 'var' : Empty variable name cannot be accepted"],
  ["var(txn.a-b)", "invalid args in fetch method 'var' : invalid syntax at char '-'"],
  ["date(1,x)", "invalid args in fetch method 'date' : expects 's', 'ms' or 'us', got 'x'"],
  ["path,sha2(3)", "invalid args in converter 'sha2' : Unsupported number of bits: '3'"],
  ["path,concat(a,b)", "invalid args in converter 'concat' : failed to register variable name 'b'"],
  ["sc0_conn_cnt", "fetch method 'sc0_conn_cnt' is not supported yet"],
  ["path,map(x)", "converter 'map' is not supported yet"],
  ["hdr(a),", "accepted"],
  ["hdr(a),,lower", "accepted"],
  ["hdr(a) lower", "accepted"],
  ["always_true,lower", "accepted"],
];

describe("refused expressions", () => {
  for (const [text, message] of cases) test(text, () => expect(problemOf(text)).toBe(message));

  test("a name that the language has is unsupported, any other unknown", () => {
    const parsed = parseExpression(["path,table_http_req_rate(t)"], 0, { phase: "log" });
    expect("problem" in parsed && parsed.problem).toMatchObject({
      reason: "unsupported",
      nameKind: "converter",
      start: 5,
      end: 24,
    });
  });
});

describe("what an expression says about itself", () => {
  test("it ends before a word that is no converter", () => {
    const parsed = parseExpression(["req.hdr(a)", "lower", "gt", "5"], 0, { phase: "http-request" });
    expect("used" in parsed && parsed.used).toBe(2);
  });

  test("its references, with the proxy it stands in as default", () => {
    expect(expressionReferences(expressionOf("nbsrv"))).toMatchObject([{ kind: "backend", value: "f", index: 1 }]);
    expect(expressionReferences(expressionOf("srv_is_up(b/s)"))).toMatchObject([{ kind: "server", value: "b/s" }]);
    expect(expressionReferences(expressionOf("srv_is_up(s)"))).toMatchObject([{ kind: "server", value: "f/s" }]);
  });

  test("what is wrong with its references", () => {
    const proxies = new Map([
      ["f", { hasFrontend: true, hasBackend: false, servers: new Set<string>() }],
      ["b", { hasFrontend: false, hasBackend: true, servers: new Set(["s"]) }],
    ]);
    const problems = (text: string, expressionKind: string | undefined): readonly (string | undefined)[] =>
      expressionReferences(expressionOf(text)).map((reference) =>
        referenceProblem(reference, { proxy: "f", expressionKind }, (name) => proxies.get(name)),
      );
    const kind = "http-request expression";
    const tail = (name: string): string => `arg 1 of sample fetch keyword '${name}' in ${kind} in proxy 'f'`;
    expect(problems("nbsrv(foo)", kind)).toEqual([`unable to find backend 'foo' referenced in ${tail("nbsrv")}`]);
    expect(problems("nbsrv(foo)", undefined)).toEqual([
      "unable to find backend 'foo' referenced in arg 1 of ACL keyword 'nbsrv' in proxy 'f'",
    ]);
    expect(problems("nbsrv", kind)).toEqual([`proxy 'f', referenced in ${tail("nbsrv")}, has not backend capability`]);
    expect(problems("srv_is_up", kind)).toEqual([`missing server name in ${tail("srv_is_up")}`]);
    expect(problems("srv_is_up(b/x)", kind)).toEqual([
      `unable to find server 'x' in proxy 'b', referenced in ${tail("srv_is_up")}`,
    ]);
    expect(problems("srv_is_up(x/s)", kind)).toEqual([`unable to find proxy 'x' referenced in ${tail("srv_is_up")}`]);
    expect(problems("fe_conn(b)", kind)).toEqual([`unable to find frontend 'b' referenced in ${tail("fe_conn")}`]);
    expect(problems("srv_is_up(b/s),add(1)", kind)).toEqual([undefined]);
  });

  test("where it is not available", () => {
    expect(missingSource(expressionOf("res.hdr(a)"), { phase: "http-request" })).toBe("HTTP response headers");
    expect(missingSource(expressionOf("req.hdr(a)"), { phase: "http-response" })).toBe("HTTP request headers");
    expect(missingSource(expressionOf("be_name"), { phase: "http-request", backend: false })).toBe("backend");
    expect(missingSource(expressionOf("src"), { phase: "tcp-connection" })).toBeUndefined();
    expect(missingSource(expressionOf("req.hdr(a)"), { phase: "log" })).toBe("HTTP request headers");
  });
});

describe("the rows", () => {
  test("each has a name of the language, a sentence and a way to a value", () => {
    for (const row of fetchRows) {
      for (const name of [row.name, ...(row.aliases ?? [])]) expect(knownNames.fetches.has(name), name).toBe(true);
      expect(row.doc.endsWith("."), row.name).toBe(true);
      expect(row.compile !== undefined || row.ranges !== undefined, row.name).toBe(true);
      expect(sources[row.source].mask.length).toBe(22);
    }
    for (const row of converterRows) {
      expect(knownNames.converters.has(row.name), row.name).toBe(true);
      expect(row.doc.endsWith("."), row.name).toBe(true);
    }
  });

  test("casts that can never work are known before", () => {
    expect(castBetween("bin", "sint")).toBe("impossible");
    expect(castBetween("addr", "sint")).toBe("impossible");
    expect(castBetween("str", "bin")).toBe("same");
  });
});

// Owns the words of refused ACLs and conditions, pattern files, and the indexes of large lists. What conditions match is compared with the
// reference in test/sample.

import { describe, expect, test } from "bun:test";
import { headOf, viewOf } from "../../test/sample/view.ts";
import type { ExpressionContext } from "../sample/index.ts";
import { compileCondition } from "./compile.ts";
import { parseCondition } from "./condition.ts";
import { predefinedAcls } from "./keywords.ts";
import { addressMatcher } from "./match-ip.ts";
import { textMatcher } from "./match-text.ts";
import { addAcl, parseAcl } from "./parse.ts";
import { parseNetwork } from "./patterns.ts";
import type { AclModel } from "./types.ts";

const files: Readonly<Record<string, string>> = {
  "/list": "/a\n# no\n  /b c\n\n #d\n/e\r\n",
  "/map": "/x one\n/y\ttwo\n",
  "/nets": "10.0.0.0/8\n",
};

const context: ExpressionContext = {
  phase: "http-request",
  backend: false,
  proxyName: "f",
  readFile: (path) => {
    const text = files[path];
    return text === undefined ? { fault: "No such file or directory" } : { text };
  },
  resolveHost: (name) => (name === "localhost" ? ["127.0.0.1", "::1"] : undefined),
};

function declare(text: string): string | AclModel {
  const parsed = parseAcl(["x", ...text.split(" ")], 0, context);
  return "problem" in parsed
    ? parsed.problem.message.replace("error detected while parsing ACL 'x' : ", "")
    : parsed.acl;
}

const refused: readonly (readonly [text: string, message: string])[] = [
  ["foo bar", "unknown fetch method 'foo' in ACL expression 'foo'"],
  ["path(1) a", "ACL keyword 'path' : expected ')' before '1)'"],
  ["hdr(a a", "ACL keyword 'hdr' : expected ')'"],
  ["hdr(a)b a", "ACL keyword 'hdr' : missing comma after fetch keyword"],
  ["hdr(a),foo a", "ACL keyword 'hdr' : unknown converter 'foo'"],
  ["src foo/3", "'foo/3' is not a valid IPv4 or IPv6 address"],
  ["src 1.2.3.4/44", "'1.2.3.4/44' is not a valid IPv4 or IPv6 address"],
  ["src -n localhost", "'localhost' is not a valid IPv4 or IPv6 address"],
  ["src_port abc", "'abc' is not a number"],
  ["src_port gt 3 lt x", "'x' is neither a number nor a supported operator"],
  ["src_port 5:1", "'5:1' is not a valid number range"],
  ["path -m foo a", "unknown matching method 'foo' when parsing ACL expression"],
  ["path -m", "unknown matching method '' when parsing ACL expression"],
  ["path -m int a", "'a' is not a number"],
  ["path_reg (", "regex '(' is invalid (error=missing closing parenthesis, erroffset=1)"],
  ["path_reg a(b)\\1", "regex 'a(b)\\1' is invalid (error=reference to non-existent subpattern, erroffset=6)"],
  ["path -f nofile", "failed to open pattern file <nofile>"],
  ["path -f /list -m beg a", "'-m' must only be specified before patterns and files in parsing ACL expression"],
  ["path -z a", "'-z' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'"],
  ["path -u x a", "the argument of -u must be an integer"],
  ["src -m int 3", "matching method 'int' cannot be used with fetch keyword 'src'"],
  ["bin(aa) -m ip 1.2.3.4", "matching method 'ip' cannot be used with fetch keyword 'bin'"],
  ["bin(aa) aa", "matching method must be specified first (using '-m') when using a sample fetch of this type ('bin')"],
  ["path -m bin 6", "an even number of hex digit is expected"],
];

describe("refused ACLs", () => {
  for (const [text, message] of refused) test(text, () => expect(declare(text)).toBe(message));

  test("a name with a slash", () => {
    const parsed = parseAcl(["x/y", "path", "/"], 0, context);
    expect("problem" in parsed && parsed.problem.message).toBe("character '/' is not permitted in acl name 'x/y'");
  });
});

describe("what an ACL becomes", () => {
  test("-i holds for what follows it", () => {
    expect(declare("path -f /list -i B")).toMatchObject({
      tests: [
        { ignoreCase: false, patterns: ["/a", "/b c", "#d", "/e"], files: ["/list"] },
        { ignoreCase: true, patterns: ["B"] },
      ],
    });
  });

  test("-M takes the first column of a map", () => {
    expect(declare("path -M -f /map")).toMatchObject({ tests: [{ patterns: ["/x", "/y"] }] });
  });

  test("files that need not exist", () => {
    expect(declare("path -f virt@x")).toMatchObject({ tests: [{ patterns: [], files: ["virt@x"] }] });
    expect(declare("path -f opt@/nowhere")).toMatchObject({ tests: [{ patterns: [] }] });
  });

  test("host names become addresses where the caller resolves them", () => {
    expect(declare("src localhost")).toMatchObject({ tests: [{ method: "ip", patterns: ["127.0.0.1", "::1"] }] });
  });

  test("several declarations are alternatives", () => {
    const known = new Map<string, AclModel>();
    for (const text of ["path_beg /a", "path_end .b"]) addAcl(known, declare(text) as AclModel);
    expect(known.get("x")?.tests.length).toBe(2);
  });

  test("no pattern is a warning unless -- says that it is meant", () => {
    const parsed = parseAcl(["x", "path_beg"], 0, context);
    expect("warnings" in parsed && parsed.warnings[0]?.message).toStartWith(
      "parsing acl keyword 'path_beg' :\n  no pattern",
    );
    const meant = parseAcl(["x", "path_beg", "--"], 0, context);
    expect("warnings" in meant && meant.warnings).toEqual([]);
  });

  test("a blank before a parenthesis is a warning", () => {
    const parsed = parseAcl(["x", "path", "(a)"], 0, context);
    expect("warnings" in parsed && parsed.warnings[0]?.message).toStartWith(
      "parsing acl 'x' :\n  matching 'path' for pattern '(a)' is likely",
    );
  });
});

function conditionOf(text: string): string | boolean {
  const known = new Map([["yes", declare("always_true") as AclModel]]);
  const parsed = parseCondition(text.split(" "), 0, known, context);
  if ("problem" in parsed) return parsed.problem.message;
  return compileCondition(parsed.condition)(viewOf({ request: headOf("GET /a HTTP/1.1\r\nHost: h\r\n\r\n") }));
}

const truths: readonly (readonly [text: string, result: string | boolean])[] = [
  ["if yes", true],
  ["unless yes", false],
  ["if !yes", false],
  ["if !!yes", true],
  ["if ! yes", false],
  ["if ! ! yes", true],
  ["if yes FALSE", false],
  ["if FALSE || yes", true],
  ["if FALSE or yes yes", true],
  ["if !{ path /b } METH_GET", true],
  ["if { path /a } { path /b } or HTTP_1.1", true],
  ["if", false],
  ["unless", true],
  ["if || yes", true],
  ["if yes or", true],
  ["if no", "no such ACL : 'no'"],
  ["if { path /a", "missing closing '}' in condition"],
  ["if { }", "missing fetch method in ACL expression ''"],
  ["if }", "no such ACL : '}'"],
];

describe("conditions", () => {
  for (const [text, result] of truths) test(text, () => expect(conditionOf(text)).toBe(result));

  test("every predefined ACL that can be evaluated parses", () => {
    for (const name of Object.keys(predefinedAcls)) {
      const result = conditionOf(`if ${name}`);
      if (name === "RDP_COOKIE") expect(result).toContain("not supported yet");
      else expect(typeof result, name).toBe("boolean");
    }
  });

  test("samples that do not exist there are the reference's warnings", () => {
    const known = new Map<string, AclModel>();
    for (const text of ["res.hdr(a) -m found", "path /"]) addAcl(known, declare(text) as AclModel);
    const warn = (text: string): unknown => {
      const parsed = parseCondition(text.split(" "), 0, known, context);
      return "warnings" in parsed ? parsed.warnings.map(({ message }) => message) : parsed.problem;
    };
    const place = "'frontend http-request header rule'";
    expect(warn("if x")).toEqual([`acl 'x' involves keywords 'res.hdr' which is incompatible with ${place}`]);
    expect(warn("if { res.hdr(a) b }")).toEqual([
      `anonymous acl will never match because it uses keyword 'res.hdr' which is incompatible with ${place}`,
    ]);
  });
});

describe("large lists", () => {
  test("prefixes, suffixes and exact texts among a hundred thousand", () => {
    const patterns = Array.from({ length: 100_000 }, (_unused, i) => `/site-${i}/`);
    expect(textMatcher("beg", patterns, false)("/site-99999/x")).toBe(true);
    expect(textMatcher("beg", patterns, false)("/site-x99999/x")).toBe(false);
    expect(textMatcher("end", patterns, true)("x/SITE-5/")).toBe(true);
    expect(textMatcher("str", patterns, false)("/site-77/")).toBe(true);
  });

  test("networks of both families", () => {
    const words = Array.from({ length: 5000 }, (_unused, i) => `10.${i >> 8}.${i & 255}.0/24`);
    const networks = [...words, "2001:db8::/32", "0.0.0.0/32"].map((word) => parseNetwork(word)!);
    const matches = addressMatcher(networks);
    expect(matches(Uint8Array.of(10, 19, 135, 9))).toBe(true);
    expect(matches(Uint8Array.of(10, 19, 136, 9))).toBe(false);
    expect(matches(parseNetwork("2001:db8:5::1")!.address)).toBe(true);
    expect(matches(parseNetwork("::ffff:10.0.1.1")!.address)).toBe(true);
  });
});

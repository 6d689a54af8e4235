// Conditions of `.if`: the values and the messages of the reference.

import { expect, test } from "bun:test";
import { compareVersions, evaluateConfigCondition } from "./condition.ts";

function check(text: string, expected: boolean | string): void {
  const answer = evaluateConfigCondition(text, (name) => (name === "FOO" ? "bar" : undefined));
  expect("value" in answer ? answer.value : `${answer.problem} @${answer.offset + 1}`, text).toBe(expected);
}

test("numbers, negation, precedence", () => {
  for (const text of ["1", "-1", "!0", "!!1", "(1)", "1 || 0 && 0", "((1) && 0) || 1", "1&&1"]) check(text, true);
  for (const text of ["", "0", "00", "! 1", "1 && 0", "0 || 1 && 0"]) check(text, false);
});

test("predicates", () => {
  for (const text of ["defined(FOO)", "streq(a,a)", "strneq(a,b)", "strstr(abc,b)", "streq(,)", "feature(OPENSSL)"])
    check(text, true);
  for (const text of ["defined(NOPE)", "defined()", "defined", "streq(a, a)", "feature(FOO)", "enabled(KQUEUE)"])
    check(text, false);
  check("streq('a,b','a,b')", true);
});

test("versions", () => {
  for (const text of ["version_atleast(3.2)", "version_atleast(3.2-dev5)", "version_atleast()", "version_before(3.3)"])
    check(text, true);
  for (const text of ["version_atleast(3.3)", "version_before(3.2)"]) check(text, false);
  expect(compareVersions("3.2-dev5", "3.2")).toBeLessThan(0);
  expect(compareVersions("3.2-dev5", "3.2-dev12")).toBeLessThan(0);
});

test("mistakes", () => {
  check("nope", "unparsable conditional expression 'nope' @1");
  check("0 && nope", "unparsable conditional expression 'nope' @6");
  check("(1", "expected ')' after conditional expression '(1' @1");
  check("1 2", "unexpected character '2' at the end of conditional expression '1 2' @3");
  check(
    "defined(A,B)",
    "expected ')' before ',B)' in argument 1 of predicate 'defined' used in conditional expression @10",
  );
  check(
    "streq(a)",
    "missing arguments (got 1/2), type 'string' expected in argument 1 of predicate 'streq' used in conditional expression @8",
  );
  check(
    "openssl_version_atleast(x)",
    "invalid argument to conditional expression predicate 'openssl_version_atleast': 'x' @26",
  );
  check("(".repeat(200), "too many nested conditional expressions @101");
});

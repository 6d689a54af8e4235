// Owns what becomes of PCRE2 patterns: what they match once translated, and the words of a refusal.

import { describe, expect, test } from "bun:test";
import { compileRegex, regexProblem, translateRegex } from "./regex.ts";

const matching: readonly (readonly [source: string, subject: string, found: string | undefined])[] = [
  ["a.c", "a\nc", undefined],
  ["a.c", "a\rc", "a\rc"],
  ["(?s)a.c", "a\nc", "a\nc"],
  ["a$", "a\n", "a"],
  ["a\\z", "a\n", undefined],
  ["a\\Z", "a\n", "a"],
  ["(?m)^b$", "a\nb\nc", "b"],
  ["\\Ab", "ab", undefined],
  ["(?i)É", "é", undefined],
  ["(?i)aB", "Ab", "Ab"],
  ["a(?i:b)c", "aBc", "aBc"],
  ["a(?i:b)c", "aBC", undefined],
  ["a(?i)b|c", "aB", "aB"],
  ["(?x) a b # c\n d", "abd", "abd"],
  ["\\d+", "x123", "123"],
  ["\\s", "\u00a0", undefined],
  ["\\h", "\u00a0", "\u00a0"],
  ["[[:alpha:]]+", "1ab2", "ab"],
  ["[^[:space:]]+", " ab ", "ab"],
  ["[]a]+", "a]", "a]"],
  ["[^]a]+", "xa]", "x"],
  ["[\\d\\-x]+", "1-x", "1-x"],
  ["[a-\\x63]+", "abcd", "abc"],
  ["\\Qa.b\\E+", "a.b", "a.b"],
  ["a{,2}b", "aab", "aab"],
  ["(?>a+)b", "aab", "aab"],
  ["(?>a|ab)c", "abc", undefined],
  ["a++a", "aaa", undefined],
  ["(a)(?>b(c))\\1", "abca", "abca"],
  ["(?<n>a)\\k<n>", "aa", "aa"],
  ["(?P<n>a)(?:b)\\g{n}", "aba", "aba"],
  ["(a)\\g{-1}", "aa", "aa"],
  ["\\x{2f}\\057\\x2F", "///", "///"],
  ["(?#x)a", "a", "a"],
  ["a\\Bb", "ab", "ab"],
  ["(?<=a)b(?!c)", "abd", "b"],
  ["", "x", ""],
];

describe("translated patterns match as PCRE2 does", () => {
  for (const [source, subject, found] of matching) {
    test(`${source} on ${JSON.stringify(subject)}`, () => {
      expect(regexProblem(source, false)).toBeUndefined();
      expect(compileRegex(source, false).exec(subject)?.[0]).toBe(found);
    });
  }

  test("groups keep their numbers behind an atomic group", () => {
    const translated = translateRegex("(?>x)(a)", false);
    expect("groups" in translated && translated.groups).toEqual([0, 2]);
  });
});

const refused: readonly (readonly [source: string, message: string])[] = [
  ["(", "regex '(' is invalid (error=missing closing parenthesis, erroffset=1)"],
  ["a)", "regex 'a)' is invalid (error=unmatched closing parenthesis, erroffset=1)"],
  ["[z-a]", "regex '[z-a]' is invalid (error=range out of order in character class, erroffset=4)"],
  ["*a", "regex '*a' is invalid (error=quantifier does not follow a repeatable item, erroffset=1)"],
  ["a\\Kb", "regex 'a\\Kb' uses '\\K', which is not supported yet"],
  ["(?R)", "regex '(?R)' uses '(?R)', which is not supported yet"],
  ["(?(1)a|b)", "regex '(?(1)a|b)' uses '(?(1', which is not supported yet"],
];

describe("refused patterns", () => {
  for (const [source, message] of refused) test(source, () => expect(regexProblem(source, false)).toBe(message));
});

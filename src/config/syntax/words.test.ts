// biome-ignore-all lint/suspicious/noTemplateCurlyInString: configuration text has variables of its own.
// Words: quoting and escaping as the manual's matrix of §2.2 shows it, variables of §2.3, and where each word stands.

import { expect, test } from "bun:test";
import { cutLine, MAX_WORDS } from "./words.ts";

const variables: Readonly<Record<string, string>> = { FOO: "foov", EMPTY: "", LIST: "l1 l2  l3" };

function check(line: string, expected: readonly string[] | string): void {
  const cut = cutLine(line, (name) => variables[name]);
  const actual: unknown = cut.problem?.message ?? cut.words.map((word) => word.text);
  expect(actual, line).toEqual(expected);
}

test("words are cut at white space, comments end a line", () => {
  check("", []);
  check("  # nothing", []);
  check("a b\tc\vd\fe\rf", ["a", "b", "c", "d", "e", "f"]);
  check("global#this", ["global"]);
  check('a "#" \\# b#c', ["a", "#", "#", "b"]);
});

test("the matrix of special characters", () => {
  check("\\\t", ["\\"]);
  check('\\x09 "\t" "\\t" "\\x09" \'\t\'', ["\t", "\t", "\t", "\t", "\t"]);
  check('\\n \\x0a "\\n"', ["\n", "\n", "\n"]);
  check('\\r "\\x0d"', ["\r", "\r"]);
  check('\\  \\x20 " " "\\ " \' \'', [" ", " ", " ", " ", " "]);
  check('\\" \\x22 "\\"" \'"\'', ['"', '"', '"', '"']);
  check("$ \\x24 \"\\$\" '$'", ["$", "$", "$", "$"]);
  check('\\\' \\x27 "\'" "\\\'"', ["'", "'", "'", "'"]);
  check("\\\\ \\x5c \"\\\\\" '\\'", ["\\", "\\", "\\", "\\"]);
});

test("the manual's equivalent lines are equivalent", () => {
  for (const line of [
    "%{+Q}o\\ %t\\ %s\\ %{-Q}r",
    '"%{+Q}o %t %s %{-Q}r"',
    "'%{+Q}o %t %s %{-Q}r'",
    "\"%{+Q}o %t\"' %s'\\ %{-Q}r",
  ]) {
    check(line, ["%{+Q}o %t %s %{-Q}r"]);
  }
});

test("an escape that is none keeps its backslash", () => {
  check("foo\\bar", ["foo\\bar"]);
  check("a\\$b", ["a\\$b"]);
  check("x\\", ["x\\"]);
});

test("variables are expanded in weak quotes alone", () => {
  check('$FOO "$FOO" "${FOO}x" \'$FOO\'', ["$FOO", "foov", "foovx", "$FOO"]);
  check('"${NOPE-default}" "${FOO-default}" "${EMPTY-default}"', ["default", "foov", ""]);
  check('"${LIST[*]}" end', ["l1", "l2", "l3", "end"]);
  check('a"${LIST[*]}"b', ["al1", "l2", "l3b"]);
  check('"${NOPE[*]-x y}"', ["x", "y"]);
});

test("QUIRK: a variable that is not set swallows the space behind it", () => {
  check('"$NOPE" next', ["next"]);
  check('x"$NOPE" y', ["xy"]);
  check('"$NOPE"', [""]);
});

test("problems name their position", () => {
  check(' "open', "unmatched quote at position 2");
  check(" a\\xzz", "truncated or invalid hexadecimal sequence at position 3");
  check(' "${FOO"', "unmatched brace in environment variable name at position 4");
  check(' "$"', "forbidden first char in environment variable name at position 4");
  check(' "${.NOPE}"', "forbidden first char in environment variable name at position 5");
  const many = Array.from({ length: MAX_WORDS + 1 }, (_, index) => `w${index}`).join(" ");
  check(many, `too many words, truncating after word ${MAX_WORDS}, position ${many.indexOf("w63") + 1}: <w63>.`);
});

test("words know where they stand", () => {
  const { words, commentStart } = cutLine('  bind "a b"c # x', () => undefined);
  expect(words).toEqual([
    { text: "bind", start: 2, end: 6 },
    { text: "a bc", start: 7, end: 13 },
  ]);
  expect(commentStart).toBe(14);
});

// Owns the parser of conditions: `if`/`unless`, negation, alternatives, anonymous ACLs. Configuration manual §7.2.

import type { ExpressionContext, LanguageProblem } from "../sample/index.ts";
import { evaluationPoint, missingSource } from "../sample/index.ts";
import { predefinedAcls } from "./keywords.ts";
import { parseAclTest } from "./parse.ts";
import type { AclModel, AclTest, ConditionModel, ConditionTerm } from "./types.ts";

/** The outcome of {@link parseCondition}. */
export type ParsedCondition =
  | { readonly condition: ConditionModel; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

/** A term and how many words it took, or what was wrong with it. */
type ParsedTerm =
  | { readonly term: ConditionTerm; readonly next: number; readonly warnings: readonly LanguageProblem[] }
  | { readonly problem: LanguageProblem };

/** Parses from `if` or `unless` at `words[at]` to the last word. `known` are the ACLs declared so far in this proxy. */
export function parseCondition(
  words: readonly string[],
  at: number,
  known: ReadonlyMap<string, AclModel>,
  context: ExpressionContext,
): ParsedCondition {
  const anyOf: ConditionTerm[][] = [];
  const warnings: LanguageProblem[] = [];
  let all: ConditionTerm[] | undefined;
  let i = at + 1;
  while (i < words.length) {
    const word = words[i]!;
    if (word === "or" || word === "||") {
      all = undefined;
      i++;
      continue;
    }
    let bangs = 0;
    while (word[bangs] === "!") bangs++;
    let negated = bangs % 2 === 1;
    // A "!" may stand alone before what it negates.
    while (bangs === (words[i] ?? "").length && i + 1 < words.length) {
      i++;
      bangs = 0;
      while (words[i]![bangs] === "!") bangs++;
      if (bangs % 2 === 1) negated = !negated;
    }
    const name = (words[i] ?? "").slice(bangs);
    if (name === "") break;
    const parsed =
      name === "{" ? anonymous(words, i, negated, context) : named(words, i, bangs, negated, known, context);
    if ("problem" in parsed) return parsed;
    if (all === undefined) anyOf.push((all = []));
    all.push(parsed.term);
    warnings.push(...parsed.warnings);
    const conflict = conflictOf(parsed.term, name, i, words, context);
    if (conflict !== undefined) warnings.push(conflict);
    i = parsed.next;
  }
  const text = words.slice(at).join(" ");
  return { condition: { negated: words[at] === "unless", anyOf, text }, warnings };
}

function anonymous(words: readonly string[], at: number, negated: boolean, context: ExpressionContext): ParsedTerm {
  const end = words.indexOf("}", at + 1);
  if (end < 0) {
    const problem = { message: "missing closing '}' in condition", word: at, start: 0, end: words[at]!.length };
    return { problem: { ...problem, reason: "syntax" } };
  }
  const parsed = parseAclTest(words, at + 1, end, context);
  if ("problem" in parsed) return parsed;
  const text = words.slice(at + 1, end).join(" ");
  return { term: { negated, tests: parsed.tests, text }, next: end + 1, warnings: parsed.warnings };
}

function named(
  words: readonly string[],
  at: number,
  start: number,
  negated: boolean,
  known: ReadonlyMap<string, AclModel>,
  context: ExpressionContext,
): ParsedTerm {
  const name = words[at]!.slice(start);
  const declared = known.get(name);
  if (declared !== undefined) {
    return { term: { negated, tests: declared.tests, text: name }, next: at + 1, warnings: [] };
  }
  const predefined = Object.hasOwn(predefinedAcls, name) ? predefinedAcls[name] : undefined;
  if (predefined === undefined) {
    const problem = { message: `no such ACL : '${name}'`, word: at, start, end: words[at]!.length };
    return { problem: { ...problem, reason: "unknown", nameKind: "acl", name } };
  }
  const parsed = parseAclTest(predefined, 0, predefined.length, context);
  if ("problem" in parsed) {
    const problem = { ...parsed.problem, word: at, start, end: words[at]!.length };
    return { problem: { ...problem, message: `predefined ACL '${name}' : ${parsed.problem.message}` } };
  }
  return { term: { negated, tests: parsed.tests, text: name }, next: at + 1, warnings: [] };
}

/** The reference's warning about a term whose samples do not exist where the condition stands. */
function conflictOf(
  term: ConditionTerm,
  name: string,
  at: number,
  words: readonly string[],
  context: ExpressionContext,
): LanguageProblem | undefined {
  const missing = term.tests.filter((test) => missingSource(test.expression, context) !== undefined);
  if (missing.length === 0) return undefined;
  const keyword = keywordOf(missing[0]!);
  const place = evaluationPoint(context);
  const never = missing.length === term.tests.length;
  const who = name === "{" ? "anonymous acl" : `acl '${name}'`;
  const what =
    name === "{"
      ? `${never ? "will never match because it uses" : "involves"} keyword '${keyword}' which is`
      : never
        ? "will never match because it only involves keywords that are"
        : `involves keywords '${keyword}' which is`;
  const message = `${who} ${what} incompatible with '${place}'`;
  return { message, word: at, start: 0, end: (words[at] ?? "").length, reason: "syntax" };
}

function keywordOf(test: AclTest): string {
  return /^[a-zA-Z0-9._-]*/.exec(test.expression.text)?.[0] ?? "";
}

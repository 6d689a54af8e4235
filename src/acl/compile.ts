// Owns the compilation of tests and conditions into closures. A test walks over all values of its fetch; where the bytes of a head can be
// compared as they are, nothing becomes a string. Configuration manual §7.1 and §7.2.

import type { ByteRange, Cast, CompiledSource, IpAddress, SampleValue, SampleView } from "../sample/index.ts";
import { castBetween, compileSource } from "../sample/index.ts";
import { latin1 } from "../stdx/index.ts";
import { rangeMatcher } from "./match-bytes.ts";
import { addressMatcher } from "./match-ip.ts";
import { textMatcher } from "./match-text.ts";
import { methodInput } from "./parse.ts";
import { parseIntegerPatterns, parseNetwork } from "./patterns.ts";
import type { AclTest, ConditionModel, ConditionTerm } from "./types.ts";

/** A compiled condition or test. */
export type Predicate = (view: SampleView) => boolean;

/** Compiles a condition, `unless` included: the result says whether the rule applies. `undefined` always applies. */
export function compileCondition(condition: ConditionModel | undefined): Predicate {
  if (condition === undefined) return () => true;
  const holds = anyOf(condition.anyOf.map((terms) => allOf(terms.map(compileTerm))));
  return condition.negated ? (view) => !holds(view) : holds;
}

/** Compiles alternatives: true where one of the tests matches. */
export function compileTests(tests: readonly AclTest[]): Predicate {
  return anyOf(tests.map(compileTest));
}

function compileTerm(term: ConditionTerm): Predicate {
  const test = compileTests(term.tests);
  return term.negated ? (view) => !test(view) : test;
}

function anyOf(predicates: readonly Predicate[]): Predicate {
  const [first, second] = predicates;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  if (predicates.length === 2) return (view) => first(view) || second(view);
  return (view) => {
    for (const predicate of predicates) if (predicate(view)) return true;
    return false;
  };
}

function allOf(predicates: readonly Predicate[]): Predicate {
  const [first, second] = predicates;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  if (predicates.length === 2) return (view) => first(view) && second(view);
  return (view) => {
    for (const predicate of predicates) if (!predicate(view)) return false;
    return true;
  };
}

function newRange(): ByteRange {
  return { bytes: new Uint8Array(0), start: 0, end: 0, cursor: 0, position: 0 };
}

function compileTest(test: AclTest): Predicate {
  const source = compileSource(test.expression);
  const fast = source.ranges !== undefined && source.plain ? rangeMatcher(test) : undefined;
  if (source.ranges !== undefined && fast !== undefined) {
    const find = source.ranges;
    const range = newRange();
    return (view) => {
      if (!find(view, range, false)) return false;
      do {
        if (fast(range)) return true;
      } while (find(view, range, true));
      return false;
    };
  }
  return slowTest(test, source);
}

function slowTest(test: AclTest, source: CompiledSource): Predicate {
  const matches = valueMatcher(test);
  const find = source.ranges;
  if (find === undefined) {
    return (view) => {
      const value = source.get(view);
      return value !== undefined && matches(value);
    };
  }
  return (view) => {
    // A range of its own: a converter may evaluate another expression meanwhile.
    const range = newRange();
    for (let more = find(view, range, false); more; more = find(view, range, true)) {
      const value = source.finish(latin1(range.bytes, range.start, range.end), view);
      if (value !== undefined && matches(value)) return true;
    }
    return false;
  };
}

/** Casts a value to what the method compares, and compares it. */
function valueMatcher(test: AclTest): (value: SampleValue) => boolean {
  const { method, expression } = test;
  if (method === "found") return () => true;
  if (expression.type === "meth" && method === "str") return methodMatcher(test);
  const matches = castMatcher(test);
  const cast = castBetween(expression.type, methodInput(method));
  if (cast === "impossible") return () => false;
  return cast === "same" ? matches : withCast(cast, matches);
}

function withCast(cast: Cast, matches: (value: SampleValue) => boolean): (value: SampleValue) => boolean {
  return (value) => {
    const converted = cast(value);
    return converted !== undefined && matches(converted);
  };
}

function castMatcher(test: AclTest): (value: SampleValue) => boolean {
  const { method, patterns } = test;
  switch (method) {
    case "bool":
      return (value) => value !== 0 && value !== false;
    case "int":
      return integerMatcher(patterns, (value) => value as number | bigint);
    case "len":
      return integerMatcher(patterns, (value) => (value as string).length);
    case "ip": {
      const networks = patterns.map(parseNetwork).filter((network) => network !== undefined);
      const matches = addressMatcher(networks);
      return (value) => matches(value as IpAddress);
    }
    default: {
      const matches = textMatcher(method, patterns, test.ignoreCase);
      return (value) => matches(value as string);
    }
  }
}

function integerMatcher(
  patterns: readonly string[],
  read: (value: SampleValue) => number | bigint,
): (value: SampleValue) => boolean {
  const parsed = parseIntegerPatterns(patterns);
  const ranges = "ranges" in parsed ? parsed.ranges : [];
  return (value) => {
    const number = read(value);
    for (const { min, max } of ranges) if (number >= min && number <= max) return true;
    return false;
  };
}

const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE"]);

/** Known methods match exactly; only other tokens obey `-i`. */
function methodMatcher(test: AclTest): (value: SampleValue) => boolean {
  const exact = new Set(test.patterns.filter((pattern) => knownMethods.has(pattern)));
  const others = textMatcher(
    "str",
    test.patterns.filter((pattern) => !knownMethods.has(pattern)),
    test.ignoreCase,
  );
  return (value) => (knownMethods.has(value as string) ? exact.has(value as string) : others(value as string));
}

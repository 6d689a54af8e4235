// Owns the compilation of a sample expression into closures: the fetch, then casts and converters in turn. Compiled once per thread; the closures
// allocate only the value. Configuration manual §7.3.

import { assert, latin1 } from "../stdx/index.ts";
import type { Cast } from "./cast.ts";
import { castBetween } from "./cast.ts";
import type { ByteRange, Converter, FetchRow, Getter, RangeFinder } from "./rows.ts";
import { converterRow, fetchRow } from "./tables.ts";
import type { SampleExpression, SampleType, SampleValue, SampleView } from "./types.ts";

/** Evaluates to undefined where the fetch finds nothing or a cast or converter fails. */
export type CompiledExpression = (view: SampleView) => SampleValue | undefined;

/** Compiles `expression` once per thread. `as` casts the result further, as a header value or a pattern wants it. */
export function compileExpression(expression: SampleExpression, as: SampleType = "any"): CompiledExpression {
  const row = rowOf(expression);
  const { args } = expression.fetch;
  const wantsText = expression.converters.length === 0 ? as === "str" : firstInput(expression) === "str";
  if (wantsText && row.text !== undefined) {
    return chain(row.text(args), compileSteps(expression, "str", as));
  }
  return chain(firstValue(row, expression), compileSteps(expression, row.type, as));
}

/** Every value of a fetch, for ACLs: `ranges` finds the places, `finish` makes a sample of the text of one place. */
export interface CompiledSource {
  /** undefined: there is at most one value, and `get` gives it. */
  readonly ranges: RangeFinder | undefined;
  /** The bytes of a range are the value itself: nothing decodes or converts them. */
  readonly plain: boolean;
  readonly finish: (text: string, view: SampleView) => SampleValue | undefined;
  readonly get: Getter;
}

/** Compiles `expression` for something that tries each of its values. */
export function compileSource(expression: SampleExpression): CompiledSource {
  const row = rowOf(expression);
  const steps = compileSteps(expression, row.type, "any");
  const decode = row.decode;
  return {
    ranges: row.ranges?.(expression.fetch.args),
    plain: decode === undefined && expression.converters.length === 0,
    finish: (text, view) => {
      const value = decode === undefined ? text : decode(text);
      return value === undefined || steps === undefined ? value : steps(value, view);
    },
    get: chain(firstValue(row, expression), steps),
  };
}

function rowOf(expression: SampleExpression): FetchRow {
  const row = fetchRow(expression.fetch.name);
  assert(row !== undefined, "an expression names a fetch that has a row");
  return row;
}

function firstInput(expression: SampleExpression): SampleType | undefined {
  return converterRow(expression.converters[0]?.name ?? "")?.input;
}

function firstValue(row: FetchRow, expression: SampleExpression): Getter {
  if (row.compile !== undefined) return row.compile(expression.fetch.args);
  const ranges = row.ranges?.(expression.fetch.args);
  assert(ranges !== undefined, "a fetch has a value or ranges");
  const decode = row.decode;
  const range: ByteRange = { bytes: new Uint8Array(0), start: 0, end: 0, cursor: 0, position: 0 };
  return (view) => {
    if (!ranges(view, range, false)) return undefined;
    const text = latin1(range.bytes, range.start, range.end);
    return decode === undefined ? text : decode(text);
  };
}

function chain(first: Getter, rest: Converter | undefined): Getter {
  if (rest === undefined) return first;
  return (view) => {
    const value = first(view);
    return value === undefined ? undefined : rest(value, view);
  };
}

/** Casts and converters as one function; undefined when there is nothing to do. */
function compileSteps(expression: SampleExpression, start: SampleType, as: SampleType): Converter | undefined {
  let type = start;
  const steps: Converter[] = [];
  for (const call of expression.converters) {
    const row = converterRow(call.name);
    assert(row !== undefined, "an expression names a converter that has a row");
    addCast(steps, castBetween(type, row.input));
    steps.push(row.compile(call.args));
    if (row.output !== "same") type = row.dynamic === true ? "any" : row.output;
  }
  addCast(steps, castBetween(type, as));
  return steps.length === 0 ? undefined : steps.reduce(join);
}

function addCast(steps: Converter[], cast: Cast | "same" | "impossible"): void {
  if (cast === "impossible") steps.push(() => undefined);
  else if (cast !== "same") steps.push(cast);
}

function join(before: Converter, after: Converter): Converter {
  return (value, view) => {
    const between = before(value, view);
    return between === undefined ? undefined : after(between, view);
  };
}

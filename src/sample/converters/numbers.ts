// Owns arithmetic on integers and their comparison with zero. Sums saturate at 64 bits. Configuration manual §7.3.1.

import { castBetween, typeOfValue } from "../cast.ts";
import type { Integer } from "../integers.ts";
import { int64Max, saturate } from "../integers.ts";
import type { Converter, ConverterRow } from "../rows.ts";
import { exactArgument, needs } from "../rows.ts";
import type { Argument, SampleType, SampleView } from "../types.ts";

/** The integer of an argument that is one or names a variable; undefined where the variable is none. */
export function numberOf(args: readonly Argument[], index: number): (view: SampleView) => Integer | undefined {
  const argument = args[index];
  if (argument?.kind === "sint") {
    const value = exactArgument(args, index, 0);
    return () => value;
  }
  if (argument?.kind !== "var") return () => undefined;
  return (view) => {
    const value = view.getVariable(argument.value);
    if (value === undefined) return undefined;
    const cast = castBetween(typeOfValue(value), "sint");
    if (cast === "impossible") return undefined;
    return (cast === "same" ? value : cast(value)) as Integer | undefined;
  };
}

type Binary = (left: Integer, right: Integer) => Integer;

/** Exact where both are numbers and the result is safe; through bigints elsewhere. */
function exact(onNumbers: (a: number, b: number) => number, onBigints: (a: bigint, b: bigint) => bigint): Binary {
  return (left, right) => {
    if (typeof left === "number" && typeof right === "number") {
      const result = onNumbers(left, right);
      if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
    }
    return saturate(onBigints(BigInt(left), BigInt(right)));
  };
}

const add = exact(
  (a, b) => a + b,
  (a, b) => a + b,
);
const subtract = exact(
  (a, b) => a - b,
  (a, b) => a - b,
);
const multiply = exact(
  (a, b) => a * b,
  (a, b) => a * b,
);
const divide = exact(
  (a, b) => (b === 0 ? Number.NaN : Math.trunc(a / b)),
  (a, b) => (b === 0n ? int64Max : a / b),
);
const remainder = exact(
  (a, b) => (b === 0 ? 0 : a % b),
  (a, b) => (b === 0n ? 0n : a % b),
);

function binary(name: string, doc: string, apply: Binary): ConverterRow {
  return {
    name,
    parameters: [needs("number", "value")],
    input: "sint",
    output: "sint",
    since: "1.6",
    doc,
    compile: (args) => {
      const right = numberOf(args, 0);
      return (value, view) => {
        const operand = right(view);
        return operand === undefined ? undefined : apply(value as Integer, operand);
      };
    },
  };
}

function unary(name: string, output: SampleType, doc: string, convert: Converter): ConverterRow {
  return { name, parameters: [], input: "sint", output, since: "1.6", doc, compile: () => convert };
}

function isOdd(value: Integer): boolean {
  return typeof value === "number" ? value % 2 !== 0 : value % 2n !== 0n;
}

/** The table of this file. */
export const numberConverters: readonly ConverterRow[] = [
  binary("add", "Adds a value.", add),
  binary("sub", "Subtracts a value.", subtract),
  binary("mul", "Multiplies by a value.", multiply),
  binary("div", "Divides by a value, rounding towards zero; by zero gives the largest integer.", divide),
  binary("mod", "The remainder of a division; by zero gives zero.", remainder),
  unary("neg", "sint", "Changes the sign.", (value) => subtract(0, value as Integer)),
  unary("bool", "bool", "True unless zero.", (value) => value !== 0),
  unary("not", "bool", "True if zero.", (value) => value === 0),
  unary("odd", "bool", "True if odd.", (value) => isOdd(value as Integer)),
  unary("even", "bool", "True if even.", (value) => !isOdd(value as Integer)),
];

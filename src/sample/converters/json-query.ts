// Owns the value of a JSON path as a sample: numbers as text or integers, strings without escapes, booleans, arrays as they stand. Configuration
// manual §7.3.1 "json_query".

import type { Integer } from "../integers.ts";
import { narrow } from "../integers.ts";
import type { ConverterRow } from "../rows.ts";
import { needs, takes, textArgument } from "../rows.ts";
import type { Argument, SampleValue } from "../types.ts";
import type { JsonToken } from "./json-path.ts";
import { findJson, unescapeJson } from "./json-path.ts";

/** Steps of ten that leave nothing of a double. */
const exponentLimit = 800;

/** The number as the reference reads it, digit by digit, so that it rounds where the reference rounds. */
function readDouble(token: string): number {
  const parts = /^(-?)([0-9]*)(?:\.([0-9]*))?(?:[eE](-?)\+?([0-9]*))?/.exec(token);
  const [, sign = "", whole = "", fraction = "", negative = "", exponent = ""] = parts ?? [];
  let value = 0;
  for (const digit of whole) value = value * 10 + Number(digit);
  let base = 0.1;
  let rest = 0;
  for (const digit of fraction) {
    rest += base * Number(digit);
    base /= 10;
  }
  value += rest;
  let steps = 0;
  for (const digit of exponent) steps = Math.min(exponentLimit, steps * 10 + Number(digit));
  for (let i = 0; i < steps; i++) value = negative === "" ? value * 10 : value / 10;
  return sign === "" ? value : -value;
}

/** C's "%g". */
function formatShort(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponent = "0"] = value.toExponential(5).split("e");
  const power = Number(exponent);
  const trimmed = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power >= -4 && power < 6) return trimmed(value.toFixed(5 - power));
  return `${trimmed(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** C's strtoll with the base of the prefix; undefined beyond what JSON's numbers can say exactly. */
function readInteger(token: string): Integer | undefined {
  const [, sign = "", digits = "0"] = /^(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)?/.exec(token) ?? [];
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  const value = narrow(sign === "" ? magnitude : -magnitude);
  return typeof value === "number" ? (value === 0 ? 0 : value) : undefined;
}

/** How far an integer is looked at: what is longer has no 64 bits, leading zeros aside. */
const integerDigitsMax = 4096;

function tokenValue(text: string, token: JsonToken, asInteger: boolean): SampleValue | undefined {
  switch (token.kind) {
    case "number":
      // The reference reads on behind the token where it is an integer: "0x10".
      return asInteger
        ? readInteger(text.slice(token.start, token.start + integerDigitsMax))
        : formatShort(token.end === token.start ? 0 : readDouble(text.slice(token.start, token.end)));
    case "string":
      return unescapeJson(text.slice(token.start + 1, token.end - 1));
    case "true":
    case "false":
      return token.kind === "true";
    case "array":
      return text.slice(token.start, token.end);
    default:
      return undefined;
  }
}

/** The value of `path` in `text`, or undefined. */
export function queryJson(text: string, path: string, asInteger: boolean): SampleValue | undefined {
  const token = findJson(text, path);
  return token === undefined ? undefined : tokenValue(text, token, asInteger);
}

/** What the reference says about the output type in argument 1, or undefined. */
export function outputTypeProblem(args: readonly Argument[]): string | undefined {
  const type = textArgument(args, 1, "");
  return type === "" || type === "int" ? undefined : 'output_type only supports "int" as argument';
}

/** The table of this file. */
export const jsonQueryConverters: readonly ConverterRow[] = [
  {
    name: "json_query",
    parameters: [needs("str", "json_path"), takes("str", "output_type")],
    input: "str",
    output: "any",
    since: "2.4",
    doc: "The value of a path in JSON text.",
    check: (args) =>
      textArgument(args, 0, "") === "" ? "json_path must not be empty" : (outputTypeProblem(args) ?? args),
    compile: (args) => {
      const path = textArgument(args, 0, "");
      const asInteger = textArgument(args, 1, "") === "int";
      return (value) => queryJson(value as string, path, asInteger);
    },
  },
];

// Owns converters that store in variables or compare with them. Configuration manual §2.8 and §7.3.1.

import { timingSafeEqual } from "node:crypto";
import { castBetween, typeOfValue } from "../cast.ts";
import type { Integer } from "../integers.ts";
import type { Converter, ConverterRow } from "../rows.ts";
import { needs, takes, textArgument } from "../rows.ts";
import type { Argument, SampleValue } from "../types.ts";
import { variableProblem } from "../variables.ts";

function variable(args: readonly Argument[]): string {
  const argument = args[0];
  return argument?.kind === "var" ? argument.value : "";
}

function castText(value: SampleValue | undefined, to: "str" | "bin"): string | undefined {
  if (value === undefined) return undefined;
  const cast = castBetween(typeOfValue(value), to);
  return (cast === "same" ? value : cast === "impossible" ? undefined : cast(value)) as string | undefined;
}

/** The text of a variable's value, or undefined. Bytes end at the first NUL. */
export function variableText(value: SampleValue | undefined): string | undefined {
  const text = castText(value, "str");
  const end = text?.indexOf("\0") ?? -1;
  return end < 0 ? text : text?.slice(0, end);
}

/** Whether a variable may be stored, given what it held; `exists`: it has a place, set or not. */
type Condition = (held: SampleValue | undefined, value: SampleValue, exists: boolean) => boolean;

function isInteger(value: SampleValue | undefined): value is Integer {
  return typeof value === "number" || typeof value === "bigint";
}

const conditions: Readonly<Record<string, Condition>> = {
  ifexists: (_held, _value, exists) => exists,
  ifnotexists: (_held, _value, exists) => !exists,
  ifempty: (_held, value) => value === "",
  ifnotempty: (_held, value) => value !== "",
  ifset: (held) => held !== undefined,
  ifnotset: (held) => held === undefined,
  ifgt: (held, value) => !isInteger(held) || !isInteger(value) || held > value,
  iflt: (held, value) => !isInteger(held) || !isInteger(value) || held < value,
};

function setVariable(args: readonly Argument[]): Converter {
  const name = variable(args);
  const wanted = args.slice(1).map((_, i) => conditions[textArgument(args, i + 1, "")]);
  if (wanted.length === 0) {
    return (value, view) => {
      view.setVariable(name, value);
      return value;
    };
  }
  // Variables of the process have their place from the start.
  const permanent = name.startsWith("proc.");
  return (value, view) => {
    const held = view.getVariable(name);
    for (const condition of wanted) {
      if (condition?.(held, value, permanent || held !== undefined) === false) return undefined;
    }
    view.setVariable(name, value);
    return value;
  };
}

function conditionProblem(args: readonly Argument[]): string | readonly Argument[] {
  for (let i = 1; i < args.length; i++) {
    const word = textArgument(args, i, "");
    if (conditions[word] === undefined) return `unknown condition "${word}"`;
  }
  return args;
}

function nameProblem(args: readonly Argument[]): string | readonly Argument[] {
  const name = textArgument(args, 0, "");
  if (name === "") return "missing variable name";
  return variableProblem(name) === undefined ? args : `failed to register variable name '${name}'`;
}

/** The difference of the first bytes that differ, or of the lengths. */
function compareText(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = left.charCodeAt(i) - right.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return Math.sign(left.length - right.length);
}

/** In constant time for texts of the same length. */
function sameBytes(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left, "latin1"), Buffer.from(right, "latin1"));
}

/** The table of this file. */
export const variableConverters: readonly ConverterRow[] = [
  {
    name: "set-var",
    parameters: [
      needs("var", "name"),
      ...["condition", "condition", "condition", "condition"].map((name) => takes("str", name)),
    ],
    input: "any",
    output: "any",
    since: "1.6",
    doc: "Stores the sample in a variable and passes it on, if all conditions hold.",
    check: conditionProblem,
    compile: setVariable,
  },
  {
    name: "unset-var",
    parameters: [needs("var", "name")],
    input: "any",
    output: "any",
    since: "1.6",
    doc: "Forgets a variable and passes the sample on.",
    compile: (args) => {
      const name = variable(args);
      return (value, view) => {
        view.setVariable(name, undefined);
        return value;
      };
    },
  },
  {
    name: "strcmp",
    parameters: [needs("str", "name")],
    input: "str",
    output: "sint",
    since: "1.8",
    doc: "Compares with a variable: 0 when equal, below or above zero otherwise.",
    check: nameProblem,
    compile: (args) => {
      const name = textArgument(args, 0, "");
      return (value, view) => {
        const other = variableText(view.getVariable(name));
        return other === undefined ? undefined : compareText(value as string, other);
      };
    },
  },
  {
    name: "secure_memcmp",
    parameters: [needs("str", "name")],
    input: "bin",
    output: "bool",
    since: "2.2",
    doc: "Whether a variable holds the same bytes, in a time that does not tell where they differ.",
    check: nameProblem,
    compile: (args) => {
      const name = textArgument(args, 0, "");
      return (value, view) => {
        const other = castText(view.getVariable(name), "bin");
        return other === undefined ? undefined : sameBytes(value as string, other);
      };
    },
  },
];

// Owns converters that touch variables. Configuration manual §2.8 and §7.3.1.

import { castBetween, typeOfValue } from "../cast.ts";
import type { ConverterRow } from "../rows.ts";
import { needs } from "../rows.ts";
import type { Argument, SampleValue } from "../types.ts";

function variable(args: readonly Argument[]): string {
  const argument = args[0];
  return argument?.kind === "var" ? argument.value : "";
}

/** The text of a variable's value, or undefined. */
export function variableText(value: SampleValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  const cast = castBetween(typeOfValue(value), "str");
  return (cast === "same" ? value : cast === "impossible" ? undefined : cast(value)) as string | undefined;
}

/** The table of this file. */
export const variableConverters: readonly ConverterRow[] = [
  {
    name: "set-var",
    parameters: [needs("var", "name")],
    input: "any",
    output: "same",
    since: "1.6",
    doc: "Stores the sample in a variable and passes it on.",
    compile: (args) => {
      const name = variable(args);
      return (value, view) => {
        view.setVariable(name, value);
        return value;
      };
    },
  },
  {
    name: "unset-var",
    parameters: [needs("var", "name")],
    input: "any",
    output: "same",
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
    parameters: [needs("var", "name")],
    input: "str",
    output: "sint",
    since: "1.8",
    doc: "Compares with a variable: 0 when equal, below or above zero otherwise.",
    compile: (args) => {
      const name = variable(args);
      return (value, view) => {
        const other = variableText(view.getVariable(name));
        if (other === undefined) return undefined;
        return compareText(value as string, other);
      };
    },
  },
];

/** The difference of the first bytes that differ, or of the lengths. */
function compareText(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = left.charCodeAt(i) - right.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return Math.sign(left.length - right.length);
}

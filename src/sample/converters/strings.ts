// Owns converters of strings: parts, case, substitution, joining. Strings are bytes in latin1. Configuration manual §7.3.1.

import type { Converter, ConverterRow } from "../rows.ts";
import { integerArgument, needs, takes, textArgument } from "../rows.ts";
import { lowerAscii, upperAscii } from "../text.ts";
import type { Argument } from "../types.ts";
import { variableProblem } from "../variables.ts";
import { numberOf } from "./numbers.ts";
import { variableText } from "./variables.ts";

function simple(name: string, since: string, doc: string, convert: Converter): ConverterRow {
  return { name, parameters: [], input: "str", output: "str", since, doc, compile: () => convert };
}

/** `bytes(offset[,length])`: empty when the offset is outside; nothing when a variable is negative. */
function bytes(args: readonly Argument[]): Converter {
  const offset = numberOf(args, 0);
  const length = args.length > 1 ? numberOf(args, 1) : undefined;
  return (value, view) => {
    const text = value as string;
    const from = offset(view);
    const count = length === undefined ? text.length : length(view);
    if (from === undefined || count === undefined || from < 0 || count < 0) return undefined;
    return text.slice(Number(from), Number(from) + Number(count));
  };
}

function bytesProblem(args: readonly Argument[]): string | readonly Argument[] {
  if (integerArgument(args, 0, 0) < 0) return "expects a non-negative integer";
  if (integerArgument(args, 1, 1) <= 0) return "expects a positive integer";
  return args;
}

/** `concat([start[,variable[,end]]])`. */
function concat(args: readonly Argument[]): Converter {
  const start = textArgument(args, 0, "");
  const name = textArgument(args, 1, "");
  const end = textArgument(args, 2, "");
  return (value, view) => {
    const middle = name === "" ? "" : (variableText(view.getVariable(name)) ?? "");
    return (value as string) + start + middle + end;
  };
}

function variableArgumentProblem(args: readonly Argument[]): string | readonly Argument[] {
  const name = textArgument(args, 1, "");
  return name === "" || variableProblem(name) === undefined ? args : `failed to register variable name '${name}'`;
}

function addItemProblem(args: readonly Argument[]): string | readonly Argument[] {
  if (textArgument(args, 1, "") + textArgument(args, 2, "") === "")
    return "one of the optional arguments has to be nonempty";
  return variableArgumentProblem(args);
}

/** `ltrim(chars)` and `rtrim(chars)`. */
function trim(side: "left" | "right"): (args: readonly Argument[]) => Converter {
  return (args) => {
    const chars = textArgument(args, 0, "");
    return (value) => {
      const text = value as string;
      let start = 0;
      let end = text.length;
      if (side === "left") while (start < end && chars.includes(text[start]!)) start++;
      else while (end > start && chars.includes(text[end - 1]!)) end--;
      return text.slice(start, end);
    };
  };
}

/** `add_item(delimiter[,variable[,suffix]])`: the delimiter stands only between two items. */
function addItem(args: readonly Argument[]): Converter {
  const delimiter = textArgument(args, 0, "");
  const name = textArgument(args, 1, "");
  const suffix = textArgument(args, 2, "");
  return (value, view) => {
    const middle = name === "" ? "" : (variableText(view.getVariable(name)) ?? "");
    const item = middle + suffix;
    return value === "" || item === "" ? (value as string) + item : (value as string) + delimiter + item;
  };
}

/** The table of this file. */
export const stringConverters: readonly ConverterRow[] = [
  simple("lower", "1.5", "Makes ASCII letters lower case.", (value) => lowerAscii(value as string)),
  simple("upper", "1.5", "Makes ASCII letters upper case.", (value) => upperAscii(value as string)),
  simple(
    "cut_crlf",
    "2.3",
    "Drops everything from the first CR or LF on.",
    (value) => /^[^\r\n]*/.exec(value as string)?.[0],
  ),
  { ...simple("length", "1.7", "The number of bytes.", (value) => (value as string).length), output: "sint" },
  {
    name: "bytes",
    parameters: [needs("number", "offset"), takes("number", "length")],
    input: "bin",
    output: "bin",
    since: "1.7",
    doc: "A part by offset and length.",
    check: bytesProblem,
    compile: bytes,
  },
  {
    name: "concat",
    parameters: [takes("str", "start"), takes("str", "variable"), takes("str", "end")],
    input: "str",
    output: "str",
    since: "1.9",
    doc: "Appends a text, a variable and another text.",
    check: variableArgumentProblem,
    compile: concat,
  },
  {
    name: "add_item",
    parameters: [needs("str", "delimiter"), needs("str", "variable"), takes("str", "suffix")],
    input: "str",
    output: "str",
    since: "2.6",
    doc: "Appends an item to a list with a delimiter between them.",
    check: addItemProblem,
    compile: addItem,
  },
  {
    name: "ltrim",
    parameters: [needs("str", "characters")],
    input: "str",
    output: "str",
    since: "2.6",
    doc: "Drops characters at the start.",
    compile: trim("left"),
  },
  {
    name: "rtrim",
    parameters: [needs("str", "characters")],
    input: "str",
    output: "str",
    since: "2.6",
    doc: "Drops characters at the end.",
    compile: trim("right"),
  },
  {
    name: "iif",
    parameters: [needs("str", "true"), needs("str", "false")],
    input: "bool",
    output: "str",
    since: "2.3",
    doc: "One text if true, another if false.",
    compile: (args) => {
      const whenTrue = textArgument(args, 0, "");
      const whenFalse = textArgument(args, 1, "");
      return (value) => (value === true ? whenTrue : whenFalse);
    },
  },
];

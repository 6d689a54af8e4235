// Owns converters of strings: parts, case, substitution, joining. Strings are bytes in latin1. Configuration manual §7.3.1.

import { compileRegex, expandTemplate, translateRegex } from "../regex.ts";
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

/** `bytes(offset[,length])`: empty when the offset is outside. */
function bytes(args: readonly Argument[]): Converter {
  const offset = numberOf(args, 0);
  const length = args.length > 1 ? numberOf(args, 1) : undefined;
  return (value, view) => {
    const text = value as string;
    const from = offset(view);
    const count = length === undefined ? text.length : length(view);
    if (from === undefined || count === undefined) return undefined;
    if (from < 0 || from >= text.length || count < 0) return "";
    return text.slice(Number(from), Number(from) + Number(count));
  };
}

function bytesProblem(args: readonly Argument[]): string | readonly Argument[] {
  if (integerArgument(args, 0, 0) < 0) return "expects a non-negative integer";
  if (args.length > 1 && integerArgument(args, 1, 0) < 0) return "expects a positive integer";
  return args;
}

/** `field(index,delimiters[,count])`: fields may be empty; count 0 takes all that follow. */
function field(args: readonly Argument[]): Converter {
  const index = integerArgument(args, 0, 1);
  const delimiters = textArgument(args, 1, "");
  const count = integerArgument(args, 2, 1);
  return (value) => {
    const text = value as string;
    const starts = [0];
    for (let i = 0; i < text.length; i++) if (delimiters.includes(text[i]!)) starts.push(i + 1);
    const total = starts.length;
    const anchor = index > 0 ? index - 1 : total + index;
    if (anchor < 0 || anchor >= total) return undefined;
    const span = count === 0 ? total : count;
    const first = index > 0 ? anchor : Math.max(0, anchor - span + 1);
    const last = index > 0 ? Math.min(total, anchor + span) - 1 : anchor;
    return text.slice(starts[first], last + 1 < total ? starts[last + 1]! - 1 : text.length);
  };
}

/** `word(index,delimiters[,count])`: runs of delimiters count as one, and those at the ends are skipped. */
function word(args: readonly Argument[]): Converter {
  const index = integerArgument(args, 0, 1);
  const delimiters = textArgument(args, 1, "");
  const count = integerArgument(args, 2, 1);
  return (value) => {
    const text = value as string;
    const words: [number, number][] = [];
    for (let i = 0; i < text.length; i++) {
      if (delimiters.includes(text[i]!)) continue;
      const start = i;
      while (i < text.length && !delimiters.includes(text[i]!)) i++;
      words.push([start, i]);
    }
    const anchor = index > 0 ? index - 1 : words.length + index;
    const found = words[anchor];
    if (found === undefined) return undefined;
    // Where more words are wanted than there are, the delimiters at the end belong to the result too.
    const other = words[index > 0 ? anchor + count - 1 : anchor - count + 1];
    if (index > 0) return text.slice(found[0], count === 0 || other === undefined ? text.length : other[1]);
    return text.slice(count === 0 || other === undefined ? 0 : other[0], found[1]);
  };
}

function indexProblem(args: readonly Argument[]): string | readonly Argument[] {
  if (integerArgument(args, 0, 0) === 0) return "Unexpected value 0 for index";
  if (textArgument(args, 1, "") === "") return "Empty separators list";
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

function variableArgumentProblem(index: number): (args: readonly Argument[]) => string | readonly Argument[] {
  return (args) => {
    const name = textArgument(args, index, "");
    return name === "" || variableProblem(name) === undefined ? args : `failed to register variable name '${name}'`;
  };
}

/** `regsub(regex,substitution[,flags])`. */
function regsub(args: readonly Argument[]): Converter {
  const argument = args[0];
  const source = argument?.kind === "regex" ? argument.source : "";
  const flags = textArgument(args, 2, "");
  const ignoreCase = flags.includes("i");
  const regex = compileRegex(source, ignoreCase, flags.includes("g") ? "g" : "");
  const translated = translateRegex(source, ignoreCase);
  const groups = "fault" in translated ? [0] : translated.groups;
  const template = textArgument(args, 1, "");
  return (value) =>
    (value as string).replace(regex, (...found: unknown[]) =>
      expandTemplate(template, (n) => found[groups[n] ?? -1] as string | undefined),
    );
}

function regsubProblem(args: readonly Argument[]): string | readonly Argument[] {
  const bad = /[^ig]/.exec(textArgument(args, 2, ""));
  return bad === null ? args : `invalid regex flag '${bad[0]}', only 'i' and 'g' are supported`;
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

/** `param(name[,delimiter])`: a value of a query-like string. */
function param(args: readonly Argument[]): Converter {
  const prefix = `${textArgument(args, 0, "")}=`;
  const name = textArgument(args, 0, "");
  const delimiter = textArgument(args, 1, "&")[0] ?? "&";
  return (value) => {
    for (const part of (value as string).split(delimiter)) {
      if (part.startsWith(prefix)) return part.slice(prefix.length);
      if (part === name) return "";
    }
    return undefined;
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

const range = [needs("sint", "index"), needs("str", "delimiters"), takes("sint", "count")];

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
    name: "field",
    parameters: range,
    input: "str",
    output: "str",
    since: "1.6",
    doc: "One field, or several, between single delimiters.",
    check: indexProblem,
    compile: field,
  },
  {
    name: "word",
    parameters: range,
    input: "str",
    output: "str",
    since: "1.6",
    doc: "One word, or several, between runs of delimiters.",
    check: indexProblem,
    compile: word,
  },
  {
    name: "concat",
    parameters: [takes("str", "start"), takes("str", "variable"), takes("str", "end")],
    input: "str",
    output: "str",
    since: "1.9",
    doc: "Appends a text, a variable and another text.",
    check: variableArgumentProblem(1),
    compile: concat,
  },
  {
    name: "add_item",
    parameters: [needs("str", "delimiter"), needs("str", "variable"), takes("str", "suffix")],
    input: "str",
    output: "str",
    since: "2.6",
    doc: "Appends an item to a list with a delimiter between them.",
    check: variableArgumentProblem(1),
    compile: addItem,
  },
  {
    name: "regsub",
    parameters: [needs("regex", "regex"), needs("str", "substitution"), takes("str", "flags")],
    input: "str",
    output: "str",
    since: "1.6",
    doc: "Replaces what a regular expression matches: the first match, or all with the flag g.",
    check: regsubProblem,
    compile: regsub,
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
    name: "param",
    parameters: [needs("str", "name"), takes("str", "delimiter")],
    input: "str",
    output: "str",
    since: "2.6",
    doc: "The first value of a parameter in a string of parameters.",
    compile: param,
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

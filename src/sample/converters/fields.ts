// Owns converters that pick parts of a delimited string: fields, words, parameters. Each looks at every byte once. Configuration manual §7.3.1.

import type { Converter, ConverterRow } from "../rows.ts";
import { integerArgument, needs, takes, textArgument } from "../rows.ts";
import type { Argument } from "../types.ts";

/** Where a part starts and ends. */
type Span = readonly [start: number, end: number];

/** A table of the bytes that delimit. */
function delimiterTable(delimiters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let i = 0; i < delimiters.length; i++) table[delimiters.charCodeAt(i)] = 1;
  return table;
}

/** All fields, empty ones included. */
function fieldsOf(text: string, table: Uint8Array): readonly Span[] {
  const out: Span[] = [];
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && table[text.charCodeAt(i)] === 0) continue;
    out.push([start, i]);
    start = i + 1;
  }
  return out;
}

/** Words are runs of other bytes. */
function wordsOf(text: string, table: Uint8Array): readonly Span[] {
  const out: Span[] = [];
  for (let i = 0; i < text.length; i++) {
    if (table[text.charCodeAt(i)] === 1) continue;
    const start = i;
    while (i < text.length && table[text.charCodeAt(i)] === 0) i++;
    out.push([start, i]);
  }
  return out;
}

/**
 * `count` parts from the part `index` on (to the left for a negative index), delimiters between them included. Where there are fewer, or with a count
 * below one, the text goes to its end (its start).
 */
function pick(split: typeof fieldsOf): (args: readonly Argument[]) => Converter {
  return (args) => {
    const index = integerArgument(args, 0, 1);
    const table = delimiterTable(textArgument(args, 1, ""));
    const count = integerArgument(args, 2, 1);
    return (value) => {
      const text = value as string;
      const parts = split(text, table);
      const anchor = index > 0 ? index - 1 : parts.length + index;
      const found = parts[anchor];
      if (found === undefined) return undefined;
      const other = count < 1 ? undefined : parts[index > 0 ? anchor + count - 1 : anchor - count + 1];
      return index > 0
        ? text.slice(found[0], other === undefined ? text.length : other[1])
        : text.slice(other === undefined ? 0 : other[0], found[1]);
    };
  };
}

function pickProblem(args: readonly Argument[]): string | readonly Argument[] {
  if (integerArgument(args, 0, 0) === 0) return "Unexpected value 0 for index";
  if (textArgument(args, 1, "") === "") return "Empty separators list";
  return args;
}

/** `param(name[,delimiter])`. A name without "=" has the empty value. */
function param(args: readonly Argument[]): Converter {
  const name = textArgument(args, 0, "");
  const delimiter = textArgument(args, 1, "&");
  return (value) => {
    const text = value as string;
    for (let start = 0; start < text.length; ) {
      let end = text.indexOf(delimiter, start);
      if (end < 0) end = text.length;
      if (text.startsWith(name, start)) {
        const after = start + name.length;
        if (text[after] === "=" && after < end) return text.slice(after + 1, end);
        if (after === end) return "";
      }
      start = end + 1;
    }
    return undefined;
  };
}

function paramProblem(args: readonly Argument[]): string | readonly Argument[] {
  return textArgument(args, 1, "&").length === 1 ? args : "Delimiter must be exactly 1 character.";
}

const range = [needs("sint", "index"), needs("str", "delimiters"), takes("sint", "count")];

/** The table of this file. */
export const fieldConverters: readonly ConverterRow[] = [
  {
    name: "field",
    parameters: range,
    input: "str",
    output: "str",
    since: "1.6",
    doc: "One field, or several, between single delimiters.",
    check: pickProblem,
    compile: pick(fieldsOf),
  },
  {
    name: "word",
    parameters: range,
    input: "str",
    output: "str",
    since: "1.6",
    doc: "One word, or several, between runs of delimiters.",
    check: pickProblem,
    compile: pick(wordsOf),
  },
  {
    name: "param",
    parameters: [needs("str", "name"), takes("str", "delimiter")],
    input: "str",
    output: "str",
    since: "2.6",
    doc: "The first value of a parameter in a string of parameters.",
    check: paramProblem,
    compile: param,
  },
];

// Owns the choice of a language from an Accept-Language value. RFC 9110 §12.5.4; configuration manual §7.3.1 "language".

import type { Converter, ConverterRow } from "../rows.ts";
import { needs, takes, textArgument } from "../rows.ts";
import type { Argument } from "../types.ts";

/** The parts of one preference: its range, what follows it, and up to four characters of its weight. */
const preference = /^\s*([^;\s]+)\s*(;(?:\s*q\s*=\s*([0-9](?:\.[0-9]{0,3})?))?)?/;

/** The weight in thousandths; what cannot be read is the highest. */
function weightOf(text: string | undefined): number {
  return text === undefined ? 1000 : Math.min(1000, Math.round(Number(text) * 1000));
}

/** Whether a range of the request is `tag`, or begins with it and a dash. */
function matches(range: string, tag: string): boolean {
  return range.startsWith(tag) && (range.length === tag.length || range[tag.length] === "-");
}

/** `language(list[,default])`: among equal weights the first of the request wins. */
function language(args: readonly Argument[]): Converter {
  const tags = textArgument(args, 0, "").split(";");
  const fallback = textArgument(args, 1, "");
  return (value) => {
    const text = value as string;
    let best = "";
    let bestWeight = 0;
    for (let start = 0; start < text.length && bestWeight < 1000; ) {
      let end = text.indexOf(",", start);
      if (end < 0) end = text.length;
      const item = text.slice(start, end);
      start = end + 1;
      const found = preference.exec(item);
      if (found === null) continue;
      const tag = tags.find((candidate) => matches(found[1]!, candidate));
      if (tag === undefined || (found[2] === undefined && found[0].length < item.length)) continue;
      const weight = weightOf(found[3]);
      if (weight > bestWeight) {
        best = tag;
        bestWeight = weight;
      }
    }
    return best !== "" ? best : fallback === "" ? undefined : fallback;
  };
}

/** The table of this file. */
export const languageConverters: readonly ConverterRow[] = [
  {
    name: "language",
    parameters: [needs("str", "languages"), takes("str", "default")],
    input: "str",
    output: "str",
    since: "1.5",
    doc: "The language of a list that an Accept-Language value prefers.",
    compile: language,
  },
];

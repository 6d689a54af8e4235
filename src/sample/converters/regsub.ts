// Owns the converter that replaces what a regular expression matches, round by round as the reference does it: each round looks only at what
// the last one left. Configuration manual §7.3.1 "regsub".

import { expandTemplate, regexSubjectLimit, translateRegex } from "../regex.ts";
import type { Converter, ConverterRow } from "../rows.ts";
import { needs, takes, textArgument } from "../rows.ts";
import type { Argument } from "../types.ts";

/** The longest result; the reference cuts it at `tune.bufsize`. It bounds what a template that repeats its match can do. */
const resultLimit = 16_384;

interface Matcher {
  readonly regex: RegExp;
  readonly groups: readonly number[];
}

function matcherOf(source: string, ignoreCase: boolean, later: boolean): Matcher {
  const translated = translateRegex(source, ignoreCase, true, later);
  return "fault" in translated
    ? { regex: /(?!)/, groups: [0] }
    : { regex: new RegExp(translated.source), groups: translated.groups };
}

/** `regsub(regex,substitution[,flags])`. */
function regsub(args: readonly Argument[]): Converter {
  const argument = args[0];
  const source = argument?.kind === "regex" ? argument.source : "";
  const flags = textArgument(args, 2, "");
  const global = flags.includes("g");
  const template = textArgument(args, 1, "");
  const first = matcherOf(source, flags.includes("i"), false);
  // From the second round on "^" means a place that lies behind.
  const later = matcherOf(source, flags.includes("i"), true);
  return (value) => {
    let rest = (value as string).slice(0, regexSubjectLimit);
    let out = "";
    for (let matcher = first; out.length < resultLimit; matcher = later) {
      const found = matcher.regex.exec(rest);
      if (found === null) return cut(out + rest);
      const { groups } = matcher;
      out += rest.slice(0, found.index) + expandTemplate(template, (n) => found[groups[n] ?? -1]);
      if (rest === "") return cut(out);
      const end = found.index + found[0].length;
      // QUIRK: only a match that ends at the very start of the rest is stepped over; an empty one further on is found once more.
      if (end === 0) out += rest[0];
      rest = rest.slice(end === 0 ? 1 : end);
      if (!global) return cut(out + rest);
    }
    return cut(out);
  };
}

function cut(text: string): string {
  return text.length < resultLimit ? text : text.slice(0, resultLimit);
}

function regsubProblem(args: readonly Argument[]): string | readonly Argument[] {
  const bad = /[^ig]/.exec(textArgument(args, 2, ""));
  return bad === null ? args : `invalid regex flag '${bad[0]}', only 'i' and 'g' are supported`;
}

/** The table of this file. */
export const regsubConverters: readonly ConverterRow[] = [
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
];

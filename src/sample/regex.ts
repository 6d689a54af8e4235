// Owns the way from a PCRE2 pattern as users write it to a RegExp of this platform over latin1 text. What cannot be said here is refused with
// a sentence, never approximated. Patterns are bytes: classes and case folding are ASCII, as in the reference's "C" locale.
// pcre2pattern(3); configuration manual §7.1.4.

import { RegexTranslator } from "./regex-translate.ts";

/** A translated pattern; `groups[n]` is the platform's number of PCRE group n. */
export interface TranslatedRegex {
  readonly source: string;
  readonly flags: string;
  readonly groups: readonly number[];
}

/**
 * Translates, or says why not. Never throws. Without `captures` plain parentheses only group, as in ACLs. `behind`: the subject is the rest of a longer
 * one, and "^" stands for a place that it does not hold.
 */
export function translateRegex(
  source: string,
  ignoreCase: boolean,
  captures = true,
  behind = false,
): TranslatedRegex | { readonly fault: string } {
  const translator = new RegexTranslator(source, ignoreCase, captures, behind);
  const body = translator.run();
  if (body === undefined) return { fault: translator.fault };
  const flags = "";
  try {
    new RegExp(body, flags);
  } catch {
    return { fault: `regex '${source}' is invalid` };
  }
  return { source: body, flags, groups: translator.groups };
}

/** Why `source` is refused, worded like the reference, or undefined. */
export function regexProblem(source: string, ignoreCase: boolean, captures = true): string | undefined {
  const translated = translateRegex(source, ignoreCase, captures);
  return "fault" in translated ? translated.fault : undefined;
}

/** The compiled form of a pattern that is only asked whether it matches, and was checked before. */
export function compileMatcher(source: string, ignoreCase: boolean): RegExp {
  const translated = translateRegex(source, ignoreCase, false);
  return "fault" in translated ? /(?!)/ : new RegExp(translated.source);
}

/** The compiled form of a pattern that was checked before. `flags` are added to it ("g"). */
export function compileRegex(source: string, ignoreCase: boolean, flags = ""): RegExp {
  const translated = translateRegex(source, ignoreCase);
  return "fault" in translated ? /(?!)/ : new RegExp(translated.source, flags);
}

/** The longest subject that a regular expression is given; the rest is not looked at. A guard against slow patterns comes with its own issue. */
export const regexSubjectLimit = 65_536;

/** Whether `regex` (without the flag g) matches `subject`. */
export function testRegex(regex: RegExp, subject: string): boolean {
  return regex.test(subject.length > regexSubjectLimit ? subject.slice(0, regexSubjectLimit) : subject);
}

/**
 * Expands the references of a substitution: `\0` to `\9` are groups, `\xHH` is a byte, a backslash protects any other character.
 * A group that did not take part is empty.
 */
export function expandTemplate(template: string, group: (index: number) => string | undefined): string {
  if (!template.includes("\\")) return template;
  let out = "";
  for (let i = 0; i < template.length; i++) {
    const char = template[i]!;
    if (char !== "\\" || i + 1 === template.length) {
      out += char;
      continue;
    }
    const next = template[++i]!;
    const hex = next === "x" ? /^[0-9a-fA-F]{2}/.exec(template.slice(i + 1, i + 3)) : null;
    if (hex !== null) {
      out += String.fromCharCode(Number.parseInt(hex[0], 16));
      i += 2;
    } else out += /[0-9]/.test(next) ? (group(Number(next)) ?? "") : next;
  }
  return out;
}

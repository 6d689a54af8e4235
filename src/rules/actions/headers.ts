// Owns the actions on header fields. A replacement edits the head in place, so that the order of fields stays. Configuration manual §4.4.

import { compileHeaderFormat, encodeForHttp } from "../../log/index.ts";
import { removeField, replaceValueText } from "../../protocol/http/edit.ts";
import type { HeadTable } from "../../protocol/http/head.ts";
import { fieldStride } from "../../protocol/http/head.ts";
import { compileRegex, expandTemplate, regexSubjectLimit, translateRegex } from "../../sample/index.ts";
import { equalIgnoreCase, latin1 } from "../../stdx/index.ts";
import type { RuleSet, RuleTarget } from "../types.ts";
import type { ActionArguments, ActionRow, ActionWords } from "./row.ts";
import { formatOf, httpSets, textOf } from "./row.ts";

/** The head that a rule set works on. */
function headOf(target: RuleTarget, set: RuleSet): HeadTable | undefined {
  return set === "http-request" ? target.request : target.response;
}

/** A field's value has no blanks around it. */
function trimBlanks(value: string): string {
  const last = value.charCodeAt(value.length - 1);
  const first = value.charCodeAt(0);
  if (last !== 0x20 && last !== 0x09 && first !== 0x20 && first !== 0x09) return value;
  return value.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** An absolute request-target names the host too, and follows the Host field. */
function moveAuthority(target: RuleTarget, host: string): void {
  const head = target.request;
  if (head === undefined || head.bytes[head.targetStart] === 0x2f) return;
  const url = latin1(head.bytes, head.targetStart, head.targetEnd);
  const absolute = /^([a-zA-Z][-+.a-zA-Z0-9]*:\/\/)[^/?]*(.*)$/s.exec(url);
  if (absolute !== null) target.setUri(`${absolute[1]}${host.replace(/[ \t]/g, "")}${absolute[2]}`);
}

/** The reference warns about a name that is no token and uses it. A line end would be another field: it is refused. */
function checkName(words: ActionWords, name: string): boolean {
  if (/[\r\n\0]/.test(name)) return words.refuse("a header name is one line", words.at - 2);
  const bad = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/.exec(name);
  if (bad !== null) words.warn(`header name '${name}' contains forbidden character '${bad[0]}'`, words.at - 2);
  return true;
}

function parseNameAndValue(words: ActionWords): ActionArguments | false {
  const taken = words.takeAll(2, "expects exactly 2 arguments");
  if (taken === false || !checkName(words, taken[0] ?? "")) return false;
  const value = words.format(words.at - 1);
  return value !== false && { name: taken[0], value };
}

function parseReplacement(words: ActionWords): ActionArguments | false {
  const taken = words.takeAll(3, "expects exactly 3 arguments");
  if (taken === false) return false;
  if (!words.regex(words.at - 2)) return false;
  const value = words.format(words.at - 1);
  return value !== false && { name: taken[0], regex: taken[1], value };
}

const nameMethods = ["str", "beg", "end", "sub", "reg"];

function parseDeletion(words: ActionWords): ActionArguments | false {
  const taken = words.takeAll(1, "expects at least 1 argument");
  if (taken === false) return false;
  if (words.next !== "-m") return { name: taken[0], method: "str" };
  words.at++;
  const method = words.take();
  if (method === undefined) return words.refuse("-m flag expects exactly 1 argument");
  if (!nameMethods.includes(method))
    return words.refuse(`-m with unsupported matching method '${method}'`, words.at - 1);
  if (method === "reg" && !words.regex(words.at - 3, false, false)) return false;
  return { name: taken[0], method };
}

/** Whether a field's name is meant; names in a head are lower case. */
function nameTest(method: string, name: string): (field: string) => boolean {
  const wanted = name.toLowerCase();
  if (method === "reg") {
    const regex = compileRegex(name, false);
    return (field) => regex.test(field);
  }
  if (method === "beg") return (field) => field.startsWith(wanted);
  if (method === "end") return (field) => field.endsWith(wanted);
  return (field) => field.includes(wanted);
}

function compileDeletion(args: ActionArguments, set: RuleSet): (target: RuleTarget) => undefined {
  const name = textOf(args, "name");
  const method = textOf(args, "method");
  if (method === "str") {
    return (target) => {
      target.deleteHeader(name);
      return undefined;
    };
  }
  const matches = nameTest(method, name);
  return (target) => {
    const head = headOf(target, set);
    if (head === undefined) return undefined;
    for (let i = head.fieldCount - 1; i >= 0; i--) {
      const slot = i * fieldStride;
      if (matches(latin1(head.bytes, head.fields[slot]!, head.fields[slot + 1]!))) removeField(head, i);
    }
    return undefined;
  };
}

/** A substitution that replaces the whole subject where the expression matches. */
export function compileSubstitution(regexSource: string): (subject: string, template: string) => string | undefined {
  const regex = compileRegex(regexSource, false);
  const translated = translateRegex(regexSource, false);
  const groups = "fault" in translated ? [0] : translated.groups;
  return (subject, template) => {
    if (subject.length > regexSubjectLimit) return undefined;
    const found = regex.exec(subject);
    if (found === null) return undefined;
    return encodeForHttp(expandTemplate(template, (index) => found[groups[index] ?? -1]));
  };
}

function compileReplacement(args: ActionArguments, set: RuleSet, elements: boolean): (target: RuleTarget) => undefined {
  const name = Buffer.from(textOf(args, "name").toLowerCase(), "latin1");
  const substitute = compileSubstitution(textOf(args, "regex"));
  const format = compileHeaderFormat(formatOf(args, "value"));
  return (target) => {
    const head = headOf(target, set);
    if (head === undefined) return undefined;
    let template: string | undefined;
    for (let i = 0; i < head.fieldCount; i++) {
      const slot = i * fieldStride;
      if (!equalIgnoreCase(head.bytes, head.fields[slot]!, head.fields[slot + 1]!, name)) continue;
      template ??= format(target);
      const value = latin1(head.bytes, head.fields[slot + 2]!, head.fields[slot + 3]!);
      const replaced = elements ? replaceElements(value, template, substitute) : substitute(value, template);
      if (replaced !== undefined && replaced !== value) replaceValueText(head, i, replaced);
    }
    return undefined;
  };
}

/** Substitutes in each comma-separated element. Quoted commas do not separate; the blanks around what is replaced go. */
function replaceElements(
  value: string,
  template: string,
  substitute: (subject: string, template: string) => string | undefined,
): string {
  return value.replace(/((?:[^",]|"(?:[^"\\]|\\.)*"?)+)/g, (part) => {
    const element = part.replace(/^[ \t]+|[ \t]+$/g, "");
    const replaced = substitute(element, template);
    return replaced ?? part;
  });
}

const common = { sets: httpSets, since: "1.4" };

/** The table of this file. */
export const headerActions: readonly ActionRow[] = [
  {
    ...common,
    name: "set-header",
    doc: "Sets a header field, in place of all fields of that name.",
    parse: parseNameAndValue,
    compile: (args, _model, set) => {
      const name = textOf(args, "name");
      const isHost = set === "http-request" && name.toLowerCase() === "host";
      const format = compileHeaderFormat(formatOf(args, "value"));
      return (target) => {
        const value = trimBlanks(format(target));
        target.setHeader(name, value);
        if (isHost) moveAuthority(target, value);
        return undefined;
      };
    },
  },
  {
    ...common,
    name: "add-header",
    doc: "Adds a header field beside those of that name.",
    parse: parseNameAndValue,
    compile: (args) => {
      const name = textOf(args, "name");
      const format = compileHeaderFormat(formatOf(args, "value"));
      return (target) => {
        target.addHeader(name, trimBlanks(format(target)));
        return undefined;
      };
    },
  },
  {
    ...common,
    name: "del-header",
    doc: "Removes header fields by name.",
    parse: parseDeletion,
    compile: (args, _model, set) => compileDeletion(args, set),
  },
  {
    ...common,
    name: "replace-header",
    doc: "Replaces whole values of a header field that a regular expression matches.",
    parse: parseReplacement,
    compile: (args, _model, set) => compileReplacement(args, set, false),
  },
  {
    ...common,
    name: "replace-value",
    doc: "Replaces each element of a header field that a regular expression matches.",
    parse: parseReplacement,
    compile: (args, _model, set) => compileReplacement(args, set, true),
  },
];

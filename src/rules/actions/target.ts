// Owns the actions on the request line and the status line. DIFFERS: a blank in a new request-target becomes %20, since it would break the request
// line. Configuration manual §4.4.

import { compileHeaderFormat } from "../../log/index.ts";
import type { HeadTable } from "../../protocol/http/head.ts";
import { latin1 } from "../../stdx/index.ts";
import type { RuleTarget } from "../types.ts";
import { compileSubstitution } from "./headers.ts";
import type { ActionArguments, ActionRow, ActionWords } from "./row.ts";
import { formatOf, requestSets, responseSets, textOf } from "./row.ts";

function parseFormat(words: ActionWords): ActionArguments | false {
  const message = "expects exactly 1 argument <format>";
  const taken = words.takeAll(1, message);
  if (taken === false) return false;
  if (!words.done) return words.refuse(message);
  const value = words.format(words.at - 1);
  return value !== false && { value };
}

function parseReplacement(words: ActionWords): ActionArguments | false {
  const taken = words.takeAll(2, "expects exactly 2 arguments <match-regex> and <replace-format>");
  if (taken === false) return false;
  if (!words.regex(words.at - 2)) return false;
  const value = words.format(words.at - 1);
  return value !== false && { regex: taken[0], value };
}

/** Keeps the request line in three words. */
function oneWord(text: string): string {
  return /[ \t]/.test(text) ? text.replace(/ /g, "%20").replace(/\t/g, "%09") : text;
}

/** The target before its path, the path, and the query with its mark. */
interface Parts {
  readonly before: string;
  readonly path: string;
  readonly query: string;
}

function partsOf(head: HeadTable): Parts {
  const url = latin1(head.bytes, head.targetStart, head.targetEnd);
  const before = url.startsWith("/") ? "" : (/^[a-zA-Z][-+.a-zA-Z0-9]*:\/\/[^/?]*/.exec(url)?.[0] ?? "");
  const rest = url.slice(before.length);
  const mark = rest.indexOf("?");
  return mark < 0 ? { before, path: rest, query: "" } : { before, path: rest.slice(0, mark), query: rest.slice(mark) };
}

/** undefined for a target that has no path: "*", an authority. */
function pathOnly(read: (parts: Parts) => string): (parts: Parts) => string | undefined {
  return (parts) => (parts.path.startsWith("/") || parts.before !== "" ? read(parts) : undefined);
}

/** What a replacement looks at, and how its result is put back. */
const scopes = {
  path: {
    read: pathOnly((parts) => parts.path),
    write: (target: RuleTarget, _parts: Parts, value: string): void => target.setPath(value),
  },
  pathq: {
    read: pathOnly((parts) => parts.path + parts.query),
    write: (target: RuleTarget, parts: Parts, value: string): void => target.setUri(parts.before + value),
  },
  uri: {
    read: (parts: Parts): string | undefined => parts.before + parts.path + parts.query,
    write: (target: RuleTarget, _parts: Parts, value: string): void => target.setUri(value),
  },
} as const;

function replacement(scope: keyof typeof scopes): ActionRow {
  const { read, write } = scopes[scope];
  return {
    name: `replace-${scope}`,
    sets: requestSets,
    since: "1.6",
    doc: `Replaces the ${scope} where a regular expression matches it.`,
    parse: parseReplacement,
    compile: (args) => {
      const substitute = compileSubstitution(textOf(args, "regex"));
      const format = compileHeaderFormat(formatOf(args, "value"));
      return (target) => {
        const head = target.request;
        if (head === undefined) return undefined;
        const parts = partsOf(head);
        const subject = read(parts);
        const replaced = subject === undefined ? undefined : substitute(subject, format(target));
        if (replaced !== undefined && replaced !== "") write(target, parts, oneWord(replaced));
        return undefined;
      };
    },
  };
}

function setter(name: string, doc: string, apply: (target: RuleTarget, value: string) => void): ActionRow {
  return {
    name,
    sets: requestSets,
    since: "1.6",
    doc,
    parse: parseFormat,
    compile: (args) => {
      const format = compileHeaderFormat(formatOf(args, "value"));
      return (target) => {
        apply(target, oneWord(format(target)));
        return undefined;
      };
    },
  };
}

function setPathAndQuery(target: RuleTarget, value: string): void {
  const head = target.request;
  if (head !== undefined) target.setUri(partsOf(head).before + value);
}

function parseStatus(words: ActionWords): ActionArguments | false {
  const taken = words.takeAll(1, "expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>");
  if (taken === false) return false;
  const status = /^\d{3}$/.test(taken[0] ?? "") ? Number(taken[0]) : 0;
  if (status < 100) return words.refuse("expects an integer status code between 100 and 999", words.at - 1);
  if (words.next !== "reason" || words.words[words.at + 1] === undefined) return { status, reason: undefined };
  words.at += 2;
  return { status, reason: words.words[words.at - 1] };
}

/** The table of this file. */
export const targetActions: readonly ActionRow[] = [
  setter("set-method", "Sets the method.", (target, value) => {
    if (value !== "") target.setMethod(value);
  }),
  setter("set-path", "Sets the path and keeps the query.", (target, value) => target.setPath(value)),
  setter("set-pathq", "Sets the path with its query.", setPathAndQuery),
  setter("set-query", "Sets the query and keeps the path.", (target, value) => target.setQuery(value)),
  setter("set-uri", "Sets the whole request-target.", (target, value) => {
    if (value !== "") target.setUri(value);
  }),
  replacement("path"),
  replacement("pathq"),
  replacement("uri"),
  {
    name: "set-status",
    sets: responseSets,
    since: "1.6",
    doc: "Sets the status of the response, and its reason.",
    parse: parseStatus,
    compile: (args) => {
      const status = args["status"] as number;
      const reason = typeof args["reason"] === "string" ? args["reason"] : undefined;
      return (target) => {
        target.setStatus(status, reason);
        return undefined;
      };
    },
  },
];

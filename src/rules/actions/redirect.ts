// Owns the action `redirect`. Configuration manual §4.2 "redirect" and §4.4.

import type { LogFormatModel } from "../../log/index.ts";
import { compileHeaderFormat, encodeForHttp } from "../../log/index.ts";
import { fieldIds } from "../../protocol/http/field-names.ts";
import type { HeadTable } from "../../protocol/http/head.ts";
import { fieldStride } from "../../protocol/http/head.ts";
import { latin1 } from "../../stdx/index.ts";
import type { RuleTarget } from "../types.ts";
import type { Action, ActionArguments, ActionRow, ActionWords } from "./row.ts";
import { formatOf, textOf } from "./row.ts";

const kinds = ["location", "prefix", "scheme"];
const flags = ["drop-query", "keep-query", "append-slash", "ignore-empty"];
const cookies = ["set-cookie", "set-cookie-fmt", "clear-cookie"];
const codes = [301, 302, 303, 307, 308];

/** The arguments as they are collected. */
interface Draft {
  [name: string]: string | number | boolean | LogFormatModel;
}

function parseRedirect(words: ActionWords): ActionArguments | false {
  const draft: Draft = { code: 302, kind: "" };
  while (!words.done) {
    const word = words.next ?? "";
    if (flags.includes(word)) {
      draft[word] = true;
      words.at++;
    } else if (!parseWithValue(words, word, draft)) return false;
  }
  const { kind } = draft;
  if (kind === "") return words.refuse("redirection type expected ('prefix', 'location', or 'scheme')");
  if (words.set !== "http-request" && kind !== "location") {
    return words.refuse(`redirect type '${String(kind)}' is not supported here yet`, words.at - 1, "unsupported");
  }
  return draft;
}

function parseWithValue(words: ActionWords, word: string, draft: Draft): boolean {
  if (word !== "code" && !kinds.includes(word) && !cookies.includes(word)) {
    return words.refuse(
      "expects 'code', 'prefix', 'location', 'scheme', 'set-cookie', 'set-cookie-fmt', 'clear-cookie', 'drop-query', 'keep-query', " +
        `'ignore-empty' or 'append-slash' (was '${word}')`,
    );
  }
  words.at++;
  const value = words.take();
  if (value === undefined) return words.refuse(`missing argument for '${word}'`, words.at - 1);
  if (word === "code") {
    const code = codes.find((known) => String(known) === value);
    if (code === undefined) {
      return words.refuse(
        `'code': unsupported HTTP code '${value}' (must be one of 301, 302, 303, 307 or 308)`,
        words.at - 1,
      );
    }
    draft["code"] = code;
    return true;
  }
  if (word === "set-cookie" || word === "clear-cookie") {
    draft["cookieText"] =
      word === "set-cookie" ? `${encodeForHttp(value)}; path=/;` : `${encodeForHttp(value)}; path=/; Max-Age=0;`;
    return true;
  }
  const format = words.format(words.at - 1);
  if (format === false) return false;
  if (word === "set-cookie-fmt") draft["cookieFormat"] = format;
  else {
    draft["kind"] = word;
    draft["value"] = format;
  }
  return true;
}

/** Path and query of the request; "/" for a target that has none. */
function pathAndQuery(head: HeadTable): string {
  const url = latin1(head.bytes, head.targetStart, head.targetEnd);
  if (url.startsWith("/")) return url;
  const authority = /^[a-zA-Z][-+.a-zA-Z0-9]*:\/\/[^/?]*/.exec(url)?.[0];
  if (authority === undefined) return "/";
  const rest = url.slice(authority.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function hostOf(head: HeadTable): string {
  for (let i = 0; i < head.fieldCount; i++) {
    const slot = i * fieldStride;
    if (head.fields[slot + 4] === fieldIds.host) {
      return latin1(head.bytes, head.fields[slot + 2]!, head.fields[slot + 3]!);
    }
  }
  return "";
}

/** The path as a prefix or scheme redirection appends it. */
function appendedPath(head: HeadTable, dropQuery: boolean, appendSlash: boolean): string {
  const full = pathAndQuery(head);
  const mark = dropQuery ? full.indexOf("?") : -1;
  const path = mark < 0 ? full : full.slice(0, mark);
  return appendSlash && !path.endsWith("/") ? `${path}/` : path;
}

type Location = (target: RuleTarget) => string | undefined;

function compileLocation(args: ActionArguments): Location {
  const kind = textOf(args, "kind");
  const format = compileHeaderFormat(formatOf(args, "value"));
  const dropQuery = args["drop-query"] === true;
  const appendSlash = args["append-slash"] === true;
  if (kind === "location") {
    const ignoreEmpty = args["ignore-empty"] === true;
    const keepQuery = args["keep-query"] === true;
    return (target) => {
      const location = format(target);
      if (location === "" && ignoreEmpty) return undefined;
      return keepQuery && target.request !== undefined ? withQuery(location, target.request) : location;
    };
  }
  return (target) => {
    const head = target.request;
    if (head === undefined) return undefined;
    const path = appendedPath(head, dropQuery, appendSlash);
    const value = format(target);
    if (kind === "scheme") return `${value}://${hostOf(head)}${path}`;
    // A prefix of "/" stands for none: the path has its own slash.
    return value === "/" ? path : value + path;
  };
}

function withQuery(location: string, head: HeadTable): string {
  const full = pathAndQuery(head);
  const mark = full.indexOf("?");
  if (mark < 0) return location;
  return location + (location.includes("?") ? "&" : "?") + full.slice(mark + 1);
}

function compileRedirect(args: ActionArguments): Action {
  const location = compileLocation(args);
  const status = args["code"] as number;
  const cookieFormat = args["cookieFormat"] as LogFormatModel | undefined;
  const cookie = cookieFormat === undefined ? undefined : compileHeaderFormat(cookieFormat);
  const cookieText = textOf(args, "cookieText");
  // What is not permanent must not be cached.
  const volatile = status === 302 || status === 303 || status === 307;
  const body = new Uint8Array(0);
  return (target) => {
    const where = location(target);
    if (where === undefined) return undefined;
    const headers = ["content-length: 0", `location: ${where}`];
    if (volatile) headers.push("cache-control: no-cache");
    if (cookie !== undefined) headers.push(`set-cookie: ${cookie(target)}; path=/;`);
    else if (cookieText !== "") headers.push(`set-cookie: ${cookieText}`);
    return { kind: "reply", reply: { status, useErrorPage: false, headers, body, denied: false } };
  };
}

/** The table of this file. */
export const redirectActions: readonly ActionRow[] = [
  {
    name: "redirect",
    sets: ["http-request", "http-response"],
    since: "1.3",
    doc: "Answers with a redirection.",
    parse: parseRedirect,
    compile: compileRedirect,
  },
];

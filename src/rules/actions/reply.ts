// Owns the actions that answer themselves: deny, tarpit, return. Configuration manual §4.4 "http-request return".

import type { LogFormatModel } from "../../log/index.ts";
import { compileHeaderFormat, compileTextFormat, encodeForHttp } from "../../log/index.ts";
import type { FinalReply, ReplyModel, RuleSet, RuleTarget, RuleVerdict } from "../types.ts";
import type { Action, ActionArguments, ActionRow, ActionWords } from "./row.ts";

interface Draft {
  status: number | undefined;
  contentType: string | undefined;
  body: ReplyModel["body"] | undefined;
  payloadKeyword: string;
  errorPage: boolean;
  readonly headers: { readonly name: string; readonly value: LogFormatModel }[];
}

/** Fields that a reply sets itself. */
const ownFields = new Set(["content-length", "content-type", "transfer-encoding"]);
const payloads = ["string", "lf-string", "file", "lf-file", "errorfile", "errorfiles", "default-errorfiles"];

/** Reads the arguments of `return`, and of `deny` and `tarpit` that are written like it. */
function parseReply(words: ActionWords, fallback: number, pageByDefault: boolean): ActionArguments | false {
  if (words.done) return replyArguments({ ...emptyDraft(), errorPage: pageByDefault }, fallback);
  const legacy = words.next === "deny_status" && isEnd(words.words[words.at + 2]);
  const draft = emptyDraft();
  while (!words.done) {
    const word = words.next ?? "";
    const done = parseArgument(words, word, draft);
    if (done === "unknown") break;
    if (!done) return false;
  }
  if (legacy) draft.errorPage = true;
  if (draft.body !== undefined && draft.contentType === undefined && !isEmptyBody(draft.body)) {
    return words.refuse("a content type must be defined when non-empty payload is configured");
  }
  if (draft.contentType !== undefined && draft.body === undefined) {
    words.warn(
      `content-type '${draft.contentType}' ignored by the http reply because neither errorfile nor payload defined`,
    );
  }
  return replyArguments(draft, fallback);
}

function emptyDraft(): Draft {
  return {
    status: undefined,
    contentType: undefined,
    body: undefined,
    payloadKeyword: "",
    errorPage: false,
    headers: [],
  };
}

function isEnd(word: string | undefined): boolean {
  return word === undefined || word === "if" || word === "unless";
}

function isEmptyBody(body: ReplyModel["body"]): boolean {
  return body.kind === "bytes" ? body.base64 === "" : body.kind === "none";
}

function replyArguments(draft: Draft, fallback: number): ActionArguments {
  const reply: ReplyModel = {
    status: draft.status ?? fallback,
    contentType: draft.contentType,
    body: draft.body ?? { kind: "none" },
    headers: draft.headers,
  };
  return { reply, errorPage: draft.errorPage };
}

function parseArgument(words: ActionWords, word: string, draft: Draft): boolean | "unknown" {
  if (word === "status" || word === "deny_status") return parseStatus(words, draft);
  if (word === "content-type") {
    words.at++;
    const type = words.take();
    if (type === undefined) return words.refuse("'content-type' expects <ctype> as argument");
    draft.contentType = type;
    return true;
  }
  if (word === "hdr") return parseHeader(words, draft);
  if (!payloads.includes(word)) return "unknown";
  if (draft.payloadKeyword !== "") {
    return words.refuse(`unexpected '${word}' argument, '${draft.payloadKeyword}' already defined`);
  }
  draft.payloadKeyword = word;
  return parsePayload(words, word, draft);
}

function parseStatus(words: ActionWords, draft: Draft): boolean {
  words.at++;
  const word = words.take();
  if (word === undefined) return words.refuse("'status' expects <status_code> as argument");
  const status = /^\d{1,4}$/.test(word) ? Number(word) : 0;
  if (status < 200 || status > 599) return words.refuse(`Unexpected status code '${word}'`, words.at - 1);
  draft.status = status;
  return true;
}

function parseHeader(words: ActionWords, draft: Draft): boolean {
  const at = words.at;
  const name = words.words[at + 1];
  if (name === undefined || words.words[at + 2] === undefined) {
    return words.refuse("'hdr' expects <name> and <value> as arguments");
  }
  words.at += 3;
  if (/[\r\n\0]/.test(name)) return words.refuse("a header name is one line", at + 1);
  if (ownFields.has(name.toLowerCase())) {
    words.warn(`header '${name}' always ignored by the http reply`, at + 1);
    return true;
  }
  const value = words.format(at + 2);
  if (value === false) return false;
  draft.headers.push({ name: name.toLowerCase(), value });
  return true;
}

function parsePayload(words: ActionWords, word: string, draft: Draft): boolean {
  if (word === "default-errorfiles") {
    words.at++;
    draft.errorPage = true;
    return true;
  }
  if (word === "errorfile" || word === "errorfiles") {
    return words.refuse(`'${word}' in a reply is not supported yet`, words.at, "unsupported");
  }
  const at = words.at + 1;
  const value = words.words[at];
  const isFile = word.endsWith("file");
  if (value === undefined)
    return words.refuse(`'${word}' expects ${isFile ? "<file>" : word === "string" ? "<str>" : "<fmt>"} as argument`);
  words.at += 2;
  if (word === "lf-string") {
    const format = words.format(at);
    if (format === false) return false;
    draft.body = { kind: "format", format };
    return true;
  }
  const read = isFile ? words.context.readFile?.(value) : { text: value };
  if (read === undefined || "fault" in read) return words.refuse(`error opening file '${value}'.`, at);
  if (word === "lf-file") return words.refuse("'lf-file' is not supported yet", at - 1, "unsupported");
  draft.body = { kind: "bytes", base64: Buffer.from(read.text, "latin1").toString("base64") };
  return true;
}

const noBytes = new Uint8Array(0);

/** What a reply becomes when its rule fires. */
function compileReply(args: ActionArguments, denied: boolean): (target: RuleTarget) => FinalReply {
  const model = args["reply"] as ReplyModel;
  if (args["errorPage"] === true) {
    const page: FinalReply = { status: model.status, useErrorPage: true, headers: [], body: noBytes, denied };
    return () => page;
  }
  const body = compileBody(model.body);
  const type = model.contentType === undefined ? undefined : encodeForHttp(model.contentType);
  const headers = model.headers.map(({ name, value }) => ({ name, get: compileHeaderFormat(value) }));
  return (target) => {
    const bytes = body(target);
    const lines: string[] = [];
    for (const { name, get } of headers) {
      const value = get(target);
      if (value !== "") lines.push(`${name}: ${value}`);
    }
    lines.push(`content-length: ${bytes.length}`);
    if (bytes.length > 0 && type !== undefined) lines.push(`content-type: ${type}`);
    return { status: model.status, useErrorPage: false, headers: lines, body: bytes, denied };
  };
}

function compileBody(body: ReplyModel["body"]): (target: RuleTarget) => Uint8Array {
  if (body.kind === "none") return () => noBytes;
  if (body.kind === "bytes") {
    const bytes = new Uint8Array(Buffer.from(body.base64, "base64"));
    return () => bytes;
  }
  const format = compileTextFormat(body.format);
  return (target) => Buffer.from(format(target), "latin1");
}

function replying(kind: "reply" | "tarpit", denied: boolean): (args: ActionArguments) => Action {
  return (args) => {
    const reply = compileReply(args, denied);
    return (target): RuleVerdict => ({ kind, reply: reply(target) });
  };
}

function denyStatus(set: RuleSet): number {
  return set === "http-request" ? 403 : 502;
}

/** The table of this file. */
export const replyActions: readonly ActionRow[] = [
  {
    name: "deny",
    sets: ["http-request", "http-response"],
    since: "1.3",
    doc: "Refuses the message with an error page or a reply of its own.",
    parse: (words) => parseReply(words, denyStatus(words.set), true),
    compile: replying("reply", true),
  },
  {
    name: "tarpit",
    sets: ["http-request"],
    since: "1.3",
    doc: "Refuses the request after `timeout tarpit`.",
    // The engine does not hold a reply back for `timeout tarpit` yet; with that, this becomes parseReply(words, 500, true).
    parse: (words) => words.refuse("the action 'tarpit' is not supported yet", words.at - 1, "unsupported"),
    compile: replying("tarpit", true),
  },
  {
    name: "return",
    sets: ["http-request", "http-response"],
    since: "2.2",
    doc: "Answers with a reply of its own.",
    parse: (words) => parseReply(words, 200, false),
    compile: replying("reply", false),
  },
];

// Owns rules as plain data and the interface that actions act on. The engine implements the interface; this folder decides what an action does
// and never touches a connection. Configuration manual §4.3 and §4.4.

import type { ConditionModel } from "../acl/index.ts";
import type { LogFormatModel } from "../log/index.ts";
import type { SampleExpression, SampleView } from "../sample/index.ts";

export type RuleSet =
  | "tcp-request connection"
  | "tcp-request session"
  | "tcp-request content"
  | "tcp-response content"
  | "http-request"
  | "http-response"
  | "http-after-response";

/** Name of the action's row ("set-header") with its arguments as plain data; the row knows the shape of `args`. */
export interface ActionModel {
  readonly name: string;
  readonly args: Readonly<Record<string, ActionArgument>>;
}

export type ActionArgument =
  | string
  | number
  | boolean
  | undefined
  | LogFormatModel
  | SampleExpression
  | ReplyModel
  | readonly { readonly name: string; readonly value: LogFormatModel }[];

/** A reply made here: for deny, return, tarpit. */
export interface ReplyModel {
  readonly status: number;
  /** undefined: the proxy's error page for this status. */
  readonly contentType: string | undefined;
  readonly body:
    | { readonly kind: "none" }
    | { readonly kind: "bytes"; readonly base64: string }
    | { readonly kind: "format"; readonly format: LogFormatModel };
  readonly headers: readonly { readonly name: string; readonly value: LogFormatModel }[];
}

export interface RuleModel {
  readonly set: RuleSet;
  readonly action: ActionModel;
  readonly condition: ConditionModel | undefined;
  readonly file: string;
  readonly line: number;
}

/** What became of a rule set. `continue`: all rules were evaluated. `stop`: an `allow`/`accept` ended this set. Anything else ends the stream's present phase. */
export type RuleVerdict =
  | { readonly kind: "continue" }
  | { readonly kind: "stop" }
  | { readonly kind: "reply"; readonly reply: FinalReply }
  /** The reply is sent once `timeout tarpit` has passed. */
  | { readonly kind: "tarpit"; readonly reply: FinalReply }
  | { readonly kind: "reject" };

/** A reply ready to send: `headers` are raw "name: value" lines without CRLF. */
export interface FinalReply {
  readonly status: number;
  /** The proxy's own error page for `status` shall be sent; `headers` and `body` are ignored. */
  readonly useErrorPage: boolean;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  /** Counted as denied (PR-- and dreq). */
  readonly denied: boolean;
}

/** What actions may change. Names and values are latin1 strings without CR, LF or NUL: the caller has checked. */
export interface RuleTarget extends SampleView {
  setHeader(name: string, value: string): void;
  addHeader(name: string, value: string): void;
  deleteHeader(name: string): void;
  setMethod(value: string): void;
  setPath(value: string): void;
  setQuery(value: string): void;
  setUri(value: string): void;
  setStatus(status: number, reason: string | undefined): void;
  setLogLevel(level: string): void;
}

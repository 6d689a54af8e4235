// Owns the shape of an action's row, and the reader of its words that all rows share. It knows no particular action.
// Configuration manual §4.3 and §4.4.

import type { LogFormatModel } from "../../log/index.ts";
import { parseLogFormat } from "../../log/index.ts";
import type { ExpressionContext, LanguageProblem, SampleExpression } from "../../sample/index.ts";
import { missingSource, parseExpression, regexProblem } from "../../sample/index.ts";
import type { ActionArgument, ActionModel, RuleSet, RuleTarget, RuleVerdict } from "../types.ts";

/** What an action does to a target. undefined: the next rule is evaluated. */
export type Action = (target: RuleTarget) => RuleVerdict | undefined;

/** The arguments of an action's model. */
export type ActionArguments = Readonly<Record<string, ActionArgument>>;

/** One action, or a family written `name(…)`. */
export interface ActionRow {
  readonly name: string;
  readonly sets: readonly RuleSet[];
  /** The name takes an argument in parentheses: `set-var(txn.x)`. */
  readonly parenthesised?: boolean;
  readonly since: string;
  readonly doc: string;
  /** Reads the action's words; false after {@link ActionWords.refuse}. What it returns goes to `compile`. */
  readonly parse: (words: ActionWords) => ActionArguments | false;
  readonly compile: (args: ActionArguments, model: ActionModel, set: RuleSet) => Action;
}

/** The words of one action, read from left to right up to `if`, `unless` or the end. */
export class ActionWords {
  readonly words: readonly string[];
  readonly context: ExpressionContext;
  readonly set: RuleSet;
  /** What stands between the parentheses of `set-var(…)`. */
  readonly parameter: string;
  readonly warnings: LanguageProblem[] = [];
  /** Index of the next word. */
  at: number;
  problem: LanguageProblem | undefined;

  constructor(words: readonly string[], at: number, context: ExpressionContext, set: RuleSet, parameter: string) {
    this.words = words;
    this.at = at;
    this.context = context;
    this.set = set;
    this.parameter = parameter;
  }

  /** The next word, undefined at the end. `if` and `unless` are words like others where an argument is due. */
  get next(): string | undefined {
    return this.words[this.at];
  }

  /** Nothing but a condition is left. */
  get done(): boolean {
    const word = this.words[this.at];
    return word === undefined || word === "if" || word === "unless";
  }

  /** Takes the next word; undefined at the end. */
  take(): string | undefined {
    const word = this.words[this.at];
    if (word !== undefined) this.at++;
    return word;
  }

  /** Notes why the action is refused; always false. */
  refuse(message: string, at = this.at, reason: LanguageProblem["reason"] = "syntax"): false {
    const word = Math.min(at, this.words.length - 1);
    this.problem ??= { message, word, start: 0, end: (this.words[word] ?? "").length, reason };
    return false;
  }

  /** Notes a warning of the reference. */
  warn(message: string, at = this.at): void {
    this.warnings.push({ message, word: at, start: 0, end: (this.words[at] ?? "").length, reason: "syntax" });
  }

  /** Takes `count` words, none of which may be missing; `message` otherwise. */
  takeAll(count: number, message: string): readonly string[] | false {
    if (this.words.length - this.at < count) return this.refuse(message, this.words.length - 1);
    const taken = this.words.slice(this.at, this.at + count);
    this.at += count;
    return taken;
  }

  /** Parses the word at `index` as a log format. */
  format(index: number): LogFormatModel | false {
    const parsed = parseLogFormat(this.words[index] ?? "", index, this.context);
    if ("problem" in parsed) {
      this.problem ??= parsed.problem;
      return false;
    }
    this.warnings.push(...parsed.warnings);
    return parsed.format;
  }

  /** Parses an expression from the next word on and takes its words. `what` is the name in the message about a missing source. */
  expression(what?: string): SampleExpression | false {
    if (this.next === undefined) return this.refuse("missing fetch method", this.words.length - 1);
    const start = this.at;
    const parsed = parseExpression(this.words, start, this.context);
    if ("problem" in parsed) {
      this.problem ??= parsed.problem;
      return false;
    }
    const missing = missingSource(parsed.expression, this.context);
    if (missing !== undefined) {
      const name = what ?? this.words[start] ?? "";
      return this.refuse(
        `fetch method '${name}' extracts information from '${missing}', none of which is available here`,
        start,
      );
    }
    this.at += parsed.used;
    return parsed.expression;
  }

  /** Checks a regular expression. */
  regex(index: number, ignoreCase = false, captures = true): boolean {
    const problem = regexProblem(this.words[index] ?? "", ignoreCase, captures);
    return problem === undefined || this.refuse(problem, index);
  }
}

/** A text argument of a model. */
export function textOf(args: ActionArguments, name: string): string {
  const value = args[name];
  return typeof value === "string" ? value : "";
}

/** A format argument of a model. */
export function formatOf(args: ActionArguments, name: string): LogFormatModel {
  return args[name] as LogFormatModel;
}

/** Sets of rules on requests that carry HTTP. */
export const requestSets: readonly RuleSet[] = ["http-request"];

/** Sets of rules on responses. */
export const responseSets: readonly RuleSet[] = ["http-response", "http-after-response"];

/** All sets that see HTTP. */
export const httpSets: readonly RuleSet[] = [...requestSets, ...responseSets];

/** All sets that see TCP. */
export const tcpSets: readonly RuleSet[] = [
  "tcp-request connection",
  "tcp-request session",
  "tcp-request content",
  "tcp-response content",
];

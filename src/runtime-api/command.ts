// Owns what a command is: one row with its words, level, usage and meaning, and a function from a call to an answer. Answers are plain
// text; the session adds the empty line behind each. A command never throws at what it is told.

import type { CliLevel, RuntimeApiServices } from "./types.ts";

/** How a session is driven: one line and out, line after line, or with a prompt. */
export type SessionMode = "single" | "interactive" | "prompt";

/** What a command may change of its own session. */
export interface CliSession {
  level: CliLevel;
  mode: SessionMode;
  timedPrompt: boolean;
  severityOutput: "none" | "number" | "string";
  timeoutMs: number;
  /** `quit`: nothing more is answered. */
  closing: boolean;
}

export interface CommandCall {
  /** All words of the line, the command's own included. */
  readonly words: readonly string[];
  /** The words behind the command's own. */
  readonly args: readonly string[];
  readonly services: RuntimeApiServices;
  readonly session: CliSession;
}

/** Syslog severities of feedback: `set severity-output` shows them. */
export type Severity = "err" | "warning" | "info";

/** Feedback has a severity; what was asked for is plain text, which ends with its own line feed, or is empty. */
export type Answer = string | { readonly severity: Severity; readonly text: string };

export interface CommandRow {
  readonly words: readonly string[];
  /** The least level that may run it; refused with "Permission denied" below. */
  readonly level: CliLevel;
  /** As `help` shows it. */
  readonly usage: string;
  readonly doc: string;
  readonly run: (call: CommandCall) => Answer;
}

export const failed = (text: string): Answer => ({ severity: "err", text });
export const noticed = (text: string): Answer => ({ severity: "info", text });
export const warned = (text: string): Answer => ({ severity: "warning", text });
/** Success of a command that has nothing to say. */
export const done: Answer = "";

const RANKS: Readonly<Record<CliLevel, number>> = { user: 0, operator: 1, admin: 2 };

export function isAllowed(level: CliLevel, needed: CliLevel): boolean {
  return RANKS[level] >= RANKS[needed];
}

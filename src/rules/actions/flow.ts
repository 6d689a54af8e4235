// Owns the actions that end a rule set or a connection, and those that only note something. Configuration manual §4.3 and §4.4.

import type { RuleSet, RuleVerdict } from "../types.ts";
import type { ActionArguments, ActionRow, ActionWords } from "./row.ts";
import { httpSets, tcpSets, textOf } from "./row.ts";

const stop: RuleVerdict = { kind: "stop" };
const reject: RuleVerdict = { kind: "reject" };

function nothing(): ActionArguments {
  return {};
}

const levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "silent"];

function parseLevel(words: ActionWords): ActionArguments | false {
  const message = "expects exactly 1 argument (log level name or 'silent')";
  const level = words.take();
  if (level === undefined || !levels.includes(level)) return words.refuse(message, words.at - 1);
  return { level };
}

const levelSets: readonly RuleSet[] = [...httpSets, "tcp-request content", "tcp-response content"];

/** The table of this file. */
export const flowActions: readonly ActionRow[] = [
  {
    name: "allow",
    sets: httpSets,
    since: "1.3",
    doc: "Ends this rule set and lets the message pass.",
    parse: nothing,
    compile: () => () => stop,
  },
  {
    name: "accept",
    sets: tcpSets,
    since: "1.4",
    doc: "Ends this rule set and lets the connection pass.",
    parse: nothing,
    compile: () => () => stop,
  },
  {
    name: "reject",
    sets: [...tcpSets, "http-request"],
    since: "1.4",
    doc: "Closes the connection without an answer.",
    parse: nothing,
    compile: () => () => reject,
  },
  {
    name: "set-log-level",
    sets: levelSets,
    since: "1.5",
    doc: "Sets the level of this stream's log line, or keeps it from being written.",
    parse: parseLevel,
    compile: (args) => {
      const level = textOf(args, "level");
      return (target) => {
        target.setLogLevel(level);
        return undefined;
      };
    },
  },
];

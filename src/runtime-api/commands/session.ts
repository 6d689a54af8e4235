// Owns the commands on the session itself: prompt, level, timeout, severity of feedback, quit. Management manual §9.3.

import { type Answer, type CommandCall, type CommandRow, done, failed, isAllowed } from "../command.ts";
import type { CliLevel } from "../types.ts";

const PROMPT_USAGE = `Usage: prompt [help | n | i | p | timed]*
Changes the default prompt and interactive mode. Available options:
  help    display this help
  n       set to single-command mode (no prompt, single command)
  i       set to interactive mode only (no prompt, multi-command)
  p       set to prompt+interactive mode (prompt + multi-command)
  timed   toggle displaying the current date in the prompt
Without any argument, toggles between n/i->p, p->n.
`;

function prompt({ args, session }: CommandCall): Answer {
  if (args.length === 0) {
    session.mode = session.mode === "prompt" ? "single" : "prompt";
    return done;
  }
  for (const word of args) {
    if (word === "n") session.mode = "single";
    else if (word === "i") session.mode = "interactive";
    else if (word === "p") session.mode = "prompt";
    else if (word === "timed") {
      session.timedPrompt = !session.timedPrompt;
      session.mode = "prompt";
    } else return failed(PROMPT_USAGE);
  }
  return done;
}

/** A level can only be lowered. */
function lowerTo(level: CliLevel): (call: CommandCall) => Answer {
  return ({ session }) => {
    if (!isAllowed(session.level, level)) return failed("Permission denied\n");
    session.level = level;
    return done;
  };
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, "": 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const TIMEOUT_MAX_MS = 2_147_483_647;

function setTimeoutCli({ args, session }: CommandCall): Answer {
  if (args[0] !== "cli") return failed("'set timeout' only supports 'cli'.\n");
  if (args[1] === undefined) return failed("Expects an integer value.\n");
  const match = /^(\d{1,10})(ms|s|m|h|d|)$/.exec(args[1]);
  const timeoutMs = match === null ? 0 : Number(match[1]) * (UNITS_MS[match[2] ?? ""] ?? 0);
  if (timeoutMs < 1 || timeoutMs > TIMEOUT_MAX_MS) return failed("Invalid timeout value.\n");
  session.timeoutMs = timeoutMs;
  return done;
}

function setSeverityOutput({ args, session }: CommandCall): Answer {
  const wanted = args[0];
  if (wanted !== "none" && wanted !== "number" && wanted !== "string") {
    return failed("one of 'none', 'number', 'string' is a required argument\n");
  }
  session.severityOutput = wanted;
  return done;
}

function quit({ session }: CommandCall): Answer {
  session.closing = true;
  return done;
}

export const sessionCommands: readonly CommandRow[] = [
  {
    words: ["echo"],
    level: "user",
    usage: "echo <text>",
    doc: "print text",
    run: ({ args }) => `${args.join(" ")}\n`,
  },
  {
    words: ["operator"],
    level: "user",
    usage: "operator",
    doc: "give up the admin level in this session",
    run: lowerTo("operator"),
  },
  {
    words: ["set", "severity-output"],
    level: "user",
    usage: "set severity-output [none|number|string]",
    doc: "show how severe feedback is",
    run: setSeverityOutput,
  },
  {
    words: ["set", "timeout"],
    level: "user",
    usage: "set timeout [cli] <delay>",
    doc: "change how long this session may be silent",
    run: setTimeoutCli,
  },
  {
    words: ["user"],
    level: "user",
    usage: "user",
    doc: "go down to the user level in this session",
    run: lowerTo("user"),
  },
  {
    words: ["prompt"],
    level: "user",
    usage: "prompt [help | n | i | p | timed ]*",
    doc: "switch the prompt and the interactive mode",
    run: prompt,
  },
  {
    words: ["quit"],
    level: "user",
    usage: "quit",
    doc: "close this session",
    run: quit,
  },
];

// Owns the way from the words of one command to its answer: finding the row, its level, help, the answer for what is unknown or not done yet.

import { closestRows } from "./closest.ts";
import { type Answer, type CliSession, type CommandRow, failed, isAllowed, noticed, type Severity } from "./command.ts";
import { limitCommands } from "./commands/limits.ts";
import { serverCommands } from "./commands/servers.ts";
import { sessionCommands } from "./commands/session.ts";
import { showCommands } from "./commands/show.ts";
import { statisticsCommands } from "./commands/statistics.ts";
import { unsupportedCommands } from "./commands/unsupported.ts";
import type { RuntimeApiServices } from "./types.ts";
import { wordsMax } from "./words.ts";

const help: CommandRow = {
  words: ["help"],
  level: "user",
  usage: "help [<command>]",
  doc: "list all commands, or those that fit",
  run: ({ args }) =>
    noticed(`The following commands are valid at this level:\n${listing(args.length === 0 ? ordered : closest(args))}`),
};

/** What stands at the end of every list. */
const general = ["help", "prompt", "quit"];

/** Every command, by its words; the general ones last. */
export const commandRows: readonly CommandRow[] = [
  ...serverCommands,
  ...statisticsCommands,
  ...showCommands,
  ...limitCommands,
  ...sessionCommands,
  help,
].sort((a, b) => rank(a) - rank(b) || (key(a) < key(b) ? -1 : 1));

const ordered = commandRows.filter((row) => rank(row) === 0);
const missing = unsupportedCommands.map((text) => text.split(" "));

function key(row: CommandRow): string {
  return row.words.join(" ");
}

function rank(row: CommandRow): number {
  return general.includes(key(row)) ? 1 + general.indexOf(key(row)) : 0;
}

function closest(words: readonly string[]): readonly CommandRow[] {
  return closestRows(commandRows, words).filter((row) => rank(row) === 0);
}

function listing(rows: readonly CommandRow[]): string {
  const always = commandRows.filter((row) => rank(row) > 0);
  return [...rows, ...always].map(({ usage, doc }) => `  ${usage.padEnd(40)}: ${doc}\n`).join("");
}

/** The row whose words the command begins with; the longest one when several do. */
function findRow(words: readonly string[]): CommandRow | undefined {
  let best: CommandRow | undefined;
  for (const row of commandRows) {
    if (row.words.length > (best?.words.length ?? 0) && row.words.every((word, i) => word === words[i])) best = row;
  }
  return best;
}

function answerTo(services: RuntimeApiServices, session: CliSession, words: readonly string[]): Answer {
  if (words.length > wordsMax) return failed(`Too many arguments. Commands must have at most ${wordsMax} arguments.\n`);
  if (words.length === 0) return "";
  const row = findRow(words);
  const unsupported = missing.find((needed) => needed.every((word, i) => word === words[i]));
  if (unsupported !== undefined && unsupported.length >= (row?.words.length ?? 0)) {
    return failed(`'${unsupported.join(" ")}' is not supported yet.\n`);
  }
  if (row === undefined) {
    const intro = `Unknown command: '${words[0]}', but maybe one of the following ones is a better match:\n`;
    return noticed(intro + listing(closest(words)));
  }
  if (!isAllowed(session.level, row.level)) return failed("Permission denied\n");
  return row.run({ words, args: words.slice(row.words.length), services, session });
}

const SEVERITY_NUMBERS: Readonly<Record<Severity, number>> = { err: 3, warning: 4, info: 6 };

/** Runs one command and returns all that is written for it, the empty line behind the answer included. */
export function runCommand(services: RuntimeApiServices, session: CliSession, words: readonly string[]): string {
  const answer = answerTo(services, session, words);
  if (session.closing) return "";
  if (typeof answer === "string") return `${answer}\n`;
  const { severityOutput } = session;
  const { severity, text } = answer;
  const shown = severityOutput === "number" ? SEVERITY_NUMBERS[severity] : severity;
  return severityOutput === "none" ? `${text}\n` : `[${shown}]: ${text}\n`;
}

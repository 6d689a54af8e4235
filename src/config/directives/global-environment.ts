// Owns the rows of `global` that change the environment: they act in the first pass, so that a variable set anywhere is known everywhere in the second.
// Configuration manual §3.1 "setenv", "presetenv", "unsetenv", "resetenv".

import { tooManyWords } from "./arguments.ts";
import type { GlobalRow, GlobalScope } from "./rows.ts";
import type { Statement } from "./statement.ts";

function parseSetenv(statement: Statement, { run }: GlobalScope): void {
  const [keyword, name] = [statement.word(0), statement.word(1)];
  if (name === "") {
    run.report.alert(statement, "PM1201", `'${keyword}' expects environment variable name.`, { word: 1 });
    return;
  }
  if (statement.words.length < 3) {
    run.report.alert(statement, "PM1201", `'${keyword}' expects environment variable value for '${name}'.`, {
      word: 2,
    });
    return;
  }
  if (tooManyWords(run, statement, 2)) return;
  if (keyword === "presetenv" && run.variables.has(name)) return;
  run.variables.set(name, statement.word(2));
}

function parseUnsetenv(statement: Statement, { run }: GlobalScope): void {
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", "'unsetenv' expects at least one variable name.", { word: 1 });
    return;
  }
  for (const name of statement.texts.slice(1)) run.variables.delete(name);
}

function parseResetenv(statement: Statement, { run }: GlobalScope): void {
  const kept = new Set(statement.texts.slice(1));
  for (const name of [...run.variables.keys()]) if (!kept.has(name)) run.variables.delete(name);
}

/** Keywords of `global` about the environment. */
export const GLOBAL_ENVIRONMENT_ROWS: readonly GlobalRow[] = [
  {
    name: "setenv",
    sections: ["global"],
    syntax: "<name> <value>",
    since: "1.5",
    status: "done",
    doc: "Set an environment variable.",
    early: true,
    parse: parseSetenv,
  },
  {
    name: "presetenv",
    sections: ["global"],
    syntax: "<name> <value>",
    since: "1.5",
    status: "done",
    doc: "Set an environment variable unless it is set.",
    early: true,
    parse: parseSetenv,
  },
  {
    name: "unsetenv",
    sections: ["global"],
    syntax: "<name>...",
    since: "1.5",
    status: "done",
    doc: "Remove environment variables.",
    early: true,
    parse: parseUnsetenv,
  },
  {
    name: "resetenv",
    sections: ["global"],
    syntax: "[<name>...]",
    since: "1.5",
    status: "done",
    doc: "Remove all environment variables but the named ones.",
    early: true,
    parse: parseResetenv,
  },
];

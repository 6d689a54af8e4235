// Owns the rows of `global` that say how the process runs: identity, background, limits of the process. Configuration manual §3.1.

import { alreadyGiven, tooManyWords } from "./arguments.ts";
import { warnTimeTail } from "./global-values.ts";
import type { GlobalRow, GlobalScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { looseInteger, parseTime, strictInteger } from "./values.ts";

type FlagKey = "daemon" | "zeroWarning" | "quiet";

function flagRow(name: string, key: FlagKey, since: string, doc: string): GlobalRow {
  return {
    name,
    sections: ["global"],
    syntax: "",
    since,
    status: "done",
    doc,
    early: true,
    parse: (statement, { run, draft }) => {
      if (!tooManyWords(run, statement, 0)) draft[key] = true;
    },
  };
}

type TextKey = "chroot" | "pidfile" | "caBase" | "crtBase";

function textRow(facts: Omit<GlobalRow, "sections" | "status" | "parse">, key: TextKey, missing: string): GlobalRow {
  const base = key === "caBase" || key === "crtBase";
  return {
    ...facts,
    sections: ["global"],
    status: "done",
    parse: (statement, { run, draft }) => {
      if (tooManyWords(run, statement, 1)) return;
      if (statement.word(1) === "") {
        run.report.alert(statement, "PM1201", missing, { word: 1 });
        return;
      }
      const title = key === "chroot" ? "'chroot' is" : `'${facts.name}'`;
      if (!alreadyGiven({ run, draft }, statement, title, base)) draft[key] = statement.word(1);
    },
  };
}

function parseUser(statement: Statement, { run, draft }: GlobalScope): void {
  if (tooManyWords(run, statement, 1)) return;
  if (alreadyGiven({ run, draft }, statement, "user/uid")) return;
  const name = statement.word(1);
  const found = name === "" ? undefined : run.environment.lookupUser(name);
  if (found === undefined) {
    run.report.alert(statement, "PM1403", `cannot find user id for '${name}' (0:Success)`, { word: 1 });
    return;
  }
  draft.user = { name, uid: found.uid };
}

function parseGroup(statement: Statement, { run, draft }: GlobalScope): void {
  if (tooManyWords(run, statement, 1)) return;
  if (alreadyGiven({ run, draft }, statement, "group/gid", false, "parsing", "gid/group was")) return;
  const name = statement.word(1);
  const found = name === "" ? undefined : run.environment.lookupGroup(name);
  if (found === undefined) {
    run.report.alert(statement, "PM1403", `cannot find group id for '${name}' (0:Success)`, { word: 1 });
    return;
  }
  draft.group = { name, gid: found.gid };
}

function parseId(statement: Statement, scope: GlobalScope): void {
  const { run, draft } = scope;
  const keyword = statement.word(0);
  if (tooManyWords(run, statement, 1)) return;
  if (alreadyGiven(scope, statement, keyword === "uid" ? "user/uid" : "group/gid")) return;
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", `'${keyword}' expects an integer argument.`, { word: 1 });
    return;
  }
  const value = strictInteger(statement.word(1));
  if (value === undefined) {
    const hint = `Maybe '${keyword === "uid" ? "user" : "group"} ${statement.word(1)}' was meant.`;
    run.report.warn(statement, "PM1204", ` ${keyword}: string '${statement.word(1)}' is not a number.`, {
      word: 1,
      hint,
    });
    return;
  }
  if (keyword === "uid") draft.user = { name: String(value), uid: value };
  else draft.group = { name: String(value), gid: value };
}

function parseThreads(statement: Statement, { run, draft }: GlobalScope): void {
  if (tooManyWords(run, statement, 1)) return;
  const value = strictInteger(statement.word(1));
  if (value === undefined) {
    const message = `'nbthread' passed a missing or unparsable integer value in '${statement.word(1)}'`;
    run.report.alert(statement, "PM1204", message, { word: 1 });
    return;
  }
  if (value < 1 || value > 1024) {
    const message = `'nbthread' value must be between 1 and 1024 (was ${value})`;
    run.report.alert(statement, "PM1204", message, { word: 1 });
    return;
  }
  draft.nbthread = Math.min(value, 64);
}

function parseNode(statement: Statement, { run, draft }: GlobalScope): void {
  if (tooManyWords(run, statement, 1)) return;
  if (!/^[0-9A-Za-z._-]+$/.test(statement.word(1))) {
    const message =
      "'node' requires valid node name - non-empty string with digits(0-9), letters(A-Z, a-z), dot(.), hyphen(-) or underscode(_).";
    run.report.alert(statement, "PM1203", message, { word: 1, form: "parsing-tight" });
    return;
  }
  draft.node = statement.word(1);
}

function parseHardStop(statement: Statement, { run, draft }: GlobalScope): void {
  if (statement.word(1) === "") {
    run.report.alert(statement, "PM1201", "'hard-stop-after' expects <time> as argument.", { word: 1 });
    return;
  }
  const time = parseTime(statement.word(1));
  if ("ms" in time) {
    warnTimeTail(run, statement, statement.word(1), time.tail);
    draft.hardStopAfterMs = time.ms;
  } else if ("bad" in time) {
    const message = `unexpected character '${time.bad}' in argument to <hard-stop-after>.`;
    run.report.alert(statement, "PM1205", message, { word: 1 });
  } else {
    const message = `timer overflow in argument '${statement.word(1)}' to 'hard-stop-after' (maximum value is 2147483647 ms or ~24.8 days)`;
    run.report.alert(statement, "PM1205", message, { word: 1 });
  }
}

function parseMasterWorker(statement: Statement, { run, draft }: GlobalScope): void {
  const option = statement.word(1);
  if (option !== "" && option !== "no-exit-on-failure") {
    run.report.alert(statement, "PM1203", "'master-worker' only supports 'no-exit-on-failure' option", { word: 1 });
    return;
  }
  draft.masterWorker = true;
}

/** Keywords of `global` about the process. */
export const GLOBAL_PROCESS_ROWS: readonly GlobalRow[] = [
  flagRow("daemon", "daemon", "1.0", "Go to the background after start."),
  flagRow("quiet", "quiet", "1.0", "Print nothing during start; same as -q."),
  flagRow("zero-warning", "zeroWarning", "2.2", "Refuse to start when the configuration gives any warning."),
  textRow(
    {
      name: "chroot",
      syntax: "<directory>",
      since: "1.0",
      doc: "Directory that becomes the process's root before it drops privileges.",
    },
    "chroot",
    "'chroot' expects a directory as an argument.",
  ),
  textRow(
    {
      name: "pidfile",
      syntax: "<file>",
      since: "1.0",
      doc: "File that receives the process's number when it goes to the background.",
      early: true,
    },
    "pidfile",
    "'pidfile' expects a file name as an argument.",
  ),
  textRow(
    { name: "ca-base", syntax: "<directory>", since: "1.5", doc: "Directory of relative ca-file and crl-file paths." },
    "caBase",
    "global statement 'ca-base' expects a directory path as an argument.",
  ),
  textRow(
    { name: "crt-base", syntax: "<directory>", since: "1.5", doc: "Directory of relative crt and crt-list paths." },
    "crtBase",
    "global statement 'crt-base' expects a directory path as an argument.",
  ),
  {
    name: "user",
    sections: ["global"],
    syntax: "<name>",
    since: "1.1",
    status: "done",
    doc: "User that the process becomes after start.",
    parse: parseUser,
  },
  {
    name: "group",
    sections: ["global"],
    syntax: "<name>",
    since: "1.1",
    status: "done",
    doc: "Group that the process becomes after start.",
    parse: parseGroup,
  },
  {
    name: "uid",
    sections: ["global"],
    syntax: "<number>",
    since: "1.0",
    status: "done",
    doc: "As `user`, by number.",
    parse: parseId,
  },
  {
    name: "gid",
    sections: ["global"],
    syntax: "<number>",
    since: "1.0",
    status: "done",
    doc: "As `group`, by number.",
    parse: parseId,
  },
  {
    name: "nbthread",
    sections: ["global"],
    syntax: "<number>",
    since: "1.8",
    status: "done",
    doc: "Number of threads that handle traffic; the number of processors by default.",
    parse: parseThreads,
  },
  {
    name: "node",
    sections: ["global"],
    syntax: "<name>",
    since: "1.3",
    status: "done",
    doc: "Name of this node in statistics.",
    parse: parseNode,
  },
  {
    name: "description",
    sections: ["global"],
    syntax: "<text>",
    since: "1.4",
    status: "done",
    doc: "Free text shown in statistics.",
    parse: (statement, { run, draft }) => {
      if (statement.word(1) !== "") draft.description = statement.rest(1);
      else
        run.report.alert(statement, "PM1201", "'description' expects a string argument.", {
          word: 1,
          form: "parsing-tight",
        });
    },
  },
  {
    name: "hard-stop-after",
    sections: ["global"],
    syntax: "<time>",
    since: "1.7",
    status: "done",
    doc: "Longest time that a soft stop may take.",
    parse: parseHardStop,
  },
  {
    name: "master-worker",
    sections: ["global"],
    syntax: "[no-exit-on-failure]",
    since: "1.8",
    status: "done",
    doc: "Run a master process that supervises one worker process.",
    early: true,
    parse: parseMasterWorker,
  },
  {
    name: "ulimit-n",
    sections: ["global"],
    syntax: "<number>",
    since: "1.0",
    status: "done",
    doc: "Highest number of file descriptors.",
    parse: (statement, { run, draft }) => {
      if (tooManyWords(run, statement, 1)) return;
      if (statement.word(1) === "")
        run.report.alert(statement, "PM1201", "'ulimit-n' expects an integer argument.", { word: 1 });
      else if (!alreadyGiven({ run, draft }, statement, "'ulimit-n'")) draft.ulimitN = looseInteger(statement.word(1));
    },
  },
];

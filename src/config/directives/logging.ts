// Owns the `log` family: targets in global and in proxies, `log-tag`, `log-send-hostname`. Targets themselves are parsed by src/log.
// Configuration manual §3.1 and §4.2 "log".

import { type LogTargetModel, parseLogTarget } from "../../log/index.ts";
import { isIpv4, isIpv6 } from "./address.ts";
import { alreadyGiven, sayWarnings, tooManyWords } from "./arguments.ts";
import { EVERYWHERE, type GlobalRow, type GlobalScope, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";

/** Parses a target; `undefined` after an alert, "global" for `log global`. */
function targetOf(run: Run, statement: Statement, expected: string): LogTargetModel | "global" | undefined {
  if (statement.word(1) === "" || (statement.word(1) !== "global" && statement.word(2) === "")) {
    run.report.alert(statement, "PM1201", `log : expects <address> and <facility> ${expected} as arguments`, {
      word: 1,
    });
    return undefined;
  }
  if (statement.word(1) === "global" && statement.word(2) !== "") {
    run.report.alert(statement, "PM1203", `log : unknown log facility '${statement.word(2)}'`, { word: 2 });
    return undefined;
  }
  const parsed = parseLogTarget(statement.texts, 1);
  if ("problem" in parsed) {
    const { problem } = parsed;
    const prefix = problem.message.startsWith("log :") ? "" : "log : ";
    const code = problem.reason === "unsupported" ? "PM1901" : "PM1203";
    const span = statement.subspan(problem.word, problem.start, problem.end);
    run.report.alert(statement, code, prefix + problem.message, { span });
    return undefined;
  }
  if ("global" in parsed) return "global";
  const { address } = parsed.target;
  if (address.kind === "udp" && !isKnownHost(address.host, run)) {
    const message = `log : invalid address: '${address.host}' in '${statement.word(1)}'`;
    run.report.alert(statement, "PM1404", message, { word: 1 });
    return undefined;
  }
  sayWarnings(run, statement, parsed.warnings);
  return parsed.target;
}

function isKnownHost(host: string, run: Run): boolean {
  return isIpv4(host) || isIpv6(host) || run.environment.resolveName(host) !== undefined;
}

function parseGlobalLog(statement: Statement, { run, draft }: GlobalScope): void {
  if (statement.negation === "no") {
    if (statement.word(1) !== "") {
      run.report.alert(statement, "PM1202", "log : 'no log' does not expect arguments", { word: 1 });
    } else draft.logTargets.length = 0;
    return;
  }
  const target = targetOf(run, statement, "");
  if (target === "global") {
    const message = "log : 'global' is not supported for a global syslog server";
    run.report.alert(statement, "PM1203", message, { word: 1 });
  } else if (target !== undefined) draft.logTargets.push(target);
}

function parseProxyLog(statement: Statement, { run, draft }: ProxyScope): void {
  const targets = draft.settings.logTargets;
  if (statement.negation === "no") {
    if (statement.word(1) !== "") {
      run.report.alert(statement, "PM1202", "log : 'no log' does not expect arguments", { word: 1 });
    } else targets.length = 0;
    return;
  }
  const target = targetOf(run, statement, "or global");
  if (target === undefined) return;
  const added = target === "global" ? run.global.logTargets : [target];
  for (const one of added) if (!targets.includes(one)) targets.push(one);
}

function tagOf(run: Run, statement: Statement): string | undefined {
  if (statement.word(1) !== "") return statement.word(1);
  run.report.alert(statement, "PM1201", "'log-tag' expects a tag for use in syslog.", { word: 1 });
  return undefined;
}

const LOG_SYNTAX =
  "<target> [len <length>] [format <format>] [sample <ranges>:<size>] <facility> [<max level> [<min level>]]";

/** Logging keywords of `global`. */
export const GLOBAL_LOG_ROWS: readonly GlobalRow[] = [
  {
    name: "log",
    sections: ["global"],
    syntax: LOG_SYNTAX,
    since: "1.0",
    status: "done",
    doc: "Add a log target that proxies use by `log global`.",
    negatable: true,
    parse: parseGlobalLog,
  },
  {
    name: "log-tag",
    sections: ["global"],
    syntax: "<text>",
    since: "1.5",
    status: "done",
    doc: "Program name in syslog lines.",
    parse: (statement, { run, draft }) => {
      // QUIRK: only here a second word is an error.
      if (!tooManyWords(run, statement, 1)) draft.logTag = tagOf(run, statement) ?? draft.logTag;
    },
  },
  {
    name: "log-send-hostname",
    sections: ["global"],
    syntax: "[<name>]",
    since: "1.5",
    status: "done",
    doc: "Put a host name into syslog lines; the machine's own by default.",
    parse: (statement, scope) => {
      if (!alreadyGiven(scope, statement, "'log-send-hostname'")) scope.draft.logSendHostname = statement.word(1);
    },
  },
];

/** Logging keywords of proxies that name targets. */
export const PROXY_LOG_ROWS: readonly ProxyRow[] = [
  {
    name: "log",
    sections: EVERYWHERE,
    syntax: `global | ${LOG_SYNTAX}`,
    since: "1.0",
    status: "done",
    doc: "Log to the targets of the global section, or to one of its own.",
    negatable: true,
    parse: parseProxyLog,
  },
  {
    name: "log-tag",
    sections: EVERYWHERE,
    syntax: "<text>",
    since: "1.5",
    status: "done",
    doc: "Program name in syslog lines of this proxy.",
    parse: (statement, { run, draft }) => {
      draft.settings.logTag = tagOf(run, statement) ?? draft.settings.logTag;
    },
  },
];

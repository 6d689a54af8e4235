// Owns the rows of proxies that stand alone and are not done yet: alerts by mail, saved states, monitoring, captures, limits, steps of the log.
// Configuration manual §4.2.

import { logLevels } from "../../log/index.ts";
import { conditionAt, notInDefaults, tooManyWords, warnIgnored } from "./arguments.ts";
import { hasBackend, hasFrontend, sectionTitle } from "./draft.ts";
import { fault, type LaterFacts, type LineCheck, laterRow, noEffectRow } from "./proxy-later.ts";
import {
  DEFAULTS_AND_BACK,
  DEFAULTS_AND_FRONT,
  EVERYWHERE,
  FRONT,
  PROXIES,
  type ProxyRow,
  type ProxyScope,
} from "./rows.ts";
import type { Statement } from "./statement.ts";
import { parseTime } from "./values.ts";

/** The warning of keywords that the reference keeps apart from the older ones: without quotes and without a full stop. */
function warnSide(
  { run, draft }: ProxyScope,
  statement: Statement,
  side: "frontend" | "backend",
  keyword: string,
): void {
  if (side === "frontend" ? hasFrontend(draft) : hasBackend(draft)) return;
  const message = `${keyword} will be ignored because ${sectionTitle(draft)} has no ${side} capability`;
  run.report.warn(statement, "PM1307", message);
}

const checkEmailAlert: LineCheck = (statement, { draft }) => {
  const [what, value] = [statement.word(1), statement.word(2)];
  if (what === "") return fault("PM1201", 1, "missing argument after 'email-alert'.");
  if (what === "level") {
    if (!(logLevels as readonly string[]).includes(value)) {
      return fault("PM1203", 2, `unknown log level '${value}' after 'level'`);
    }
  } else if (what === "from" || what === "to" || what === "mailers" || what === "myhostname") {
    if (value === "") return fault("PM1201", 2, `missing argument after '${what}'.`);
    if (what === "mailers") draft.settings.mailers = { name: value, statement };
  } else return fault("PM1203", 1, `email-alert: unknown argument '${what}'.`);
  draft.settings.emailAlerts.add(what);
  return undefined;
};

const checkLoadState: LineCheck = (statement, scope) => {
  warnIgnored(scope, statement, "backend");
  const where = statement.word(1);
  if (where !== "global" && where !== "local" && where !== "none") {
    const message = `'load-server-state-from-file' expects 'global', 'local' or 'none'. Got '${where}'`;
    return fault("PM1203", 1, message);
  }
  scope.draft.settings.loadServerState = where;
  return undefined;
};

const checkStateName: LineCheck = (statement, scope) => {
  warnIgnored(scope, statement, "backend");
  return tooManyWords(scope.run, statement, 1) ? false : undefined;
};

const checkMonitor: LineCheck = (statement, scope) => {
  if (notInDefaults(scope, statement)) return false;
  warnIgnored(scope, statement, "frontend");
  if (statement.word(1) !== "fail") return fault("PM1203", 1, "'monitor' only supports 'fail'.");
  const word = statement.word(2);
  if (word !== "if" && word !== "unless") {
    return fault("PM1201", 2, "'monitor fail' requires either 'if' or 'unless' followed by a condition.");
  }
  const rule = "a 'monitor fail' condition";
  return conditionAt(scope, statement, 2, rule, "http-request") === undefined ? false : undefined;
};

const checkDeclare: LineCheck = (statement, { draft }) => {
  if (draft.section === "defaults") return fault("PM1102", 0, "'declare' not available in default section");
  if (statement.word(1) === "") {
    const message = "'declare' needs a second keyword that specify the type of declaration ('capture')";
    return fault("PM1201", 1, message);
  }
  if (statement.word(1) !== "capture") {
    return fault("PM1203", 1, `unknown declaration type '${statement.word(1)}' (supports 'capture')`);
  }
  if (!hasFrontend(draft)) return fault("PM1102", 0, "'declare' only available in frontend or listen section");
  const [direction, keyword, text] = [statement.word(2), statement.word(3), statement.word(4)];
  if (direction !== "request" && direction !== "response") {
    return fault("PM1203", 2, "'declare capture' requires a direction ('request' or 'response')");
  }
  if (keyword !== "len") return fault("PM1201", 3, "'declare capture' requires a capture length ('len')");
  if (text === "") {
    const message = "'declare capture': 'len' requires a numeric value that represents the capture length";
    return fault("PM1201", 4, message);
  }
  if (!/^[+-]?\d+$/.test(text)) return fault("PM1204", 4, `'declare capture': cannot parse the length '${text}'.`);
  return Number(text) > 0 ? undefined : fault("PM1204", 4, "length must be > 0");
};

/** A whole number with what the reference says about a bad one. */
function checkNumber(side: "frontend" | "backend", keyword: string, at: number, missing: string): LineCheck {
  return (statement, scope) => {
    const text = statement.word(at);
    if (text === "") return fault("PM1201", at, missing);
    const digits = /^\s*[+-]?\d*/.exec(text)?.[0].length ?? 0;
    if (digits < text.length) {
      const message = `'${keyword}' : unexpected character '${text.charAt(digits)}' in integer value '${text}'`;
      return fault("PM1204", at, message);
    }
    warnSide(scope, statement, side, keyword);
    return undefined;
  };
}

function checkKeepAlive(side: "frontend" | "backend", keyword: string): LineCheck {
  const missing = `'${keyword}' expects an integer value`;
  if (keyword.endsWith("-cnt")) return checkNumber(side, keyword, 1, missing);
  return (statement, scope) => {
    const text = statement.word(1);
    if (text === "") return fault("PM1201", 1, missing);
    const time = parseTime(text, "s");
    const bad = "bad" in time ? time.bad : "ms" in time ? time.tail.charAt(0) : "";
    if (bad !== "") return fault("PM1205", 1, `unexpected character '${bad}' in argument to <${keyword}>.`);
    warnSide(scope, statement, side, keyword);
    return undefined;
  };
}

const checkRateLimit: LineCheck = (statement, scope) => {
  const what = statement.word(1);
  if (what !== "sessions") return fault("PM1203", 1, `'rate-limit' only supports 'sessions' (got '${what}')`);
  const missing = "'rate-limit sessions' expects expects an integer value (in sessions/second)";
  return checkNumber("frontend", "rate-limit sessions", 2, missing)(statement, scope);
};

const LOG_STEPS = [
  "accept",
  "request",
  "connect",
  "response",
  "close",
  "quic-init",
  "http-req",
  "http-res",
  "http-after-res",
  "tcp-req-conn",
  "tcp-req-sess",
  "tcp-req-cont",
  "tcp-res-cont",
];

const checkLogSteps: LineCheck = (statement, scope) => {
  const list = statement.word(1);
  if (list !== "" && list !== "all") {
    const unknown = list.split(",").find((step) => !LOG_STEPS.includes(step));
    if (unknown !== undefined) {
      const message = `invalid log step name (${unknown}). Expected values are: ${LOG_STEPS.join(", ")}`;
      return fault("PM1203", 1, message);
    }
  }
  warnSide(scope, statement, "frontend", "log-steps");
  return undefined;
};

const checkExternal: LineCheck = (statement, scope) => {
  const [what, value] = [statement.word(1), statement.word(2)];
  if (what === "") return fault("PM1201", 1, "missing argument after 'external-check'.");
  if (what !== "command" && what !== "path") {
    return fault("PM1203", 1, `'external-check' only supports 'command' and 'path'. but got '${what}'.`);
  }
  if (tooManyWords(scope.run, statement, 2)) return false;
  if (value === "") return fault("PM1201", 2, `missing argument after '${what}'.`);
  scope.draft.settings.externalCheck.add(what);
  return undefined;
};

const checkNameHeader: LineCheck = (statement, scope) => {
  warnIgnored(scope, statement, "backend");
  if (statement.word(1) !== "") return undefined;
  return fault("PM1201", 1, "'http-send-name-header' requires a header string.");
};

const checkAffinity: LineCheck = (statement, { draft }) => {
  if (!hasBackend(draft)) {
    return fault("PM1102", 0, "'hash-preserve-affinity' only available in backend or listen section");
  }
  const word = statement.word(1);
  if (word === "") {
    const message = "'hash-preserve-affinity' needs a keyword to specify when to preserve hash affinity";
    return fault("PM1201", 1, message);
  }
  if (word === "always" || word === "maxconn" || word === "maxqueue") return undefined;
  return fault("PM1203", 1, `'hash-preserve-affinity': unknown keyword '${word}'`);
};

const QUIC_ACTIONS = ["accept", "dgram-drop", "do-log", "reject", "send-retry"];

const checkQuicInitial: LineCheck = (statement, scope) => {
  const { draft } = scope;
  if (draft.section === "defaults" && draft.name === "") {
    return fault("PM1102", 0, "quic-initial is not allowed in anonymous 'defaults' sections");
  }
  if (!hasFrontend(draft)) {
    return fault("PM1102", 0, `'quic-initial' : proxy '${draft.name}' has no frontend capability`);
  }
  const action = statement.word(1);
  if (!QUIC_ACTIONS.includes(action)) {
    const names = QUIC_ACTIONS.map((name) => `'${name}'`).join(", ");
    const tail = action === "" ? " (missing argument)" : "";
    return fault("PM1203", 1, `'quic-initial' expects ${names}, but got '${action}'${tail}.`);
  }
  const word = statement.word(2);
  if (word !== "if" && word !== "unless") return undefined;
  const rule = `'${word}' condition`;
  const prefix = `'quic-initial ${action} ${word}' : error detected in ${sectionTitle(draft)} while parsing ${rule} : `;
  return conditionAt(scope, statement, 2, rule, "tcp-connection", { whole: prefix }) === undefined ? false : undefined;
};

const checkGuid: LineCheck = (statement, { draft }) => {
  if (draft.section === "defaults") return fault("PM1102", 0, "'guid' not allowed in 'defaults' section.");
  const text = statement.word(1);
  if (text === "") return fault("PM1201", 1, "'guid' : expects an argument");
  const bad = /[^A-Za-z0-9_:.-]/.exec(text)?.[0];
  return bad === undefined ? undefined : fault("PM1203", 1, `'guid': invalid character '${bad}'`);
};

const KEEP_ALIVE_ROWS: readonly ProxyRow[] = (["clitcpka", "srvtcpka"] as const).flatMap((prefix) =>
  (["cnt", "idle", "intvl"] as const).map((suffix) => {
    const side = prefix === "clitcpka" ? "frontend" : "backend";
    const facts: LaterFacts = {
      name: `${prefix}-${suffix}`,
      sections: side === "frontend" ? DEFAULTS_AND_FRONT : DEFAULTS_AND_BACK,
      syntax: suffix === "cnt" ? "<number>" : "<time>",
      since: "2.3",
      doc: `TCP keep-alive towards ${side === "frontend" ? "clients" : "servers"}.`,
    };
    return noEffectRow(facts, checkKeepAlive(side, facts.name));
  }),
);

const later = (
  name: string,
  sections: ProxyRow["sections"],
  syntax: string,
  since: string,
  doc: string,
  check: LineCheck,
): ProxyRow => laterRow({ name, sections: sections as LaterFacts["sections"], syntax, since, doc }, check);

/** Keywords that stand alone. */
export const PROXY_EXTRA_ROWS: readonly ProxyRow[] = [
  ...KEEP_ALIVE_ROWS,
  later(
    "email-alert",
    EVERYWHERE,
    "from|to|mailers|level|myhostname <value>",
    "1.6",
    "Mail when states change.",
    checkEmailAlert,
  ),
  later(
    "load-server-state-from-file",
    DEFAULTS_AND_BACK,
    "global|local|none",
    "1.6",
    "Take the servers' states from a file.",
    checkLoadState,
  ),
  later("server-state-file-name", DEFAULTS_AND_BACK, "[<file>]", "1.6", "File of the servers' states.", checkStateName),
  later("monitor", FRONT, "fail if|unless <condition>", "1.3", "When monitor-uri reports a failure.", checkMonitor),
  later("declare", FRONT, "capture request|response len <length>", "1.6", "Make room for captures.", checkDeclare),
  later("rate-limit", DEFAULTS_AND_FRONT, "sessions <number>", "1.4", "Most new sessions in a second.", checkRateLimit),
  later("log-steps", DEFAULTS_AND_FRONT, "<steps>", "3.1", "Steps of a stream that are logged.", checkLogSteps),
  later(
    "max-keep-alive-queue",
    DEFAULTS_AND_BACK,
    "<number>",
    "1.5",
    "Queue length from which another connection is better.",
    checkNumber(
      "backend",
      "max-keep-alive-queue",
      1,
      "'max-keep-alive-queue' expects expects an integer value (or -1 to disable)",
    ),
  ),
  later(
    "external-check",
    DEFAULTS_AND_BACK,
    "command|path <value>",
    "1.6",
    "Program that checks health.",
    checkExternal,
  ),
  later("http-send-name-header", DEFAULTS_AND_BACK, "<name>", "1.4", "Header with the server's name.", checkNameHeader),
  later(
    "hash-preserve-affinity",
    DEFAULTS_AND_BACK,
    "always|maxconn|maxqueue",
    "3.0",
    "Wait for the hashed server.",
    checkAffinity,
  ),
  later(
    "quic-initial",
    DEFAULTS_AND_FRONT,
    "<action> [if|unless <condition>]",
    "3.1",
    "Rules on QUIC's first packet.",
    checkQuicInitial,
  ),
  later("guid", PROXIES, "<text>", "3.0", "Global identifier.", checkGuid),
  later(
    "max-session-srv-conns",
    DEFAULTS_AND_FRONT,
    "<number>",
    "1.9",
    "Idle server connections kept for a session.",
    (statement) =>
      statement.word(1) === ""
        ? fault("PM1201", 1, "'max-session-srv-conns' expects a number. Got no argument")
        : undefined,
  ),
];

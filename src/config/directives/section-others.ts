// Owns the sections that few files have: `log-forward`, `log-profile`, `fcgi-app`, `crt-store`, `program`, `traces`, `acme`. Headers and the names of keywords
// are checked as the reference checks them; of the arguments only what stands here. Configuration manual §3.9 to §3.12, §10, §12.

import type { Run } from "./run.ts";
import {
  ANYTHING,
  abort,
  badName,
  declaredBefore,
  fail,
  nameMissing,
  openDraft,
  placeOf,
  type SectionFamily,
  type SectionParser,
} from "./section-rows.ts";
import type { Statement } from "./statement.ts";

/** A keyword that needs one word at least. */
function needs(message: string): SectionParser {
  return (statement, run) => {
    if (statement.word(1) === "") fail(statement, run, message, 1);
  };
}

/** A keyword that needs exactly one word; the answer to a second one repeats the first. */
function oneWord(message: string): SectionParser {
  return (statement, run) => {
    const [keyword, value, extra] = statement.texts;
    if ((value ?? "") === "") fail(statement, run, message, 1);
    else if ((extra ?? "") !== "") {
      fail(statement, run, `'${keyword} ${value}' cannot handle unexpected argument '${extra}'.`, 2);
    }
  };
}

function extraWord(statement: Statement, run: Run, at: number): boolean {
  const extra = statement.word(at);
  if (extra === "") return false;
  fail(statement, run, `'${statement.word(0)}' cannot handle unexpected argument '${extra}'.`, at);
  return true;
}

const LOG_FORWARD: SectionFamily = {
  name: "log-forward",
  open: (statement, run) => {
    if (nameMissing(statement, run, "missing name for log-forward section.")) return undefined;
    if (badName(statement, run)) return abort(run);
    extraWord(statement, run, 2);
    return openDraft(statement, run);
  },
  keywords: {
    bind: ANYTHING,
    "dgram-bind": ANYTHING,
    log: ANYTHING,
    maxconn: (statement, run) => {
      if (statement.word(1) === "") fail(statement, run, "'maxconn' expects an integer argument.", 1);
      else extraWord(statement, run, 2);
    },
    backlog: needs("'backlog' expects an integer argument."),
    option: (statement, run) => {
      const option = statement.word(1);
      if (/^(?:dont-parse-log|assume-rfc6587-ntf|host)$/.test(option)) return;
      if (option !== "") fail(statement, run, `unknown option '${option}' in log-forward section.`, 1);
    },
    timeout: (statement, run) => {
      if (statement.word(1) !== "client") {
        const message = `unknown keyword 'timeout ${statement.word(1)}' in log-forward section.`;
        fail(statement, run, message, 1);
      } else if (statement.word(2) === "") fail(statement, run, "missing timeout client value.", 2);
    },
  },
  unknown: (statement, run) =>
    fail(statement, run, `unknown keyword '${statement.word(0)}' in log-forward section.`, 0),
};

const LOG_STEPS =
  /^(?:accept|request|connect|response|close|error|any|quic-init|http-req|http-res|http-after-res|tcp-req-conn|tcp-req-sess|tcp-req-cont|tcp-res-cont)$/;

const LOG_PROFILE: SectionFamily = {
  name: "log-profile",
  open: (statement, run) => {
    if (nameMissing(statement, run, "missing name for log-profile section.")) return undefined;
    if (badName(statement, run)) return abort(run);
    extraWord(statement, run, 2);
    return openDraft(statement, run);
  },
  keywords: {
    "log-tag": needs("'log-tag' expects a tag for use in syslog."),
    on: (statement, run) => {
      const [step, what] = [statement.word(1), statement.word(2)];
      if (!LOG_STEPS.test(step)) fail(statement, run, "'on' expects a log step.", 1, "parsing-tight");
      else if (!/^(?:drop|format|sd)$/.test(what)) {
        fail(statement, run, `'on ${step}' expects 'drop', 'format' or 'sd'.`, 2);
      } else if (what === "drop" && statement.word(3) !== "") {
        fail(statement, run, `'on ${step}' expects 'drop', 'format' or 'sd'.`, 3);
      } else if (what !== "drop" && statement.word(3) === "") {
        fail(statement, run, `'on ${step} ${what}' expects a logformat string.`, 3);
      }
    },
  },
  unknown: (statement, run) =>
    fail(statement, run, `unknown keyword '${statement.word(0)}' in log-profile section.`, 0),
};

const FCGI_OPTIONS = /^(?:keep-conn|get-values|mpxs-conns|max-reqs)$/;

const FCGI_APP: SectionFamily = {
  name: "fcgi-app",
  open: (statement, run) => {
    if (statement.word(1) === "")
      return fail(statement, run, "'fcgi-app' expects <name> as argument.", 1, "parsing-tight");
    if (badName(statement, run, "parsing-tight") || extraWord(statement, run, 2)) return undefined;
    const first = declaredBefore(statement, run);
    if (first !== undefined) {
      const message = `fcgi-app section '${statement.word(1)}' has the same name as another one declared at ${placeOf(first)}.`;
      run.report.alert(statement, "PM1104", message, { word: 1, form: "section" });
    }
    return openDraft(statement, run);
  },
  keywords: {
    docroot: (statement, run, draft) => {
      oneWord("'docroot' expects <path> as argument.")(statement, run, draft);
      draft.names.set("docroot", statement);
    },
    index: oneWord("'index' expects <filename> as argument."),
    "log-stderr": needs("log-stderr : expects <address> and <facility> or global as arguments"),
    option: (statement, run) => {
      const option = statement.word(1);
      if (option === "") fail(statement, run, "'option' expects an option name.", 1, "parsing-tight");
      else if (!FCGI_OPTIONS.test(option)) fail(statement, run, `unknown option '${option}'.`, 1);
      else if (option === "max-reqs" && statement.word(2) === "") {
        fail(statement, run, "option 'max-reqs' expects an integer argument.", 2, "parsing-tight");
      }
    },
    "pass-header": needs("'pass-header' expects <name> as arguments."),
    "path-info": oneWord("'path-info' expects <regex> as argument."),
    "set-param": (statement, run) => {
      if (statement.word(2) === "") fail(statement, run, "'set-param' expects <name> and <value> as arguments.", 1);
    },
    acl: ANYTHING,
  },
  unknown: (statement, run) =>
    fail(statement, run, `unknown keyword '${statement.word(0)}' in 'fcgi-app' section`, 0, "parsing-tight"),
  late: (run, { name, names }) => {
    if (names.has("docroot")) return;
    run.report.general("alert", "PM1201", "late", `fcgi-app '${name}': no docroot configured.`);
  },
};

/** QUIRK: these name the place twice. */
function failTwice(statement: Statement, run: Run, message: string): undefined {
  fail(statement, run, `parsing [${placeOf(statement)}] : ${message}`, 1);
  return abort(run);
}

const CRT_STORE: SectionFamily = {
  name: "crt-store",
  open: (statement, run) => {
    if (statement.word(2) !== "") {
      fail(statement, run, "'crt-store' section only supports a <name> argument.", 2);
      return abort(run);
    }
    return openDraft(statement, run);
  },
  keywords: {
    "crt-base": (statement, run) => {
      if (statement.word(1) === "") failTwice(statement, run, "'crt-base' requires a <path> argument.");
    },
    "key-base": (statement, run) => {
      if (statement.word(1) === "") failTwice(statement, run, "'key-base' requires a <path> argument.");
    },
    load: (statement, run) => {
      if (statement.texts.includes("crt")) return;
      failTwice(statement, run, "'load' in section 'crt-store': mandatory 'crt' parameter not found.");
    },
  },
};

const PROGRAM: SectionFamily = {
  name: "program",
  open: (statement, run) => {
    if (nameMissing(statement, run, "'program' expects an <id> argument")) return undefined;
    if (run.global.seen.has("expose-deprecated-directives")) return openDraft(statement, run);
    const message =
      "The 'program' section is deprecated and will be eventually removed, it can be still allowed by setting 'expose-deprecated-directives' keyword in the 'global' section defined before any 'program' section.";
    fail(statement, run, message, 0, "parsing-tight");
    return abort(run);
  },
  keywords: {
    command: needs("'command' expects a command with optional arguments separated in words."),
    user: ANYTHING,
    group: ANYTHING,
    option: ANYTHING,
  },
};

const TRACES: SectionFamily = {
  name: "traces",
  open: (statement, run) => (extraWord(statement, run, 1) ? undefined : openDraft(statement, run)),
  keywords: { trace: ANYTHING },
  unknown: (statement, run) => fail(statement, run, `unknown keyword '${statement.word(0)}' in 'global' section`, 0),
};

const ACME: SectionFamily = {
  name: "acme",
  open: (statement, run) => {
    const tight = "parsing-tight";
    if (!run.global.seen.has("expose-experimental-directives")) {
      const message = "section 'acme' is experimental, must be allowed via a global 'expose-experimental-directives'";
      fail(statement, run, message, 0, tight);
      return abort(run);
    }
    if (nameMissing(statement, run, "section 'acme' requires an ID argument.", tight)) return undefined;
    return extraWord(statement, run, 2) ? abort(run) : openDraft(statement, run);
  },
  keywords: Object.fromEntries(
    "directory account-key contact challenge keytype bits curves map"
      .split(" ")
      .map((name): [string, SectionParser] => [
        name,
        (statement, run, { names }) => {
          names.set(name, statement);
          if (statement.word(1) !== "") return;
          fail(statement, run, `keyword '${name}' in 'acme' section requires an argument`, 1, "parsing-tight");
          abort(run);
        },
      ]),
  ),
  close: (run, { name, names }) => {
    if (names.has("directory")) return;
    run.report.general("alert", "PM1201", "config", `acme: No directory defined in ACME section '${name}'.`);
  },
};

/** Sections that few files have. */
export const OTHER_SECTIONS: readonly SectionFamily[] = [
  LOG_FORWARD,
  LOG_PROFILE,
  FCGI_APP,
  CRT_STORE,
  PROGRAM,
  TRACES,
  ACME,
];

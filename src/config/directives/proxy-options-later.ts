// Owns the options with words of their own that are not done yet: checks of other protocols, `forwarded`, `originalto`, names of headers.
// Configuration manual §4.2 "option …".

import { parseExpression } from "../../sample/index.ts";
import { expressionContext, tooManyWords, warnIgnored } from "./arguments.ts";
import { sectionTitle } from "./draft.ts";
import { fault, type LineCheck, laterRow } from "./proxy-later.ts";
import { isNetwork } from "./proxy-options.ts";
import { DEFAULTS_AND_BACK, DEFAULTS_AND_FRONT, EVERYWHERE, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";

/** True, and an alert, behind the last word that the option takes. */
function tooMany({ run }: ProxyScope, statement: Statement, last: number): boolean {
  return tooManyWords(run, statement, last, `option ${statement.word(1)}`);
}

/** An option that makes checks of its own kind. `check` looks at the words behind its name. */
function checkOption(kind: "external" | "other", check: LineCheck): LineCheck {
  return (statement, scope) => {
    warnIgnored(scope, statement, "backend", statement.word(1));
    const wrong = check(statement, scope);
    if (wrong === undefined) scope.draft.settings.checkKind = kind;
    return wrong;
  };
}

const bare: LineCheck = (statement, scope) => (tooMany(scope, statement, 1) ? false : undefined);

const checkMysql: LineCheck = (statement) => {
  const word = statement.word(2);
  if (word === "") return undefined;
  if (word !== "user") {
    return fault("PM1203", 2, `'option mysql-check' only supports optional values: 'user' (got '${word}').`);
  }
  if (statement.word(3) === "") return fault("PM1201", 3, "'option mysql-check user' expects <username> as argument.");
  const version = statement.word(4);
  if (version === "" || version === "pre-41" || version === "post-41") return undefined;
  return fault("PM1203", 4, `keyword 'user' only supports 'post-41' and 'pre-41' (got '${version}').`);
};

const checkPgsql: LineCheck = (statement, scope) => {
  if (statement.word(2) !== "user" || statement.word(3) === "") {
    return fault("PM1201", 2, "'option pgsql-check' expects 'user <username>' as argument.");
  }
  return tooMany(scope, statement, 3) ? false : undefined;
};

const FORWARDED = [
  "proto",
  "host",
  "host-expr",
  "by",
  "by-expr",
  "by_port",
  "by_port-expr",
  "for",
  "for-expr",
  "for_port",
  "for_port-expr",
];
const FORWARDED_EXPECTED =
  "'option forwarded' only supports optional values: 'proto', 'host', 'host-expr', 'by', 'by-expr', 'by_port', 'by_port-expr', 'for', 'for-expr', 'for_port' and 'for_port-expr'.";

const checkForwarded: LineCheck = (statement, scope) => {
  const { run, draft } = scope;
  if (statement.negation !== undefined) return false;
  warnIgnored(scope, statement, "backend", "option forwarded");
  const given = new Set<string>();
  for (let at = 2; statement.word(at) !== ""; at++) {
    const word = statement.word(at);
    if (!FORWARDED.includes(word)) return fault("PM1203", at, FORWARDED_EXPECTED);
    given.add(word);
    if (!word.endsWith("-expr")) continue;
    const text = statement.word(++at);
    if (text === "") return fault("PM1201", at, `'${word}' expects <expr> as argument.`, "parsing-tight");
    const parsed = parseExpression([text], 0, expressionContext(run, draft, "http-request"));
    if ("problem" in parsed && parsed.problem.reason !== "unsupported") {
      const place = `[${statement.file}:${statement.line}]`;
      const message = `${sectionTitle(draft)} ${place}: failed to parse 'option forwarded' expression '${text}' in : ${parsed.problem.message}.`;
      draft.lateFaults.push({ statement, code: "PM1502", message, word: at });
    }
  }
  for (const side of ["by", "for"]) {
    if (!given.has(`${side}_port`) && !given.has(`${side}_port-expr`)) continue;
    if (given.has(side) || given.has(`${side}-expr`)) continue;
    const message = `'option forwarded' : '${side}_port-expr' will be ignored because both '${side}' and '${side}-expr' are unset`;
    run.report.warn(statement, "PM1306", message, { word: 1 });
  }
  draft.settings.httpOnly.add("option forwarded");
  return undefined;
};

const checkOriginalTo: LineCheck = (statement, { draft }) => {
  for (let at = 2; statement.word(at) !== ""; at += 2) {
    const [word, value] = [statement.word(at), statement.word(at + 1)];
    if (word === "except") {
      if (isNetwork(value)) continue;
      return fault("PM1207", at + 1, "'option originalto except' expects <address>[/mask] as argument.");
    }
    if (word !== "header") {
      return fault("PM1203", at, "'option originalto' only supports optional values: 'except' and 'header'.");
    }
    if (value === "") {
      return fault("PM1201", at + 1, "'option originalto header' expects <header_name> as argument.");
    }
  }
  draft.settings.httpOnly.add("option originalto");
  return undefined;
};

const RESTRICTED = "option 'http-restrict-req-hdr-names' expects 'preserve', 'reject' or 'delete' option.";

const checkRestrict: LineCheck = (statement, { run }) => {
  const word = statement.word(2);
  if (word === "") return fault("PM1201", 2, `missing parameter. ${RESTRICTED}`);
  if (word !== "preserve" && word !== "reject" && word !== "delete") {
    return fault("PM1203", 2, `invalid parameter '${word}'. ${RESTRICTED}`);
  }
  return tooManyWords(run, statement, 2) ? false : undefined;
};

/** The old names of `accept-unsafe-violations-in-…`. */
function deprecated(name: string): LineCheck {
  return (statement, scope) => {
    if (tooMany(scope, statement, 1)) return false;
    const better = name.replace("accept-invalid-", "accept-unsafe-violations-in-");
    const message = `option '${name}' is deprecated. please use 'option ${better}' if absolutely needed.`;
    scope.run.report.warn(statement, "PM1109", message, { word: 1, form: "parsing-tight" });
    return undefined;
  };
}

function row(
  name: string,
  sections: typeof EVERYWHERE,
  syntax: string,
  since: string,
  doc: string,
  check: LineCheck,
): ProxyRow {
  return laterRow({ name: `option ${name}`, sections, syntax, since, doc }, check);
}

const plainCheck = (name: string, since: string, what: string): ProxyRow =>
  row(name, DEFAULTS_AND_BACK, "", since, `Check health as a client of ${what}.`, checkOption("other", bare));

/** Options with words that are not done yet. */
export const PROXY_OPTION_LATER_ROWS: readonly ProxyRow[] = [
  plainCheck("ldap-check", "1.5", "LDAP"),
  plainCheck("redis-check", "1.5", "Redis"),
  plainCheck("spop-check", "1.7", "SPOP"),
  plainCheck("ssl-hello-chk", "1.2", "SSLv3"),
  row(
    "smtpchk",
    DEFAULTS_AND_BACK,
    "[<hello> <domain>]",
    "1.0",
    "Check health as a client of SMTP.",
    checkOption("other", (statement, scope) => (tooMany(scope, statement, 3) ? false : undefined)),
  ),
  row(
    "mysql-check",
    DEFAULTS_AND_BACK,
    "[user <name> [pre-41|post-41]]",
    "1.4",
    "Check health as a client of MySQL.",
    checkOption("other", checkMysql),
  ),
  row(
    "pgsql-check",
    DEFAULTS_AND_BACK,
    "user <name>",
    "1.4",
    "Check health as a client of PostgreSQL.",
    checkOption("other", checkPgsql),
  ),
  row("external-check", DEFAULTS_AND_BACK, "", "1.6", "Check health by a program.", checkOption("external", bare)),
  {
    ...row(
      "forwarded",
      DEFAULTS_AND_BACK,
      "[proto] [host|host-expr <expression>] [by|by-expr <expression>] [by_port|by_port-expr <expression>] [for|for-expr <expression>] [for_port|for_port-expr <expression>]",
      "2.8",
      "Add the Forwarded header.",
      checkForwarded,
    ),
    negatable: true,
  },
  row(
    "originalto",
    EVERYWHERE,
    "[except <network>] [header <name>]",
    "1.3",
    "Add the client's destination in X-Original-To.",
    checkOriginalTo,
  ),
  row(
    "http-restrict-req-hdr-names",
    EVERYWHERE,
    "preserve|reject|delete",
    "2.6",
    "What becomes of unusual names of headers.",
    checkRestrict,
  ),
  row(
    "accept-invalid-http-request",
    DEFAULTS_AND_FRONT,
    "",
    "1.3",
    "Old name of accept-unsafe-violations-in-http-request.",
    deprecated("accept-invalid-http-request"),
  ),
  row(
    "accept-invalid-http-response",
    DEFAULTS_AND_BACK,
    "",
    "1.3",
    "Old name of accept-unsafe-violations-in-http-response.",
    deprecated("accept-invalid-http-response"),
  ),
];

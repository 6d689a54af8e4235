// Owns the rows of persistence beside tables: `cookie`, `dynamic-cookie-key`, `persist`, `force-persist`, `ignore-persist`. Configuration manual §4.2.

import { conditionAt, notInDefaults, warnIgnored } from "./arguments.ts";
import { type Fault, fault, type LineCheck, laterRow } from "./proxy-later.ts";
import { BACK, DEFAULTS_AND_BACK, type ProxyRow, type ProxyScope } from "./rows.ts";
import type { Statement } from "./statement.ts";
import { badNameCharacter, parseTime } from "./values.ts";

const COOKIE_OPTIONS =
  "'cookie' supports 'rewrite', 'insert', 'prefix', 'indirect', 'nocache', 'postonly', 'domain', 'maxidle', 'dynamic', 'maxlife' and 'attr' options.";
const COOKIE_FLAGS = [
  "rewrite",
  "insert",
  "prefix",
  "indirect",
  "nocache",
  "postonly",
  "preserve",
  "httponly",
  "secure",
  "dynamic",
];

function cookieDomain(statement: Statement, { run }: ProxyScope, at: number): Fault | undefined {
  const domain = statement.word(at);
  if (domain === "") return fault("PM1201", at, "'domain' expects <domain> as argument.", "parsing-tight");
  if (!domain.slice(1).includes(".") && !domain.startsWith(".")) {
    const message = `domain '${domain}' contains no embedded dot, this configuration may not work properly (see RFC6265#5.2.3).`;
    run.report.warn(statement, "PM1210", message, { word: at, form: "parsing-tight" });
  }
  const bad = badNameCharacter(domain);
  if (bad === undefined) return undefined;
  return fault("PM1203", at, `character '${bad}' is not permitted in domain name '${domain}'.`, "parsing-tight");
}

function cookieTime(statement: Statement, at: number): Fault | undefined {
  const [keyword, text] = [statement.word(at - 1), statement.word(at)];
  if (text === "") {
    const what = keyword === "maxidle" ? "<idletime>" : "<lifetime>";
    return fault("PM1201", at, `'${keyword}' expects ${what} in seconds as argument.`, "parsing-tight");
  }
  const time = parseTime(text, "s");
  if ("bad" in time || ("ms" in time && time.tail !== "")) {
    const bad = "bad" in time ? time.bad : time.tail.charAt(0);
    return fault("PM1205", at, `unexpected character '${bad}' in argument to <${keyword}>.`, "parsing-tight");
  }
  if ("ms" in time) return undefined;
  const message = `timer overflow in argument <${text}> to <${keyword}>, maximum value is 2147483647 s (~68 years).`;
  return fault("PM1205", at, message, "parsing-tight");
}

function cookieAttribute(statement: Statement, at: number): Fault | undefined {
  const value = statement.word(at);
  if (value === "") return fault("PM1201", at, "'attr' expects <value> as argument.", "parsing-tight");
  const bad = /[;\u0000-\u001f\u007f]/.exec(value)?.[0];
  if (bad === undefined) return undefined;
  const code = bad.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
  return fault("PM1203", at, `character '%x${code}' is not permitted in attribute value.`, "parsing-tight");
}

const checkCookie: LineCheck = (statement, scope) => {
  warnIgnored(scope, statement, "backend");
  if (statement.word(1) === "") return fault("PM1201", 1, "'cookie' expects <cookie_name> as argument.");
  const flags = new Set<string>();
  for (let at = 2; statement.word(at) !== ""; at++) {
    const word = statement.word(at);
    let wrong: Fault | undefined;
    if (word === "domain") wrong = cookieDomain(statement, scope, ++at);
    else if (word === "maxidle" || word === "maxlife") wrong = cookieTime(statement, ++at);
    else if (word === "attr") wrong = cookieAttribute(statement, ++at);
    else if (COOKIE_FLAGS.includes(word)) flags.add(word);
    else wrong = fault("PM1203", at, COOKIE_OPTIONS);
    if (wrong !== undefined) return wrong;
  }
  if (flags.has("rewrite") && flags.has("indirect")) {
    return fault("PM1203", 2, "cookie 'rewrite' and 'indirect' modes are incompatible.");
  }
  if (["rewrite", "insert", "prefix"].filter((mode) => flags.has(mode)).length > 1) {
    return fault("PM1203", 2, "cookie 'rewrite', 'insert' and 'prefix' modes are incompatible.");
  }
  scope.draft.settings.cookie = statement;
  return undefined;
};

const checkDynamicKey: LineCheck = (statement, scope) => {
  warnIgnored(scope, statement, "backend");
  if (statement.word(1) !== "") return undefined;
  return fault("PM1201", 1, "'dynamic-cookie-key' expects <secret_key> as argument.");
};

const checkPersist: LineCheck = (statement) => {
  const method = statement.word(1);
  if (method === "") return fault("PM1201", 1, "missing persist method.");
  if (!method.startsWith("rdp-cookie")) return fault("PM1203", 1, "unknown persist method.");
  if (method === "rdp-cookie" || /^rdp-cookie\([^)]+\)/.test(method)) return undefined;
  if (!method.startsWith("rdp-cookie(")) return fault("PM1203", 1, "unknown persist method.");
  return fault("PM1201", 1, "persist rdp-cookie(name)' requires an rdp cookie name.");
};

const checkConditionalPersist: LineCheck = (statement, scope) => {
  const keyword = statement.word(0);
  if (notInDefaults(scope, statement)) return false;
  warnIgnored(scope, statement, "backend");
  const word = statement.word(1);
  if (word !== "if" && word !== "unless") {
    return fault("PM1201", 1, `'${keyword}' requires either 'if' or 'unless' followed by a condition.`);
  }
  return conditionAt(scope, statement, 1, `a '${keyword}' rule`, "http-request") === undefined ? false : undefined;
};

/** Persistence by cookies and conditions. */
export const PROXY_PERSISTENCE_ROWS: readonly ProxyRow[] = [
  laterRow(
    {
      name: "cookie",
      sections: DEFAULTS_AND_BACK,
      syntax:
        "<name> [rewrite|insert|prefix] [indirect] [nocache] [postonly] [preserve] [httponly] [secure] [domain <domain>]... [maxidle <time>] [maxlife <time>] [dynamic] [attr <value>]...",
      since: "1.0",
      doc: "Keep clients on their servers by a cookie.",
    },
    checkCookie,
  ),
  laterRow(
    {
      name: "dynamic-cookie-key",
      sections: DEFAULTS_AND_BACK,
      syntax: "<key>",
      since: "1.7",
      doc: "Secret that dynamic cookie values are made with.",
    },
    checkDynamicKey,
  ),
  laterRow(
    {
      name: "persist",
      sections: DEFAULTS_AND_BACK,
      syntax: "rdp-cookie[(<name>)]",
      since: "1.3",
      doc: "Keep clients on their servers by the cookie of RDP.",
    },
    checkPersist,
  ),
  ...(["force-persist", "ignore-persist"] as const).map((name) =>
    laterRow(
      {
        name,
        sections: BACK,
        syntax: "if|unless <condition>",
        since: "1.4",
        doc: name === "force-persist" ? "Use a server that is down." : "Balance in spite of persistence.",
      },
      checkConditionalPersist,
    ),
  ),
];

// Owns the rows of `global` about TLS that are not done yet: a restriction that would be ignored weakens security, so it is refused when the program
// runs. Configuration manual §3.1 "ssl-default-*", "ssl-load-extra-files", "ssl-security-level", "issuers-chain-path".

// DIFFERS: where the reference prints a second, empty message ("(null)") behind an error, nothing is printed here.
import { type AddressRules, parseAddress } from "./address.ts";
import { TLS_VERSIONS } from "./bind-tls-options.ts";
import { laterRow, notYet, ownRow } from "./global-later.ts";
import { checkValue, cLong, oneOf } from "./global-values.ts";
import type { GlobalRow, GlobalScope } from "./rows.ts";
import { latin1Text } from "./run.ts";
import type { Statement } from "./statement.ts";

const SERVER_OPTIONS = new Set(
  "no-sslv3 no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 no-tls-tickets".split(
    " ",
  ),
);

function parseServerOptions(statement: Statement, scope: GlobalScope) {
  const keyword = statement.word(0);
  const on = `on global statement '${keyword}'.`;
  const fail = (message: string, word: number) => scope.run.report.alert(statement, "PM1203", message, { word });
  if (statement.word(1) === "") return void fail(`global statement '${keyword}' expects an option as an argument.`, 1);
  for (let at = 1; statement.word(at) !== ""; at++) {
    const word = statement.word(at);
    if (word === "ssl-min-ver" || word === "ssl-max-ver") {
      const version = statement.word(++at);
      if (version === "") return void fail(`'${word}' : missing the ssl/tls version ${on}`, at);
      if (!(TLS_VERSIONS as readonly string[]).includes(version)) {
        return void fail(`'${version}' : unknown ssl/tls version ${on}`, at);
      }
    } else if (!SERVER_OPTIONS.has(word)) return void fail(`unknown option '${word}' ${on}`, at);
  }
  notYet(statement, scope);
}

function parseExtraFiles(statement: Statement, scope: GlobalScope) {
  const fail = (message: string, word: number) => scope.run.report.alert(statement, "PM1203", message, { word });
  const words = statement.texts.slice(1).filter((word) => word !== "");
  const alone = words.find((word) => word === "none" || word === "all");
  if (alone !== undefined && words.length > 1 && /^(?:none|all|bundle|sctl|ocsp|issuer|key)$/.test(words[0] ?? "")) {
    return void fail("'ssl-load-extra-files' 'none' and 'all' can be only used alone", 2);
  }
  const bad = words.findIndex((word) => !/^(?:none|all|bundle|sctl|ocsp|issuer|key)$/.test(word));
  if (words.length === 0 || bad >= 0) {
    return void fail(
      "'ssl-load-extra-files' expects one or multiple arguments (none, all, bundle, sctl, ocsp, issuer).",
      Math.max(bad, 0) + 1,
    );
  }
  if (alone !== "all") notYet(statement, scope);
}

function parseSecurityLevel(statement: Statement, scope: GlobalScope) {
  const text = statement.word(1);
  const { report } = scope.run;
  let message: string | undefined;
  if (text === "") message = "'ssl-security-level' : missing value";
  else if (!/^[+-]?\d+$/.test(text)) message = `'ssl-security-level' : expects an integer argument, found '${text}'`;
  else if (cLong(text) < 0n || cLong(text) > 5n) message = "'ssl-security-level' : expects a value between 0 and 5";
  if (message === undefined) return notYet(statement, scope);
  report.alert(statement, "PM1204", message, { word: 1 });
}

function parseIssuers(statement: Statement, scope: GlobalScope) {
  const text = statement.word(1);
  if (!checkValue(statement, scope, { words: 1 })) return;
  const { environment, report } = scope.run;
  if (text !== "" && environment.listDirectory(text) !== undefined) return notYet(statement, scope);
  const there = text !== "" && !("error" in environment.readFile(text));
  const message = there
    ? `global statement 'issuers-chain-path': ${text} is not a directory.`
    : "global statement 'issuers-chain-path' expects a directory path as an argument.";
  report.alert(statement, "PM1401", message, { word: 1 });
}

function parseDhFile(statement: Statement, scope: GlobalScope): void {
  const text = statement.word(1);
  if (!checkValue(statement, scope, { missing: "'%k' expects a file path as an argument." })) return;
  const answer = scope.run.environment.readFile(text);
  if (!("error" in answer) && latin1Text(answer).includes("-----BEGIN DH PARAMETERS-----")) {
    scope.run.noteNoEffect(statement, statement.word(0), 0);
    return;
  }
  const message = `'ssl-dh-param-file': unable to load DH parameters from file <${text}>.`;
  scope.run.report.alert(statement, "PM1401", message, { word: 1 });
}

function parseProvider(statement: Statement, scope: GlobalScope): void {
  const name = statement.word(1);
  const { report } = scope.run;
  if (name === "") {
    const message = "global statement 'ssl-provider' expects a valid engine provider name as an argument.";
    report.alert(statement, "PM1201", message, { word: 1 });
  } else if (!["default", "legacy", "base", "null", "fips"].includes(name)) {
    report.alert(statement, "PM1203", `ssl-provider ${name}: unknown provider`, { word: 1, form: "config" });
  } else notYet(statement, scope);
}

function parseOcspProxy(statement: Statement, scope: GlobalScope): void {
  const text = statement.word(1);
  if (!checkValue(statement, scope, { words: 1 })) return;
  const answer = parseAddress(text, PROXY_ADDRESS);
  if ("problem" in answer) {
    const message = `ocsp-update: Failed to parse destination address in ${answer.problem}`;
    scope.run.report.alert(statement, "PM1207", message, { word: 1, form: "config" });
  } else scope.run.noteNoEffect(statement, statement.word(0), 0);
}

const PROXY_ADDRESS: AddressRules = {
  portNeeded: false,
  portRange: false,
  portOffset: false,
  descriptor: false,
  names: true,
};

const CIPHERS = "global statement '%k' expects a cipher suite as an argument.";
const CURVES = "global statement '%k' expects a curves suite as an arguments.";
const SIGNATURES = "global statement '%k' expects signature algorithms as an arguments.";

/** TLS keywords that are refused for now. */
export const GLOBAL_TLS_LATER_ROWS: readonly GlobalRow[] = [
  laterRow("ssl-default-bind-ciphersuites", "<list>", { missing: CIPHERS }),
  laterRow("ssl-default-bind-client-sigalgs", "<list>", { missing: SIGNATURES }),
  laterRow("ssl-default-bind-curves", "<list>", { missing: CURVES }),
  laterRow("ssl-default-bind-sigalgs", "<list>", { missing: CURVES }),
  laterRow("ssl-default-server-ciphers", "<list>", { missing: CIPHERS }),
  laterRow("ssl-default-server-ciphersuites", "<list>", { missing: CIPHERS }),
  laterRow("ssl-default-server-client-sigalgs", "<list>", { missing: SIGNATURES }),
  laterRow("ssl-default-server-curves", "<list>", { missing: CURVES }),
  laterRow("ssl-default-server-sigalgs", "<list>", { missing: CURVES }),
  ownRow("ssl-default-server-options", "<option>...", "not-supported-yet", parseServerOptions),
  ownRow("ssl-load-extra-files", "<kind>...", "not-supported-yet", parseExtraFiles),
  laterRow("ssl-load-extra-del-ext", "", { words: "any" }),
  ownRow("ssl-security-level", "<0..5>", "not-supported-yet", parseSecurityLevel),
  laterRow(
    "ssl-server-verify",
    "none|required",
    {
      missing: "'%k' expects an integer argument.",
      test: (given) => {
        const { seen } = given.scope.draft;
        // Servers are checked for authorities unless this says that nothing is verified.
        if (given.text === "none") seen.add("ssl-server-verify none");
        else seen.delete("ssl-server-verify none");
        return oneOf("none required", "'%k' expects 'none' or 'required' as argument.")(given);
      },
    },
    ["required"],
  ),
  ownRow("issuers-chain-path", "<directory>", "not-supported-yet", parseIssuers),
  ownRow("ssl-dh-param-file", "<file>", "no-effect", parseDhFile),
  laterRow("key-base", "<directory>", {
    missing: "global statement '%k' expects a directory path as an argument.",
    test: ({ scope, statement }) => {
      const { seen } = scope.draft;
      if (seen.has(statement.word(0))) return "'%k' already specified.";
      seen.add(statement.word(0));
      return undefined;
    },
  }),
  laterRow("ssl-propquery", "<query>", {
    words: "any",
    missing: "global statement '%k' expects a property string as an argument.",
    test: ({ text }) => (/^[A-Za-z?-]/.test(text) && !text.startsWith("-1") ? undefined : "(null)"),
  }),
  ownRow("ssl-provider", "<name>", "not-supported-yet", parseProvider),
  ownRow("ocsp-update.httpproxy", "<address>[:<port>]", "no-effect", parseOcspProxy),
  ...["tune.ssl.capture-buffer-size", "tune.ssl.capture-cipherlist-size"].map((name) =>
    ownRow(name, "<size>", "no-effect", (statement, scope) => {
      const { run, draft } = scope;
      if (name.endsWith("cipherlist-size")) {
        const message = `'${name}' is deprecated and will be removed in version 2.7. Please use 'tune.ssl.capture-buffer-size' instead.`;
        run.report.warn(statement, "PM1109", message, { form: "parsing-tight" });
      }
      const right = checkValue(statement, scope, {
        missing: "'%k' expects an integer argument.",
        test: ({ text }) => {
          if (cLong(text) < 0n || cLong(text) > 2n ** 31n - 1n) return "'%k' expects a positive numeric value.";
          return draft.seen.has("tls capture") ? "'%k' is already configured." : undefined;
        },
      });
      if (!right) return;
      draft.seen.add("tls capture");
      run.noteNoEffect(statement, name, 0);
    }),
  ),
];

// Owns the rows of TLS options behind `bind … ssl`. What would weaken security when ignored is refused until it is done. Configuration manual §5.1.

import { type BindOptionRow, laterBindOption, wants } from "./bind-options.ts";
import { belowBase, loadAuthorities, loadCertificates } from "./certificates.ts";
import type { BindDraft } from "./draft.ts";
import { latin1Text, type Run } from "./run.ts";

/** TLS versions by the names of the language, in order. */
export const TLS_VERSIONS = ["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

type Parse = NonNullable<BindOptionRow["parse"]>;

function parseCrt(value: string, bind: BindDraft, run: Run): string | undefined {
  if (value === "") return "'crt' : missing certificate location";
  const loaded = loadCertificates(belowBase(value, run.global.crtBase), run);
  if ("problem" in loaded) return loaded.problem;
  bind.tls.certificates.push(...loaded);
  return undefined;
}

/** A file of authorities or revocations. The reference says first that it cannot open it, and then what the option makes of that. */
function parseAuthorities(name: string, what: string, take?: (bind: BindDraft, pem: string) => void): Parse {
  return (value, bind, run) => {
    if (value === "") return `'${name}' : missing ${what}`;
    if (value === "@system-ca" && name !== "crl-file") {
      take?.(bind, "");
      return undefined;
    }
    const loaded = loadAuthorities(belowBase(value, run.global.caBase), run);
    if ("problem" in loaded) {
      run.report.alert(bind.statement, "PM1401", loaded.why, {
        form: "config",
        word: Math.max(0, bind.statement.texts.indexOf(value)),
      });
      return `'${name}' : ${loaded.problem}`;
    }
    take?.(bind, loaded.pem);
    return undefined;
  };
}

const MAX_ERROR = 94;

/** A list of numbers of verification errors, of their names, or "all". */
function parseErrors(name: string): Parse {
  return (value) => {
    if (value === "") return `'${name}' : missing error IDs list`;
    if (value === "all") return undefined;
    for (const part of value.split(",")) {
      const id = /^\d+$/.test(part) ? Number(part) : undefined;
      if (id !== undefined && (id < 1 || id > MAX_ERROR)) {
        return `'${name}' : ID '${part}' out of range (1..${MAX_ERROR}) in error IDs list '${value}'`;
      }
      if (id === undefined && !part.startsWith("X509_V_ERR_")) {
        return `'${name}' : error constant '${part}' unknown in error IDs list '${value}'`;
      }
    }
    return undefined;
  };
}

/** Options that a line of a crt-list may have in brackets, and whether a value follows. */
const LIST_OPTIONS: ReadonlyMap<string, 0 | 1> = new Map([
  ...["allow-0rtt", "no-alpn", "no-ca-names"].map((name) => [name, 0] as const),
  ...["alpn", "ca-file", "ca-verify-file", "ciphers", "ciphersuites", "client-sigalgs", "crl-file", "curves"].map(
    (name) => [name, 1] as const,
  ),
  ...["ecdhe", "npn", "sigalgs", "ssl-max-ver", "ssl-min-ver", "verify", "ocsp-update"].map(
    (name) => [name, 1] as const,
  ),
]);

/** `crt-list`: each line is a certificate, options in brackets, and names. */
function parseList(value: string, bind: BindDraft, run: Run): string | undefined {
  if (value === "") return "'crt-list' : missing certificate location";
  const answer = run.environment.readFile(value);
  if ("error" in answer) return `'crt-list' : cannot open file '${value}' : ${answer.error}`;
  for (const [index, line] of latin1Text(answer).split("\n").entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const problem = parseListLine(text, bind, run);
    if (problem?.place === true) return `'crt-list' : parsing [${value}:${index + 1}]: ${problem.text}`;
    if (problem !== undefined) return `'crt-list' : ${problem.text}`;
  }
  return undefined;
}

interface ListProblem {
  readonly text: string;
  /** The line of the list is named. */
  readonly place: boolean;
}

function parseListLine(text: string, bind: BindDraft, run: Run): ListProblem | undefined {
  const at = (message: string) => ({ text: message, place: true });
  const open = text.indexOf("[");
  const close = text.indexOf("]");
  if (close >= 0 && open < 0) return at("missing '['");
  const path = /^[^\s[]+/.exec(text)?.[0] ?? "";
  const options = open < 0 ? "" : text.slice(open + 1, close < 0 ? text.length : close);
  const words = options.split(/\s+/).filter((word) => word !== "");
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    const values = LIST_OPTIONS.get(word);
    if (values === undefined) return at(`unknown ssl keyword ${word}`);
    if (values === 0) continue;
    const given = words[++index];
    if (given === undefined) return at(`ssl args out of '[]' for ${word}`);
    if (word === "verify" && !["none", "optional", "required"].includes(given)) {
      const message = `'verify' : unknown verify method '${given}', only 'none', 'optional', and 'required' are supported`;
      return { text: message, place: false };
    }
  }
  warnLoneNegatives(text.slice(path.length).replace(/\[[^\]]*\]?/, ""), path, bind, run);
  const loaded = loadCertificates(belowBase(path, run.global.crtBase), run);
  if ("problem" in loaded) return { text: loaded.problem, place: false };
  bind.tls.certificates.push(...loaded);
  return undefined;
}

/** A name that is taken away from nothing. */
function warnLoneNegatives(names: string, path: string, bind: BindDraft, run: Run): void {
  const filters = names.split(/\s+/).filter((name) => name !== "");
  if (!filters.some((name) => name.startsWith("!")) || filters.some((name) => name.startsWith("*"))) return;
  const message = `crt-list: negative filters on crt-list line "${path}" without a positive wildcard filter won't do anything!`;
  run.report.warn(bind.statement, "PM1210", message, { form: "parsing-tight" });
}

function parseAlpn(value: string, bind: BindDraft): string | undefined {
  if (value === "") return "'alpn' : missing the comma-delimited ALPN protocol suite";
  bind.tls.alpn = value.split(",").filter((name) => name !== "");
  return undefined;
}

function parseVersion(
  key: "minVersion" | "maxVersion",
  keyword: string,
  value: string,
  bind: BindDraft,
): string | undefined {
  if (value === "") return `'${keyword}' : missing the ssl/tls version`;
  if (!(TLS_VERSIONS as readonly string[]).includes(value)) return `'${value}' : unknown ssl/tls version`;
  bind.tls[key] = value;
  return undefined;
}

function parseVerify(value: string, bind: BindDraft): string | undefined {
  if (value === "") return "'verify' : missing verify method";
  if (value !== "none" && value !== "optional" && value !== "required") {
    return `'verify' : unknown verify method '${value}', only 'none', 'optional', and 'required' are supported`;
  }
  bind.tls.verify = value;
  return undefined;
}

/** `no-tlsv10` and the like. */
function excludeVersion(
  version: (typeof TLS_VERSIONS)[number],
): (value: string, bind: BindDraft) => string | undefined {
  return (_value, bind) => {
    bind.tls.excluded.add(TLS_VERSIONS.indexOf(version));
    return undefined;
  };
}

function forceVersion(version: string): (value: string, bind: BindDraft) => string | undefined {
  return (_value, bind) => {
    bind.tls.minVersion = version;
    bind.tls.maxVersion = version;
    return undefined;
  };
}

function done(name: string, syntax: string, since: string, doc: string, parse: Parse): BindOptionRow {
  return { name, syntax, since, doc, status: "done", values: syntax === "" ? 0 : 1, parse };
}

/** TLS options of a listening socket. */
export const BIND_TLS_OPTION_ROWS: readonly BindOptionRow[] = [
  done("ssl", "", "1.5", "Terminate TLS on this socket.", (_value, bind) => {
    bind.ssl = true;
    return undefined;
  }),
  done("crt", "<path>", "1.5", "Certificate with its private key, or a directory of them.", parseCrt),
  done("alpn", "<protocols>", "1.5", "Application protocols offered, in order of preference.", parseAlpn),
  done("no-alpn", "", "2.7", "Offer no application protocol.", (_value, bind) => {
    bind.tls.alpn = [];
    return undefined;
  }),
  done(
    "ca-file",
    "<path>",
    "1.5",
    "Authorities that client certificates are verified with.",
    parseAuthorities("ca-file", "CAfile path", (bind, pem) => {
      bind.tls.caPem = pem;
    }),
  ),
  done("verify", "none|optional|required", "1.5", "Whether a client certificate is asked for.", parseVerify),
  done("ciphers", "<list>", "1.5", "Ciphers up to TLS 1.2.", (value, bind) => {
    if (value === "") return "'ciphers' : missing cipher suite";
    bind.tls.ciphers = value;
    return undefined;
  }),
  done("ssl-min-ver", "<version>", "1.8", "Oldest TLS version.", (value, bind) =>
    parseVersion("minVersion", "ssl-min-ver", value, bind),
  ),
  done("ssl-max-ver", "<version>", "1.8", "Newest TLS version.", (value, bind) =>
    parseVersion("maxVersion", "ssl-max-ver", value, bind),
  ),
  done("strict-sni", "", "1.5", "Refuse clients whose server name has no certificate.", (_value, bind) => {
    bind.tls.strictSni = true;
    return undefined;
  }),
  done("no-strict-sni", "", "3.2", "Undo strict-sni.", (_value, bind) => {
    bind.tls.strictSni = false;
    return undefined;
  }),
  done("no-sslv3", "", "1.5", "Refuse SSLv3, which Pointsman never speaks.", excludeVersion("SSLv3")),
  done("no-tlsv10", "", "1.5", "Refuse TLS 1.0.", excludeVersion("TLSv1.0")),
  done("no-tlsv11", "", "1.5", "Refuse TLS 1.1.", excludeVersion("TLSv1.1")),
  done("no-tlsv12", "", "1.5", "Refuse TLS 1.2.", excludeVersion("TLSv1.2")),
  done("no-tlsv13", "", "1.8", "Refuse TLS 1.3.", excludeVersion("TLSv1.3")),
  done("force-tlsv10", "", "1.5", "Speak TLS 1.0 alone.", forceVersion("TLSv1.0")),
  done("force-tlsv11", "", "1.5", "Speak TLS 1.1 alone.", forceVersion("TLSv1.1")),
  done("force-tlsv12", "", "1.5", "Speak TLS 1.2 alone.", forceVersion("TLSv1.2")),
  done("force-tlsv13", "", "1.8", "Speak TLS 1.3 alone.", forceVersion("TLSv1.3")),
  laterBindOption("allow-0rtt", "", "1.8", "Accept early data."),
  laterBindOption("ca-ignore-err", "<errors>", "1.5", "Errors of authorities to ignore.", parseErrors("ca-ignore-err")),
  laterBindOption(
    "ca-sign-file",
    "<path>",
    "1.5",
    "Authority that signs generated certificates.",
    wants("ca-sign-file", "CAfile path"),
  ),
  laterBindOption(
    "ca-sign-pass",
    "<password>",
    "1.5",
    "Password of ca-sign-file.",
    wants("ca-sign-pass", "CAkey password"),
  ),
  laterBindOption(
    "ca-verify-file",
    "<path>",
    "2.2",
    "Authorities not named to the client.",
    parseAuthorities("ca-verify-file", "CAfile path"),
  ),
  laterBindOption("ciphersuites", "<list>", "1.8", "Ciphers of TLS 1.3.", wants("ciphersuites", "cipher suite")),
  laterBindOption(
    "client-sigalgs",
    "<list>",
    "2.8",
    "Signature algorithms of client certificates.",
    wants("client-sigalgs", "signature algorithm list"),
  ),
  laterBindOption("crl-file", "<path>", "1.5", "Revoked certificates.", parseAuthorities("crl-file", "CRLfile path")),
  laterBindOption(
    "crt-ignore-err",
    "<errors>",
    "1.5",
    "Errors of client certificates to ignore.",
    parseErrors("crt-ignore-err"),
  ),
  laterBindOption("crt-list", "<path>", "1.6", "List of certificates with options.", parseList),
  laterBindOption("curves", "<list>", "1.8", "Elliptic curves.", wants("curves", "curve suite")),
  laterBindOption("default-crt", "<path>", "3.0", "Certificate for clients without server name.", (value, bind, run) =>
    value === "" ? "'default-crt' : missing certificate location" : parseCrt(value, bind, run),
  ),
  laterBindOption("ecdhe", "<curve>", "1.5", "Elliptic curve.", wants("ecdhe", "named curve")),
  laterBindOption("force-sslv3", "", "1.5", "Speak SSLv3 alone.", forceVersion("SSLv3")),
  laterBindOption("generate-certificates", "", "1.5", "Make certificates as they are asked for."),
  laterBindOption("ktls", "on|off", "3.3", "TLS in the kernel."),
  laterBindOption("no-ca-names", "", "2.2", "Send no names of authorities."),
  laterBindOption("no-tls-tickets", "", "1.5", "No TLS session tickets."),
  laterBindOption(
    "npn",
    "<protocols>",
    "1.5",
    "Next Protocol Negotiation.",
    wants("npn", "the comma-delimited NPN protocol suite"),
  ),
  laterBindOption("prefer-client-ciphers", "", "1.8", "Let the client choose the cipher."),
  laterBindOption("sigalgs", "<list>", "2.8", "Signature algorithms.", wants("sigalgs", "signature algorithm list")),
  laterBindOption("tls-ticket-keys", "<path>", "1.6", "Keys of TLS session tickets.", (value, _bind, run) => {
    if (value === "") return "'tls-ticket-keys' : missing TLS ticket keys file path";
    return "error" in run.environment.readFile(value) ? `'${value}' : unable to load ssl tickets keys file` : undefined;
  }),
  laterBindOption("tls-tickets", "", "3.2", "Use TLS session tickets."),
];

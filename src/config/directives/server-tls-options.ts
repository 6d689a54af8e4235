// Owns the rows of TLS options behind `server` and `default-server`: their values are checked, the work is not done yet. Configuration manual §5.2.

import { TLS_VERSIONS } from "./bind-tls-options.ts";
import { authoritiesFault, belowBase } from "./certificates.ts";
import type { ServerSettings } from "./draft.ts";
import type { ServerOptionRow } from "./server-options.ts";
import { laterOption, needs, parseServerExpression } from "./server-options-later.ts";

type Parse = NonNullable<ServerOptionRow["parse"]>;

function flag(name: string, since: string, doc: string, set: (settings: ServerSettings) => void): ServerOptionRow {
  return laterOption(name, "", since, doc, (_value, { settings }) => {
    set(settings);
    return undefined;
  });
}

/** An option that is off anyway: it takes back what another line asked for. */
function off(name: string, since: string, doc: string, set: (settings: ServerSettings) => void): ServerOptionRow {
  return { ...flag(name, since, doc, set), status: "done" };
}

function parseVersion(key: "minVersion" | "maxVersion", name: string): Parse {
  return (value, { settings }) => {
    if (value === "") return `'${name}' : missing the ssl/tls version`;
    if (!(TLS_VERSIONS as readonly string[]).includes(value)) return `'${value}' : unknown ssl/tls version`;
    settings.tls[key] = value;
    return undefined;
  };
}

const parseVerify: Parse = (value, { settings }) => {
  if (value === "") return "'verify' : missing verify method";
  if (value !== "none" && value !== "required") {
    return `'verify' : unknown verify method '${value}', only 'none' and 'required' are supported`;
  }
  settings.tls.verify = value;
  return undefined;
};

const parseAuthorities: Parse = (value, { settings, run }) => {
  if (value === "") return "'ca-file' : missing CAfile path";
  settings.tls.ca = true;
  if (value === "@system-ca") return undefined;
  return authoritiesFault(belowBase(value, run.global.caBase), run);
};

const parseRevocations: Parse = (value, { run }) => {
  if (value === "") return "'crl-file' : missing CRLfile path";
  return authoritiesFault(belowBase(value, run.global.caBase), run);
};

const VERSION_WORDS = ["sslv3", "tlsv10", "tlsv11", "tlsv12", "tlsv13"] as const;

const VERSION_ROWS: readonly ServerOptionRow[] = VERSION_WORDS.flatMap((word, index) => {
  const version = TLS_VERSIONS[index] ?? "";
  const since = word === "tlsv13" ? "1.8" : "1.5";
  return [
    flag(`no-${word}`, since, `Refuse ${version}.`, ({ tls }) => {
      tls.excluded.add(index);
    }),
    flag(`force-${word}`, since, `Speak ${version} alone.`, ({ tls }) => {
      tls.minVersion = version;
      tls.maxVersion = version;
    }),
  ];
});

const nothing = () => {};

/** TLS options of a server. */
export const SERVER_TLS_OPTION_ROWS: readonly ServerOptionRow[] = [
  flag("ssl", "1.5", "Connect by TLS.", ({ tls }) => {
    tls.ssl = true;
  }),
  off("no-ssl", "1.8", "Undo ssl.", ({ tls }) => {
    tls.ssl = false;
  }),
  flag("check-ssl", "1.5", "Check health by TLS.", ({ tls }) => {
    tls.checkSsl = true;
  }),
  off("no-check-ssl", "1.8", "Undo check-ssl.", ({ tls }) => {
    tls.checkSsl = false;
  }),
  laterOption("verify", "none|required", "1.5", "Whether the server's certificate is verified.", parseVerify),
  laterOption(
    "verifyhost",
    "<name>",
    "1.5",
    "Name that the certificate must have.",
    needs("'verifyhost' : missing hostname to verify against"),
  ),
  laterOption("ca-file", "<path>", "1.5", "Authorities of the server's certificate.", parseAuthorities),
  laterOption("crl-file", "<path>", "1.5", "Revoked certificates.", parseRevocations),
  laterOption("crt", "<path>", "1.5", "Client certificate.", needs("'crt' : missing certificate file path")),
  laterOption("ciphers", "<list>", "1.5", "Ciphers up to TLS 1.2.", needs("'ciphers' : missing cipher suite")),
  laterOption("ciphersuites", "<list>", "1.8", "Ciphers of TLS 1.3.", needs("'ciphersuites' : missing cipher suite")),
  laterOption("curves", "<list>", "1.8", "Elliptic curves.", needs("'curves' : missing curves list")),
  laterOption(
    "sigalgs",
    "<list>",
    "2.8",
    "Signature algorithms.",
    needs("'sigalgs' : missing signature algorithm list"),
  ),
  laterOption(
    "client-sigalgs",
    "<list>",
    "2.8",
    "Signature algorithms of client certificates.",
    needs("'client-sigalgs' : missing signature algorithm list"),
  ),
  laterOption("sni", "<expression>", "1.6", "Server name that is sent.", (value, target) =>
    value === "" ? "'sni' : missing sni expression" : parseServerExpression(value, target),
  ),
  laterOption("check-sni", "<name>", "1.8", "Server name that health checks send.", needs("'check-sni' : missing SNI")),
  laterOption(
    "alpn",
    "<protocols>",
    "1.8",
    "Application protocols.",
    needs("'alpn' : missing the comma-delimited ALPN protocol suite"),
  ),
  laterOption(
    "check-alpn",
    "<protocols>",
    "1.8",
    "Application protocols of health checks.",
    needs("'check-alpn' : missing the comma-delimited ALPN protocol suite"),
  ),
  laterOption(
    "npn",
    "<protocols>",
    "1.8",
    "Next Protocol Negotiation.",
    needs("'npn' : missing the comma-delimited NPN protocol suite"),
  ),
  laterOption("ssl-min-ver", "<version>", "1.8", "Oldest TLS version.", parseVersion("minVersion", "ssl-min-ver")),
  laterOption("ssl-max-ver", "<version>", "1.8", "Newest TLS version.", parseVersion("maxVersion", "ssl-max-ver")),
  flag("allow-0rtt", "1.8", "Send early data.", nothing),
  flag("no-tls-tickets", "1.5", "No TLS session tickets.", nothing),
  flag("tls-tickets", "1.8", "Use TLS session tickets.", nothing),
  flag("ssl-reuse", "1.8", "Reuse TLS sessions.", nothing),
  flag("no-ssl-reuse", "1.8", "Reuse no TLS sessions.", nothing),
  ...VERSION_ROWS,
];

// Owns the rows of TLS options behind `bind … ssl`. What would weaken security when ignored is refused until it is done. Configuration manual §5.1.

import type { BindOptionRow } from "./bind-options.ts";
import { belowBase, loadAuthorities, loadCertificates } from "./certificates.ts";
import type { BindDraft } from "./draft.ts";
import type { Run } from "./run.ts";

/** TLS versions by the names of the language, in order. */
export const TLS_VERSIONS = ["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

function parseCrt(value: string, bind: BindDraft, run: Run): string | undefined {
  if (value === "") return "'crt' : missing certificate location";
  const loaded = loadCertificates(belowBase(value, run.global.crtBase), run);
  if ("problem" in loaded) return loaded.problem;
  bind.tls.certificates.push(...loaded);
  return undefined;
}

function parseCaFile(value: string, bind: BindDraft, run: Run): string | undefined {
  if (value === "") return "'ca-file' : missing CAfile path";
  const loaded = loadAuthorities(belowBase(value, run.global.caBase), run);
  if ("problem" in loaded) return `'ca-file' : ${loaded.problem}`;
  bind.tls.caPem = loaded.pem;
  return undefined;
}

function parseAlpn(value: string, bind: BindDraft): string | undefined {
  if (value === "") return "'alpn' : missing the comma-delimited ALPN protocol suite";
  const names = value.split(",");
  if (names.some((name) => name === "" || name.length > 255)) return "'alpn' : ALPN protocol name must not be empty";
  bind.tls.alpn = names;
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

type Parse = NonNullable<BindOptionRow["parse"]>;

function done(name: string, syntax: string, since: string, doc: string, parse: Parse): BindOptionRow {
  return { name, syntax, since, doc, status: "done", values: syntax === "" ? 0 : 1, parse };
}

function later(name: string, syntax: string, since: string, doc: string): BindOptionRow {
  return { name, syntax, since, doc, status: "not-supported-yet", values: syntax === "" ? 0 : 1 };
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
  done("ca-file", "<path>", "1.5", "Authorities that client certificates are verified with.", parseCaFile),
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
  later("allow-0rtt", "", "1.8", "Accept early data."),
  later("ca-ignore-err", "<errors>", "1.5", "Errors of authorities to ignore."),
  later("ca-sign-file", "<path>", "1.5", "Authority that signs generated certificates."),
  later("ca-sign-pass", "<password>", "1.5", "Password of ca-sign-file."),
  later("ca-verify-file", "<path>", "2.2", "Authorities not named to the client."),
  later("ciphersuites", "<list>", "1.8", "Ciphers of TLS 1.3."),
  later("client-sigalgs", "<list>", "2.8", "Signature algorithms of client certificates."),
  later("crl-file", "<path>", "1.5", "Revoked certificates."),
  later("crt-ignore-err", "<errors>", "1.5", "Errors of client certificates to ignore."),
  later("crt-list", "<path>", "1.6", "List of certificates with options."),
  later("curves", "<list>", "1.8", "Elliptic curves."),
  later("default-crt", "<path>", "3.0", "Certificate for clients without server name."),
  later("ecdhe", "<curve>", "1.5", "Elliptic curve."),
  later("force-sslv3", "", "1.5", "Speak SSLv3 alone."),
  later("generate-certificates", "", "1.5", "Make certificates as they are asked for."),
  later("ktls", "on|off", "3.3", "TLS in the kernel."),
  later("no-ca-names", "", "2.2", "Send no names of authorities."),
  later("no-tls-tickets", "", "1.5", "No TLS session tickets."),
  later("npn", "<protocols>", "1.5", "Next Protocol Negotiation."),
  later("prefer-client-ciphers", "", "1.8", "Let the client choose the cipher."),
  later("sigalgs", "<list>", "2.8", "Signature algorithms."),
  later("tls-ticket-keys", "<path>", "1.6", "Keys of TLS session tickets."),
  later("tls-tickets", "", "3.2", "Use TLS session tickets."),
];

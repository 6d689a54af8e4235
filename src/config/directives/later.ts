// Owns the names of the language that have no row of their own yet: each is answered "not supported yet", never "unknown". Names are facts; this table is
// all that stands between them and a row. From the keyword list of HAProxy 3.5 and the manual of 3.2.

import type { GlobalRow, ProxyRow, ProxySection } from "./rows.ts";

const GLOBAL_NAMES =
  "51degrees-allow-unmatched 51degrees-cache-size 51degrees-data-file 51degrees-difference 51degrees-drift 51degrees-property-name-list 51degrees-property-separator 51degrees-use-performance-graph 51degrees-use-predictive-graph acme.scheduler cluster-secret cpu-affinity default-path deviceatlas-json-file deviceatlas-log-level deviceatlas-properties-cookie deviceatlas-separator dns-accept-family external-check fd-hard-limit force-cfg-parser-pause h1-accept-payload-with-any-method h1-case-adjust h1-case-adjust-file h1-do-not-close-on-insecure-transfer-encoding harden.reject-privileged-ports.quic harden.reject-privileged-ports.tcp http-err-codes http-fail-codes httpclient.resolvers.disabled httpclient.resolvers.id httpclient.resolvers.prefer httpclient.retries httpclient.ssl.ca-file httpclient.ssl.verify httpclient.timeout.connect issuers-chain-path jwt.decrypt_alg_list jwt.decrypt_enc_list key-base lua-load lua-load-per-thread lua-prepend-path max-threads-per-group maxconnrate maxsessrate maxsslconn maxsslrate ocsp-update.disable ocsp-update.httpproxy ocsp-update.maxdelay ocsp-update.mindelay ocsp-update.mode server-state-base server-state-file set-var set-var-fmt setcap shm-stats-file ssl-default-bind-ciphersuites ssl-default-bind-client-sigalgs ssl-default-bind-curves ssl-default-bind-sigalgs ssl-default-server-ciphers ssl-default-server-ciphersuites ssl-default-server-client-sigalgs ssl-default-server-curves ssl-default-server-options ssl-default-server-sigalgs ssl-engine ssl-load-extra-del-ext ssl-load-extra-files ssl-mode-async ssl-passphrase-cmd ssl-propquery ssl-provider ssl-provider-path ssl-security-level ssl-server-verify stats-file tune.glitches.kill.cpu-usage tune.h1.be.glitches-threshold tune.h1.fe.glitches-threshold tune.http.cookielen tune.http.logurilen tune.ssl.keylog tune.ssl.keyupdate-rate-limit tune.ssl.ocsp-update.maxdelay tune.ssl.ocsp-update.mindelay tune.stick-counters tune.streams-elasticity wurfl-cache-size wurfl-data-file wurfl-information-list wurfl-information-list-separator";

/** By where they may stand: defaults, frontend, listen, backend. */
const PROXY_NAMES: Readonly<Record<string, string>> = {
  "XXX-":
    "clitcpka-cnt clitcpka-idle clitcpka-intvl log-format-sd log-steps max-session-srv-conns quic-initial rate-limit",
  XXXX: "compression email-alert errorfiles errorloc errorloc302 errorloc303 http-error be-unpublished filter-sequence force-be-switch ssl-f-use",
  "X-XX":
    "cookie hash-preserve-affinity http-send-name-header load-server-state-from-file max-keep-alive-queue external-check persist server-state-file-name source srvtcpka-cnt srvtcpka-idle srvtcpka-intvl tcp-check transparent",
  "-XX-": "declare monitor",
  "--XX": "dispatch force-persist ignore-persist server-template stick use-fcgi-app",
  "-XXX": "filter guid stick-table",
};

const OPTION_NAMES: Readonly<Record<string, string>> = {
  "X-XX":
    "forwarded ldap-check external-check mysql-check pgsql-check redis-check smtpchk spop-check ssl-hello-chk accept-invalid-http-response",
  "XXX-": "accept-invalid-http-request",
  XXXX: "http-restrict-req-hdr-names originalto",
};

function sectionsOf(columns: string): readonly ProxySection[] {
  const all: readonly ProxySection[] = ["defaults", "frontend", "listen", "backend"];
  return all.filter((_, index) => columns.charAt(index) === "X");
}

function proxyRows(table: Readonly<Record<string, string>>, prefix: string): readonly ProxyRow[] {
  return Object.entries(table).flatMap(([columns, names]) =>
    names.split(" ").map(
      (word): ProxyRow => ({
        name: prefix + word,
        sections: sectionsOf(columns),
        syntax: "",
        since: "",
        status: "not-supported-yet",
        doc: "",
        negatable: true,
        parse: (statement, { run, draft }) => {
          // `no option x` of an option that is never on changes nothing.
          if (statement.negation !== undefined) return;
          const keyword = prefix + word;
          const at = prefix === "" ? 0 : 1;
          run.report.alert(statement, "PM1901", `'${keyword}' is not supported yet in '${draft.section}' section`, {
            word: at,
          });
        },
      }),
    ),
  );
}

/** Proxy keywords that are refused for now. */
export const PROXY_LATER_ROWS: readonly ProxyRow[] = [
  ...proxyRows(PROXY_NAMES, ""),
  ...proxyRows(OPTION_NAMES, "option "),
];

/** Keywords of global that are refused for now. */
export const GLOBAL_LATER_ROWS: readonly GlobalRow[] = GLOBAL_NAMES.split(" ").map((name) => ({
  name,
  sections: ["global"],
  syntax: "",
  since: "",
  status: "not-supported-yet",
  doc: "",
  parse: (statement, { run }) =>
    run.report.alert(statement, "PM1901", `'${name}' is not supported yet in 'global' section`),
}));

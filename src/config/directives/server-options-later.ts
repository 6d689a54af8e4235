// Owns the server options that the language has and Pointsman does not do yet: names, the number of their values, versions. Configuration manual §5.2.

import type { ServerOptionRow } from "./server-options.ts";

/** "name" takes no word, "name+" takes one. */
const LATER: Readonly<Record<string, string>> = {
  "1.0": "track+ source+",
  "1.1": "redir+",
  "1.3": "slowstart+",
  "1.4": "observe+ on-error+ error-limit+",
  "1.5":
    "send-proxy send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn check-send-proxy check-ssl ssl ca-file+ ciphers+ crl-file+ crt+ force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 no-sslv3 no-tlsv10 no-tlsv11 no-tlsv12 no-tls-tickets verify+ verifyhost+ non-stick stick on-marked-down+ on-marked-up+ agent-check agent-inter+ agent-port+",
  "1.6": "agent-send+ sni+ namespace+ resolvers+ resolve-prefer+ resolve-net+",
  "1.7": "agent-addr+ tcp-ut+",
  "1.8":
    "ciphersuites+ check-sni+ alpn+ npn+ check-alpn+ ssl-min-ver+ ssl-max-ver+ force-tlsv13 no-tlsv13 ssl-reuse no-ssl-reuse tls-tickets no-agent-check no-check-send-proxy no-check-ssl no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl no-send-proxy-v2-ssl-cn no-ssl resolve-opts+ allow-0rtt proxy-v2-options+ socks4+ check-via-socks4 curves+",
  "1.9": "max-reuse+ proto+",
  "2.1": "check-proto+ log-proto+",
  "2.4": "ws+",
  "2.8": "sigalgs+ client-sigalgs+",
  "2.9": "pool-conn-name+ log-bufsize+ set-proxy-v2-tlv-fmt",
  "3.0": "hash-key+",
  "3.1": "init-state+",
  "3.2": "idle-ping+ check-pool-conn-name+ check-reuse-pool no-check-reuse-pool strict-maxconn",
  "3.3":
    "cc+ check-sni-auto no-check-sni-auto no-sni-auto sni-auto healthcheck+ ktls+ no-renegotiate renegotiate tcp-md5sig+ usesrc",
};

function rows(): readonly ServerOptionRow[] {
  return Object.entries(LATER).flatMap(([since, names]) =>
    names.split(" ").map((text): ServerOptionRow => {
      const takesWord = text.endsWith("+");
      return {
        name: takesWord ? text.slice(0, -1) : text,
        syntax: takesWord ? "<value>" : "",
        since,
        status: "not-supported-yet",
        doc: "",
        values: takesWord ? 1 : 0,
      };
    }),
  );
}

/** Options of a server that are refused for now. */
export const SERVER_OPTIONS_LATER: readonly ServerOptionRow[] = rows();

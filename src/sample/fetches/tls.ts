// Owns the fetches of layer 5 that the client's TLS connection answers. Configuration manual §7.3.4.

import type { FetchRow } from "../rows.ts";
import type { SampleView } from "../types.ts";

type Tls = NonNullable<SampleView["tls"]>;

function text(name: string, since: string, doc: string, read: (tls: Tls) => string): FetchRow {
  return {
    name,
    parameters: [],
    type: "str",
    source: "clientSession",
    since,
    doc,
    compile: () => (view) => {
      const { tls } = view;
      if (tls === undefined) return undefined;
      const value = read(tls);
      return value === "" ? undefined : value;
    },
  };
}

/** What is always so on an established connection: a failed handshake never reaches a stream. */
function settled(name: string, since: string, doc: string): FetchRow {
  return {
    name,
    parameters: [],
    type: "sint",
    source: "clientSession",
    since,
    doc,
    compile: () => (view) => (view.tls === undefined ? undefined : 0),
  };
}

/** The table of this file. */
export const tlsFetches: readonly FetchRow[] = [
  {
    name: "ssl_fc",
    parameters: [],
    type: "bool",
    source: "clientSession",
    since: "1.5",
    doc: "Whether the client's connection came over TLS.",
    compile: () => (view) => view.tls !== undefined,
  },
  {
    name: "ssl_fc_has_sni",
    parameters: [],
    type: "bool",
    source: "clientSession",
    since: "1.5",
    doc: "Whether the client named a server in its TLS handshake.",
    compile: () => (view) => view.tls !== undefined && view.tls.serverName !== "",
  },
  settled("ssl_fc_err", "2.5", "The last error of the client's TLS handshake; 0, since the connection stands."),
  settled("ssl_c_err", "1.5", "The error of the client's certificate; 0, since the connection stands."),
  settled("ssl_c_ca_err", "1.5", "The error of the client's authority; 0, since the connection stands."),
  {
    name: "ssl_fc_is_resumed",
    parameters: [],
    type: "bool",
    source: "clientSession",
    since: "1.5",
    doc: "Whether the client's TLS session was resumed.",
    compile: () => (view) => (view.tls === undefined ? undefined : view.tls.resumed === true),
  },
  text("ssl_fc_sni", "1.5", "The server name of the client's TLS handshake.", (tls) => tls.serverName),
  text("ssl_fc_protocol", "1.5", "The protocol version of the client's TLS connection.", (tls) => tls.version),
  text("ssl_fc_cipher", "1.5", "The cipher of the client's TLS connection.", (tls) => tls.cipher),
  text("ssl_fc_alpn", "1.5", "The application protocol that the TLS handshake agreed on.", (tls) => tls.alpn),
];

// Owns what the rest of the product may ask of a TLS library, without naming one: what it can do, and contexts made from PEM
// texts. `tls/` chooses certificates and reads ClientHellos; the transport's adapter does the cryptography.

import type { TlsServerContext } from "./types.ts";

/** Protocol versions, oldest first, named as the reference logs them. */
export const TLS_VERSIONS = ["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/**
 * What the library does when asked. The configuration checker refuses what is false here where ignoring it would weaken
 * a restriction (DESIGN §2.2), and otherwise lists it as having no effect.
 */
export interface TlsCaps {
  /** As `ssllib_name_startswith` compares it. */
  readonly library: string;
  readonly versions: readonly TlsVersion[];
  /** TLS 1.2 cipher lists (`ciphers`). */
  readonly ciphers: boolean;
  /** TLS 1.3 suites (`ciphersuites`). */
  readonly ciphersuites: boolean;
  /** `curves`, `ecdhe`. */
  readonly curves: boolean;
  /** `sigalgs`. */
  readonly signatureAlgorithms: boolean;
  /** Diffie-Hellman parameters (`ssl-dh-param-file`, `tune.ssl.default-dh-param`). */
  readonly dhParameters: boolean;
  /** `tls-ticket-keys`, and tickets that another thread can open. */
  readonly ticketKeys: boolean;
  readonly ocspStapling: boolean;
  /** `allow-0rtt`. */
  readonly earlyData: boolean;
}

/** One certificate with its chain and key, in PEM. */
export interface TlsCertificatePem {
  /** The leaf first, then what leads to its issuer. */
  readonly chain: string;
  readonly key: string;
}

/** What a server context is made from. Unset parts are the library's own defaults. */
export interface TlsServerSpec {
  readonly certificate: TlsCertificatePem;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** OpenSSL syntax; TLS 1.2 and older only. */
  readonly ciphers?: string | undefined;
  /** Names joined by ":". */
  readonly curves?: string | undefined;
  readonly signatureAlgorithms?: string | undefined;
}

/** Why a context could not be made: which part the library refused, and its own words. */
export interface TlsContextFault {
  readonly part: "certificate" | "versions" | "ciphers" | "curves" | "signatureAlgorithms";
  readonly detail: string;
}

/** A TLS library. */
export interface TlsEngine {
  readonly caps: TlsCaps;
  serverContext(spec: TlsServerSpec): TlsServerContext | TlsContextFault;
}

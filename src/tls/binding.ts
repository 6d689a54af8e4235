// Owns what one `bind … ssl` line becomes: the range of versions, a context per certificate, and the table that chooses among
// them. Contexts are made by a TLS engine that is given; which one, it does not know. Start-up problems are texts, worded as
// the reference words them (configuration manual §5.1 "ssl-min-ver", "ciphers", "curves", "strict-sni").

import {
  TLS_VERSIONS,
  type TlsContextFault,
  type TlsEngine,
  type TlsServerSpec,
  type TlsVersion,
} from "../transport/tls.ts";
import type { TlsServerContext } from "../transport/types.ts";
import type { CertificateLoad, LoadedCertificate } from "./certificates.ts";
import type { ClientHello } from "./client-hello.ts";
import { chooseAlpn, createSniTable, type SniEntry } from "./select.ts";

/** What a bind line says about versions. */
export interface TlsVersionWishes {
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
  /** `no-sslv3`, `no-tlsv10` … */
  readonly disabled?: readonly TlsVersion[] | undefined;
}

export interface TlsVersionRange {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** A disabled version between two enabled ones: the library knows ranges only, so this must be refused. */
  readonly hole: TlsVersion | undefined;
  /** What the reference warns of; `PLACE` stands where it names the bind and the line. */
  readonly warnings: readonly string[];
}

/** The reference's default. */
const MIN_VERSION_DEFAULT: TlsVersion = "TLSv1.2";

const DISABLED_IGNORED = "no-sslv3/no-tlsv1x are ignored for PLACE. Use only 'ssl-min-ver' and 'ssl-max-ver' to fix.";

/** The versions that are left; undefined when none is. */
export function resolveVersions(wishes: TlsVersionWishes): TlsVersionRange | undefined {
  const warnings: string[] = [];
  const limited = wishes.minVersion !== undefined || wishes.maxVersion !== undefined;
  const disabled = wishes.disabled ?? [];
  if (limited && disabled.length > 0) warnings.push(DISABLED_IGNORED);
  const low = rank(wishes.minVersion ?? lowestFor(wishes.maxVersion, warnings));
  const high = rank(wishes.maxVersion ?? "TLSv1.3");
  const enabled = TLS_VERSIONS.filter(
    (version) => rank(version) >= low && rank(version) <= high && (limited || !disabled.includes(version)),
  );
  const minVersion = enabled[0];
  const maxVersion = enabled.at(-1);
  if (minVersion === undefined || maxVersion === undefined) return undefined;
  const between = TLS_VERSIONS.slice(rank(minVersion), rank(maxVersion));
  return { minVersion, maxVersion, hole: between.find((version) => !enabled.includes(version)), warnings };
}

/** A version as `ssl-min-ver` writes it; undefined when there is none of that name. */
export function parseTlsVersion(text: string): TlsVersion | undefined {
  return TLS_VERSIONS.find((version) => version === text);
}

function rank(version: TlsVersion): number {
  return TLS_VERSIONS.indexOf(version);
}

/** Who asks for an old version at most has lowered the default minimum by it, and is told so. */
function lowestFor(maxVersion: TlsVersion | undefined, warnings: string[]): TlsVersion {
  if (maxVersion === undefined || rank(maxVersion) >= rank(MIN_VERSION_DEFAULT)) return MIN_VERSION_DEFAULT;
  warnings.push(
    "Ambiguous configuration for PLACE: the ssl-min-ver value is not configured and the ssl-max-ver value is lower than " +
      `the default ssl-min-ver value (${MIN_VERSION_DEFAULT}). Setting the ssl-min-ver to ${maxVersion}. ` +
      "Use 'ssl-min-ver' to fix this.",
  );
  return maxVersion;
}

/** Everything that one `bind … ssl` says. */
export interface TlsBindSpec {
  /** One per `crt`, in the line's order; loads with a fault have been reported and are not here. */
  readonly loads: readonly CertificateLoad[];
  readonly versions: TlsVersionRange;
  readonly ciphers?: string | undefined;
  readonly curves?: string | undefined;
  readonly signatureAlgorithms?: string | undefined;
  readonly alpn: readonly string[];
  readonly strictSni: boolean;
}

/** What accepting connections needs to know of a bind line. */
export interface TlsBinding {
  /** The context for this client; undefined: it is refused. */
  pick(hello: ClientHello): TlsServerContext | undefined;
  /** The protocol to agree on, "" for none. */
  alpnFor(hello: ClientHello): string;
}

/** Makes the contexts and the table, or says what the library refused. With no certificate at all every client is refused. */
export function createTlsBinding(
  engine: TlsEngine,
  spec: TlsBindSpec,
): TlsBinding | { readonly fault: TlsContextFault } {
  const contexts = new Map<LoadedCertificate, SniEntry<TlsServerContext>>();
  for (const certificate of spec.loads.flatMap((load) => load.certificates)) {
    const made = engine.serverContext(contextSpec(certificate, spec));
    if (!("kind" in made)) return { fault: made };
    contexts.set(certificate, { names: certificate.names, keyType: certificate.keyType, value: made });
  }
  const first = spec.loads.find((load) => load.certificates.length > 0);
  const defaults =
    first === undefined || spec.strictSni ? [] : first.bundle ? first.certificates : first.certificates.slice(0, 1);
  const entryOf = (certificate: LoadedCertificate): SniEntry<TlsServerContext>[] => {
    const entry = contexts.get(certificate);
    return entry === undefined ? [] : [entry];
  };
  const table = createSniTable([...contexts.values()], defaults.flatMap(entryOf));
  return {
    pick: (hello) => table.pick(hello),
    alpnFor: (hello) => (spec.alpn.length === 0 ? "" : chooseAlpn(spec.alpn, hello.alpn)),
  };
}

function contextSpec(certificate: LoadedCertificate, spec: TlsBindSpec): TlsServerSpec {
  return {
    certificate,
    minVersion: spec.versions.minVersion,
    maxVersion: spec.versions.maxVersion,
    ciphers: spec.ciphers,
    curves: spec.curves,
    signatureAlgorithms: spec.signatureAlgorithms,
  };
}

/** The reference's sentence for what the library refused, without the place that follows ("for bind '…' at [file:line]."). */
export function renderContextFault(fault: TlsContextFault, spec: TlsBindSpec): string {
  switch (fault.part) {
    case "ciphers":
      return `unable to set SSL cipher list to '${spec.ciphers ?? ""}'`;
    case "curves":
      return `unable to set SSL curves list to '${spec.curves ?? ""}'`;
    case "signatureAlgorithms":
      return `unable to set SSL Signature Algorithm list to '${spec.signatureAlgorithms ?? ""}'`;
    case "versions":
      return "all SSL/TLS versions are disabled";
    case "certificate":
      return `unable to use the certificate (${fault.detail})`;
  }
}

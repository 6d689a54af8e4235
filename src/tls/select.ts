// Owns the choice that a ClientHello leads to: the certificate by SNI and by the signatures that the client can check, and the
// ALPN protocol (configuration manual §5.1 "crt", "strict-sni", "alpn"). Generic in what is chosen; knows no library.

import type { CertificateKeyType } from "./certificates.ts";
import type { ClientHello } from "./client-hello.ts";

/** One certificate to choose from. */
export interface SniEntry<T> {
  readonly names: readonly string[];
  readonly keyType: CertificateKeyType;
  readonly value: T;
}

interface ByKeyType<T> {
  rsa: T | undefined;
  ecdsa: T | undefined;
  other: T | undefined;
}

/** Certificates by name. Entries given first win over later ones with the same name and key type. */
export interface SniTable<T> {
  /** What the client gets; undefined when it must be refused. */
  pick(hello: Pick<ClientHello, "serverName" | "signatureAlgorithms" | "ciphers">): T | undefined;
}

function add<T>(group: ByKeyType<T> | undefined, entry: SniEntry<T>): ByKeyType<T> {
  const target = group ?? { rsa: undefined, ecdsa: undefined, other: undefined };
  target[entry.keyType] ??= entry.value;
  return target;
}

/**
 * Builds the table. `defaults` are offered to clients whose name is unknown or missing (the first certificate, or all of the
 * first bundle); empty under `strict-sni`: then those clients are refused.
 */
export function createSniTable<T>(entries: readonly SniEntry<T>[], defaults: readonly SniEntry<T>[]): SniTable<T> {
  const exact = new Map<string, ByKeyType<T>>();
  const wildcard = new Map<string, ByKeyType<T>>();
  for (const entry of entries) {
    for (const name of entry.names) {
      // "*.example.org" is kept as ".example.org": what is left of a name without its first label.
      if (name.startsWith("*.")) wildcard.set(name.slice(1), add(wildcard.get(name.slice(1)), entry));
      else exact.set(name, add(exact.get(name), entry));
    }
  }
  let fallback: ByKeyType<T> | undefined;
  for (const entry of defaults) fallback = add(fallback, entry);
  return {
    pick: (hello) => {
      const found = hello.serverName === "" ? undefined : lookUp(exact, wildcard, hello.serverName);
      const group = found ?? fallback;
      return group === undefined ? undefined : byAbility(group, hello);
    },
  };
}

/** Exact names before wildcards, separately for each key type, as the reference does. */
function lookUp<T>(
  exact: ReadonlyMap<string, ByKeyType<T>>,
  wildcard: ReadonlyMap<string, ByKeyType<T>>,
  name: string,
): ByKeyType<T> | undefined {
  const dot = name.indexOf(".");
  const first = exact.get(name);
  const second = dot < 0 ? undefined : wildcard.get(name.slice(dot));
  if (first === undefined || second === undefined) return first ?? second;
  return {
    rsa: first.rsa ?? second.rsa,
    ecdsa: first.ecdsa ?? second.ecdsa,
    other: first.other ?? second.other,
  };
}

function byAbility<T>(group: ByKeyType<T>, hello: Pick<ClientHello, "signatureAlgorithms" | "ciphers">): T | undefined {
  if (group.ecdsa !== undefined && checksEcdsa(hello)) return group.ecdsa;
  if (group.rsa !== undefined && checksRsa(hello)) return group.rsa;
  // Nothing fits: the library will say so to the client.
  return group.other ?? group.rsa ?? group.ecdsa;
}

/** RFC 8446 §4.2.3: before TLS 1.3 the low byte is the signature; 0x08xx are RSA-PSS but for 07 and 08 (EdDSA). */
function checksRsa(hello: Pick<ClientHello, "signatureAlgorithms">): boolean {
  // A client from before TLS 1.2 says nothing and means RSA.
  if (hello.signatureAlgorithms.length === 0) return true;
  return hello.signatureAlgorithms.some((value) => {
    if (value >>> 8 === 8) return (value & 255) !== 7 && (value & 255) !== 8;
    return (value & 255) === 1;
  });
}

function checksEcdsa(hello: Pick<ClientHello, "signatureAlgorithms" | "ciphers">): boolean {
  const signs = hello.signatureAlgorithms.some((value) => value >>> 8 !== 8 && (value & 255) === 3);
  return signs && hello.ciphers.some(mayUseEcdsa);
}

/** TLS 1.3 suites leave the signature open; older ones name it. */
function mayUseEcdsa(suite: number): boolean {
  return (suite >= 0x1301 && suite <= 0x1305) || ECDHE_ECDSA_SUITES.has(suite);
}

const ECDHE_ECDSA_SUITES: ReadonlySet<number> = new Set([
  0xc006, 0xc007, 0xc008, 0xc009, 0xc00a, 0xc023, 0xc024, 0xc02b, 0xc02c, 0xc048, 0xc049, 0xc05c, 0xc05d, 0xc072,
  0xc073, 0xc086, 0xc087, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xcca9,
]);

/** The first of our protocols that the client offers, "" when there is none: then none is agreed on, which is no error. */
export function chooseAlpn(ours: readonly string[], offered: readonly string[]): string {
  return ours.find((protocol) => offered.includes(protocol)) ?? "";
}

// Owns what `bind … ssl crt <file|directory>` loads: PEM files with certificates and key in any order, a key in a file of its own
// beside them, directories, and RSA/ECDSA bundles (configuration manual §5.1 "crt", §3.1 "ssl-load-extra-files").
// Reads no file itself: it is given a reader. Problems are texts, worded as the reference words them; the caller adds the place.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { TlsCertificatePem } from "../transport/tls.ts";

/** How files are read. Both functions answer with a value also when they fail. */
export interface CertificateFiles {
  /** The file's bytes; or why not: `missing` with the system's sentence ("No such file or directory"), `unreadable`. */
  readFile(path: string): Uint8Array | { readonly kind: "missing" | "unreadable"; readonly text: string };
  /** The names of the plain files in a directory, in any order; undefined when `path` is no directory. */
  listDirectory(path: string): readonly string[] | undefined;
}

/** The kind of a certificate's key, as far as choosing by the client's abilities needs it. */
export type CertificateKeyType = "rsa" | "ecdsa" | "other";

/** One certificate, ready to be used. */
export interface LoadedCertificate extends TlsCertificatePem {
  readonly path: string;
  readonly keyType: CertificateKeyType;
  /** Subject common names and DNS alternative names, lower case, each once, in the certificate's order. */
  readonly names: readonly string[];
  /** As the certificate writes it: "Dec 23 01:53:43 2026 GMT". */
  readonly notAfter: string;
}

/** What one `crt` gave. `fault` set: the first problem, and no certificates. */
export interface CertificateLoad {
  /** More than one for a directory or a bundle. */
  readonly certificates: readonly LoadedCertificate[];
  /** The certificates are variants of one, by key type (`crt site.pem` for `site.pem.rsa` and `site.pem.ecdsa`). */
  readonly bundle: boolean;
  readonly fault: string | undefined;
}

const RESERVED_ENDINGS = [".issuer", ".ocsp", ".sctl", ".key"] as const;
const BUNDLE_ENDINGS = [".dsa", ".ecdsa", ".rsa"] as const;

/** Loads one `crt` argument. */
export function loadCertificates(location: string, files: CertificateFiles): CertificateLoad {
  const names = files.listDirectory(location);
  if (names !== undefined) {
    const base = location.endsWith("/") ? location.slice(0, -1) : location;
    return loadAll(
      directoryCandidates(names).map((name) => `${base}/${name}`),
      false,
      files,
    );
  }
  const bytes = files.readFile(location);
  if (!(bytes instanceof Uint8Array) && bytes.kind === "missing") {
    const variants = BUNDLE_ENDINGS.map((ending) => location + ending).filter((path) => exists(path, files));
    if (variants.length > 0) return loadAll(variants, true, files);
    return failed(`unable to stat SSL certificate from file '${location}' : ${bytes.text}.`);
  }
  return loadAll([location], false, files);
}

/** The files of a directory that are certificates by their name, in alphabetical (byte) order. */
export function directoryCandidates(names: readonly string[]): string[] {
  return names
    .filter((name) => !name.startsWith(".") && !RESERVED_ENDINGS.some((ending) => name.endsWith(ending)))
    .sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}

function exists(path: string, files: CertificateFiles): boolean {
  const found = files.readFile(path);
  return found instanceof Uint8Array || found.kind !== "missing";
}

function failed(fault: string): CertificateLoad {
  return { certificates: [], bundle: false, fault };
}

function loadAll(paths: readonly string[], bundle: boolean, files: CertificateFiles): CertificateLoad {
  const certificates: LoadedCertificate[] = [];
  for (const path of paths) {
    const loaded = loadFile(path, files);
    if (typeof loaded === "string") return failed(loaded);
    certificates.push(loaded);
  }
  return { certificates, bundle, fault: undefined };
}

function loadFile(path: string, files: CertificateFiles): LoadedCertificate | string {
  const bytes = files.readFile(path);
  if (!(bytes instanceof Uint8Array)) return `cannot open the file '${path}'.`;
  return certificateFromPem(path, textOf(bytes), () => keyBeside(path, files));
}

/**
 * Reads one PEM text, or says in the reference's words why it cannot. `path` only names it. `otherKey` is asked for the key
 * when the text has none.
 */
export function certificateFromPem(
  path: string,
  text: string,
  otherKey: () => CertificateKey | string = () => `No Private Key found in '${path}.key'.`,
): LoadedCertificate | string {
  const blocks = splitPem(text);
  const chain = blocks.filter((block) => block.label === "CERTIFICATE" || block.label === "X509 CERTIFICATE");
  const leaf = readLeaf(chain[0]?.text ?? (blocks.length > 0 ? "" : text));
  if (typeof leaf === "string") return `unable to load certificate from file '${path}': ${leaf}.`;
  const key = firstKey(blocks) ?? otherKey();
  if (typeof key === "string") return key;
  if (!leaf.checkPrivateKey(key.object)) {
    return `inconsistencies between private key and certificate loaded '${path}'.`;
  }
  return {
    path,
    chain: chain.map((block) => block.text).join(""),
    key: key.text,
    keyType: keyTypeOf(leaf),
    names: certificateNames(leaf),
    notAfter: leaf.validTo,
  };
}

interface PemBlock {
  readonly label: string;
  readonly text: string;
}

/** The blocks of a PEM file; an unfinished one is kept, so that the library can say what is wrong with it. */
export function splitPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let end = -1;
  let begin = text.indexOf("-----BEGIN ");
  while (begin >= 0) {
    const labelEnd = text.indexOf("-----", begin + 11);
    if (labelEnd < 0) break;
    const label = text.slice(begin + 11, labelEnd);
    const endMark = `-----END ${label}-----`;
    const nextBegin = text.indexOf("-----BEGIN ", labelEnd);
    // Looked for only when the last one found lies behind, so that a file of beginnings alone is not read again for each.
    if (end < labelEnd) {
      const found = text.indexOf("-----END ", labelEnd);
      end = found < 0 ? text.length : found;
    }
    const stop = text.startsWith(endMark, end) ? end + endMark.length : nextBegin < 0 ? text.length : nextBegin;
    blocks.push({ label, text: `${text.slice(begin, stop).trimEnd()}\n` });
    begin = text.indexOf("-----BEGIN ", Math.max(stop, labelEnd));
  }
  return blocks;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function readLeaf(pem: string): X509Certificate | string {
  try {
    return new X509Certificate(pem === "" ? "none" : pem);
  } catch (error) {
    return libraryReason(error);
  }
}

/** "error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE" → "no start line". */
function libraryReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .slice(message.lastIndexOf(":") + 1)
    .trim()
    .toLowerCase()
    .replaceAll("_", " ");
}

/** A private key, as text and as read. */
export interface CertificateKey {
  readonly text: string;
  readonly object: KeyObject;
}

/** The first key that can be read. One under a pass phrase cannot: nobody is there to be asked. */
function firstKey(blocks: readonly PemBlock[]): CertificateKey | undefined {
  for (const block of blocks) {
    if (!block.label.endsWith("PRIVATE KEY")) continue;
    try {
      return { text: block.text, object: createPrivateKey(block.text) };
    } catch {
      // As the reference does, look for another key then, at last in the file beside.
    }
  }
  return undefined;
}

function keyBeside(path: string, files: CertificateFiles): CertificateKey | string {
  const keyPath = `${path}.key`;
  const bytes = files.readFile(keyPath);
  if (!(bytes instanceof Uint8Array) && bytes.kind === "missing") return `No Private Key found in '${keyPath}'.`;
  const key = bytes instanceof Uint8Array ? firstKey(splitPem(textOf(bytes))) : undefined;
  if (key !== undefined) return key;
  return `\n  unable to load private key from file '${keyPath}'.\n   '${keyPath}' is present but cannot be read or parsed'.`;
}

function keyTypeOf(certificate: X509Certificate): CertificateKeyType {
  const type = certificate.publicKey.asymmetricKeyType;
  if (type === "rsa" || type === "rsa-pss") return "rsa";
  return type === "ec" ? "ecdsa" : "other";
}

/** The names that a client may ask for to get this certificate. */
function certificateNames(certificate: X509Certificate): string[] {
  const names = new Set<string>();
  for (const entry of splitAlternativeNames(certificate.subjectAltName ?? "")) {
    if (entry.startsWith("DNS:")) names.add(entry.slice(4).toLowerCase());
  }
  for (const line of certificate.subject.split("\n")) {
    if (line.startsWith("CN=")) names.add(line.slice(3).toLowerCase());
  }
  return [...names];
}

/** "DNS:a, DNS:b, othername:…": names with odd characters are quoted as JSON strings. */
function splitAlternativeNames(text: string): string[] {
  const entries: string[] = [];
  const pattern = /([A-Za-z ]+:)("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy;
  for (const match of text.matchAll(pattern)) {
    const value = match[2] ?? "";
    entries.push((match[1] ?? "") + (value.startsWith('"') ? unquote(value) : value));
  }
  return entries;
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return "";
  }
}

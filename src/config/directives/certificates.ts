// Owns the reading of certificate files for `crt` and `ca-file`: PEM with certificate and private key, the key in `<file>.key` otherwise, directories.
// It checks that they can be used, and keeps their text: workers may live in a chroot. Configuration manual §5.1 "crt".

import { createPrivateKey, X509Certificate } from "node:crypto";
import { latin1Text, type Run } from "./run.ts";

export interface LoadedCertificate {
  readonly path: string;
  readonly pem: string;
}

const KEY_START = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/;
const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/;
/** Files beside certificates that are not certificates. */
const COMPANIONS = /\.(?:issuer|ocsp|sctl|key)$/;

/** `path`, below `base` unless it is absolute. */
export function belowBase(path: string, base: string | undefined): string {
  return base === undefined || path.startsWith("/") || path.startsWith("@") ? path : `${base}/${path}`;
}

/** The certificates of a file or directory, or what is wrong. */
export function loadCertificates(path: string, run: Run): readonly LoadedCertificate[] | { readonly problem: string } {
  const names = run.environment.listDirectory(path);
  if (names === undefined) {
    const one = loadCertificate(path, run);
    return "problem" in one ? one : [one];
  }
  const loaded: LoadedCertificate[] = [];
  for (const name of names) {
    if (name.startsWith(".") || COMPANIONS.test(name)) continue;
    const file = `${path}/${name}`;
    if (run.environment.listDirectory(file) !== undefined) continue;
    const one = loadCertificate(file, run);
    if ("problem" in one) return one;
    loaded.push(one);
  }
  return loaded;
}

function loadCertificate(path: string, run: Run): LoadedCertificate | { readonly problem: string } {
  const answer = run.environment.readFile(path);
  if ("error" in answer) return { problem: `unable to stat SSL certificate from file '${path}' : ${answer.error}.` };
  let pem = latin1Text(answer);
  const certificate = CERTIFICATE.exec(pem)?.[0];
  if (certificate === undefined) return { problem: `unable to load certificate from file '${path}': no start line.` };
  if (!KEY_START.test(pem)) {
    const key = run.environment.readFile(`${path}.key`);
    if ("error" in key || !KEY_START.test(latin1Text(key)))
      return { problem: `No Private Key found in '${path}.key'.` };
    pem += `\n${latin1Text(key)}`;
  }
  const fault = pairFault(certificate, pem, path);
  return fault === undefined ? { path, pem } : { problem: fault };
}

function pairFault(certificate: string, pem: string, path: string): string | undefined {
  try {
    const key = createPrivateKey(pem.slice(pem.search(KEY_START)));
    if (new X509Certificate(certificate).checkPrivateKey(key)) return undefined;
    return `inconsistencies between private key and certificate loaded '${path}'.`;
  } catch {
    return `unable to load certificate from file '${path}': bad certificate or private key.`;
  }
}

/** The text of a file of authorities, or what is wrong. */
export function loadAuthorities(path: string, run: Run): { readonly pem: string } | { readonly problem: string } {
  const answer = run.environment.readFile(path);
  if ("error" in answer) return { problem: `unable to load ${path}` };
  const pem = latin1Text(answer);
  return CERTIFICATE.test(pem) ? { pem } : { problem: `unable to load ${path}` };
}

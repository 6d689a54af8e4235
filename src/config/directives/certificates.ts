// Owns the reading of files for `crt` and `ca-file`: the certificates are judged by tls/, their text is kept in the model, because workers may live in
// a chroot. Configuration manual §5.1 "crt", "ca-file".

import { type CertificateFiles, loadCertificates as loadTlsCertificates } from "../../tls/index.ts";
import { latin1Text, type Run } from "./run.ts";

export interface LoadedCertificate {
  readonly path: string;
  readonly pem: string;
}

/** `path`, below `base` unless it is absolute. */
export function belowBase(path: string, base: string | undefined): string {
  return base === undefined || path.startsWith("/") || path.startsWith("@") ? path : `${base}/${path}`;
}

/** The certificates of a file or directory, or what is wrong. */
export function loadCertificates(path: string, run: Run): readonly LoadedCertificate[] | { readonly problem: string } {
  const loaded = loadTlsCertificates(path, certificateFiles(run));
  if (loaded.fault !== undefined) return { problem: loaded.fault };
  return loaded.certificates.map((one) => ({ path: one.path, pem: one.chain + one.key }));
}

function certificateFiles({ environment }: Run): CertificateFiles {
  return {
    readFile: (path) => {
      const answer = environment.readFile(path);
      if (!("error" in answer)) return answer;
      const missing = answer.error === "No such file or directory";
      return { kind: missing ? "missing" : "unreadable", text: answer.error };
    },
    listDirectory: (path) =>
      environment.listDirectory(path)?.filter((name) => environment.listDirectory(`${path}/${name}`) === undefined),
  };
}

const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;

const REVOCATIONS = /-----BEGIN X509 CRL-----/;

/**
 * The text of a file of authorities, or what is wrong. `why` is what the reference says in an alert of its own before.
 */
export function loadAuthorities(
  path: string,
  run: Run,
): { readonly pem: string } | { readonly problem: string; readonly why: string } {
  const answer = run.environment.readFile(path);
  const problem = `unable to load ${path}`;
  const why = (reason: string) => ({ problem, why: `Couldn't open the ca-file '${path}' (${reason}).` });
  if ("error" in answer) return why(answer.error);
  const pem = latin1Text(answer);
  return CERTIFICATE.test(pem) || REVOCATIONS.test(pem) ? { pem } : why("no certificate or crl found");
}

/** What is wrong with a file of authorities behind `server`. */
export function authoritiesFault(path: string, run: Run): string | undefined {
  const loaded = loadAuthorities(path, run);
  return "problem" in loaded ? loaded.why.replace(/\.$/, "") : undefined;
}

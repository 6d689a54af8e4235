// Makes keys and certificates for tests with the `openssl` program. They are texts; who needs files writes them.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why tests that need `openssl` are skipped; undefined when it is there. */
export const opensslMissing: string | undefined =
  Bun.which("openssl") === null ? "the openssl program is not installed" : undefined;

export interface CertificateRequest {
  readonly key: "rsa" | "ecdsa";
  readonly commonName?: string;
  readonly altNames?: readonly string[];
}

export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A self-signed certificate, valid from now for thirty days. Throws when openssl fails. Leaves no file behind. */
export function makeCertificate(request: CertificateRequest): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), "pointsman-certificate-"));
  try {
    return makeIn(folder, request);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeIn(folder: string, request: CertificateRequest): TestCertificate {
  const keyPath = join(folder, "key.pem");
  const certificatePath = join(folder, "certificate.pem");
  const names = request.altNames ?? [];
  const command = ["openssl", "req", "-x509", "-nodes", "-days", "30", "-keyout", keyPath, "-out", certificatePath];
  command.push("-subj", request.commonName === undefined ? "/O=Pointsman tests" : `/CN=${request.commonName}`);
  if (request.key === "rsa") command.push("-newkey", "rsa:2048");
  else command.push("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
  if (names.length > 0) command.push("-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`);
  const run = Bun.spawnSync(command, { stdout: "ignore", stderr: "pipe" });
  if (run.exitCode !== 0) throw new Error(`openssl: ${run.stderr.toString()}`);
  return { certificate: readFileSync(certificatePath, "latin1"), key: readFileSync(keyPath, "latin1") };
}

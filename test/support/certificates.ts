// Makes keys and certificates for tests with the `openssl` program, in a temporary folder that goes away with the process.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

let folder: string | undefined;

/** A folder for one test process. */
export function certificateFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "pointsman-certificates-"));
    process.on("exit", () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}

let serial = 0;

/** A self-signed certificate, valid from now for thirty days. Throws when openssl fails. */
export function makeCertificate(request: CertificateRequest): TestCertificate {
  serial += 1;
  const base = join(certificateFolder(), `c${serial}`);
  const names = request.altNames ?? [];
  const command = ["openssl", "req", "-x509", "-nodes", "-days", "30", "-keyout", `${base}.key`, "-out", `${base}.crt`];
  command.push("-subj", request.commonName === undefined ? "/O=Pointsman tests" : `/CN=${request.commonName}`);
  if (request.key === "rsa") command.push("-newkey", "rsa:2048");
  else command.push("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
  if (names.length > 0) command.push("-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`);
  const run = Bun.spawnSync(command, { stdout: "ignore", stderr: "pipe" });
  if (run.exitCode !== 0) throw new Error(`openssl: ${run.stderr.toString()}`);
  return { certificate: readFileSync(`${base}.crt`, "latin1"), key: readFileSync(`${base}.key`, "latin1") };
}

/** Writes a file into the folder and returns its path. */
export function writeCertificateFile(name: string, text: string): string {
  const path = join(certificateFolder(), name);
  writeFileSync(path, text);
  return path;
}

// Loading of `crt` files, on certificates made by openssl and files in memory. The sentences are those that the reference
// 3.2 gives for the same files.

import { describe, expect, test } from "bun:test";
import { type CertificateFiles, loadCertificates } from "../../src/tls/index.ts";
import { makeCertificate, opensslMissing } from "../support/certificates.ts";

type Files = Readonly<Record<string, string>>;

function filesOf(files: Files, unreadable: readonly string[] = []): CertificateFiles {
  return {
    readFile: (path) => {
      if (unreadable.includes(path)) return { kind: "unreadable", text: "Permission denied" };
      const text = files[path];
      if (text === undefined) return { kind: "missing", text: "No such file or directory" };
      return new TextEncoder().encode(text);
    },
    listDirectory: (path) => {
      const inside = Object.keys(files).filter((name) => name.startsWith(`${path}/`));
      return inside.length === 0 && path !== "empty" ? undefined : inside.map((name) => name.slice(path.length + 1));
    },
  };
}

describe.skipIf(opensslMissing !== undefined)(`certificates${opensslMissing ? ` (${opensslMissing})` : ""}`, () => {
  const ecdsa = opensslMissing
    ? { certificate: "", key: "" }
    : makeCertificate({ key: "ecdsa", commonName: "Site.example", altNames: ["*.Site.example", "other.example"] });
  const rsa = opensslMissing
    ? { certificate: "", key: "" }
    : makeCertificate({ key: "rsa", commonName: "rsa.example" });
  const good = ecdsa.certificate + ecdsa.key;

  test("certificate and key in one file, in any order, with a chain and text around", () => {
    for (const text of [good, ecdsa.key + ecdsa.certificate, `some text\n${good}\nmore\n${rsa.certificate}`]) {
      const load = loadCertificates("a.pem", filesOf({ "a.pem": text }));
      expect(load.fault).toBeUndefined();
      expect(load.certificates.length).toBe(1);
      const loaded = load.certificates[0];
      expect(loaded?.names).toEqual(["*.site.example", "other.example", "site.example"]);
      expect(loaded?.keyType).toBe("ecdsa");
      expect(loaded?.chain.split("BEGIN CERTIFICATE").length).toBe(text.split("BEGIN CERTIFICATE").length);
      expect(loaded?.key.trim()).toBe(ecdsa.key.trim());
    }
  });

  test("the key in a file beside", () => {
    const load = loadCertificates("a.crt", filesOf({ "a.crt": rsa.certificate, "a.crt.key": rsa.key }));
    expect(load.certificates.map((loaded) => [loaded.keyType, loaded.names])).toEqual([["rsa", ["rsa.example"]]]);
  });

  test("a directory in byte order, without reserved endings and hidden files", () => {
    const files = {
      "d/b.pem": good,
      "d/a.crt": rsa.certificate,
      "d/a.crt.key": rsa.key,
      "d/.hidden": "x",
      "d/b.pem.ocsp": "x",
      "d/C.pem": good,
    };
    for (const path of ["d", "d/"]) {
      const names = filesOf(files);
      const load = loadCertificates(path, { ...names, listDirectory: () => names.listDirectory("d") });
      expect(load.fault).toBeUndefined();
      expect(load.certificates.map((loaded) => loaded.path)).toEqual(["d/C.pem", "d/a.crt", "d/b.pem"]);
      expect(load.bundle).toBe(false);
    }
    expect(loadCertificates("empty", filesOf({})).certificates).toEqual([]);
  });

  test("a bundle by key type", () => {
    const load = loadCertificates("s.pem", filesOf({ "s.pem.rsa": rsa.certificate + rsa.key, "s.pem.ecdsa": good }));
    expect(load.bundle).toBe(true);
    expect(load.certificates.map((loaded) => loaded.path)).toEqual(["s.pem.ecdsa", "s.pem.rsa"]);
  });

  test("what is wrong is said as the reference says it", () => {
    const cutCertificate = ecdsa.certificate.split("\n").slice(0, 3).join("\n");
    const cases: readonly [Files, string][] = [
      [{}, "unable to stat SSL certificate from file 'a.pem' : No such file or directory."],
      [{ "a.pem": ecdsa.certificate }, "No Private Key found in 'a.pem.key'."],
      [{ "a.pem": ecdsa.certificate + rsa.key }, "inconsistencies between private key and certificate loaded 'a.pem'."],
      [
        { "a.pem": ecdsa.certificate, "a.pem.key": rsa.key },
        "inconsistencies between private key and certificate loaded 'a.pem'.",
      ],
      [{ "a.pem": ecdsa.key }, "unable to load certificate from file 'a.pem': no start line."],
      [{ "a.pem": "" }, "unable to load certificate from file 'a.pem': no start line."],
      [{ "a.pem": "garbage\n" }, "unable to load certificate from file 'a.pem': no start line."],
      [{ "a.pem": `${cutCertificate}\n${ecdsa.key}` }, "unable to load certificate from file 'a.pem': bad end line."],
      [
        { "a.pem": ecdsa.certificate, "a.pem.key": "x" },
        "\n  unable to load private key from file 'a.pem.key'.\n   'a.pem.key' is present but cannot be read or parsed'.",
      ],
      [{ "a.pem/x": ecdsa.certificate, "a.pem/y": good }, "No Private Key found in 'a.pem/x.key'."],
    ];
    for (const [files, fault] of cases) {
      expect(loadCertificates("a.pem", filesOf(files)).fault).toBe(fault);
    }
    expect(loadCertificates("a.pem", filesOf({}, ["a.pem"])).fault).toBe("cannot open the file 'a.pem'.");
  });
});

// Tests of the choice by ClientHello, and of version ranges.

import { describe, expect, test } from "bun:test";
import { resolveVersions } from "./binding.ts";
import type { CertificateKeyType } from "./certificates.ts";
import { chooseAlpn, createSniTable, type SniEntry } from "./select.ts";

const entry = (value: string, keyType: CertificateKeyType, ...names: string[]): SniEntry<string> => ({
  value,
  keyType,
  names,
});

const MODERN = { signatureAlgorithms: [0x0403, 0x0804, 0x0401], ciphers: [0x1301, 0xc02b, 0xc02f] };
const RSA_ONLY = { signatureAlgorithms: [0x0804, 0x0401], ciphers: [0x1301, 0xc02f] };
const OLD = { signatureAlgorithms: [], ciphers: [0xc02f] };
const ECDSA_WITHOUT_SUITE = { signatureAlgorithms: [0x0403, 0x0401], ciphers: [0xc02f] };

describe("choice of a certificate", () => {
  const first = entry("first", "ecdsa", "first.example");
  const pairRsa = entry("pair.rsa", "rsa", "pair.example", "*.pair.example");
  const pairEcdsa = entry("pair.ecdsa", "ecdsa", "pair.example", "*.pair.example");
  const single = entry("single", "rsa", "a.pair.example");
  const entries = [first, pairRsa, pairEcdsa, single];
  const table = createSniTable(entries, [first]);
  const strict = createSniTable(entries, []);
  const pick = (serverName: string, able = MODERN): string | undefined => table.pick({ serverName, ...able });

  test("exact, wildcard, unknown and missing names", () => {
    expect(pick("first.example")).toBe("first");
    expect(pick("b.pair.example")).toBe("pair.ecdsa");
    expect(pick("b.b.pair.example")).toBe("first");
    expect(pick("unknown.example")).toBe("first");
    expect(pick("")).toBe("first");
    expect(strict.pick({ serverName: "unknown.example", ...MODERN })).toBeUndefined();
    expect(strict.pick({ serverName: "", ...MODERN })).toBeUndefined();
    expect(strict.pick({ serverName: "pair.example", ...MODERN })).toBe("pair.ecdsa");
  });

  test("the key type that the client can check", () => {
    expect(pick("pair.example", MODERN)).toBe("pair.ecdsa");
    expect(pick("pair.example", RSA_ONLY)).toBe("pair.rsa");
    expect(pick("pair.example", OLD)).toBe("pair.rsa");
    expect(pick("pair.example", ECDSA_WITHOUT_SUITE)).toBe("pair.rsa");
    expect(pick("first.example", RSA_ONLY)).toBe("first");
    // The exact name has RSA only, so a client that can do ECDSA gets the wildcard's, as with the reference.
    expect(pick("a.pair.example", RSA_ONLY)).toBe("single");
    expect(pick("a.pair.example", MODERN)).toBe("pair.ecdsa");
  });

  test("a bundle as default", () => {
    const both = createSniTable([pairRsa, pairEcdsa], [pairRsa, pairEcdsa]);
    expect(both.pick({ serverName: "x", ...RSA_ONLY })).toBe("pair.rsa");
    expect(both.pick({ serverName: "x", ...MODERN })).toBe("pair.ecdsa");
  });

  test("ALPN: our order, and nothing in common is no error", () => {
    expect(chooseAlpn(["h2", "http/1.1"], ["http/1.1", "h2"])).toBe("h2");
    expect(chooseAlpn(["http/1.1"], ["h2"])).toBe("");
    expect(chooseAlpn(["http/1.1"], [])).toBe("");
  });
});

describe("range of versions", () => {
  test("defaults, limits, switched off", () => {
    expect(resolveVersions({})).toMatchObject({ minVersion: "TLSv1.2", maxVersion: "TLSv1.3", warnings: [] });
    expect(resolveVersions({ minVersion: "TLSv1.3", maxVersion: "TLSv1.2" })).toBeUndefined();
    expect(resolveVersions({ disabled: ["TLSv1.2", "TLSv1.3"] })).toBeUndefined();
    expect(resolveVersions({ disabled: ["TLSv1.3"] })).toMatchObject({ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
    expect(resolveVersions({ disabled: ["TLSv1.1"] })).toMatchObject({ minVersion: "TLSv1.2", hole: undefined });
  });

  test("what the reference warns of", () => {
    const low = resolveVersions({ maxVersion: "TLSv1.1" });
    expect(low).toMatchObject({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1" });
    expect(low?.warnings[0]).toStartWith("Ambiguous configuration for PLACE: the ssl-min-ver value is not configured");
    const both = resolveVersions({ minVersion: "TLSv1.0", disabled: ["TLSv1.1"] });
    expect(both).toMatchObject({ minVersion: "TLSv1.0", maxVersion: "TLSv1.3", hole: undefined });
    expect(both?.warnings[0]).toStartWith("no-sslv3/no-tlsv1x are ignored for PLACE.");
  });
});

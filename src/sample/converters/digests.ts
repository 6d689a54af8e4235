// Owns message digests by the names that the reference's OpenSSL knows, and message authentication codes over them. RFC 2104; configuration manual
// §7.3.1 "digest" and "hmac".

import { createHash } from "node:crypto";
import { sm3 } from "./sm3.ts";

/** A digest; undefined where the reference knows the name and cannot compute it. */
export interface Digest {
  readonly blockSize: number;
  readonly of: (bytes: Uint8Array) => Buffer | undefined;
}

function platform(name: string, blockSize = 64): Digest {
  return { blockSize, of: (bytes) => createHash(name).update(bytes).digest() };
}

/** Known by name, without an implementation in OpenSSL's default provider, or without a length of its own. */
const failing: Digest = { blockSize: 64, of: () => undefined };

/** Each digest with its names in lower case, object identifiers included. */
const families: readonly (readonly [digest: Digest, names: string])[] = [
  [platform("md5"), "md5 ssl3-md5 rsa-md5 md5withrsaencryption 1.2.840.113549.2.5"],
  [platform("md5-sha1"), "md5-sha1"],
  [platform("sha1"), "sha1 sha-1 ssl3-sha1 rsa-sha1 rsa-sha1-2 sha1withrsaencryption sha1withrsa 1.3.14.3.2.26"],
  [platform("sha224"), "sha224 sha-224 sha2-224 rsa-sha224 sha224withrsaencryption 2.16.840.1.101.3.4.2.4"],
  [platform("sha256"), "sha256 sha-256 sha2-256 rsa-sha256 sha256withrsaencryption 2.16.840.1.101.3.4.2.1"],
  [platform("sha384", 128), "sha384 sha-384 sha2-384 rsa-sha384 sha384withrsaencryption 2.16.840.1.101.3.4.2.2"],
  [platform("sha512", 128), "sha512 sha-512 sha2-512 rsa-sha512 sha512withrsaencryption 2.16.840.1.101.3.4.2.3"],
  [
    platform("sha512-224", 128),
    "sha512-224 sha-512/224 sha2-512/224 rsa-sha512/224 sha512-224withrsaencryption 2.16.840.1.101.3.4.2.5",
  ],
  [
    platform("sha512-256", 128),
    "sha512-256 sha-512/256 sha2-512/256 rsa-sha512/256 sha512-256withrsaencryption 2.16.840.1.101.3.4.2.6",
  ],
  ...(["224", "256", "384", "512"] as const).map(
    (bits, i) =>
      [
        platform(`sha3-${bits}`, 200 - Number(bits) / 4),
        `sha3-${bits} rsa-sha3-${bits} id-rsassa-pkcs1-v1_5-with-sha3-${bits} 2.16.840.1.101.3.4.2.${7 + i}`,
      ] as const,
  ),
  [platform("blake2b512", 128), "blake2b512 blake2b-512 1.3.6.1.4.1.1722.12.2.1.16"],
  [platform("blake2s256"), "blake2s256 blake2s-256 1.3.6.1.4.1.1722.12.2.2.8"],
  [platform("ripemd160"), "ripemd160 ripemd ripemd-160 rmd160 rsa-ripemd160 ripemd160withrsa 1.3.36.3.2.1"],
  [{ blockSize: 64, of: sm3 }, "sm3 rsa-sm3 sm3withrsaencryption 1.2.156.10197.1.401"],
  [failing, "md4 rsa-md4 md4withrsaencryption whirlpool shake128 shake-128 shake256 shake-256"],
];

const byName = new Map(families.flatMap(([digest, names]) => names.split(" ").map((name) => [name, digest] as const)));

/** The digest of that name; undefined: the reference does not know it. */
export function findDigest(name: string): Digest | undefined {
  return byName.get(name.toLowerCase());
}

/** What makes codes with one key; the key may have any length. */
export function authenticator(digest: Digest, key: Uint8Array): (bytes: Uint8Array) => Buffer | undefined {
  const { blockSize, of } = digest;
  const short = key.length > blockSize ? of(key) : key;
  if (short === undefined) return () => undefined;
  const inner = new Uint8Array(blockSize).fill(0x36);
  const outer = new Uint8Array(blockSize).fill(0x5c);
  for (const [i, byte] of short.entries()) {
    inner[i] = inner[i]! ^ byte;
    outer[i] = outer[i]! ^ byte;
  }
  return (bytes) => {
    const first = of(Buffer.concat([inner, bytes]));
    return first === undefined ? undefined : of(Buffer.concat([outer, first]));
  };
}

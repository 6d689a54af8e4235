// Owns hashes and digests of bytes. Configuration manual §7.3.1.

import { createHash } from "node:crypto";
import type { HashName } from "../hashes.ts";
import { hashText } from "../hashes.ts";
import { narrow } from "../integers.ts";
import type { Converter, ConverterRow } from "../rows.ts";
import { exactArgument, integerArgument, needs, takes, textArgument } from "../rows.ts";
import type { Argument } from "../types.ts";
import { xxh32, xxh64 } from "../xxhash.ts";
import { authenticator, findDigest } from "./digests.ts";
import { base64Argument, base64Problem } from "./key-arguments.ts";
import { xxh3 } from "./xxh3.ts";

function small(name: HashName, since: string): ConverterRow {
  return {
    name,
    parameters: [takes("sint", "avalanche")],
    input: "bin",
    output: "sint",
    since,
    doc: `The ${name} hash, 32 bits; spread over all of them when the argument is 1.`,
    compile: (args) => {
      const spread = integerArgument(args, 0, 0) !== 0;
      return (value) => hashText(name, value as string, spread);
    },
  };
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(value as string, "latin1");
}

function toText(bytes: Buffer | undefined): string | undefined {
  return bytes?.toString("latin1");
}

function digestProblem(args: readonly Argument[]): string | undefined {
  return findDigest(textArgument(args, 0, "")) === undefined
    ? "algorithm must be a valid OpenSSL message digest name."
    : undefined;
}

/** `hmac(algorithm,key)`: a constant key is prepared once. */
function hmac(args: readonly Argument[]): Converter {
  const digest = findDigest(textArgument(args, 0, ""));
  const key = base64Argument(args, 1);
  if (digest === undefined) return () => undefined;
  if (key.constant !== undefined) {
    const code = authenticator(digest, bytesOf(key.constant));
    return (value) => toText(code(bytesOf(value)));
  }
  return (value, view) => {
    const given = key.of(view);
    return given === undefined ? undefined : toText(authenticator(digest, bytesOf(given))(bytesOf(value)));
  };
}

function seedOf(args: readonly Argument[]): bigint {
  return BigInt.asUintN(64, BigInt(exactArgument(args, 0, 0)));
}

function wide(
  name: string,
  doc: string,
  since: string,
  hash: (bytes: Uint8Array, seed: bigint) => bigint,
): ConverterRow {
  return {
    name,
    parameters: [takes("sint", "seed")],
    input: "bin",
    output: "sint",
    since,
    doc,
    compile: (args) => {
      const seed = seedOf(args);
      return (value) => narrow(BigInt.asIntN(64, hash(bytesOf(value), seed)));
    },
  };
}

/** The table of this file. */
export const hashConverters: readonly ConverterRow[] = [
  small("djb2", "1.5"),
  small("sdbm", "1.5"),
  small("wt6", "1.5"),
  small("crc32", "1.6"),
  small("crc32c", "1.9"),
  {
    name: "xxh32",
    parameters: [takes("sint", "seed")],
    input: "bin",
    output: "sint",
    since: "1.7",
    doc: "The XXH32 hash.",
    compile: (args) => {
      const seed = Number(BigInt.asIntN(32, seedOf(args)));
      return (value) => xxh32(bytesOf(value), seed);
    },
  },
  wide("xxh64", "The XXH64 hash as a signed integer.", "1.7", xxh64),
  wide("xxh3", "The 64-bit XXH3 hash as a signed integer.", "2.4", xxh3),
  {
    name: "sha1",
    parameters: [],
    input: "bin",
    output: "bin",
    since: "1.6",
    doc: "The SHA-1 digest, twenty bytes.",
    compile: () => (value) => createHash("sha1").update(bytesOf(value)).digest().toString("latin1"),
  },
  {
    name: "sha2",
    parameters: [takes("sint", "bits")],
    input: "bin",
    output: "bin",
    since: "2.1",
    doc: "The SHA-2 digest of 224, 256, 384 or 512 bits.",
    check: (args) => {
      const bits = integerArgument(args, 0, 256);
      return [224, 256, 384, 512].includes(bits) ? args : `Unsupported number of bits: '${bits}'`;
    },
    compile: (args) => {
      const name = `sha${integerArgument(args, 0, 256)}`;
      return (value) => createHash(name).update(bytesOf(value)).digest().toString("latin1");
    },
  },
  {
    name: "digest",
    parameters: [needs("str", "algorithm")],
    input: "bin",
    output: "bin",
    since: "2.2",
    doc: "The digest by an algorithm's name.",
    check: (args) => digestProblem(args) ?? args,
    compile: (args) => {
      const digest = findDigest(textArgument(args, 0, ""));
      return (value) => toText(digest?.of(bytesOf(value)));
    },
  },
  {
    name: "hmac",
    parameters: [needs("str", "algorithm"), needs("str", "key")],
    input: "bin",
    output: "bin",
    since: "2.2",
    doc: "The message authentication code with a base64 key, or a variable that holds one.",
    check: (args) => digestProblem(args) ?? base64Problem(args, 1, "key") ?? args,
    compile: hmac,
  },
];

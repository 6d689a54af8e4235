// Owns hashes and digests of bytes. Configuration manual §7.3.1.

import { createHash, createHmac, getHashes } from "node:crypto";
import type { HashName } from "../hashes.ts";
import { hashText } from "../hashes.ts";
import { narrow } from "../integers.ts";
import type { ConverterRow } from "../rows.ts";
import { integerArgument, needs, takes, textArgument } from "../rows.ts";
import { xxh32, xxh64 } from "../xxhash.ts";

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

function isDigest(name: string): boolean {
  return getHashes().some((known) => known.toLowerCase() === name.toLowerCase());
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
      const seed = integerArgument(args, 0, 0);
      return (value) => xxh32(bytesOf(value), seed);
    },
  },
  {
    name: "xxh64",
    parameters: [takes("sint", "seed")],
    input: "bin",
    output: "sint",
    since: "1.7",
    doc: "The XXH64 hash as a signed integer.",
    compile: (args) => {
      const seed = BigInt(integerArgument(args, 0, 0));
      return (value) => narrow(BigInt.asIntN(64, xxh64(bytesOf(value), seed)));
    },
  },
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
    check: (args) =>
      isDigest(textArgument(args, 0, "")) ? args : "algorithm must be a valid OpenSSL message digest name.",
    compile: (args) => {
      const name = textArgument(args, 0, "").toLowerCase();
      return (value) => createHash(name).update(bytesOf(value)).digest().toString("latin1");
    },
  },
  {
    name: "hmac",
    parameters: [needs("str", "algorithm"), needs("str", "key")],
    input: "bin",
    output: "bin",
    since: "2.2",
    doc: "The message authentication code with a base64 key, or a variable that holds one.",
    check: (args) =>
      isDigest(textArgument(args, 0, "")) ? args : "algorithm must be a valid OpenSSL message digest name.",
    compile: (args) => {
      const name = textArgument(args, 0, "").toLowerCase();
      const given = textArgument(args, 1, "");
      const isVariable = /^(?:proc|p?(?:sess|txn|req|res))\./.test(given);
      return (value, view) => {
        const key = isVariable ? view.getVariable(given) : given;
        if (typeof key !== "string") return undefined;
        return createHmac(name, Buffer.from(key, "base64")).update(bytesOf(value)).digest().toString("latin1");
      };
    },
  },
];

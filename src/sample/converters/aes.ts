// Owns encryption and decryption with AES in GCM. NIST SP 800-38D; configuration manual §7.3.1 "aes_gcm_enc" and "aes_gcm_dec".

import { type CipherGCMTypes, createCipheriv, createDecipheriv } from "node:crypto";
import type { Converter, ConverterRow } from "../rows.ts";
import { integerArgument, needs, textArgument } from "../rows.ts";
import type { Argument, SampleView } from "../types.ts";
import { variableProblem } from "../variables.ts";
import { base64Argument, base64Problem } from "./key-arguments.ts";

function bytesOf(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

function cipherName(bits: number): CipherGCMTypes {
  return `aes-${bits}-gcm` as CipherGCMTypes;
}

function encrypt(bits: number, { key, nonce }: Secrets, text: Buffer): { out: Buffer; tag: Buffer } | undefined {
  try {
    const cipher = createCipheriv(cipherName(bits), key, nonce);
    const out = Buffer.concat([cipher.update(text), cipher.final()]);
    return { out, tag: cipher.getAuthTag() };
  } catch {
    return undefined;
  }
}

function decrypt(bits: number, { key, nonce }: Secrets, tag: Buffer, text: Buffer): Buffer | undefined {
  try {
    const cipher = createDecipheriv(cipherName(bits), key, nonce, { authTagLength: tagLength });
    cipher.setAuthTag(tag);
    return Buffer.concat([cipher.update(text), cipher.final()]);
  } catch {
    return undefined;
  }
}

/** Key and nonce of one evaluation. */
interface Secrets {
  readonly key: Buffer;
  readonly nonce: Buffer;
}

const nonceLengthDefault = 12;
const nonceLengthMax = 128;
const tagLength = 16;

/**
 * The secrets as the reference's library uses them. QUIRK: of a longer key only the start counts, and of a nonce that is too long the first twelve
 * bytes. DIFFERS: a key that is too short and a nonce that is empty fail; the reference goes on with whatever lies behind them in memory.
 */
function secretsOf(args: readonly Argument[]): (view: SampleView) => Secrets | undefined {
  const size = integerArgument(args, 0, 128) / 8;
  const nonce = base64Argument(args, 1);
  const key = base64Argument(args, 2);
  return (view) => {
    const nonceBytes = nonce.of(view);
    const keyBytes = key.of(view);
    if (nonceBytes === undefined || nonceBytes === "" || keyBytes === undefined || keyBytes.length < size)
      return undefined;
    const used = nonceBytes.length > nonceLengthMax ? nonceBytes.slice(0, nonceLengthDefault) : nonceBytes;
    return { key: bytesOf(keyBytes.slice(0, size)), nonce: bytesOf(used) };
  };
}

/** `aes_gcm_enc(bits,nonce,key,tag)`: the tag goes to a variable as base64. */
function encryption(args: readonly Argument[]): Converter {
  const bits = integerArgument(args, 0, 128);
  const secrets = secretsOf(args);
  const tagName = textArgument(args, 3, "");
  return (value, view) => {
    const given = secrets(view);
    const result = given === undefined ? undefined : encrypt(bits, given, bytesOf(value as string));
    if (result === undefined) return undefined;
    view.setVariable(tagName, result.tag.toString("base64"));
    return result.out.toString("latin1");
  };
}

/** `aes_gcm_dec(bits,nonce,key,tag)`: nothing where the tag does not fit. */
function decryption(args: readonly Argument[]): Converter {
  const bits = integerArgument(args, 0, 128);
  const secrets = secretsOf(args);
  const tag = base64Argument(args, 3);
  return (value, view) => {
    const given = secrets(view);
    const tagBytes = tag.of(view);
    if (given === undefined || tagBytes?.length !== tagLength) return undefined;
    return decrypt(bits, given, bytesOf(tagBytes), bytesOf(value as string))?.toString("latin1");
  };
}

function sharedProblem(args: readonly Argument[]): string | undefined {
  if (![128, 192, 256].includes(integerArgument(args, 0, 0))) return "key size must be 128, 192 or 256 (bits).";
  return base64Problem(args, 1, "nonce") ?? base64Problem(args, 2, "key");
}

function encryptionProblem(args: readonly Argument[]): string | readonly Argument[] {
  const problem = sharedProblem(args);
  if (problem !== undefined) return problem;
  const name = variableProblem(textArgument(args, 3, ""));
  return name === undefined ? args : `failed to parse aead_tag : ${name}`;
}

function decryptionProblem(args: readonly Argument[]): string | readonly Argument[] {
  return sharedProblem(args) ?? base64Problem(args, 3, "aead_tag") ?? args;
}

const parameters = [needs("sint", "bits"), needs("str", "nonce"), needs("str", "key"), needs("str", "aead_tag")];

/** The table of this file. */
export const aesConverters: readonly ConverterRow[] = [
  {
    name: "aes_gcm_enc",
    parameters,
    input: "bin",
    output: "bin",
    since: "2.9",
    doc: "Encrypts with AES-GCM and stores the tag in a variable.",
    check: encryptionProblem,
    compile: encryption,
  },
  {
    name: "aes_gcm_dec",
    parameters,
    input: "bin",
    output: "bin",
    since: "1.9",
    doc: "Decrypts with AES-GCM; fails when the tag does not fit.",
    check: decryptionProblem,
    compile: decryption,
  },
];

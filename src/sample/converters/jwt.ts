// Owns JSON Web Tokens in their compact form: their parts, and their signatures. Keys come with the arguments, as the configuration was read; nothing
// is opened here. RFC 7515, RFC 7518 §3.1; configuration manual §7.3.1 "jwt_verify".

import { constants, createPublicKey, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import type { Converter, ConverterRow } from "../rows.ts";
import { needs, takes, textArgument } from "../rows.ts";
import type { Argument, ExpressionContext, SampleView } from "../types.ts";
import { variableProblem } from "../variables.ts";
import { decodeBase64Url } from "./base64.ts";
import { authenticator, findDigest } from "./digests.ts";
import { outputTypeProblem, queryJson } from "./json-query.ts";
import { variableText } from "./variables.ts";

/** What `jwt_verify` answers; 0 and 1 are "does not fit" and "fits". */
const unknownAlgorithm = -1;
const invalidToken = -3;
const unknownKey = -5;

const algorithms = /^(?:(HS|RS|ES|PS)(256|384|512)|none)$/;

function bytesOf(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** Part `index` of a token; undefined: it has fewer. */
function partOf(token: string, index: number): string | undefined {
  let start = 0;
  for (let i = 0; i < index; i++) {
    start = token.indexOf(".", start) + 1;
    if (start === 0) return undefined;
  }
  const end = token.indexOf(".", start);
  return token.slice(start, end < 0 ? token.length : end);
}

/** `jwt_header_query([path[,type]])` and its sister for the payload. */
function partQuery(name: string, index: number, doc: string): ConverterRow {
  return {
    name,
    parameters: [takes("str", "json_path"), takes("str", "output_type")],
    input: "bin",
    output: "any",
    since: "2.5",
    doc,
    check: (args) => outputTypeProblem(args) ?? args,
    compile: (args) => {
      const path = textArgument(args, 0, "");
      const asInteger = textArgument(args, 1, "") === "int";
      return (value) => {
        const part = partOf(value as string, index);
        const decoded = part === undefined ? undefined : decodeBase64Url(part);
        if (decoded === undefined || decoded.includes("\0")) return undefined;
        return args.length === 0 ? decoded : queryJson(decoded, path, asInteger);
      };
    },
  };
}

/** The first public key in PEM text. Certificates and private keys are none. */
function publicKeyOf(pem: string): KeyObject | undefined {
  const block = /-----BEGIN (RSA )?PUBLIC KEY-----[\s\S]*?-----END \1?PUBLIC KEY-----/.exec(pem)?.[0];
  if (block === undefined) return undefined;
  try {
    return createPublicKey(block);
  } catch {
    return undefined;
  }
}

const curveBytes: Readonly<Record<string, number>> = { prime256v1: 32, secp384r1: 48, secp521r1: 66 };

/** Half of a signature with the length that its curve wants; undefined: the number is too large for it. */
function resized(half: Buffer, size: number): Buffer | undefined {
  let start = 0;
  while (start < half.length && half[start] === 0) start++;
  const rest = half.subarray(start);
  return rest.length > size ? undefined : Buffer.concat([Buffer.alloc(size - rest.length), rest]);
}

function verifyWithKey(family: string, hash: string, data: Buffer, signature: Buffer, key: KeyObject): boolean {
  const wanted = family === "ES" ? "ec" : "rsa";
  if (key.asymmetricKeyType !== wanted) return false;
  try {
    if (family === "RS") return verify(hash, data, key, signature);
    if (family === "PS") {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return verify(hash, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, signature);
    }
    const size = curveBytes[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? 0;
    const middle = signature.length / 2;
    const r = resized(signature.subarray(0, middle), size);
    const s = resized(signature.subarray(middle), size);
    if (r === undefined || s === undefined) return false;
    return verify(hash, data, { key, dsaEncoding: "ieee-p1363" }, Buffer.concat([r, s]));
  } catch {
    return false;
  }
}

/** What a token is checked with: the argument itself, and the key that its file held. */
interface JwtKey {
  readonly secret: string;
  readonly publicKey: KeyObject | undefined;
}

function checkToken(token: string, algorithm: string, key: JwtKey): number {
  const match = algorithms.exec(algorithm);
  if (match === null) return unknownAlgorithm;
  const [, family = "", bits = ""] = match;
  const dot = token.indexOf(".");
  const second = dot < 0 ? -1 : token.indexOf(".", dot + 1);
  if (dot < 0 || (second >= 0 && token.includes(".", second + 1))) return invalidToken;
  const encoded = second < 0 ? "" : token.slice(second + 1);
  if (family === "") return encoded === "" ? 1 : 0;
  const decoded = encoded === "" ? undefined : decodeBase64Url(encoded);
  if (decoded === undefined) return invalidToken;
  const signature = bytesOf(decoded);
  const data = bytesOf(token.slice(0, second));
  if (family === "HS") {
    const digest = findDigest(`sha${bits}`);
    const code = digest === undefined ? undefined : authenticator(digest, bytesOf(key.secret))(data);
    return code !== undefined && code.length === signature.length && timingSafeEqual(code, signature) ? 1 : 0;
  }
  if (key.publicKey === undefined) return unknownKey;
  if (family === "ES" && signature.length % 2 === 1) return invalidToken;
  return verifyWithKey(family, `sha${bits}`, data, signature, key.publicKey) ? 1 : 0;
}

/** A constant, or what a variable holds; undefined when it is not set. */
function textOf(args: readonly Argument[], index: number): (view: SampleView) => string | undefined {
  const text = textArgument(args, index, "");
  if (variableProblem(text) !== undefined) return () => text;
  return (view) => variableText(view.getVariable(text));
}

/**
 * `jwt_verify(algorithm,key)`. DIFFERS: a variable can hold a secret, but not the path of a key file that another expression has named, since an
 * expression carries only its own keys.
 */
function jwtVerify(args: readonly Argument[]): Converter {
  const algorithm = textOf(args, 0);
  const secret = textOf(args, 1);
  const publicKey = publicKeyOf(textArgument(args, 2, ""));
  return (value, view) => {
    const name = algorithm(view);
    const given = secret(view);
    if (name === undefined || given === undefined || given === "") return undefined;
    return checkToken(value as string, name, { secret: given, publicKey });
  };
}

/** Adds the text of the key file as a third argument. A file that cannot be read is an unknown key later, as in the reference. */
function withKey(args: readonly Argument[], context: ExpressionContext): string | readonly Argument[] {
  const algorithm = textArgument(args, 0, "");
  if (variableProblem(algorithm) !== undefined && !algorithms.test(algorithm)) {
    return `unknown JWT algorithm: ${algorithm}`;
  }
  const path = textArgument(args, 1, "");
  if (/^(?:HS...|none)$/.test(algorithm) || path === "" || variableProblem(path) === undefined) return args;
  const file = context.readFile?.(path);
  return file === undefined || "fault" in file ? args : [...args, { kind: "str", value: file.text }];
}

/** The table of this file. */
export const jwtConverters: readonly ConverterRow[] = [
  partQuery("jwt_header_query", 0, "The header of a token, or a value of a path in it."),
  partQuery("jwt_payload_query", 1, "The payload of a token, or a value of a path in it."),
  {
    name: "jwt_verify",
    parameters: [needs("str", "algorithm"), needs("str", "key")],
    input: "bin",
    output: "sint",
    since: "2.5",
    doc: "Whether the signature of a token fits: 1 yes, 0 no, below zero an error.",
    check: withKey,
    compile: jwtVerify,
  },
];

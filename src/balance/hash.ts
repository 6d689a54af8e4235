// Owns the hash functions of `hash-type` (configuration manual §4.2) and what is hashed of an address, a URI and a
// domain name. All results are unsigned 32-bit integers, equal to the reference's for the same bytes: the differential
// test compares thousands. sdbm, djb2 and CRC-32 are the textbook functions; the avalanche is Bob Jenkins' 32-bit
// integer hash, spread by a multiplication.

import type { BalanceSpec } from "./types.ts";

/** Hashes `bytes[start, end)`. */
export type HashFunction = (bytes: Uint8Array, start: number, end: number) => number;

/** h × 65599 + byte. */
export function sdbm(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) hash = (bytes[i]! + Math.imul(hash, 65599)) | 0;
  return hash >>> 0;
}

/** h × 33 + byte, from 5381. */
export function djb2(bytes: Uint8Array, start: number, end: number): number {
  let hash = 5381;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 33) + bytes[i]!) | 0;
  return hash >>> 0;
}

/** Two words that are mixed with each byte and swapped with rotations whose widths come from the words themselves. */
export function wt6(bytes: Uint8Array, start: number, end: number): number {
  let low = 0xa53c965a | 0;
  let high = 0x5ca6953a;
  let turnHigh = 6;
  let turnLow = 18;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    low = ~(low ^ byte);
    high = ~(high + byte);
    const rotated = (high << turnHigh) | (high >>> (32 - turnHigh));
    high = (low << turnLow) | (low >>> (32 - turnLow));
    low = rotated;
    const mixed = ((low >>> 16) ^ high) & 0xffff;
    turnHigh = mixed & 31;
    turnLow = mixed >>> 11;
  }
  return (low ^ high) >>> 0;
}

const CRC_TABLE = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ ((rest & 1) === 0 ? 0 : 0xedb88320);
  CRC_TABLE[byte] = rest;
}

/** CRC-32 as in Ethernet and gzip. */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}

const INT64_MAX = 0x7fff_ffff_ffff_ffffn;

/** `none`: the key is read as a decimal integer (sign and leading digits, saturating at 64 bits); its low 32 bits are the hash. */
export function none(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  let value = 0n;
  for (; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10n + BigInt(digit);
    if (value > INT64_MAX) return negative ? 0 : 0xffff_ffff;
  }
  return Number(BigInt.asUintN(32, negative ? -value : value));
}

/** The `avalanche` modifier, and the hash that places servers on the ring of consistent hashing. */
export function avalanche(hash: number): number {
  let a = hash | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  // Close to three quarters of 2³²: neighbours end up far apart.
  return Math.imul(a, 0xc0000001) >>> 0;
}

const FUNCTIONS: Readonly<Record<BalanceSpec["hashFunction"], HashFunction>> = { sdbm, djb2, wt6, crc32, none };

/** Turns the parts of a request into hashes as one backend's `hash-type` says. */
export class KeyHasher {
  readonly #hash: HashFunction;
  readonly #avalanche: boolean;
  readonly #uri: BalanceSpec["uri"];

  constructor(spec: Pick<BalanceSpec, "hashFunction" | "avalanche" | "uri">) {
    this.#hash = FUNCTIONS[spec.hashFunction];
    this.#avalanche = spec.avalanche;
    this.#uri = spec.uri;
  }

  /** A key that the caller found: a header or parameter value, a cookie, the bytes of a sample. May be empty. */
  key(bytes: Uint8Array, start: number, end: number): number {
    const hash = this.#hash(bytes, start, end);
    return this.#avalanche ? avalanche(hash) : hash;
  }

  /**
   * `balance source`: 4 or 16 address bytes in network order. The words of the address are combined by exclusive or and
   * no hash function is applied, whatever `hash-type` names; the avalanche is.
   */
  address(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0;
    for (let i = start; i + 4 <= end; i += 4) {
      hash ^= (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
    }
    return this.#avalanche ? avalanche(hash) : hash >>> 0;
  }

  /**
   * `balance uri`: the request target as received. The part before the question mark counts unless `whole`; `len` bounds
   * it in bytes and `depth` in slashes; `path-only` leaves out the scheme and authority of an absolute target.
   */
  uri(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start] === 0x2f) return this.#target(bytes, start, end);
    const target = normalizeTarget(bytes, start, end);
    let from = 0;
    if (this.#uri.pathOnly) {
      from = authorityOf(target);
      while (from < target.length && target[from] !== 0x2f && target[from] !== 0x3f) from++;
    }
    return this.#target(target, from, target.length);
  }

  #target(bytes: Uint8Array, from: number, end: number): number {
    const { len, depth, whole } = this.#uri;
    const limit = len > 0 ? Math.min(end, from + len) : end;
    let slashes = 0;
    let to = from;
    for (; to < limit; to++) {
      const byte = bytes[to]!;
      if (byte === 0x3f && !whole) break;
      if (byte === 0x2f) {
        if (depth > 0 && slashes === depth) break;
        slashes++;
      }
    }
    return this.key(bytes, from, to);
  }

  /** `balance hdr(name) use_domain_only`: the label before the last dot, or the whole value when it has no dot. */
  domain(bytes: Uint8Array, start: number, end: number): number {
    let dot = end - 1;
    while (dot > start && bytes[dot] !== 0x2e) dot--;
    if (dot <= start) return this.key(bytes, start, end);
    let from = dot;
    while (from > start && bytes[from - 1] !== 0x2e) from--;
    return this.key(bytes, from, dot);
  }
}

/** Where the authority of an absolute target starts: behind "scheme://"; 0 in a target of another form. */
function authorityOf(target: Uint8Array): number {
  let at = 0;
  while (at < target.length && target[at] !== 0x3a && target[at] !== 0x2f && target[at] !== 0x3f) at++;
  const absolute = at > 0 && target[at] === 0x3a && target[at + 1] === 0x2f && target[at + 2] === 0x2f;
  return absolute ? at + 3 : 0;
}

/**
 * A target that does not start with a slash, as the reference hashes it: an absolute one loses a port that its scheme
 * implies, and has the path "/" when nothing follows its authority. Rare, so text is good enough.
 */
function normalizeTarget(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const target = bytes.subarray(start, end);
  const authority = authorityOf(target);
  if (authority === 0) return target;
  let rest = authority;
  while (rest < target.length && target[rest] !== 0x2f && target[rest] !== 0x3f) rest++;
  const text = String.fromCharCode(...target.subarray(0, Math.min(rest, MAX_AUTHORITY)));
  const port = /^https:/i.test(text) ? /:(?:443)?$/ : /:(?:80)?$/;
  const kept = rest > MAX_AUTHORITY ? rest : text.replace(port, "").length;
  const path = rest === target.length ? SLASH : target.subarray(rest);
  const normalized = new Uint8Array(kept + path.length);
  normalized.set(target.subarray(0, kept));
  normalized.set(path, kept);
  return normalized;
}

/** No name and port that exist are longer. */
const MAX_AUTHORITY = 1024;
const SLASH = Uint8Array.of(0x2f);

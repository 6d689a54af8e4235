// Owns the 32-bit hashes of the converters and of `base32`, over latin1 text: those of `balance/`, and CRC-32C beside them.
// Configuration manual §7.3.1.

import { avalanche, crc32, djb2, sdbm, wt6 } from "../balance/index.ts";
import { latin1Bytes } from "../stdx/index.ts";

/** Names of the small hashes. */
export type HashName = "djb2" | "sdbm" | "wt6" | "crc32" | "crc32c";

const castagnoli = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ ((rest & 1) === 0 ? 0 : 0x82f63b78);
  castagnoli[byte] = rest;
}

function crc32c(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ castagnoli[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}

const functions = { djb2, sdbm, wt6, crc32, crc32c } as const;

/** The hash of `text`, an unsigned 32-bit number, spread over all bits when `spread` is set. */
export function hashText(name: HashName, text: string, spread: boolean): number {
  const hash = functions[name](latin1Bytes(text), 0, text.length);
  return spread ? avalanche(hash) : hash;
}

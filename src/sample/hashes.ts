// Owns the 32-bit hashes of the converters and of `base32`, over latin1 text. They give the reference's numbers bit for bit.
// Configuration manual §7.3.1 and "hash-type" in §4.2.

/** Names of the small hashes. */
export type HashName = "djb2" | "sdbm" | "wt6" | "crc32" | "crc32c";

const crcTables = new Map<number, Uint32Array>();

function crcTable(polynomial: number): Uint32Array {
  const made = crcTables.get(polynomial);
  if (made !== undefined) return made;
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[i] = value >>> 0;
  }
  crcTables.set(polynomial, table);
  return table;
}

function crc(text: string, polynomial: number): number {
  const table = crcTable(polynomial);
  let value = 0xffffffff;
  for (let i = 0; i < text.length; i++) value = (value >>> 8) ^ table[(value ^ text.charCodeAt(i)) & 255]!;
  return (value ^ 0xffffffff) >>> 0;
}

function djb2(text: string): number {
  let hash = 5381;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 33) + text.charCodeAt(i)) | 0;
  return hash >>> 0;
}

function sdbm(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (text.charCodeAt(i) + Math.imul(hash, 65599)) | 0;
  return hash >>> 0;
}

function rotate(value: number, by: number): number {
  return by === 0 ? value : (value << by) | (value >>> (32 - by));
}

function wt6(text: string): number {
  let first = 0xa53c965a | 0;
  let second = 0x5ca6953a | 0;
  let stepFirst = 6;
  let stepSecond = 18;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    first = ~(first ^ byte);
    second = ~((second + byte) | 0);
    const turned = rotate(second, stepFirst);
    second = rotate(first, stepSecond);
    first = turned;
    const steps = ((first >>> 16) ^ second) & 0xffff;
    stepFirst = steps & 0x1f;
    stepSecond = steps >>> 11;
  }
  return (first ^ second) >>> 0;
}

/** Spreads a hash over all 32 bits (`avalanche`). */
export function avalanche(hash: number): number {
  let a = hash | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, 3221225473) >>> 0;
}

const functions: Readonly<Record<HashName, (text: string) => number>> = {
  djb2,
  sdbm,
  wt6,
  crc32: (text) => crc(text, 0xedb88320),
  crc32c: (text) => crc(text, 0x82f63b78),
};

/** The hash of `text`, an unsigned 32-bit number, spread over all bits when `spread` is set. */
export function hashText(name: HashName, text: string, spread: boolean): number {
  const hash = functions[name](text);
  return spread ? avalanche(hash) : hash;
}

// Owns XXH32 and XXH64 over bytes. Configuration manual §7.3.1 "xxh32" and "xxh64"; the algorithms are Yann Collet's public specification.

const p32 = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;

function rotl32(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function round32(acc: number, input: number): number {
  return Math.imul(rotl32((acc + Math.imul(input, p32[1])) | 0, 13), p32[0]);
}

/** XXH32 with a seed; an unsigned 32-bit number. */
export function xxh32(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash: number;
  if (bytes.length >= 16) {
    let a = (seed + p32[0] + p32[1]) | 0;
    let b = (seed + p32[1]) | 0;
    let c = seed | 0;
    let d = (seed - p32[0]) | 0;
    for (; at + 16 <= bytes.length; at += 16) {
      a = round32(a, view.getInt32(at, true));
      b = round32(b, view.getInt32(at + 4, true));
      c = round32(c, view.getInt32(at + 8, true));
      d = round32(d, view.getInt32(at + 12, true));
    }
    hash = (rotl32(a, 1) + rotl32(b, 7) + rotl32(c, 12) + rotl32(d, 18)) | 0;
  } else hash = (seed + p32[4]) | 0;
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(rotl32((hash + Math.imul(view.getInt32(at, true), p32[2])) | 0, 17), p32[3]);
  }
  for (; at < bytes.length; at++) hash = Math.imul(rotl32((hash + Math.imul(bytes[at]!, p32[4])) | 0, 11), p32[0]);
  hash = Math.imul(hash ^ (hash >>> 15), p32[1]);
  hash = Math.imul(hash ^ (hash >>> 13), p32[2]);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const p64 = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotl64(value: bigint, by: bigint): bigint {
  return u64((value << by) | (value >> (64n - by)));
}

function round64(acc: bigint, input: bigint): bigint {
  return u64(rotl64(u64(acc + input * p64[1]), 31n) * p64[0]);
}

function merge64(hash: bigint, acc: bigint): bigint {
  return u64((hash ^ round64(0n, acc)) * p64[0] + p64[3]);
}

/** XXH64 with a seed; an unsigned 64-bit number. */
export function xxh64(bytes: Uint8Array, seed: bigint): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash: bigint;
  if (bytes.length >= 32) {
    const acc = [u64(seed + p64[0] + p64[1]), u64(seed + p64[1]), u64(seed), u64(seed - p64[0])] as [
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; lane++) acc[lane] = round64(acc[lane]!, view.getBigUint64(at + lane * 8, true));
    }
    hash = u64(rotl64(acc[0], 1n) + rotl64(acc[1], 7n) + rotl64(acc[2], 12n) + rotl64(acc[3], 18n));
    for (const lane of acc) hash = merge64(hash, lane);
  } else hash = u64(seed + p64[4]);
  hash = u64(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    hash = u64(rotl64(hash ^ round64(0n, view.getBigUint64(at, true)), 27n) * p64[0] + p64[3]);
  }
  if (at + 4 <= bytes.length) {
    hash = u64(rotl64(hash ^ u64(BigInt(view.getUint32(at, true)) * p64[0]), 23n) * p64[1] + p64[2]);
    at += 4;
  }
  for (; at < bytes.length; at++) hash = u64(rotl64(hash ^ u64(BigInt(bytes[at]!) * p64[4]), 11n) * p64[0]);
  hash = u64((hash ^ (hash >> 33n)) * p64[1]);
  hash = u64((hash ^ (hash >> 29n)) * p64[2]);
  return hash ^ (hash >> 32n);
}

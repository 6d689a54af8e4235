// Owns the 64-bit XXH3 over bytes. Configuration manual §7.3.1 "xxh3"; the algorithm is Yann Collet's public specification.

const secretHex =
  "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c" +
  "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364ea" +
  "c5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e";

const secretBytes = Buffer.from(secretHex, "hex");
const secretLength = 192;

const prime32 = [0x9e3779b1n, 0x85ebca77n, 0xc2b2ae3dn] as const;
const prime64 = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
const mask64 = 0xffff_ffff_ffff_ffffn;
const mask32 = 0xffff_ffffn;

function u64(value: bigint): bigint {
  return value & mask64;
}

function rotate(value: bigint, by: bigint): bigint {
  return u64((value << by) | (value >> (64n - by)));
}

function swap64(value: bigint): bigint {
  let out = 0n;
  for (let i = 0n; i < 64n; i += 8n) out = (out << 8n) | ((value >> i) & 255n);
  return out;
}

/** Both halves of the 128-bit product, folded. */
function fold(a: bigint, b: bigint): bigint {
  const product = a * b;
  return u64(product) ^ (product >> 64n);
}

function avalanche64(value: bigint): bigint {
  let hash = u64((value ^ (value >> 33n)) * prime64[1]);
  hash = u64((hash ^ (hash >> 29n)) * prime64[2]);
  return hash ^ (hash >> 32n);
}

function avalanche(value: bigint): bigint {
  const hash = u64((value ^ (value >> 37n)) * 0x165667919e3779f9n);
  return hash ^ (hash >> 32n);
}

/** Little-endian reads. */
type Reader = DataView;

function read64(view: Reader, at: number): bigint {
  return view.getBigUint64(at, true);
}

function upTo16(input: Reader, secret: Reader, seed: bigint): bigint {
  const { byteLength: length } = input;
  if (length > 8) {
    const low = read64(input, 0) ^ u64((read64(secret, 24) ^ read64(secret, 32)) + seed);
    const high = read64(input, length - 8) ^ u64((read64(secret, 40) ^ read64(secret, 48)) - seed);
    return avalanche(u64(BigInt(length) + swap64(low) + high + fold(low, high)));
  }
  if (length >= 4) {
    const mixedSeed = seed ^ (swap64(seed & mask32) & (mask32 << 32n));
    const value = (BigInt(input.getUint32(0, true)) << 32n) + BigInt(input.getUint32(length - 4, true));
    let hash = value ^ u64((read64(secret, 8) ^ read64(secret, 16)) - mixedSeed);
    hash ^= rotate(hash, 49n) ^ rotate(hash, 24n);
    hash = u64(hash * 0x9fb21c651e98df25n);
    hash = u64((hash ^ ((hash >> 35n) + BigInt(length))) * 0x9fb21c651e98df25n);
    return hash ^ (hash >> 28n);
  }
  if (length === 0) return avalanche64(seed ^ read64(secret, 56) ^ read64(secret, 64));
  const first = input.getUint8(0);
  const value = (first << 16) | (input.getUint8(length >> 1) << 24) | input.getUint8(length - 1) | (length << 8);
  const flip = BigInt(secret.getUint32(0, true) ^ secret.getUint32(4, true)) & mask32;
  return avalanche64(BigInt(value >>> 0) ^ u64(flip + seed));
}

function mix16(input: Reader, at: number, secret: Reader, from: number, seed: bigint): bigint {
  return fold(
    read64(input, at) ^ u64(read64(secret, from) + seed),
    read64(input, at + 8) ^ u64(read64(secret, from + 8) - seed),
  );
}

function upTo240(input: Reader, secret: Reader, seed: bigint): bigint {
  const { byteLength: length } = input;
  let hash = BigInt(length) * prime64[0];
  if (length <= 128) {
    for (let i = (length - 1) >> 5; i >= 0; i--) {
      hash +=
        mix16(input, i * 16, secret, i * 32, seed) + mix16(input, length - 16 * (i + 1), secret, i * 32 + 16, seed);
    }
    return avalanche(u64(hash));
  }
  for (let i = 0; i < 8; i++) hash += mix16(input, i * 16, secret, i * 16, seed);
  hash = avalanche(u64(hash));
  for (let i = 8; i < length >> 4; i++) hash += mix16(input, i * 16, secret, (i - 8) * 16 + 3, seed);
  return avalanche(u64(hash + mix16(input, length - 16, secret, 119, seed)));
}

function accumulate(lanes: bigint[], input: Reader, at: number, secret: Reader, from: number): void {
  for (let i = 0; i < 8; i++) {
    const value = read64(input, at + i * 8);
    const keyed = value ^ read64(secret, from + i * 8);
    lanes[i ^ 1] = u64(lanes[i ^ 1]! + value);
    lanes[i] = u64(lanes[i]! + (keyed & mask32) * (keyed >> 32n));
  }
}

function scramble(lanes: bigint[], secret: Reader): void {
  for (let i = 0; i < 8; i++) {
    const lane = lanes[i]!;
    lanes[i] = u64((lane ^ (lane >> 47n) ^ read64(secret, secretLength - 64 + i * 8)) * prime32[0]);
  }
}

/** The secret with the seed mixed into it. */
function seeded(secret: Reader, seed: bigint): Reader {
  if (seed === 0n) return secret;
  const out = new DataView(new ArrayBuffer(secretLength));
  for (let i = 0; i < secretLength; i += 16) {
    out.setBigUint64(i, u64(read64(secret, i) + seed), true);
    out.setBigUint64(i + 8, u64(read64(secret, i + 8) - seed), true);
  }
  return out;
}

function long(input: Reader, secret: Reader): bigint {
  const { byteLength: length } = input;
  const lanes: bigint[] = [
    prime32[2],
    prime64[0],
    prime64[1],
    prime64[2],
    prime64[3],
    prime32[1],
    prime64[4],
    prime32[0],
  ];
  const stripes = (length - 1) >> 6;
  for (let i = 0; i < stripes; i++) {
    accumulate(lanes, input, i * 64, secret, (i & 15) * 8);
    if ((i & 15) === 15) scramble(lanes, secret);
  }
  accumulate(lanes, input, length - 64, secret, secretLength - 64 - 7);
  let hash = BigInt(length) * prime64[0];
  for (let i = 0; i < 4; i++) {
    hash += fold(lanes[i * 2]! ^ read64(secret, 11 + i * 16), lanes[i * 2 + 1]! ^ read64(secret, 11 + i * 16 + 8));
  }
  return avalanche(u64(hash));
}

const defaultSecret = new DataView(secretBytes.buffer, secretBytes.byteOffset, secretBytes.length);

/** XXH3 with 64 bits and a seed; an unsigned number. */
export function xxh3(bytes: Uint8Array, seed: bigint): bigint {
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length <= 16) return upTo16(input, defaultSecret, seed);
  if (bytes.length <= 240) return upTo240(input, defaultSecret, seed);
  return long(input, seeded(defaultSecret, seed));
}

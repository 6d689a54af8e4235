// Owns the SM3 digest, which the platform does not have. GB/T 32905-2016 (draft-sca-cfrg-sm3).

const blockSize = 64;

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function expand(view: DataView, at: number, words: Int32Array): void {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + i * 4);
  for (let i = 16; i < 68; i++) {
    const mixed = words[i - 16]! ^ words[i - 9]! ^ rotate(words[i - 3]!, 15);
    words[i] = mixed ^ rotate(mixed, 15) ^ rotate(mixed, 23) ^ rotate(words[i - 13]!, 7) ^ words[i - 6]!;
  }
}

function compress(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const constant = rotate(i < 16 ? 0x79cc4519 : 0x7a879d8a, i % 32);
    const first = rotate((rotate(a, 12) + e + constant) | 0, 7);
    const second = first ^ rotate(a, 12);
    const left = (i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + second + (words[i]! ^ words[i + 4]!);
    const right = (i < 16 ? e ^ f ^ g : (e & f) | (~e & g)) + h + first + words[i]!;
    d = c;
    c = rotate(b, 9);
    b = a;
    a = left | 0;
    h = g;
    g = rotate(f, 19);
    f = e;
    e = (right | 0) ^ rotate(right | 0, 9) ^ rotate(right | 0, 17);
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! ^ value;
}

/** The 32 bytes of the digest. */
export function sm3(bytes: Uint8Array): Buffer {
  const state = Int32Array.of(
    0x7380166f,
    0x4914b2b9,
    0x172442d7,
    0xda8a0600 | 0,
    0xa96f30bc | 0,
    0x163138aa,
    0xe38dee4d | 0,
    0xb0fb0e4e | 0,
  );
  const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / blockSize) * blockSize);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  padded.writeBigUInt64BE(BigInt(bytes.length) * 8n, padded.length - 8);
  const view = new DataView(padded.buffer, padded.byteOffset, padded.length);
  const words = new Int32Array(68);
  for (let at = 0; at < padded.length; at += blockSize) {
    expand(view, at, words);
    compress(state, words);
  }
  const out = Buffer.alloc(32);
  for (const [i, value] of state.entries()) out.writeInt32BE(value, i * 4);
  return out;
}

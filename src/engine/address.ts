// Owns the bytes of numeric addresses, for hashing and for networks. Text in, bytes out; it knows no connection.

/** The 4 or 16 bytes of a numeric address, undefined when it is none. */
export function bytesOfAddress(text: string): Uint8Array | undefined {
  return text.includes(":") ? bytesOfIpv6(text) : bytesOfIpv4(text);
}

function bytesOfIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const part = Number(parts[i]);
    if (!Number.isInteger(part) || part < 0 || part > 255) return undefined;
    bytes[i] = part;
  }
  return bytes;
}

function bytesOfIpv6(text: string): Uint8Array | undefined {
  const lastColon = text.lastIndexOf(":");
  const tail = text.slice(lastColon + 1);
  if (tail.includes(".")) {
    // "::ffff:192.0.2.1" is written with two more words.
    const four = bytesOfIpv4(tail);
    if (four === undefined) return undefined;
    const words = [(four[0]! << 8) | four[1]!, (four[2]! << 8) | four[3]!].map((word) => word.toString(16));
    return bytesOfIpv6(`${text.slice(0, lastColon + 1)}${words.join(":")}`);
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const front = wordsOf(halves[0]!);
  const back = halves.length === 1 ? [] : wordsOf(halves[1]!);
  const gap = 8 - front.length - back.length;
  if (gap < 0 || (halves.length === 1 && gap !== 0)) return undefined;
  const bytes = new Uint8Array(16);
  const all = [...front, ...new Array<number>(gap).fill(0), ...back];
  for (let i = 0; i < 8; i++) {
    const word = all[i]!;
    if (!(word >= 0 && word <= 0xffff)) return undefined;
    bytes[i * 2] = word >> 8;
    bytes[i * 2 + 1] = word & 0xff;
  }
  return bytes;
}

function wordsOf(half: string): number[] {
  return half === ""
    ? []
    : half.split(":").map((word) => (/^[0-9a-fA-F]{1,4}$/.test(word) ? Number.parseInt(word, 16) : -1));
}

// Owns the translation between a SocketAddress and the kernel's `struct sockaddr` bytes (ip(7), ipv6(7), unix(7)).
// Knows no sockets. A name is never looked up here: addresses are numeric, and a text that is not one is refused.

import type { SocketAddress } from "../types.ts";

/** The largest `struct sockaddr`: a unix path of 108 bytes behind two bytes of family. */
export const SOCKADDR_BYTES_MAX = 110;

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** The kernel's number for an address's family. */
export function familyNumber(address: SocketAddress): number {
  if (address.family === "unix") return AF_UNIX;
  return address.family === "ipv6" ? AF_INET6 : AF_INET;
}

/**
 * Writes `address` as a `struct sockaddr` at `offset` and returns its length, or −1 when the text is no address of its
 * family or a path is too long. A unix host that begins with a NUL byte names an abstract socket of exactly those bytes.
 */
export function encodeSocketAddress(address: SocketAddress, bytes: Uint8Array, offset: number): number {
  if (address.family === "unix") return encodeUnix(address.host, bytes, offset);
  const v6 = address.family === "ipv6";
  const length = v6 ? 28 : 16;
  bytes.fill(0, offset, offset + length);
  bytes[offset] = v6 ? AF_INET6 : AF_INET;
  bytes[offset + 2] = address.port >>> 8;
  bytes[offset + 3] = address.port & 255;
  const parsed = v6 ? parseIpv6(address.host, bytes, offset + 8) : parseIpv4(address.host, bytes, offset + 4);
  return parsed ? length : -1;
}

function encodeUnix(path: string, bytes: Uint8Array, offset: number): number {
  const text = new TextEncoder().encode(path);
  // A named path ends with a NUL byte inside the 108; an abstract name has no end mark, so it may use them all.
  const room = text[0] === 0 ? 108 : 107;
  if (text.length === 0 || text.length > room) return -1;
  bytes.fill(0, offset, offset + SOCKADDR_BYTES_MAX);
  bytes[offset] = AF_UNIX;
  bytes.set(text, offset + 2);
  return text[0] === 0 ? 2 + text.length : 2 + text.length + 1;
}

/** Reads "a.b.c.d" into four bytes; false when `text` is anything else. */
export function parseIpv4(text: string, bytes: Uint8Array, offset: number): boolean {
  let value = -1;
  let part = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const code = index < text.length ? text.charCodeAt(index) : 46;
    if (code === 46) {
      if (value < 0 || part > 3) return false;
      bytes[offset + part] = value;
      part += 1;
      value = -1;
    } else {
      if (code < 48 || code > 57) return false;
      value = Math.max(value, 0) * 10 + code - 48;
      if (value > 255) return false;
    }
  }
  return part === 4;
}

/** Reads an IPv6 address (RFC 4291 §2.2, with an embedded IPv4 tail) into sixteen bytes; false when `text` is anything else. */
export function parseIpv6(text: string, bytes: Uint8Array, offset: number): boolean {
  if (text.length > 45) return false;
  const gap = text.indexOf("::");
  if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) return false;
  const head = gap < 0 ? text : text.slice(0, gap);
  const tail = gap < 0 ? "" : text.slice(gap + 2);
  const left = parseGroups(head, gap < 0);
  const right = parseGroups(tail, true);
  if (left === undefined || right === undefined) return false;
  const total = left.length + right.length;
  if (gap < 0 ? total !== 16 : total > 14) return false;
  bytes.fill(0, offset, offset + 16);
  bytes.set(left, offset);
  bytes.set(right, offset + 16 - right.length);
  return true;
}

/** The bytes of colon-separated groups; only the end of an address may be written as IPv4. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  const out: number[] = [];
  if (text === "") return out;
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (mayEndInIpv4 && index === groups.length - 1 && group.includes(".")) {
      const four = new Uint8Array(4);
      if (!parseIpv4(group, four, 0)) return undefined;
      out.push(...four);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      out.push(value >>> 8, value & 255);
    }
  }
  return out;
}

/** Reads a `struct sockaddr` of `length` bytes. */
export function decodeSocketAddress(bytes: Uint8Array, offset: number, length: number): SocketAddress {
  const family = length >= 2 ? bytes[offset] : AF_UNIX;
  if (family === AF_INET) {
    const host = `${bytes[offset + 4]}.${bytes[offset + 5]}.${bytes[offset + 6]}.${bytes[offset + 7]}`;
    return { family: "ipv4", host, port: portAt(bytes, offset) };
  }
  if (family === AF_INET6) {
    return { family: "ipv6", host: renderIpv6(bytes, offset + 8), port: portAt(bytes, offset) };
  }
  let end = offset + length;
  if (length > 3 && bytes[offset + 2] !== 0 && bytes[end - 1] === 0) end -= 1;
  return { family: "unix", host: new TextDecoder().decode(bytes.subarray(Math.min(offset + 2, end), end)), port: 0 };
}

function portAt(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0);
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as "::". */
export function renderIpv6(bytes: Uint8Array, offset: number): string {
  const groups: number[] = [];
  for (let index = 0; index < 16; index += 2) {
    groups.push(((bytes[offset + index] ?? 0) << 8) | (bytes[offset + index + 1] ?? 0));
  }
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes[offset + 12]}.${bytes[offset + 13]}.${bytes[offset + 14]}.${bytes[offset + 15]}`;
  }
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestStart < 0) return hex.join(":");
  return `${hex.slice(0, bestStart).join(":")}::${hex.slice(bestStart + bestLength).join(":")}`;
}

// Owns IP addresses between text and bytes, masks included, exactly as the C library's inet_pton and inet_ntop read and write them. It is pure:
// no names are resolved. RFC 4291 §2.2, RFC 5952.

import type { IpAddress } from "./types.ts";

/** The four bytes of a strict dotted quad, or undefined. */
export function parseIpv4(text: string): IpAddress | undefined {
  const bytes = new Uint8Array(4);
  let part = 0;
  let value = -1;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0x2e;
    if (code === 0x2e) {
      if (value < 0 || part > 3) return undefined;
      bytes[part++] = value;
      value = -1;
    } else if (code >= 0x30 && code <= 0x39) {
      // inet_pton refuses leading zeros, which other readers take for octal.
      if (value === 0) return undefined;
      value = Math.max(value, 0) * 10 + code - 0x30;
      if (value > 255) return undefined;
    } else return undefined;
  }
  return part === 4 ? bytes : undefined;
}

/**
 * The IPv4 address at the start of `text` as the reference casts strings: leading zeros are nothing special, and any character but a digit or a
 * dot ends the address.
 */
export function castIpv4(text: string): IpAddress | undefined {
  const address = /^[0-9.]*/.exec(text)?.[0] ?? "";
  return parseIpv4(address.replace(/(^|\.)0+(?=[0-9])/g, "$1"));
}

/** The sixteen bytes of an IPv6 address in any form of RFC 4291 §2.2, or undefined. No zone, no brackets. */
export function parseIpv6(text: string): IpAddress | undefined {
  if (text.length < 2 || text.length > 45) return undefined;
  const bytes = new Uint8Array(16);
  let at = 0;
  let gap = -1;
  let i = 0;
  if (text.startsWith("::")) {
    gap = 0;
    i = 2;
  } else if (text[0] === ":") return undefined;
  while (i < text.length) {
    let end = text.indexOf(":", i);
    if (end < 0) end = text.length;
    const group = text.slice(i, end);
    if (end === text.length && group.includes(".")) {
      const tail = at <= 12 ? parseIpv4(group) : undefined;
      if (tail === undefined) return undefined;
      bytes.set(tail, at);
      at += 4;
      break;
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(group) || at > 14) return undefined;
    const value = Number.parseInt(group, 16);
    bytes[at++] = value >> 8;
    bytes[at++] = value & 255;
    if (end === text.length) break;
    i = end + 1;
    if (text[i] === ":") {
      if (gap >= 0) return undefined;
      gap = at;
      i++;
    } else if (i === text.length) return undefined;
  }
  return closeGap(bytes, at, gap);
}

function closeGap(bytes: Uint8Array, at: number, gap: number): IpAddress | undefined {
  if (gap < 0) return at === 16 ? bytes : undefined;
  if (at === 16) return undefined;
  bytes.copyWithin(16 - (at - gap), gap, at);
  bytes.fill(0, gap, 16 - (at - gap));
  return bytes;
}

/** Either family. */
export function parseIp(text: string): IpAddress | undefined {
  return parseIpv4(text) ?? parseIpv6(text);
}

/** The text of an address of 4 or 16 bytes. */
export function formatIp(address: IpAddress): string {
  if (address.length === 4) return `${address[0]}.${address[1]}.${address[2]}.${address[3]}`;
  return formatIpv6(address);
}

function formatIpv6(address: IpAddress): string {
  let gapStart = -1;
  let gapLength = 1;
  for (let i = 0; i < 8; ) {
    let run = 0;
    while (i + run < 8 && address[(i + run) * 2] === 0 && address[(i + run) * 2 + 1] === 0) run++;
    if (run > gapLength) {
      gapStart = i;
      gapLength = run;
    }
    i += run === 0 ? 1 : run;
  }
  const mapped = gapStart === 0 && gapLength === 5 && address[10] === 255 && address[11] === 255;
  const dotted = mapped || (gapStart === 0 && gapLength === 6);
  let text = "";
  for (let i = 0; i < (dotted ? 6 : 8); i++) {
    if (i === gapStart) {
      text += i === 0 ? "::" : ":";
      i += gapLength - 1;
      continue;
    }
    text += (address[i * 2]! * 256 + address[i * 2 + 1]!).toString(16);
    if (i < 7) text += ":";
  }
  return dotted ? text + formatIp(address.subarray(12)) : text;
}

/** The prefix length of "24" or "255.255.255.0" (which must be contiguous), or −1. */
export function parseMask4(text: string): number {
  if (/^\d{1,2}$/.test(text)) {
    const bits = Number(text);
    return bits <= 32 ? bits : -1;
  }
  const address = parseIpv4(text);
  return address === undefined ? -1 : prefixLength(address);
}

/** The prefix length of "64" or "ffff:ffff::", or −1. */
export function parseMask6(text: string): number {
  if (/^\d{1,3}$/.test(text)) {
    const bits = Number(text);
    return bits <= 128 ? bits : -1;
  }
  const address = parseIpv6(text);
  return address === undefined ? -1 : prefixLength(address);
}

function prefixLength(mask: IpAddress): number {
  let bits = 0;
  while (bits < mask.length * 8 && (mask[bits >> 3]! & (0x80 >> (bits & 7))) !== 0) bits++;
  for (let i = bits; i < mask.length * 8; i++) if ((mask[i >> 3]! & (0x80 >> (i & 7))) !== 0) return -1;
  return bits;
}

/** A copy of `address` with everything behind the first `bits` bits cleared. */
export function maskIp(address: IpAddress, bits: number): IpAddress {
  const out = address.slice();
  const whole = bits >> 3;
  if (whole < out.length) {
    out[whole] = out[whole]! & (0xff00 >> (bits & 7)) & 0xff;
    out.fill(0, whole + 1);
  }
  return out;
}

/** `::ffff:a.b.c.d`. */
export function mapToIpv6(address: IpAddress): IpAddress {
  const out = new Uint8Array(16);
  out[10] = 255;
  out[11] = 255;
  out.set(address, 12);
  return out;
}

/** The IPv4 address inside an IPv4-mapped, IPv4-compatible or 6to4 address; undefined for any other IPv6 address. */
export function embeddedIpv4(address: IpAddress): IpAddress | undefined {
  if (address[0] === 0x20 && address[1] === 0x02) return address.slice(2, 6);
  for (let i = 0; i < 10; i++) if (address[i] !== 0) return undefined;
  const high = address[10]! * 256 + address[11]!;
  return high === 0 || high === 0xffff ? address.slice(12) : undefined;
}

// Owns the matching of addresses against networks, with the rules by which IPv4 and IPv6 meet. Networks are grouped by prefix length, so that
// a lookup costs one probe per length that occurs. Configuration manual §7.1.6.

import type { IpAddress } from "../sample/index.ts";
import { embeddedIpv4, mapToIpv6, maskIp } from "../sample/index.ts";
import type { Network } from "./patterns.ts";

/** Whether an address is in one of the networks. */
export function addressMatcher(networks: readonly Network[]): (address: IpAddress) => boolean {
  const ipv4 = group4(networks.filter((network) => network.address.length === 4));
  const ipv6 = group6(networks.filter((network) => network.address.length === 16));
  return (address) => {
    if (address.length === 4) return in4(ipv4, address) || (ipv6.length > 0 && in6(ipv6, mapToIpv6(address)));
    if (in6(ipv6, address)) return true;
    if (ipv4.length === 0) return false;
    const inner = embeddedIpv4(address);
    return inner !== undefined && in4(ipv4, inner);
  };
}

interface Group4 {
  readonly mask: number;
  readonly networks: ReadonlySet<number>;
}

function toNumber(address: IpAddress): number {
  return ((address[0]! << 24) | (address[1]! << 16) | (address[2]! << 8) | address[3]!) >>> 0;
}

function group4(networks: readonly Network[]): readonly Group4[] {
  const groups = new Map<number, Set<number>>();
  for (const { address, bits } of networks) {
    const set = groups.get(bits) ?? new Set();
    groups.set(bits, set.add(toNumber(maskIp(address, bits))));
  }
  return [...groups].map(([bits, set]) => ({ mask: bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0, networks: set }));
}

function in4(groups: readonly Group4[], address: IpAddress): boolean {
  const value = toNumber(address);
  for (const { mask, networks } of groups) if (networks.has((value & mask) >>> 0)) return true;
  return false;
}

interface Group6 {
  readonly bits: number;
  readonly networks: ReadonlySet<string>;
}

function key(address: IpAddress, bits: number): string {
  return Buffer.from(maskIp(address, bits)).toString("latin1");
}

function group6(networks: readonly Network[]): readonly Group6[] {
  const groups = new Map<number, Set<string>>();
  for (const { address, bits } of networks) {
    const set = groups.get(bits) ?? new Set();
    groups.set(bits, set.add(key(address, bits)));
  }
  return [...groups].map(([bits, set]) => ({ bits, networks: set }));
}

function in6(groups: readonly Group6[], address: IpAddress): boolean {
  for (const { bits, networks } of groups) if (networks.has(key(address, bits))) return true;
  return false;
}

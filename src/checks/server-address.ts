// Owns addresses of servers in SharedState: numeric text to words in network order. It resolves no names.

import type { SharedState } from "../records/index.ts";
import type { SocketAddress } from "../transport/types.ts";

/** Stores where a server is; undefined and unix sockets leave no address, as in `show servers state`. */
export function writeServerAddress(state: SharedState, index: number, address: SocketAddress | undefined): void {
  const { servers } = state;
  const words =
    address?.family === "ipv4"
      ? ipv4Words(address.host)
      : address?.family === "ipv6"
        ? ipv6Words(address.host)
        : undefined;
  servers.addressFamily.set(index, words === undefined ? 0 : words.length === 1 ? 4 : 6);
  servers.addressWord0.set(index, words?.[0] ?? 0);
  servers.addressWord1.set(index, words?.[1] ?? 0);
  servers.addressWord2.set(index, words?.[2] ?? 0);
  servers.addressWord3.set(index, words?.[3] ?? 0);
  servers.port.set(index, address?.port ?? 0);
}

/** "127.0.0.1" or "::1" with a port as an address; undefined for anything else. */
export function parseNumericAddress(host: string, port: number): SocketAddress | undefined {
  if (ipv4Words(host) !== undefined) return { family: "ipv4", host, port };
  if (ipv6Words(host) !== undefined) return { family: "ipv6", host, port };
  return undefined;
}

function ipv4Words(host: string): readonly number[] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  if (match === null) return undefined;
  const parts = match.slice(1).map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return [parts.reduce((word, part) => (word << 8) | part, 0)];
}

function ipv6Words(host: string): readonly number[] | undefined {
  if (!host.includes(":") || host.length > 45) return undefined;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(host);
  let text = host;
  if (dotted !== null) {
    const tail = ipv4Words(dotted[2]!)?.[0];
    if (tail === undefined) return undefined;
    text = `${dotted[1]}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`;
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined) => (half === undefined || half === "" ? [] : half.split(":"));
  const left = groups(halves[0]);
  const right = groups(halves[1]);
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const numbers = all.map((group) => Number.parseInt(group, 16));
  return [0, 2, 4, 6].map((i) => (numbers[i]! << 16) | numbers[i + 1]!);
}

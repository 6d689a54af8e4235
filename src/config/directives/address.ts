// Owns the forms of addresses: `127.0.0.1:80`, `*:80`, `:80-90`, `[::1]:80`, `ipv4@`, `ipv6@`, `unix@`, `abns@`, `fd@`, paths, names.
// It resolves no name. Configuration manual §2.9.

import type { AddressModel } from "../model/index.ts";

/** What may stand where the address is. */
export interface AddressRules {
  /** A port must be there. */
  readonly portNeeded: boolean;
  readonly portRange: boolean;
  /** `+10` and `-10`: relative to the port of the connection. */
  readonly portOffset: boolean;
  readonly descriptor: boolean;
  /** `name:80` is acceptable unresolved. */
  readonly names: boolean;
}

export type AddressAnswer =
  | {
      readonly address: AddressModel;
      /** Last port of a range; the first one is the address's. */
      readonly lastPort: number;
      /** The address was `*` or empty: every interface. */
      readonly any: boolean;
      /** `*`, `:80` and the like pin IPv4, `::` and `ipv6@` IPv6; undefined: whatever a name resolves to. */
      readonly family: "ipv4" | "ipv6" | undefined;
    }
  | { readonly problem: string; readonly unsupported?: true };

const PREFIX =
  /^(?:(stream\+|dgram\+)?(ipv4|ipv6|unix|abnsz|abns|fd|sockpair|tcp|tcp4|tcp6|udp|udp4|udp6|mptcp|mptcp4|mptcp6|quic4|quic6|uxst|uxdg|rhttp|ring|backend))@/;

/** The prefixes of the language that Pointsman does not do yet. */
const UNSUPPORTED_PREFIXES = new Set([
  "abnsz",
  "sockpair",
  "quic4",
  "quic6",
  "rhttp",
  "mptcp",
  "mptcp4",
  "mptcp6",
  "ring",
  "backend",
]);
const DATAGRAM_PREFIXES = new Set(["udp", "udp4", "udp6", "uxdg"]);

/** Parses one address. The messages are the reference's. */
export function parseAddress(text: string, rules: AddressRules): AddressAnswer {
  const match = PREFIX.exec(text);
  const kind = match?.[2] ?? "";
  const rest = text.slice(match?.[0].length ?? 0);
  if (UNSUPPORTED_PREFIXES.has(kind))
    return { problem: `addresses with '${kind}@' are not supported yet`, unsupported: true };
  if (DATAGRAM_PREFIXES.has(kind) || match?.[1] === "dgram+") {
    return { problem: `dgram-type address not acceptable in '${text}'` };
  }
  if (kind === "fd") return parseDescriptor(text, rest, rules);
  if (kind === "abns") return local({ kind: "abstract", name: rest });
  if (kind === "unix" || kind === "uxst" || (kind === "" && rest.startsWith("/")))
    return local({ kind: "unix", path: rest });
  const family = kind.endsWith("4") ? "ipv4" : kind.endsWith("6") ? "ipv6" : undefined;
  return parseInternet(text, rest, family, rules);
}

function local(address: AddressModel): AddressAnswer {
  return { address, lastPort: 0, any: false, family: undefined };
}

function parseDescriptor(text: string, rest: string, rules: AddressRules): AddressAnswer {
  if (!rules.descriptor) return { problem: `a file descriptor is not acceptable here in '${text}'` };
  if (!/^\d{1,6}$/.test(rest)) return { problem: `file descriptor '${rest}' is not a valid integer in '${text}'` };
  return local({ kind: "fd", fd: Number(rest) });
}

function parseInternet(
  text: string,
  rest: string,
  family: "ipv4" | "ipv6" | undefined,
  rules: AddressRules,
): AddressAnswer {
  const { host, port } = splitPort(rest);
  const ports = parsePorts(text, port, rules);
  if ("problem" in ports) return ports;
  const placed = placeHost(host, family);
  if (placed === undefined) {
    if (!rules.names) return { problem: `invalid address: '${host}' in '${text}'` };
    return {
      address: { kind: "name", name: host, port: ports.first },
      lastPort: ports.last,
      any: false,
      family,
    };
  }
  return {
    address: { kind: placed.kind, host: placed.host, port: ports.first },
    lastPort: ports.last,
    any: placed.any,
    family: placed.kind,
  };
}

/** The port is behind the last colon, brackets or not. */
function splitPort(text: string): { readonly host: string; readonly port: string | undefined } {
  if (text.startsWith("[")) {
    const close = text.indexOf("]");
    if (close > 0) {
      const tail = text.slice(close + 1);
      return { host: text.slice(1, close), port: tail.startsWith(":") ? tail.slice(1) : undefined };
    }
  }
  const colon = text.lastIndexOf(":");
  if (colon < 0) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

type Ports = { readonly first: number; readonly last: number };

function parsePorts(text: string, port: string | undefined, rules: AddressRules): Ports | { readonly problem: string } {
  if (port === undefined || port === "") {
    if (rules.portNeeded) return { problem: `missing port specification in '${text}'` };
    return { first: 0, last: 0 };
  }
  const sign = port.charAt(0);
  if (sign === "+" || sign === "-") {
    if (!rules.portOffset) return { problem: `port offset not permitted here in '${text}'` };
    return { first: 0, last: 0 };
  }
  const bad = /[^0-9-]/.exec(port)?.[0];
  if (bad !== undefined) return { problem: `invalid character '${bad}' in port number '${port}' in '${text}'` };
  const [low = "", high] = port.split("-", 2);
  const first = Number(low);
  if (high === undefined) {
    if (first > 65535 || (rules.portNeeded && first < 1)) return { problem: `invalid port '${port}'` };
    return { first, last: first };
  }
  if (!rules.portRange) return { problem: `port range not permitted here in '${text}'` };
  const last = Number(high);
  if (first < 1 || last > 65535 || first > last) return { problem: `invalid port range '${port}'` };
  return { first, last };
}

interface PlacedHost {
  readonly kind: "ipv4" | "ipv6";
  readonly host: string;
  readonly any: boolean;
}

function placeHost(host: string, family: "ipv4" | "ipv6" | undefined): PlacedHost | undefined {
  if (host === "" || host === "*") {
    return family === "ipv6" ? { kind: "ipv6", host: "::", any: true } : { kind: "ipv4", host: "0.0.0.0", any: true };
  }
  if (family !== "ipv6" && isIpv4(host)) return { kind: "ipv4", host, any: host === "0.0.0.0" };
  if (family !== "ipv4" && isIpv6(host)) return { kind: "ipv6", host, any: host === "::" };
  return undefined;
}

/** A dotted quad. */
export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

/** An IPv6 address without brackets, an IPv4 tail allowed. */
export function isIpv6(text: string): boolean {
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(text)) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    const parts = half === "" ? [] : half.split(":");
    for (const [position, part] of parts.entries()) {
      const last = index === halves.length - 1 && position === parts.length - 1;
      if (last && part.includes(".")) {
        if (!isIpv4(part)) return false;
        groups += 2;
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups++;
      else return false;
    }
  }
  return halves.length === 2 ? groups <= 7 : groups === 8;
}

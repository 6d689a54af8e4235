// Owns converters of addresses and host names. Configuration manual §7.3.1.

import { embeddedIpv4, maskIp, parseIp } from "../ip.ts";
import type { ConverterRow } from "../rows.ts";
import { needs, takes } from "../rows.ts";
import type { Argument, IpAddress } from "../types.ts";

type Masker = (address: IpAddress) => IpAddress;

/** The function that applies a mask argument; undefined where there is none. */
function maskerOf(argument: Argument | undefined): Masker | undefined {
  if (argument?.kind !== "mask4" && argument?.kind !== "mask6") return undefined;
  const { bits, mask } = argument;
  if (bits >= 0) return (address) => maskIp(address, bits);
  const holes = mask === undefined ? undefined : parseIp(mask);
  return holes === undefined ? undefined : (address) => address.map((byte, i) => byte & holes[i]!);
}

/** Where the port starts in a Host value: the colon, or −1. */
function portColon(host: string): number {
  for (let i = host.length - 1; i >= 0; i--) {
    if (host[i] === ":") return i;
    if (host[i] === "]") return -1;
  }
  return -1;
}

/** The table of this file. */
export const networkConverters: readonly ConverterRow[] = [
  {
    name: "ipmask",
    parameters: [needs("mask4", "mask4"), takes("mask6", "mask6")],
    input: "addr",
    output: "addr",
    since: "1.4",
    doc: "Clears the host part of an address; IPv6 needs its own mask.",
    compile: (args) => {
      const mask4 = maskerOf(args[0]);
      const mask6 = maskerOf(args[1]);
      return (value) => {
        const address = value as IpAddress;
        const ipv4 = address.length === 4 ? address : embeddedIpv4(address);
        return ipv4 !== undefined ? mask4?.(ipv4) : mask6?.(address);
      };
    },
  },
  {
    name: "host_only",
    parameters: [],
    input: "str",
    output: "str",
    since: "2.6",
    doc: "A Host value without its port, in lower case.",
    compile: () => (value) => {
      const host = value as string;
      const colon = portColon(host);
      return (colon < 0 ? host : host.slice(0, colon)).replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    },
  },
  {
    name: "port_only",
    parameters: [],
    input: "str",
    output: "sint",
    since: "2.6",
    doc: "The port of a Host value, 0 when there is none.",
    compile: () => (value) => {
      const host = value as string;
      const colon = portColon(host);
      // QUIRK: the reference takes every byte behind the colon for a digit.
      let port = 0;
      for (let i = colon + 1; colon >= 0 && i < host.length; i++) port = (port * 10 + host.charCodeAt(i) - 0x30) >>> 0;
      return port;
    },
  },
];

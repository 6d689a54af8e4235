// Owns converters of addresses and host names. Configuration manual §7.3.1.

import { embeddedIpv4, maskIp } from "../ip.ts";
import type { ConverterRow } from "../rows.ts";
import { needs, takes } from "../rows.ts";
import type { Argument, IpAddress } from "../types.ts";

function bitsOf(argument: Argument | undefined): number | undefined {
  return argument?.kind === "mask4" || argument?.kind === "mask6" ? argument.bits : undefined;
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
      const bits4 = bitsOf(args[0]) ?? 32;
      const bits6 = bitsOf(args[1]);
      return (value) => {
        const address = value as IpAddress;
        const ipv4 = address.length === 4 ? address : embeddedIpv4(address);
        if (ipv4 !== undefined) return maskIp(ipv4, bits4);
        return bits6 === undefined ? undefined : maskIp(address, bits6);
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

// Owns converters of addresses and host names. Configuration manual §7.3.1.

import { leadingInteger } from "../integers.ts";
import { maskIp } from "../ip.ts";
import type { ConverterRow } from "../rows.ts";
import { needs, takes } from "../rows.ts";
import type { Argument, IpAddress } from "../types.ts";

function bitsOf(argument: Argument | undefined): number | undefined {
  return argument?.kind === "mask4" || argument?.kind === "mask6" ? argument.bits : undefined;
}

/** Where the port starts in a Host value: the colon, or −1. */
function portColon(host: string): number {
  const bracket = host.startsWith("[") ? host.indexOf("]") : -1;
  const colon = host.indexOf(":", Math.max(bracket, 0));
  return host.startsWith("[") && bracket < 0 ? -1 : colon;
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
        if (address.length === 4) return maskIp(address, bits4);
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
      return colon < 0 || colon + 1 === host.length ? 0 : leadingInteger(host.slice(colon + 1));
    },
  },
];

// Tests of the translation between addresses and the kernel's bytes.

import { describe, expect, test } from "bun:test";
import type { SocketAddress } from "../types.ts";
import {
  decodeSocketAddress,
  encodeSocketAddress,
  parseIpv4,
  parseIpv6,
  renderIpv6,
  SOCKADDR_BYTES_MAX,
} from "./socket-address.ts";

function roundTrip(address: SocketAddress): SocketAddress | number {
  const bytes = new Uint8Array(SOCKADDR_BYTES_MAX + 4).fill(0xee);
  const length = encodeSocketAddress(address, bytes, 4);
  return length < 0 ? length : decodeSocketAddress(bytes, 4, length);
}

describe("socket addresses", () => {
  test("there and back", () => {
    const addresses: readonly SocketAddress[] = [
      { family: "ipv4", host: "127.0.0.1", port: 65535 },
      { family: "ipv4", host: "0.0.0.0", port: 0 },
      { family: "ipv6", host: "::", port: 80 },
      { family: "ipv6", host: "2001:db8::1:0:0:1", port: 443 },
      { family: "ipv6", host: "::ffff:192.0.2.7", port: 1 },
      { family: "unix", host: "/run/x.sock", port: 0 },
      { family: "unix", host: "\0abstract", port: 0 },
      { family: "unix", host: `/${"x".repeat(106)}`, port: 0 },
    ];
    for (const address of addresses) expect(roundTrip(address)).toEqual(address);
  });

  test("what is no address is refused", () => {
    for (const host of ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1..2.3", "a.b.c.d", "1.2.3.4 ", "01.2.3.4567"]) {
      expect(parseIpv4(host, new Uint8Array(4), 0)).toBe(false);
    }
    for (const host of [
      "",
      ":",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "12345::",
      "::g",
      "1.2.3.4::",
      "::1.2.3",
      "1:2:3:4:5:6:7::8",
    ]) {
      expect(parseIpv6(host, new Uint8Array(16), 0)).toBe(false);
    }
    expect(roundTrip({ family: "unix", host: "", port: 0 })).toBe(-1);
    expect(roundTrip({ family: "unix", host: `/${"x".repeat(107)}`, port: 0 })).toBe(-1);
  });

  test("IPv6 is written the short way (RFC 5952)", () => {
    const cases: readonly [string, string][] = [
      ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
      ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
      ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
      ["0:0:0:0:0:0:0:0", "::"],
      ["fe80::", "fe80::"],
      ["::1.2.3.4", "::102:304"],
    ];
    for (const [text, expected] of cases) {
      const bytes = new Uint8Array(16);
      expect(parseIpv6(text, bytes, 0)).toBe(true);
      expect(renderIpv6(bytes, 0)).toBe(expected);
    }
  });
});

// Owns the conversion of a sample from one type to another. A cast that can never work is refused when the configuration is read; one that
// depends on the value gives undefined. Configuration manual §7.3.

import type { Integer } from "./integers.ts";
import { leadingInteger } from "./integers.ts";
import { castIpv4, embeddedIpv4, formatIp, mapToIpv6, parseIpv6 } from "./ip.ts";
import type { IpAddress, SampleType, SampleValue } from "./types.ts";

/** A cast; undefined where this value has no counterpart. */
export type Cast = (value: SampleValue) => SampleValue | undefined;

/** "same": the value needs no change. "impossible": no value of `from` ever becomes a `to`. */
export function castBetween(from: SampleType, to: SampleType): Cast | "same" | "impossible" {
  if (from === to || to === "any") return "same";
  if (from === "any") return dynamicCast(to);
  return casts[from][to] ?? "impossible";
}

/** The type of a value that came out of an expression of type `any`. */
export function typeOfValue(value: SampleValue): SampleType {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  if (typeof value === "object") return value.length === 4 ? "ipv4" : "ipv6";
  return "sint";
}

function dynamicCast(to: SampleType): Cast {
  const isText = to === "str" || to === "meth";
  return (value) => {
    // Bytes and text look the same here. Text has no NUL, so that cutting at the first one is right for both.
    if (isText && typeof value === "string") return binaryToText(value);
    const cast = castBetween(typeOfValue(value), to);
    if (cast === "same") return value;
    return cast === "impossible" ? undefined : cast(value);
  };
}

const boolToInteger: Cast = (value) => (value === true ? 1 : 0);
const boolToText: Cast = (value) => (value === true ? "1" : "0");
const boolToBinary: Cast = (value) => `\0\0\0\0\0\0\0${value === true ? "\x01" : "\0"}`;
const integerToBool: Cast = (value) => value !== 0;
const integerToText: Cast = (value) => String(value);
const addressToText: Cast = (value) => formatIp(value as IpAddress);
const addressToBinary: Cast = (value) => Buffer.from(value as IpAddress).toString("latin1");
const textToAddress: Cast = (value) => castIpv4(value as string) ?? parseIpv6(value as string);

const integerToIpv4: Cast = (value) => {
  const bits = Number(BigInt.asUintN(32, BigInt(value as Integer)));
  return Uint8Array.of(bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255);
};
const integerToIpv6: Cast = (value) => mapToIpv6(integerToIpv4(value) as IpAddress);

const integerToBinary: Cast = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value as Integer));
  return bytes.toString("latin1");
};

const ipv4ToInteger: Cast = (value) => {
  const bytes = value as IpAddress;
  return ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
};

const textToInteger: Cast = (value) => (value === "" ? undefined : leadingInteger(value as string));
const textToBool: Cast = (value) => (value === "" ? undefined : leadingInteger(value as string) !== 0);

const binaryToText: Cast = (value) => {
  const end = (value as string).indexOf("\0");
  return end < 0 ? value : (value as string).slice(0, end);
};

/** An address of either family that must become the other one. */
const addressToIpv4: Cast = (value) => ((value as IpAddress).length === 4 ? value : embeddedIpv4(value as IpAddress));
const addressToIpv6: Cast = (value) => ((value as IpAddress).length === 16 ? value : mapToIpv6(value as IpAddress));

type CastRow = Partial<Record<SampleType, Cast | "same">>;

const casts: Readonly<Record<Exclude<SampleType, "any">, CastRow>> = {
  bool: { sint: boolToInteger, str: boolToText, bin: boolToBinary },
  sint: {
    bool: integerToBool,
    addr: integerToIpv4,
    ipv4: integerToIpv4,
    ipv6: integerToIpv6,
    str: integerToText,
    bin: integerToBinary,
  },
  addr: { ipv4: addressToIpv4, ipv6: addressToIpv6, str: addressToText, bin: addressToBinary },
  ipv4: { sint: ipv4ToInteger, addr: "same", ipv6: addressToIpv6, str: addressToText, bin: addressToBinary },
  ipv6: { addr: "same", ipv4: addressToIpv4, str: addressToText, bin: addressToBinary },
  str: {
    bool: textToBool,
    sint: textToInteger,
    addr: textToAddress,
    ipv4: (value) => castIpv4(value as string),
    ipv6: (value) => parseIpv6(value as string),
    bin: "same",
    meth: "same",
  },
  bin: { str: binaryToText, meth: binaryToText },
  meth: { str: "same", bin: "same" },
};

// Owns bitwise operations on 64-bit integers. Configuration manual §7.3.1.

import type { Integer } from "../integers.ts";
import { wrap } from "../integers.ts";
import type { ConverterRow } from "../rows.ts";
import { needs } from "../rows.ts";
import { numberOf } from "./numbers.ts";

const uint31Max = 0x7fffffff;

function isSmall(value: Integer): value is number {
  return typeof value === "number" && value >= 0 && value <= uint31Max;
}

function binary(
  name: string,
  doc: string,
  small: (a: number, b: number) => number,
  big: (a: bigint, b: bigint) => bigint,
): ConverterRow {
  return {
    name,
    parameters: [needs("number", "value")],
    input: "sint",
    output: "sint",
    since: "1.6",
    doc,
    compile: (args) => {
      const right = numberOf(args, 0);
      return (value, view) => {
        const operand = right(view);
        if (operand === undefined) return undefined;
        const left = value as Integer;
        if (isSmall(left) && isSmall(operand)) return small(left, operand);
        return wrap(big(BigInt(left), BigInt(operand)));
      };
    },
  };
}

/** The table of this file. */
export const bitConverters: readonly ConverterRow[] = [
  binary(
    "and",
    "Keeps the bits that both have.",
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  binary(
    "or",
    "Keeps the bits that either has.",
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  binary(
    "xor",
    "Keeps the bits that differ.",
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
  {
    name: "cpl",
    parameters: [],
    input: "sint",
    output: "sint",
    since: "1.6",
    doc: "Flips all bits.",
    compile: () => (value) => wrap(~BigInt(value as Integer)),
  },
  {
    name: "htonl",
    parameters: [],
    input: "sint",
    output: "bin",
    since: "2.1",
    doc: "The low 32 bits as four bytes in network order.",
    compile: () => (value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(Number(BigInt.asUintN(32, BigInt(value as Integer))));
      return bytes.toString("latin1");
    },
  },
];

// Owns the search of a field in Protocol Buffers messages and in gRPC messages that carry them: no schema, only numbers. Configuration manual §7.3.1
// "protobuf" and "ungrpc"; the Protocol Buffers encoding guide.

import { narrow } from "../integers.ts";
import type { Converter, ConverterRow } from "../rows.ts";
import { needs, takes, textArgument } from "../rows.ts";
import type { Argument, SampleValue } from "../types.ts";

/** The wire types that exist today. */
const varintWire = 0;
const fixed64Wire = 1;
const lengthWire = 2;
const fixed32Wire = 5;

/** The flag and the length in front of a gRPC message. */
const grpcHeadSize = 5;

/** How a type reads the bytes of its field; `wire` is where it may stand. */
interface FieldType {
  readonly wire: number;
  readonly read: (bytes: Buffer) => bigint;
}

function readVarint(bytes: Buffer): bigint {
  let value = 0n;
  for (let i = 0; i < bytes.length; i++) value |= BigInt(bytes[i]! & 0x7f) << BigInt(7 * i);
  return BigInt.asUintN(64, value);
}

function zigzag(value: bigint): bigint {
  return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
}

/** A float without its fraction as an integer of 64 bits, the way the machine converts it: the smallest one where it does not fit. */
function truncate(value: number): bigint {
  return value < 2 ** 63 && value >= -(2 ** 63) ? BigInt(Math.trunc(value)) : -(1n << 63n);
}

/** A double as an unsigned integer of 64 bits, likewise; the sample then takes it for a signed one. */
function truncateUnsigned(value: number): bigint {
  return value >= 2 ** 63 ? BigInt.asIntN(64, truncate(value - 2 ** 63) ^ (1n << 63n)) : truncate(value);
}

const varintType: FieldType = { wire: varintWire, read: (bytes) => BigInt.asIntN(64, readVarint(bytes)) };
const zigzagType: FieldType = { wire: varintWire, read: (bytes) => zigzag(readVarint(bytes)) };

/** QUIRK: the types of 32 bits and the boolean read all 64 bits that stand there. */
const types: Readonly<Record<string, FieldType>> = {
  int32: varintType,
  uint32: varintType,
  sint32: zigzagType,
  int64: varintType,
  uint64: varintType,
  sint64: zigzagType,
  bool: varintType,
  enum: varintType,
  fixed64: { wire: fixed64Wire, read: (bytes) => bytes.readBigInt64LE() },
  sfixed64: { wire: fixed64Wire, read: (bytes) => bytes.readBigInt64LE() },
  double: { wire: fixed64Wire, read: (bytes) => truncateUnsigned(bytes.readDoubleLE()) },
  fixed32: { wire: fixed32Wire, read: (bytes) => BigInt(bytes.readUInt32LE()) },
  sfixed32: { wire: fixed32Wire, read: (bytes) => BigInt(bytes.readInt32LE()) },
  float: { wire: fixed32Wire, read: (bytes) => BigInt.asUintN(32, truncate(bytes.readFloatLE())) },
};

/** The longest varint of 64 bits. */
const varintSizeMax = 10;

/**
 * The end of the varint at `at`; where it does not end, minus the place up to which it was read, minus one. QUIRK: where nothing is left, there is a
 * varint without bytes, and it is zero.
 */
function varintEnd(bytes: Buffer, at: number, end: number): number {
  const last = Math.min(end, at + varintSizeMax);
  for (let i = at; i < last; i++) if (bytes[i]! < 0x80) return i + 1;
  return at === end ? end : -last - 1;
}

/** A field of a message: its number, its wire type, where its value starts and ends. `stop` alone: the message is broken, and read up to there. */
interface Field {
  readonly number: number;
  readonly wire: number;
  readonly start: number;
  readonly end: number;
}

type Stop = { readonly stop: number };

function readField(bytes: Buffer, at: number, end: number): Field | Stop {
  const start = varintEnd(bytes, at, end);
  if (start < 0) return { stop: -start - 1 };
  const key = readVarint(bytes.subarray(at, start));
  const wire = Number(key & 7n);
  const number = Number(BigInt.asUintN(32, key >> 3n));
  if (wire === varintWire) {
    const after = varintEnd(bytes, start, end);
    return after < 0 ? { stop: -after - 1 } : { number, wire, start, end: after };
  }
  if (wire === fixed64Wire || wire === fixed32Wire) {
    const after = start + (wire === fixed64Wire ? 8 : 4);
    return after > end ? { stop: start } : { number, wire, start, end: after };
  }
  if (wire !== lengthWire) return { stop: start };
  const from = varintEnd(bytes, start, end);
  if (from < 0) return { stop: -from - 1 };
  const length = readVarint(bytes.subarray(start, from));
  return length > BigInt(end - from) ? { stop: from } : { number, wire, start: from, end: from + Number(length) };
}

/** The value at `path` in the message from `from` to `to`, as bytes or as an integer of `type`; or up to where it was read in vain. */
function lookUp(
  bytes: Buffer,
  from: number,
  to: number,
  path: readonly number[],
  type: FieldType | undefined,
): { readonly value: SampleValue } | Stop {
  let at = from;
  let end = to;
  for (let level = 0; at < end; ) {
    const field = readField(bytes, at, end);
    if ("stop" in field) return field;
    if (field.number !== path[level]) at = field.end;
    else if (level === path.length - 1) {
      const value = bytes.subarray(field.start, field.end);
      if (type === undefined) return { value: value.toString("latin1") };
      return type.wire === field.wire ? { value: narrow(type.read(value)) } : { stop: field.start };
    } else {
      if (field.wire !== lengthWire) return { stop: field.start };
      level++;
      at = field.start;
      end = field.end;
    }
  }
  return { stop: at };
}

type Search = (bytes: Buffer, path: readonly number[], type: FieldType | undefined) => SampleValue | undefined;

const searchMessage: Search = (bytes, path, type) => {
  const found = lookUp(bytes, 0, bytes.length, path, type);
  return "value" in found ? found.value : undefined;
};

/**
 * Looks into each gRPC message in turn: a flag, a length, a message. QUIRK: the next one is expected where the search in the last one has stopped,
 * but the whole length of the last one is taken off what is left.
 */
const searchGrpc: Search = (bytes, path, type) => {
  let left = bytes.length;
  for (let at = 0; left > grpcHeadSize; ) {
    const length = bytes.readUInt32BE(at + 1);
    at += grpcHeadSize;
    left -= grpcHeadSize;
    if (length > left) return undefined;
    const found = lookUp(bytes, at, at + length, path, type);
    if ("value" in found) return found.value;
    at = found.stop;
    left -= length;
  }
  return undefined;
};

function row(name: string, since: string, doc: string, find: Search): ConverterRow {
  return {
    name,
    parameters: [needs("fieldNumbers", "field_number"), takes("str", "field_type")],
    input: "bin",
    output: "bin",
    dynamic: true,
    since,
    doc,
    check: (args) => {
      const type = textArgument(args, 1, "");
      return args.length < 2 || types[type] !== undefined ? args : `Wrong protocol buffer type '${type}'`;
    },
    compile: (args: readonly Argument[]): Converter => {
      const path = textArgument(args, 0, "")
        .split(".")
        .map((part) => Number(BigInt.asUintN(32, BigInt(part || 0))));
      const type = types[textArgument(args, 1, "")];
      return (value) => find(Buffer.from(value as string, "latin1"), path, type);
    },
  };
}

/** The table of this file. */
export const protobufConverters: readonly ConverterRow[] = [
  row(
    "protobuf",
    "2.1",
    "A field of a Protocol Buffers message by its number, as bytes or as an integer.",
    searchMessage,
  ),
  row("ungrpc", "2.1", "A field of the Protocol Buffers in gRPC messages, as bytes or as an integer.", searchGrpc),
];

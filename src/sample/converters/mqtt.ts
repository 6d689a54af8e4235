// Owns the converters of MQTT packets. Configuration manual §7.3.1 "mqtt_field_value" and "mqtt_is_valid".

import type { Converter, ConverterRow } from "../rows.ts";
import { needs, textArgument } from "../rows.ts";
import type { Argument } from "../types.ts";
import { hasProperty, parseMqtt } from "./mqtt-packet.ts";

/** Packet types from 1 on. */
const typeNames = [
  "connect",
  "connack",
  "publish",
  "puback",
  "pubrec",
  "pubrel",
  "pubcomp",
  "subscribe",
  "suback",
  "unsubscribe",
  "unsuback",
  "pingreq",
  "pingresp",
  "disconnect",
  "auth",
];

const fieldNames: Readonly<Record<number, readonly string[]>> = {
  1: [
    "flags",
    "protocol_name",
    "protocol_version",
    "client_identifier",
    "will_topic",
    "will_payload",
    "username",
    "password",
    "keepalive",
  ],
  2: ["flags", "protocol_version", "reason_code"],
};

/** The number of a packet type by its number or name, or 0. */
function typeOf(word: string): number {
  const number = /^[0-9]{1,4}$/.test(word) ? Number(word) : typeNames.indexOf(word.toLowerCase()) + 1;
  return number <= typeNames.length ? number : 0;
}

/** The name of a field as packets have it; undefined: that type has no such field. */
function fieldOf(type: number, word: string): string | undefined {
  const name = word.toLowerCase();
  if (fieldNames[type]?.includes(name) === true) return name;
  return /^[0-9]{1,4}$/.test(word) && hasProperty(type, Number(word)) ? String(Number(word)) : undefined;
}

function problem(args: readonly Argument[]): string | readonly Argument[] {
  const packet = textArgument(args, 0, "");
  const type = typeOf(packet);
  if (type === 0) return `Unknown MQTT type '${packet}'`;
  const field = textArgument(args, 1, "");
  if (fieldOf(type, field) !== undefined) return args;
  return `Unknown MQTT field name '${field}' for packet type '${packet}'`;
}

/** `mqtt_field_value(type,field)`: an empty field is like an absent one. */
function fieldValue(args: readonly Argument[]): Converter {
  const type = typeOf(textArgument(args, 0, ""));
  const name = fieldOf(type, textArgument(args, 1, "")) ?? "";
  return (value) => {
    const packet = parseMqtt(value as string);
    if (typeof packet === "string" || packet.type !== type) return undefined;
    return packet.fields.get(name) || undefined;
  };
}

/** The table of this file. */
export const mqttConverters: readonly ConverterRow[] = [
  {
    name: "mqtt_is_valid",
    parameters: [],
    input: "bin",
    output: "bool",
    since: "2.4",
    doc: "Whether the bytes are a valid MQTT packet; fails while they are not all there.",
    compile: () => (value) => {
      const packet = parseMqtt(value as string);
      return packet === "incomplete" ? undefined : packet !== "invalid";
    },
  },
  {
    name: "mqtt_field_value",
    parameters: [needs("str", "packet_type"), needs("str", "field_or_property")],
    input: "bin",
    output: "str",
    since: "2.4",
    doc: "A field or a property of an MQTT packet.",
    check: problem,
    compile: fieldValue,
  },
];

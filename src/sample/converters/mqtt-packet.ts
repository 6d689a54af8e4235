// Owns the reading of MQTT's first packets, CONNECT and CONNACK, as far as the reference reads them. MQTT 3.1, 3.1.1 and 5.0 (OASIS); configuration
// manual §7.3.1 "mqtt_is_valid".

/** How the value of a property is laid out. */
type PropertyKind = "byte" | "short" | "long" | "text" | "pair";

/** Properties of MQTT 5.0 by their identifier. */
const propertyKinds: Readonly<Record<number, PropertyKind>> = {
  1: "byte",
  2: "long",
  3: "text",
  8: "text",
  9: "text",
  17: "long",
  18: "text",
  19: "short",
  21: "text",
  22: "text",
  23: "byte",
  24: "long",
  25: "byte",
  26: "text",
  28: "text",
  31: "text",
  33: "short",
  34: "short",
  36: "byte",
  37: "byte",
  38: "pair",
  39: "long",
  40: "byte",
  41: "byte",
  42: "byte",
};

const connectProperties = new Set([17, 21, 22, 23, 25, 33, 34, 38, 39]);
const willProperties = new Set([1, 2, 3, 8, 9, 24, 38]);
const connackProperties = new Set([17, 18, 19, 21, 22, 26, 28, 31, 33, 34, 36, 37, 38, 39, 40, 41, 42]);

/** Whether a field may name property `id` of a packet of this type. */
export function hasProperty(type: number, id: number): boolean {
  if (type === 1) return connectProperties.has(id) || willProperties.has(id);
  return type === 2 && connackProperties.has(id);
}

/** The fields of a packet as text by their name; properties by their number. Numeric properties that are absent are "0" in MQTT 5.0. */
export interface MqttPacket {
  readonly type: number;
  readonly fields: ReadonlyMap<string, string>;
}

class Reader {
  readonly #text: string;
  at: number;
  readonly end: number;
  /** Something did not fit. */
  failed = false;

  constructor(text: string, at: number, end: number) {
    this.#text = text;
    this.at = at;
    this.end = end;
  }

  number(size: number): number {
    if (this.at + size > this.end) this.failed = true;
    if (this.failed) return 0;
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.#text.charCodeAt(this.at++);
    return value;
  }

  text(): string {
    const length = this.number(2);
    if (this.at + length > this.end) this.failed = true;
    if (this.failed) return "";
    this.at += length;
    return this.#text.slice(this.at - length, this.at);
  }

  /** At most four bytes. */
  varint(): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.number(1);
      value += (byte & 127) * 128 ** i;
      if (byte < 128) return value;
    }
    this.failed = true;
    return 0;
  }
}

/** Adds the properties of a list; false where one may not stand there, or twice. */
function readProperties(reader: Reader, allowed: ReadonlySet<number>, fields: Map<string, string>): void {
  for (const id of allowed) {
    const kind = propertyKinds[id];
    if (kind === "byte" || kind === "short" || kind === "long") fields.set(String(id), "0");
  }
  const length = reader.varint();
  const end = reader.at + length;
  if (end > reader.end) reader.failed = true;
  const seen = new Set<number>();
  while (!reader.failed && reader.at < end) {
    const id = reader.number(1);
    const kind = propertyKinds[id];
    if (kind === undefined || !allowed.has(id) || (seen.has(id) && kind !== "pair")) {
      reader.failed = true;
      return;
    }
    seen.add(id);
    if (kind === "pair") {
      reader.text();
      reader.text();
    } else if (kind === "text") fields.set(String(id), reader.text());
    else {
      const number = reader.number(kind === "byte" ? 1 : kind === "short" ? 2 : 4);
      if (kind === "byte" && number > 1) reader.failed = true;
      fields.set(String(id), String(number));
    }
  }
  if (fields.get(assignedIdentifier) === "") reader.failed = true;
  if (reader.at !== end) reader.failed = true;
}

const authenticationMethod = "21";
const authenticationData = "22";
const assignedIdentifier = "18";

/** The flags of the fixed header that each packet type wants; undefined: any. */
const wantedFlags: readonly (number | undefined)[] = [16, 0, 0, undefined, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0];

const flag = { reserved: 1, will: 4, password: 64, userName: 128 } as const;

function readConnect(reader: Reader, fields: Map<string, string>): void {
  const name = reader.text();
  const version = reader.number(1);
  const flags = reader.number(1);
  fields.set("protocol_name", name).set("protocol_version", String(version)).set("flags", String(flags));
  fields.set("keepalive", String(reader.number(2)));
  const known = name.toLowerCase();
  if ((known !== "mqisdp" && known !== "mqtt") || version < 3 || version > 5) reader.failed = true;
  // QUIRK: of the flags only the reserved one is minded.
  if ((flags & flag.reserved) !== 0) reader.failed = true;
  if (version === 5) {
    readProperties(reader, connectProperties, fields);
    const withoutMethod = (fields.get(authenticationMethod) ?? "") === "";
    if (withoutMethod && (fields.get(authenticationData) ?? "") !== "") reader.failed = true;
  }
  fields.set("client_identifier", reader.text());
  if ((flags & flag.will) !== 0) {
    if (version === 5) readProperties(reader, willProperties, fields);
    fields.set("will_topic", reader.text());
    fields.set("will_payload", reader.text());
  }
  if ((flags & flag.userName) !== 0) fields.set("username", reader.text());
  if ((flags & flag.password) !== 0) fields.set("password", reader.text());
}

function readConnack(reader: Reader, fields: Map<string, string>): void {
  const short = reader.end - reader.at === 2;
  const flags = reader.number(1);
  fields.set("flags", String(flags));
  fields.set("reason_code", String(reader.number(1)));
  fields.set("protocol_version", short ? "4" : "5");
  if ((flags & 0xfe) !== 0) reader.failed = true;
  if (!short) readProperties(reader, connackProperties, fields);
}

/** The first packet in `text`; "incomplete" where more bytes could make it one. */
export function parseMqtt(text: string): MqttPacket | "incomplete" | "invalid" {
  if (text.length < 2) return "incomplete";
  const first = text.charCodeAt(0);
  const type = first >> 4;
  const wanted = wantedFlags[type];
  if (wanted !== undefined && (first & 15) !== wanted) return "invalid";
  const head = new Reader(text, 1, text.length);
  const length = head.varint();
  if (head.failed) return head.at < head.end ? "invalid" : "incomplete";
  const end = head.at + length;
  if (end > text.length) return "incomplete";
  if (type > 2) return "invalid";
  // QUIRK: bytes behind the packet may follow, and whether a CONNACK is short is judged with them.
  const reader = new Reader(text, head.at, text.length);
  const fields = new Map<string, string>();
  if (type === 1) readConnect(reader, fields);
  else readConnack(reader, fields);
  return reader.failed || reader.at !== end ? "invalid" : { type, fields };
}

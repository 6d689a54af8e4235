// Owns the random inputs of the differential test of converters: bytes over alphabets that provoke something, integers near the edges of 64 bits,
// addresses, and messages of the formats that converters parse.

import type { SeededRandom } from "../../src/stdx/index.ts";

/** Makes one input as latin1 text. */
export type Generator = (random: SeededRandom) => string;

function repeat(random: SeededRandom, count: number, one: Generator): string {
  let out = "";
  for (let i = 0; i < count; i++) out += one(random);
  return out;
}

/** Mostly short, at times long. */
function lengthOf(random: SeededRandom): number {
  const kind = random.below(20);
  if (kind === 0) return 0;
  if (kind === 1) return random.below(700);
  return random.below(kind < 10 ? 12 : 70);
}

/** One of the given texts. */
export function oneOf(...texts: readonly string[]): Generator {
  return (random) => texts[random.below(texts.length)] ?? "";
}

/** One of the given generators. */
export function anyOf(...generators: readonly Generator[]): Generator {
  return (random) => (generators[random.below(generators.length)] ?? (() => ""))(random);
}

/** Everything in turn. */
export function all(...generators: readonly Generator[]): Generator {
  return (random) => generators.map((generator) => generator(random)).join("");
}

/** Pieces of one of the texts, in any number. */
export function pieces(...texts: readonly string[]): Generator {
  const one = oneOf(...texts);
  return (random) => repeat(random, lengthOf(random), one);
}

/** Characters of `alphabet`. */
export function over(alphabet: string): Generator {
  return pieces(...alphabet);
}

/** Bytes from `from` to 255. */
export function bytesFrom(from: number): Generator {
  return (random) => repeat(random, lengthOf(random), () => String.fromCharCode(from + random.below(256 - from)));
}

/** At most `most` characters of what comes. */
export function atMost(most: number, generator: Generator): Generator {
  return (random) => generator(random).slice(0, most);
}

/** Changes a few bytes of what comes, one time in two. */
export function damaged(generator: Generator): Generator {
  return (random) => {
    let text = generator(random);
    if (random.below(2) === 0) return text;
    for (let i = random.below(3); i >= 0; i--) {
      const at = random.below(text.length + 1);
      const byte = String.fromCharCode(random.below(256));
      const kind = random.below(4);
      if (kind === 0) text = text.slice(0, at);
      else if (kind === 1) text = text.slice(0, at) + byte + text.slice(at);
      else if (kind === 2) text = text.slice(0, at) + text.slice(at + 1);
      else text = text.slice(0, at) + byte + text.slice(at + 1);
    }
    return text;
  };
}

const edges = [0n, 1n, 2n, 31n, 32n, 63n, 64n, 0x7fffffffn, 0xffffffffn, 1n << 53n, (1n << 63n) - 1n, 1n << 62n];

/** Decimal integers of 64 bits, and a few that are none. */
export const integers: Generator = (random) => {
  const kind = random.below(10);
  if (kind === 0) return oneOf("99999999999999999999", "-99999999999999999999", "12abc", "+7", "-", "-0")(random);
  let value: bigint;
  if (kind < 4) value = (edges[random.below(edges.length)] ?? 0n) + BigInt(random.below(3)) - 1n;
  else {
    value = (BigInt(random.nextUint32()) << 32n) | BigInt(random.nextUint32());
    value >>= BigInt(random.below(64));
  }
  return String(BigInt.asIntN(64, random.below(2) === 0 ? value : -value));
};

/** Dates around our time in seconds, ms or µs, at times any integer. */
export const dates: Generator = (random) => {
  if (random.below(4) === 0) return integers(random);
  const seconds = random.nextUint32() + random.below(3) * 0xffffffff;
  return `${seconds}${oneOf("", "", String(100 + random.below(900)), String(100_000 + random.below(900_000)))(random)}`;
};

const group4: Generator = (random) =>
  random.below(3) === 0 ? "0" : (random.nextUint32() >>> (16 + random.below(16))).toString(16);

/** Addresses of both families as text. */
export const addresses: Generator = anyOf(
  (random) => Array.from({ length: 4 }, () => random.below(256)).join("."),
  (random) => Array.from({ length: 8 }, () => group4(random)).join(":"),
  (random) => `::${Array.from({ length: 1 + random.below(5) }, () => group4(random)).join(":")}`,
  (random) => `2002:${group4(random)}:${group4(random)}::${group4(random)}`,
  (random) =>
    `::${random.below(2) === 0 ? "ffff:" : ""}${Array.from({ length: 4 }, () => random.below(256)).join(".")}`,
);

const jsonText = oneOf(
  '"x"',
  '"a\\nb"',
  '"\\u0041"',
  '"\\u20ac"',
  '"\\u00g!"',
  '"\\u00e9"',
  '""',
  '"\\/"',
  '"5"',
  '"a]b"',
  '"\\""',
);
const jsonNumber = oneOf(
  ..."0 5 -7 12345678 1.5 -0.25 1e3 1.5E-7 012 0x1f 9007199254740991 9007199254740992 5. - 1e 1e+2 0.1 100000 1000000".split(
    " ",
  ),
);
const jsonWord = oneOf("true", "false", "null");

/** JSON of random shape over few keys, so that paths meet it. */
export const json: Generator = (random) => jsonValue(random, 0);

function jsonValue(random: SeededRandom, depth: number): string {
  const kind = random.below(depth > 4 ? 5 : 12);
  if (kind < 2) return jsonText(random);
  if (kind < 4) return jsonNumber(random);
  if (kind < 5) return jsonWord(random);
  const blank = oneOf("", "", "", " ", "\n");
  const count = random.below(4);
  const items = Array.from({ length: count }, () => {
    const value = jsonValue(random, depth + 1);
    return kind < 8
      ? value
      : `${oneOf('"a"', '"b"', '"a.b"', '"ab"', '""', '"[0]"')(random)}${blank(random)}:${blank(random)}${value}`;
  });
  const text = items.join(`${blank(random)},${blank(random)}`);
  return kind < 8 ? `[${text}]` : `{${text}}`;
}

function varint(value: bigint): string {
  let out = "";
  for (; value > 127n; value >>= 7n) out += String.fromCharCode(Number(value & 127n) | 128);
  return out + String.fromCharCode(Number(value));
}

function littleEndian(value: bigint, size: number): string {
  let out = "";
  for (let i = 0; i < size; i++) out += String.fromCharCode(Number((value >> BigInt(8 * i)) & 255n));
  return out;
}

/** A Protocol Buffers message over the field numbers 1 to 4, nested. */
export const protobuf: Generator = (random) => protobufMessage(random, 0);

function protobufMessage(random: SeededRandom, depth: number): string {
  let out = "";
  for (let i = random.below(5); i > 0; i--) {
    const number = 1n + BigInt(random.below(4));
    const value = ((BigInt(random.nextUint32()) << 32n) | BigInt(random.nextUint32())) >> BigInt(random.below(64));
    const wire = [0, 1, 2, 2, 2, 5, 0, random.below(40) === 0 ? 3 : 0][random.below(8)] ?? 0;
    out += varint((number << 3n) | BigInt(wire));
    if (wire === 0) out += varint(random.below(3) === 0 ? BigInt.asUintN(64, -value) : value);
    else if (wire === 1) out += littleEndian(value, 8);
    else if (wire === 5) out += littleEndian(value, 4);
    else if (wire === 2) {
      const inner =
        depth < 3 && random.below(4) > 0 ? protobufMessage(random, depth + 1) : bytesFrom(0)(random).slice(0, 20);
      out += varint(BigInt(inner.length)) + inner;
    }
  }
  return out;
}

/** gRPC messages that carry Protocol Buffers. */
export const grpc: Generator = (random) => {
  let out = "";
  for (let i = random.below(4); i >= 0; i--) {
    const message = protobuf(random);
    const head = Buffer.alloc(5);
    head[0] = random.below(2);
    head.writeUInt32BE(message.length, 1);
    out += head.toString("latin1") + message;
  }
  return out;
};

function mqttText(text: string): string {
  return String.fromCharCode(text.length >> 8, text.length & 255) + text;
}

const mqttWord = oneOf("", "a", "client", "top/ic", "pass\0word", "\xe2\x82\xac", "x".repeat(200));

/** Property identifiers of MQTT 5.0 by the type of their value. */
const mqttProperties = {
  byte: [1, 23, 25, 36, 37, 40, 41, 42],
  short: [19, 33, 34, 35],
  long: [2, 17, 24, 39],
  text: [3, 8, 9, 18, 21, 22, 26, 28, 31],
  varint: [11],
  pair: [38],
} as const;

function mqttProperty(random: SeededRandom): string {
  const kind = oneOf(
    "byte",
    "short",
    "long",
    "text",
    "byte",
    "short",
    "long",
    "text",
    "pair",
    "varint",
  )(random) as keyof typeof mqttProperties;
  const ids = mqttProperties[kind];
  const id = String.fromCharCode(ids[random.below(ids.length)] ?? 0);
  const raw = (count: number): string =>
    Array.from({ length: count }, () => String.fromCharCode(random.below(256))).join("");
  if (kind === "byte") return id + oneOf("\0", "\x01", "\x02")(random);
  if (kind === "short") return id + raw(2);
  if (kind === "long") return id + raw(4);
  if (kind === "varint") return id + varint(BigInt(random.below(300)));
  return id + mqttText(mqttWord(random)) + (kind === "pair" ? mqttText(mqttWord(random)) : "");
}

function mqttPropertyList(random: SeededRandom): string {
  const list = Array.from({ length: random.below(4) }, () => mqttProperty(random)).join("");
  return varint(BigInt(list.length)) + list;
}

function mqttConnect(random: SeededRandom): string {
  const version = [3, 4, 4, 5, 5, 5, 6][random.below(7)] ?? 4;
  const name =
    random.below(12) === 0
      ? oneOf("MQTT", "MQIsdp", "MQXX", "mqtt", "MQIsdpx")(random)
      : version === 3
        ? "MQIsdp"
        : "MQTT";
  let flags = random.below(2) * 2;
  const will = random.below(2) === 0;
  if (will) flags |= 4 | (random.below(3) << 3) | (random.below(2) << 5);
  const user = random.below(2) === 0;
  const password = random.below(user ? 2 : 8) === 0;
  flags |= (user ? 128 : 0) | (password ? 64 : 0);
  if (random.below(15) === 0) flags ^= 1 << random.below(8);
  let out = mqttText(name) + String.fromCharCode(version, flags, random.below(256), random.below(256));
  if (version === 5) out += mqttPropertyList(random);
  out += mqttText(mqttWord(random));
  if (will)
    out += (version === 5 ? mqttPropertyList(random) : "") + mqttText(mqttWord(random)) + mqttText(mqttWord(random));
  if (user) out += mqttText(mqttWord(random));
  if (password) out += mqttText(mqttWord(random));
  return out;
}

function mqttConnack(random: SeededRandom): string {
  const head = String.fromCharCode(
    random.below(10) === 0 ? random.below(256) : random.below(2),
    random.below(8) === 0 ? random.below(256) : random.below(6),
  );
  return random.below(2) === 0 ? head : head + mqttPropertyList(random);
}

/** MQTT packets, mostly CONNECT and CONNACK. */
export const mqtt: Generator = (random) => {
  const connect = random.below(3) > 0;
  const body = connect ? mqttConnect(random) : mqttConnack(random);
  const type = random.below(20) === 0 ? random.below(16) : connect ? 1 : 2;
  const flags = random.below(20) === 0 ? random.below(16) : 0;
  const length = random.below(15) === 0 ? body.length + random.below(3) - 1 : body.length;
  return (
    String.fromCharCode((type << 4) | flags) +
    varint(BigInt(Math.max(0, length))) +
    body +
    oneOf("", "", "", "", "trailing")(random)
  );
};

/** A FIX message, mostly whole and right. */
export const fix: Generator = (random) => {
  const field = all(
    oneOf("49", "56", "34", "35", "1", "049", "49x", "", "10", "9"),
    oneOf("=", "=", "=", "=", "=", "==", ""),
    oneOf("A", "SENDER", "x=y", "12", "", "\xff"),
    oneOf("\x01"),
  );
  const good = all(
    oneOf("49", "56", "34", "52", "108", "140", "212", "446", "700", "1621"),
    oneOf("="),
    oneOf("A", "SENDER", "12", "x=y"),
    oneOf("\x01"),
  );
  let body = random.below(10) === 0 ? field(random) : `35=${oneOf("A", "0", "D")(random)}\x01`;
  for (let i = random.below(5); i > 0; i--) body += random.below(10) === 0 ? field(random) : good(random);
  const version = oneOf(
    "FIX.4.0",
    "FIX.4.1",
    "FIX.4.2",
    "FIX.4.3",
    "FIX.4.4",
    "FIXT.1.1",
    "FIX.4.4",
    "FIX.5.0",
    "fix.4.4",
  )(random);
  const length = random.below(10) === 0 ? body.length + random.below(3) - 1 : body.length;
  const head = `8=${version}\x019=${random.below(12) === 0 ? "0" : ""}${length}\x01`;
  let sum = random.below(12) === 0 ? 1 : 0;
  for (const char of head + body) sum += char.charCodeAt(0);
  const digits = String(sum % 256).padStart(random.below(12) === 0 ? 1 : 3, "0");
  return `${head}${body}10=${digits}\x01${random.below(10) === 0 ? "trailing" : ""}`;
};

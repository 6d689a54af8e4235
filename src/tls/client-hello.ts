// Owns reading a TLS ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2) out of the first bytes of a connection, however they are
// cut into records and chunks. It only looks: it decides which certificate and protocol to use, and the TLS library still
// judges the same bytes. No I/O, no clock; bounded in bytes and in work. What a peer sends never throws.

/** The most bytes that are collected for one ClientHello, record headers included. The reference's buffer is as large. */
export const CLIENT_HELLO_BYTES_MAX = 16_384;

const RECORD_HEADER_BYTES = 5;
const RECORD_BYTES_MAX = 16_384;
const CONTENT_HANDSHAKE = 22;
const CONTENT_ALERT = 21;
const HANDSHAKE_CLIENT_HELLO = 1;
const HANDSHAKE_HEADER_BYTES = 4;

const EXTENSION_SERVER_NAME = 0;
const EXTENSION_GROUPS = 10;
const EXTENSION_POINT_FORMATS = 11;
const EXTENSION_SIGNATURE_ALGORITHMS = 13;
const EXTENSION_ALPN = 16;
const EXTENSION_VERSIONS = 43;

/** What a ClientHello says. Numbers are as on the wire, GREASE values (RFC 8701) included, in the client's order. */
export interface ClientHello {
  readonly kind: "hello";
  /** Of the first record: often 0x0301, whatever is meant. */
  readonly recordVersion: number;
  /** The hello's own version field: 0x0303 from TLS 1.2 on. */
  readonly legacyVersion: number;
  /** From supported_versions, or the legacy version alone. */
  readonly versions: readonly number[];
  /** Lower case, "" when there is none. */
  readonly serverName: string;
  readonly alpn: readonly string[];
  readonly ciphers: readonly number[];
  /** Empty when the extension is missing. */
  readonly signatureAlgorithms: readonly number[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  /** The types of all extensions. */
  readonly extensions: readonly number[];
  readonly sessionIdBytes: number;
}

/**
 * `need-more`: it begins like a ClientHello; `bytes` is the least total with which asking again can help. `not-tls`: the first
 * byte or version is none of TLS. `bad`: TLS, but no acceptable ClientHello.
 */
export type ClientHelloResult =
  | ClientHello
  | { readonly kind: "need-more"; readonly bytes: number }
  | { readonly kind: "not-tls" }
  | { readonly kind: "bad"; readonly reason: string };

const NOT_TLS: ClientHelloResult = { kind: "not-tls" };

function bad(reason: string): ClientHelloResult {
  return { kind: "bad", reason };
}

/** Reads the ClientHello at the start of `bytes`; bytes behind it are ignored. */
export function parseClientHello(bytes: Uint8Array): ClientHelloResult {
  let message: Uint8Array | undefined;
  let filled = 0;
  let wanted = 0;
  let at = 0;
  for (;;) {
    const record = readRecord(bytes, at);
    if (typeof record !== "number") return record;
    const bodyStart = at + RECORD_HEADER_BYTES;
    const bodyEnd = Math.min(bodyStart + record, bytes.length);
    const whole = bodyStart + record <= bytes.length;
    if (message === undefined) {
      // Records that cut the four bytes which say how long the message is are refused: no client makes them.
      const header = readHandshakeHeader(bytes, bodyStart, bodyEnd);
      if (typeof header !== "number") {
        return header ?? (whole ? bad("handshake header cut by records") : needMore(bytes, bytes.length + 1));
      }
      wanted = HANDSHAKE_HEADER_BYTES + header;
    }
    if (bodyStart + wanted - filled > CLIENT_HELLO_BYTES_MAX) return bad("too long");
    if (filled === 0 && bodyEnd - bodyStart >= wanted) {
      return parseBody(bytes.subarray(bodyStart, bodyStart + wanted), bytes);
    }
    message ??= new Uint8Array(wanted);
    const part = bytes.subarray(bodyStart, Math.min(bodyEnd, bodyStart + wanted - filled));
    message.set(part, filled);
    filled += part.length;
    if (filled === wanted) return parseBody(message, bytes);
    if (!whole) return needMore(bytes, Math.min(bodyStart + record, bodyEnd + wanted - filled));
    at = bodyStart + record;
  }
}

function needMore(bytes: Uint8Array, total: number): ClientHelloResult {
  if (bytes.length >= CLIENT_HELLO_BYTES_MAX) return bad("too long");
  return { kind: "need-more", bytes: Math.min(Math.max(total, bytes.length + 1), CLIENT_HELLO_BYTES_MAX) };
}

/** The length of the record that begins at `at`. */
function readRecord(bytes: Uint8Array, at: number): number | ClientHelloResult {
  const left = bytes.length - at;
  const first = at === 0;
  if (left >= 1 && bytes[at] !== CONTENT_HANDSHAKE) {
    if (first && bytes[at] !== CONTENT_ALERT) return NOT_TLS;
    return bad("not a handshake record");
  }
  if (left >= 2 && bytes[at + 1] !== 3) return first ? NOT_TLS : bad("record version");
  if (left < RECORD_HEADER_BYTES) return needMore(bytes, bytes.length + 1);
  const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
  if (length === 0) return bad("empty record");
  if (length > RECORD_BYTES_MAX) return bad("record too long");
  return length;
}

/** The length of the handshake message whose header stands at `start`; undefined when the header is not all there. */
function readHandshakeHeader(bytes: Uint8Array, start: number, end: number): number | ClientHelloResult | undefined {
  if (end - start >= 1 && bytes[start] !== HANDSHAKE_CLIENT_HELLO) return bad("not a ClientHello");
  if (end - start < HANDSHAKE_HEADER_BYTES) return undefined;
  const length = (bytes[start + 1]! << 16) | (bytes[start + 2]! << 8) | bytes[start + 3]!;
  return length > CLIENT_HELLO_BYTES_MAX ? bad("too long") : length;
}

/** A place in the message that only moves forward and remembers whether something was missing. */
class Reader {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  broken = false;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  number(size: 1 | 2): number {
    if (this.left < size) {
      this.broken = true;
      this.at = this.end;
      return 0;
    }
    const high = this.bytes[this.at]!;
    const value = size === 1 ? high : (high << 8) | this.bytes[this.at + 1]!;
    this.at += size;
    return value;
  }

  skip(count: number): void {
    if (this.left < count) this.broken = true;
    this.at = Math.min(this.at + count, this.end);
  }

  /** A part behind a length of one or two bytes. */
  part(lengthSize: 1 | 2): Reader {
    const length = this.number(lengthSize);
    const start = this.at;
    this.skip(length);
    const reader = new Reader(this.bytes, start, this.at);
    reader.broken = this.broken;
    return reader;
  }

  /** All that is left as numbers. */
  numbers(size: 1 | 2): number[] {
    const out: number[] = [];
    while (this.left > 0) out.push(this.number(size));
    return out;
  }

  text(): string {
    let out = "";
    for (; this.at < this.end; this.at += 1) out += String.fromCharCode(this.bytes[this.at]!);
    return out;
  }
}

interface Extensions {
  versions: number[] | undefined;
  serverName: string;
  alpn: string[];
  signatureAlgorithms: number[];
  groups: number[];
  pointFormats: number[];
  types: number[];
}

function parseBody(message: Uint8Array, wire: Uint8Array): ClientHelloResult {
  const reader = new Reader(message, HANDSHAKE_HEADER_BYTES, message.length);
  const legacyVersion = reader.number(2);
  reader.skip(32);
  const sessionId = reader.part(1);
  const ciphers = reader.part(2);
  const compressions = reader.part(1);
  if (reader.broken || sessionId.left > 32) return bad("cut short");
  if (ciphers.left === 0 || ciphers.left % 2 !== 0) return bad("cipher list");
  if (compressions.left === 0) return bad("compression list");
  const found: Extensions = {
    versions: undefined,
    serverName: "",
    alpn: [],
    signatureAlgorithms: [],
    groups: [],
    pointFormats: [],
    types: [],
  };
  if (reader.left > 0) {
    const extensions = reader.part(2);
    if (extensions.broken || reader.left > 0) return bad("extensions");
    while (extensions.left > 0) {
      const type = extensions.number(2);
      const body = extensions.part(2);
      if (body.broken || !readExtension(type, body, found)) return bad(`extension ${type}`);
      found.types.push(type);
    }
  }
  return {
    kind: "hello",
    recordVersion: (wire[1]! << 8) | wire[2]!,
    legacyVersion,
    versions: found.versions ?? [legacyVersion],
    serverName: found.serverName,
    alpn: found.alpn,
    ciphers: ciphers.numbers(2),
    signatureAlgorithms: found.signatureAlgorithms,
    groups: found.groups,
    pointFormats: found.pointFormats,
    extensions: found.types,
    sessionIdBytes: sessionId.left,
  };
}

/** Takes what is needed from one extension; false when its inside does not add up. Unknown ones are not looked into. */
function readExtension(type: number, body: Reader, found: Extensions): boolean {
  switch (type) {
    case EXTENSION_SERVER_NAME:
      return readServerName(body, found);
    case EXTENSION_ALPN:
      return readAlpn(body, found);
    case EXTENSION_VERSIONS: {
      const list = body.part(1);
      found.versions = list.numbers(2);
      return !list.broken && body.left === 0;
    }
    case EXTENSION_GROUPS: {
      const list = body.part(2);
      found.groups = list.numbers(2);
      return !list.broken && body.left === 0;
    }
    case EXTENSION_SIGNATURE_ALGORITHMS: {
      const list = body.part(2);
      found.signatureAlgorithms = list.numbers(2);
      return !list.broken && body.left === 0;
    }
    case EXTENSION_POINT_FORMATS: {
      const list = body.part(1);
      found.pointFormats = list.numbers(1);
      return !list.broken && body.left === 0;
    }
    default:
      return true;
  }
}

/** RFC 6066 §3: a list of names of which only the type "host_name" exists. */
function readServerName(body: Reader, found: Extensions): boolean {
  const list = body.part(2);
  while (list.left > 0) {
    const type = list.number(1);
    const name = list.part(2);
    if (name.broken) return false;
    if (type === 0 && found.serverName === "") found.serverName = name.text().toLowerCase();
  }
  return !list.broken && body.left === 0;
}

/** RFC 7301 §3.1: a list of names, none of them empty. */
function readAlpn(body: Reader, found: Extensions): boolean {
  const list = body.part(2);
  while (list.left > 0) {
    const name = list.part(1);
    if (name.broken || name.left === 0) return false;
    found.alpn.push(name.text());
  }
  return !list.broken && body.left === 0;
}

/**
 * Collects the chunks of one connection until its ClientHello is all there. It keeps every byte, since the TLS library
 * must see them all again. The usual case, one chunk, copies nothing; a hello that comes in single bytes is not read again and
 * again, since `need-more` says how many bytes it takes.
 */
export class ClientHelloCollector {
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  #needed = 1;

  /** Everything that was pushed. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  push(chunk: Uint8Array): ClientHelloResult {
    if (this.#length === 0) {
      this.#bytes = chunk;
    } else {
      const total = this.#length + chunk.length;
      if (total > this.#bytes.length) {
        const grown = new Uint8Array(Math.max(total, Math.min(this.#bytes.length * 2, CLIENT_HELLO_BYTES_MAX)));
        grown.set(this.bytes);
        this.#bytes = grown;
      }
      this.#bytes.set(chunk, this.#length);
    }
    this.#length += chunk.length;
    if (this.#length < this.#needed) return { kind: "need-more", bytes: this.#needed };
    const result = parseClientHello(this.bytes);
    if (result.kind === "need-more") this.#needed = result.bytes;
    return result;
  }
}

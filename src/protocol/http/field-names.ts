// Owns the known field names and their ids: `fields[i * 5 + 4]` of a HeadTable. A rule that names a known field compares one
// number; a field with another name has id 0 and is compared by its bytes. Ids up to `lastFramingFieldId` decide framing or
// persistence and are the only ones that a codec looks at while it parses. RFC 9110 §18.4.

import { assert, latin1Bytes } from "../../stdx/index.ts";

/** Lower-case names in the order of their ids; the first entry, id 0, stands for every other name. */
export const fieldNames = [
  "",
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "expect",
  "te",
  "sec-websocket-key",
  "sec-websocket-accept",
  "cookie",
  "set-cookie",
  "user-agent",
  "accept",
  "accept-encoding",
  "accept-language",
  "accept-ranges",
  "access-control-allow-origin",
  "age",
  "alt-svc",
  "authorization",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-range",
  "content-security-policy",
  "content-type",
  "date",
  "etag",
  "expires",
  "forwarded",
  "if-modified-since",
  "if-none-match",
  "keep-alive",
  "last-modified",
  "link",
  "location",
  "origin",
  "pragma",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "range",
  "referer",
  "retry-after",
  "server",
  "strict-transport-security",
  "trailer",
  "upgrade-insecure-requests",
  "vary",
  "via",
  "www-authenticate",
  "x-content-type-options",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-frame-options",
  "x-real-ip",
  "x-request-id",
  "x-requested-with",
] as const;

type KnownFieldName = Exclude<(typeof fieldNames)[number], "">;

/** The id of each known name: `fieldIds["content-length"]`. */
export const fieldIds: Readonly<Record<KnownFieldName, number>> = Object.freeze(
  Object.fromEntries(fieldNames.slice(1).map((name, index) => [name, index + 1])),
) as Readonly<Record<KnownFieldName, number>>;

// The ids that the codecs compare for every field, as plain constants: a property of a large object is not folded.
export const idHost = 1;
export const idConnection = 2;
export const idContentLength = 3;
export const idTransferEncoding = 4;
export const idUpgrade = 5;
export const idExpect = 6;
export const idTe = 7;
export const idWebsocketKey = 8;

/** Fields with an id of at most this one (`sec-websocket-accept`) take part in framing, persistence or upgrades. */
export const lastFramingFieldId = 9;

/** The bytes of each known name by id. */
export const fieldNameBytes: readonly Uint8Array[] = fieldNames.map(latin1Bytes);

// All names in one array, found by a hash without collisions among them. A name is known only when every byte was compared: a hash alone
// would let a peer forge `content-length`. Who adds a name may have to look for other factors: the assertion below says so.
const nameOffsets = new Int32Array(fieldNames.length + 1);
for (let id = 0; id < fieldNames.length; id++) nameOffsets[id + 1] = nameOffsets[id]! + fieldNames[id]!.length;
const allNames = latin1Bytes(fieldNames.join(""));

const slots = new Uint8Array(256);

function slotOf(bytes: Uint8Array, from: number, to: number): number {
  return (to - from + bytes[from]! * 11 + bytes[to - 1]! * 23 + bytes[to - 2]! * 9) & 255;
}

for (let id = 1; id < fieldNames.length; id++) {
  const bytes = fieldNameBytes[id]!;
  const slot = slotOf(bytes, 0, bytes.length);
  assert(slots[slot] === 0, "two known field names have one hash: choose other factors in slotOf");
  slots[slot] = id;
}

/** The id of the lower-case name `bytes[from, to)`, which is not empty; 0 when it is none of the known names. */
export function fieldIdOf(bytes: Uint8Array, from: number, to: number): number {
  const id = slots[slotOf(bytes, from, to)]!;
  const shift = nameOffsets[id]! - from;
  if (nameOffsets[id + 1]! - shift !== to) return 0;
  const names = allNames;
  for (let i = from; i < to; i++) if (bytes[i] !== names[i + shift]) return 0;
  return id;
}

/** The id of a name given as text in any case; 0 when unknown. For configuration time. */
export function fieldIdOfName(name: string): number {
  const lower = latin1Bytes(name.toLowerCase());
  return lower.length === 0 ? 0 : fieldIdOf(lower, 0, lower.length);
}

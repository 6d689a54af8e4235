// Owns the header table: a parsed HTTP message head as offsets into the received bytes. The codecs (h1, later h2) fill it,
// rules and the forwarder read it; nothing becomes a string until somebody asks. It knows no sockets and no framing rules.
// Changes by rules are made in the table itself (`edit.ts`), so that a later rule sees them. RFC 9110 §5 and §6.

/** Fields of one message head that fit a table. The reference's `tune.http.maxhdr` defaults to 101. */
export const maxFieldsDefault = 101;

/** Int32 slots of one field: name start, name end, value start, value end, known-name id. */
export const fieldStride = 5;

/** How the body of a message ends. */
export const bodyKinds = {
  /** There is no body. */
  none: 0,
  /** `contentLength` bytes. */
  length: 1,
  /** Chunked; `h1/chunked.ts` finds the end. */
  chunked: 2,
  /** Until the peer closes (responses only). */
  close: 3,
  /** Both directions are opaque bytes from here on: 101, or 2xx to CONNECT. */
  tunnel: 4,
} as const;

/** One of {@link bodyKinds}. */
export type BodyKind = (typeof bodyKinds)[keyof typeof bodyKinds];

/**
 * One parsed head. All offsets index `bytes`. Names are lower-cased in place by the parser (as the reference forwards them), values
 * are trimmed of surrounding blanks by their offsets, not in the bytes.
 *
 * Field i stands at `fields[i * fieldStride …]`: name start, name end, value start, value end, id (`field-names.ts`, 0: other).
 * Fields that the reference removes on receipt are not in the table: repeated equal Content-Length and Host fields, Content-Length beside
 * Transfer-Encoding, an Upgrade that is not asked for, and of Connection the tokens close, keep-alive and a pointless upgrade.
 *
 * A table is reused: who needs it after an await or a callback copies it with {@link copyHead}.
 */
export class HeadTable {
  bytes: Uint8Array = new Uint8Array(0);
  /** First byte of the start line (leading empty lines skipped), and the byte after the empty line that ends the head. */
  start = 0;
  end = 0;
  methodStart = 0;
  methodEnd = 0;
  /** Known method id (see `methods.ts`), 0 for any other token. */
  method = 0;
  targetStart = 0;
  targetEnd = 0;
  /** The eight bytes `HTTP/x.y`. */
  versionStart = 0;
  /** 11 for HTTP/1.1 and everything above it, 10 for HTTP/1.0, 9 and below for what is older (`HTTP/0.9` in full form). */
  version = 11;
  /** 0 in a request. */
  status = 0;
  /** The three bytes of the status as received. */
  statusStart = 0;
  reasonStart = 0;
  reasonEnd = 0;
  /** First byte of the first field line. */
  fieldsStart = 0;
  fieldCount = 0;
  readonly fields: Int32Array;
  /** Index of the Host field, −1 when there is none. */
  hostIndex = -1;
  /** −1: no Content-Length. At most 2^53−1. Also set when `bodyKind` says that the body is absent (HEAD, 304). */
  contentLength = -1;
  /** `Transfer-Encoding` ends in chunked. */
  chunked = false;
  /** Transfer-Encoding and Content-Length came together: the latter was removed and the connection must not be reused. */
  ambiguousLength = false;
  bodyKind: BodyKind = bodyKinds.none;
  /** Tokens that Connection had when it was received. */
  connectionClose = false;
  connectionKeepAlive = false;
  /** Connection has the token upgrade and there is an Upgrade field that may be forwarded. */
  connectionUpgrade = false;
  /** By version and Connection tokens, the peer keeps this connection open after the message (RFC 9112 §9.3). */
  persistent = false;
  /** `Expect: 100-continue` on an HTTP/1.1 request. */
  expectContinue = false;
  /** Some line is not exactly as it would be forwarded, so a forwarder must rebuild the head instead of splicing it. */
  irregular = false;
  /** The same of the start line alone. */
  startIrregular = false;
  /** A field that frames the message was removed, added or changed: a forwarder checks them against `bodyKind`. */
  framingTouched = false;
  /** The buffer of edits, made on the first edit and kept for later heads; `bytes === edits` once this head was edited. */
  edits: Uint8Array | undefined = undefined;
  editsEnd = 0;

  constructor(maxFields = maxFieldsDefault) {
    this.fields = new Int32Array(maxFields * fieldStride);
  }

  get maxFields(): number {
    return (this.fields.length / fieldStride) | 0;
  }
}

/** Makes `table` empty and point into `bytes`. What a codec calls before it fills the table. */
export function resetHead(table: HeadTable, bytes: Uint8Array): void {
  table.bytes = bytes;
  table.start = 0;
  table.end = 0;
  table.methodStart = 0;
  table.methodEnd = 0;
  table.method = 0;
  table.targetStart = 0;
  table.targetEnd = 0;
  table.versionStart = 0;
  table.version = 11;
  table.status = 0;
  table.statusStart = 0;
  table.reasonStart = 0;
  table.reasonEnd = 0;
  table.fieldsStart = 0;
  table.fieldCount = 0;
  table.hostIndex = -1;
  table.contentLength = -1;
  table.chunked = false;
  table.ambiguousLength = false;
  table.bodyKind = bodyKinds.none;
  table.connectionClose = false;
  table.connectionKeepAlive = false;
  table.connectionUpgrade = false;
  table.persistent = false;
  table.expectContinue = false;
  table.irregular = false;
  table.startIrregular = false;
  table.framingTouched = false;
}

/**
 * Makes `target` an independent copy of `source`: bytes of the head included, so that the received buffer can be released.
 * `target` needs as many field slots as `source` has fields. Offsets change: the copy starts at 0.
 */
export function copyHead(source: HeadTable, target: HeadTable): void {
  resetHead(target, source.bytes);
  copyScalars(source, target);
  const slots = source.fieldCount * fieldStride;
  const from = source.fields;
  const to = target.fields;
  for (let i = 0; i < slots; i++) to[i] = from[i]!;
  moveHead(target, new Uint8Array(headSpan(source)));
  target.edits = target.bytes;
}

/** Bytes from the start line to the last byte that the table refers to. */
function headSpan(table: HeadTable): number {
  return (table.bytes === table.edits ? table.editsEnd : table.end) - table.start;
}

/**
 * Moves the bytes of the head into `buffer` at 0, rebasing every offset. `buffer` holds at least the head. Used by
 * {@link copyHead} and by the first edit; afterwards `edits`/`editsEnd` are the caller's to set, `editsEnd` being the copied length.
 */
export function moveHead(table: HeadTable, buffer: Uint8Array): void {
  const span = headSpan(table);
  const shift = table.start;
  const source = table.bytes;
  if (span >= 32) Buffer.prototype.copy.call(source, buffer, 0, shift, shift + span);
  else for (let i = 0; i < span; i++) buffer[i] = source[shift + i]!;
  table.bytes = buffer;
  table.editsEnd = span;
  if (shift === 0) return;
  table.start = 0;
  table.end -= shift;
  table.methodStart -= shift;
  table.methodEnd -= shift;
  table.targetStart -= shift;
  table.targetEnd -= shift;
  table.versionStart -= shift;
  table.statusStart -= shift;
  table.reasonStart -= shift;
  table.reasonEnd -= shift;
  table.fieldsStart -= shift;
  const fields = table.fields;
  const slots = table.fieldCount * fieldStride;
  for (let i = 0; i < slots; i += fieldStride) {
    fields[i]! -= shift;
    fields[i + 1]! -= shift;
    fields[i + 2]! -= shift;
    fields[i + 3]! -= shift;
  }
}

function copyScalars(source: HeadTable, target: HeadTable): void {
  target.start = source.start;
  target.end = source.end;
  target.methodStart = source.methodStart;
  target.methodEnd = source.methodEnd;
  target.method = source.method;
  target.targetStart = source.targetStart;
  target.targetEnd = source.targetEnd;
  target.versionStart = source.versionStart;
  target.version = source.version;
  target.status = source.status;
  target.statusStart = source.statusStart;
  target.reasonStart = source.reasonStart;
  target.reasonEnd = source.reasonEnd;
  target.fieldsStart = source.fieldsStart;
  target.fieldCount = source.fieldCount;
  target.hostIndex = source.hostIndex;
  target.contentLength = source.contentLength;
  target.chunked = source.chunked;
  target.ambiguousLength = source.ambiguousLength;
  target.bodyKind = source.bodyKind;
  target.connectionClose = source.connectionClose;
  target.connectionKeepAlive = source.connectionKeepAlive;
  target.connectionUpgrade = source.connectionUpgrade;
  target.persistent = source.persistent;
  target.expectContinue = source.expectContinue;
  target.irregular = source.irregular;
  target.startIrregular = source.startIrregular;
  target.framingTouched = source.framingTouched;
  target.edits = source.edits === source.bytes ? target.bytes : undefined;
  target.editsEnd = source.editsEnd;
}

// Owns the header table: a parsed HTTP message head as offsets into the received bytes. The codecs (h1, later h2) fill it,
// rules and the forwarder read it; nothing becomes a string until somebody asks. It knows no sockets and no framing rules.
// RFC 9110 §5 and §6.

/** Fields of one message head that fit a table. The reference's `tune.http.maxhdr` defaults to 101. */
export const maxFieldsDefault = 101;

/** Int32 slots of one field: name start, name end, value start, value end, known-name id. */
export const fieldStride = 5;

/**
 * One parsed head. All offsets index `bytes`. Names are lower-cased in place by the parser (as the reference forwards them), values
 * are trimmed of surrounding blanks by their offsets, not in the bytes.
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
  /** 10 for HTTP/1.0, 11 for HTTP/1.1. */
  version = 11;
  status = 0;
  reasonStart = 0;
  reasonEnd = 0;
  /** First byte of the first field line. */
  fieldsStart = 0;
  fieldCount = 0;
  readonly fields: Int32Array;
  /** −1: no Content-Length. At most 2^53−1. */
  contentLength = -1;
  /** `Transfer-Encoding` ends in chunked. */
  chunked = false;
  /** Tokens of `Connection`: */
  connectionClose = false;
  connectionKeepAlive = false;
  connectionUpgrade = false;
  /** `Expect: 100-continue` on an HTTP/1.1 request. */
  expectContinue = false;
  /** Some field line is not exactly `name: value\r\n`, so a forwarder must rebuild the head instead of splicing it. */
  irregular = false;

  constructor(maxFields = maxFieldsDefault) {
    this.fields = new Int32Array(maxFields * fieldStride);
  }

  get maxFields(): number {
    return (this.fields.length / fieldStride) | 0;
  }
}

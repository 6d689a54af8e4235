// Owns the reasons for which an HTTP/1 message is refused, each with the status that the reference answers for it in a request.
// In a response every one of them is a 502. The parsers return these codes as negative numbers; they never throw.

/** Codes of refusal. Negative, stable within one run only. */
export const h1Errors = {
  badMethod: -1,
  badTarget: -2,
  badVersion: -3,
  badStatus: -4,
  badStartLine: -5,
  badFieldName: -6,
  badFieldValue: -7,
  tooManyFields: -8,
  badContentLength: -9,
  badTransferEncoding: -10,
  unsupportedTransferEncoding: -11,
  badHost: -12,
  hostMismatch: -13,
  badUpgrade: -14,
  bodyInOldVersion: -15,
  badChunk: -16,
  chunkTooLarge: -17,
  badTrailer: -18,
} as const;

/** One of {@link h1Errors}. */
export type H1Error = (typeof h1Errors)[keyof typeof h1Errors];

interface ErrorRow {
  readonly status: number;
  readonly text: string;
}

const rows: readonly ErrorRow[] = [
  { status: 400, text: "no error" },
  { status: 400, text: "the method is not a token" },
  { status: 400, text: "the request target has a byte or a form that is not allowed" },
  { status: 400, text: "the protocol version is not HTTP/x.y" },
  { status: 400, text: "the status is not three digits" },
  { status: 400, text: "the start line is malformed" },
  { status: 400, text: "a field name is empty, has a byte that is not allowed or is not followed by a colon" },
  { status: 400, text: "a field value has a NUL or a bare carriage return" },
  { status: 400, text: "there are more fields than allowed" },
  { status: 400, text: "Content-Length is not one number" },
  { status: 400, text: "Transfer-Encoding does not end in one chunked" },
  { status: 422, text: "Transfer-Encoding has another coding than chunked" },
  { status: 400, text: "Host is malformed or repeated with another value" },
  { status: 400, text: "Host and the authority of the request target differ" },
  { status: 400, text: "a WebSocket handshake lacks its key" },
  { status: 413, text: "a body in a GET, HEAD or DELETE before HTTP/1.1" },
  { status: 400, text: "a chunk size line is malformed" },
  { status: 400, text: "a chunk is too large" },
  { status: 400, text: "a trailer is malformed or too long" },
];

/** The status with which the reference refuses a request with this error. */
export function h1ErrorStatus(error: number): number {
  return rows[-error]?.status ?? 400;
}

/** What was wrong, in a few words, for logs and `explain`. */
export function h1ErrorText(error: number): string {
  return rows[-error]?.text ?? "malformed message";
}

// Owns the 256-entry tables with which the HTTP/1 parsers classify a byte in one load. What they accept is what the reference accepts,
// byte for byte (`test/h1/reference.test.ts`); where it is laxer than RFC 9110 §5.5 (control characters in values) that is kept.

function buildTable(value: (byte: number) => number): Uint8Array {
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) table[byte] = value(byte);
  return table;
}

function isTokenByte(byte: number): boolean {
  const isAlphanumeric = (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
  return isAlphanumeric || "!#$%&'*+-.^_`|~".includes(String.fromCharCode(byte));
}

/** A byte of a field name becomes its lower case, every other byte 0 (RFC 9110 §5.6.2 "token"). */
export const nameClass: Uint8Array = buildTable((byte) =>
  isTokenByte(byte) ? (byte >= 65 && byte <= 90 ? byte | 0x20 : byte) : 0,
);

/** 1 for a byte that a request target may hold: visible US-ASCII but `#`. */
export const targetClass: Uint8Array = buildTable((byte) => (byte > 0x20 && byte < 0x7f && byte !== 0x23 ? 1 : 0));

/** 1 for a byte of a Host value or an authority. */
export const hostClass: Uint8Array = buildTable((byte) =>
  byte > 0x20 && byte < 0x7f && !"#,/?@[\\]".includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** 1 for a byte of a URI scheme. */
export const schemeClass: Uint8Array = buildTable((byte) => (/[A-Za-z0-9+.-]/.test(String.fromCharCode(byte)) ? 1 : 0));

/** The value of a hexadecimal digit, 255 for every other byte. */
export const hexClass: Uint8Array = buildTable((byte) => {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : 255;
});

export const byteTab = 9;
export const byteLf = 10;
export const byteCr = 13;
export const byteSpace = 32;
export const byteComma = 44;
export const byteColon = 58;

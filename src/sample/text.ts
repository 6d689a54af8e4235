// Owns the case of latin1 text by ASCII rules: bytes above 127 are not letters here, whatever Unicode says.

/** Lower case; the platform's own function where every byte is ASCII. */
export function lowerAscii(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Upper case; the platform's own function where every byte is ASCII. */
export function upperAscii(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text.toUpperCase();
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

// Owns base64 text as the reference reads and writes it, for the converters and for the arguments that carry keys. RFC 4648; configuration manual
// §7.3.1 "b64dec" and "ub64dec".

const groupsOfFour = /^(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]===)*$/;

/** The bytes of base64 text as latin1. Strict: whole groups of four. QUIRK: every group may end in padding, and one digit alone says nothing. */
export function decodeBase64(text: string): string | undefined {
  if (!groupsOfFour.test(text)) return undefined;
  const padding = text.indexOf("=");
  if (padding < 0 || padding >= text.length - 4) return Buffer.from(text, "base64").toString("latin1");
  return text.replace(/[^=]+=*/g, (groups) => Buffer.from(groups, "base64").toString("latin1"));
}

/** The bytes of base64url text as latin1. QUIRK: padding is not expected, and an "=" counts as the last digit. */
export function decodeBase64Url(text: string): string | undefined {
  if (text.length % 4 === 1 || !/^[A-Za-z0-9_=-]*$/.test(text)) return undefined;
  return Buffer.from(text.replaceAll("=", "_"), "base64url").toString("latin1");
}

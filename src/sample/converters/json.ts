// Owns the escaping of bytes into a JSON string with the reference's five ways to read them. Configuration manual §7.3.1 "json".

import type { Converter } from "../rows.ts";

interface Variant {
  readonly utf8: boolean;
  /** Broken sequences vanish instead of failing. */
  readonly silent: boolean;
  /** Overlong forms are accepted. */
  readonly permissive: boolean;
}

/** The variants by their argument. */
export const jsonVariants: Readonly<Record<string, Variant>> = {
  ascii: { utf8: false, silent: false, permissive: false },
  utf8: { utf8: true, silent: false, permissive: false },
  utf8s: { utf8: true, silent: true, permissive: false },
  utf8p: { utf8: true, silent: false, permissive: true },
  utf8ps: { utf8: true, silent: true, permissive: true },
};

const short: Readonly<Record<number, string>> = {
  8: "\\b",
  9: "\\t",
  10: "\\n",
  12: "\\f",
  13: "\\r",
  34: '\\"',
  47: "\\/",
  92: "\\\\",
};

function escapeCode(code: number): string {
  const named = short[code];
  if (named !== undefined) return named;
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** One decoded character: how many bytes it took and its code, or −1 when the bytes are none. */
interface Decoded {
  readonly length: number;
  readonly code: number;
}

const lowest = [0, 0, 0x80, 0x800, 0x10000];

function decode(text: string, at: number, permissive: boolean): Decoded {
  const first = text.charCodeAt(at);
  if (first < 0x80) return { length: 1, code: first };
  const size =
    first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc0 && first < 0xe0 ? 2 : 0;
  if (size === 0) return { length: 1, code: -1 };
  let code = first & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const next = text.charCodeAt(at + i);
    if (Number.isNaN(next) || (next & 0xc0) !== 0x80) return { length: i, code: -1 };
    code = (code << 6) | (next & 0x3f);
  }
  const overlong = code < lowest[size]!;
  const prohibited = (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;
  if (prohibited || (overlong && !permissive)) return { length: size, code: -1 };
  return { length: size, code };
}

/** The converter of one variant. */
export function jsonEscaper(name: string): Converter {
  const variant = jsonVariants[name] ?? { utf8: false, silent: false, permissive: false };
  return (value) => {
    const text = value as string;
    let out = "";
    for (let at = 0; at < text.length; ) {
      if (!variant.utf8) {
        out += escapeCode(text.charCodeAt(at++));
        continue;
      }
      const { length, code } = decode(text, at, variant.permissive);
      at += length;
      if (code >= 0 && code <= 0xffff) out += escapeCode(code);
      else if (!variant.silent) return undefined;
    }
    return out;
  };
}

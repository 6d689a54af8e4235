// Owns signed 64-bit integers as samples carry them: a number inside ±2^53, a bigint beyond. Arithmetic is done on numbers while it is exact
// and saturates at the ends as the reference's does. Configuration manual §7.3.1.

/** An integer sample. */
export type Integer = number | bigint;

/** The largest and the smallest integer of 64 bits. */
export const int64Max = 0x7fffffffffffffffn;
export const int64Min = -0x8000000000000000n;

/** The narrowest form of a bigint that is inside 64 bits. */
export function narrow(value: bigint): Integer {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Saturates to 64 bits. */
export function saturate(value: bigint): Integer {
  return narrow(value > int64Max ? int64Max : value < int64Min ? int64Min : value);
}

/** Wraps to 64 bits, as C's unsigned arithmetic does. */
export function wrap(value: bigint): Integer {
  return narrow(BigInt.asIntN(64, value));
}

/**
 * Reads a leading integer as the reference casts strings: an optional sign, then digits up to the first other character, bounded
 * to 64 bits; 0 when there is no digit. The caller has refused the empty string.
 */
export function leadingInteger(text: string): Integer {
  let i = text.charCodeAt(0) === 0x2d || text.charCodeAt(0) === 0x2b ? 1 : 0;
  const negative = i === 1 && text.charCodeAt(0) === 0x2d;
  const start = i;
  let value = 0;
  for (; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (value > Number.MAX_SAFE_INTEGER) {
    // Twenty significant digits decide everything that 64 bits can hold; a longer run only saturates.
    const digits = text.slice(start, i).replace(/^0+/, "").slice(0, 20);
    const big = BigInt(digits);
    return saturate(negative ? -big : big);
  }
  return negative && value !== 0 ? -value : value;
}

/** The whole of `text` as an integer, or undefined. */
export function wholeInteger(text: string): Integer | undefined {
  return /^[-+]?[0-9]{1,30}$/.test(text) ? leadingInteger(text) : undefined;
}

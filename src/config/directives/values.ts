// Owns the values that many keywords share: integers as C reads them, times, sizes, names. Configuration manual §2.5 (time) and §2.6 (size).

/** An integer as the reference's `atol` reads it: leading space and sign, digits, the rest ignored; 0 when there are none. */
export function looseInteger(text: string): number {
  const digits = /^\s*([+-]?\d{1,15})/.exec(text)?.[1];
  return digits === undefined ? 0 : Number(digits);
}

/** A whole text that is an integer, or undefined. */
export function strictInteger(text: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export type TimeAnswer =
  /** `tail`: what followed the unit, which the reference ignores with a warning. */
  | { readonly ms: number; readonly tail: string }
  | { readonly bad: string; readonly offset: number }
  | { readonly overflow: true }
  | { readonly underflow: true };

const MICROSECONDS: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

/** The largest timer, in ms. */
const MAX_TIME_MS = 2_147_483_647;

/** A time with a unit, or in `unit` without one. Parts of a ms round up, so that "5us" is not "no timeout". */
export function parseTime(text: string, unit: "us" | "ms" | "s" = "ms"): TimeAnswer {
  const match = /^(\d*)(us|ms|s|m|h|d)?/.exec(text);
  const digits = match?.[1] ?? "";
  if (digits === "") return { bad: text.charAt(0), offset: 0 };
  const written = match?.[2];
  const tail = text.slice(match?.[0].length ?? 0);
  if (written === undefined && tail !== "") return { bad: tail.charAt(0), offset: digits.length };
  const ms = Math.ceil((Number(digits) * (MICROSECONDS[written ?? unit] ?? 1000)) / 1000);
  if (ms > MAX_TIME_MS) return { overflow: true };
  return { ms, tail };
}

export type SizeAnswer = { readonly bytes: number } | { readonly bad: string };

const SIZE_FACTORS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** A size with `k`, `m` or `g`. */
export function parseSize(text: string): SizeAnswer {
  const match = /^(\d+)([kmgKMG]?)(.*)$/s.exec(text);
  if (match === null) return { bad: text.charAt(0) };
  const [, digits = "", unit = "", tail = ""] = match;
  if (tail !== "") return { bad: tail.charAt(0) };
  return { bytes: Number(digits) * (SIZE_FACTORS[unit.toLowerCase()] ?? 1) };
}

/** The first character that may not stand in the name of a proxy, server or ACL; undefined when all may. */
export function badNameCharacter(name: string): string | undefined {
  return /[^A-Za-z0-9_.:-]/.exec(name)?.[0];
}

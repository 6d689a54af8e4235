// Owns strftime(3) in the "C" locale as glibc has it (flags, widths, the modifiers E and O), in UTC or in the process's own zone, over plain
// numbers. It reads no clock. strftime(3); configuration manual §7.3.1 "ltime".

const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const monthNames = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
  readonly yearday: number;
  /** Minutes east of UTC. */
  readonly offset: number;
  /** What mktime(3) makes of the other parts: seconds since 1970, read as local time even where they are UTC. */
  readonly epoch: bigint;
  /** Asking for it is slow, and few formats do. */
  readonly zone: () => string;
}

/** The calendar repeats, weekdays included, every 400 years. */
const cycleSeconds = 146_097n * 86_400n;

/** The longest result, exclusive: the reference formats into a buffer of `tune.bufsize`, and what does not fit leaves nothing. */
const resultLimit = 16_384;

/** The platform's dates end early: what is far away is computed in the cycle that starts in 1970. */
function partsOf(seconds: bigint, local: boolean): Parts {
  const cycles = seconds / cycleSeconds;
  const rest = Number(seconds % cycleSeconds);
  const date = new Date(rest * 1000);
  const offset = -date.getTimezoneOffset();
  // A shifted date read as UTC is the local one, whatever the zone.
  const shifted = new Date(rest * 1000 + (local ? offset * 60_000 : 0));
  const year = shifted.getUTCFullYear();
  return {
    year: year + Number(cycles) * 400,
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    weekday: shifted.getUTCDay(),
    yearday: Math.floor(
      (Date.UTC(2000 + (year % 400), shifted.getUTCMonth(), shifted.getUTCDate()) -
        Date.UTC(2000 + (year % 400), 0, 1)) /
        86_400_000,
    ),
    offset: local ? offset : 0,
    epoch: local ? seconds : seconds - BigInt(offset * 60),
    zone: () => (local ? zoneName(date) : "GMT"),
  };
}

/** The abbreviation of the local zone; "GMT+3" where the platform knows no better. */
function zoneName(date: Date): string {
  return /[^ ]+$/.exec(date.toLocaleTimeString("en-GB", { timeZoneName: "short" }))?.[0] ?? "UTC";
}

/** Minutes east of UTC as "+hhmm". */
export function zoneText(offset: number): string {
  const minutes = Math.abs(offset);
  return `${offset < 0 ? "-" : "+"}${String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, "0")}`;
}

/** Year and week by ISO 8601. */
function isoWeek(parts: Parts): readonly [year: number, week: number] {
  const shift = Math.floor((parts.year - 1970) / 400) * 400;
  const thursday = Date.UTC(parts.year - shift, parts.month, parts.day - ((parts.weekday + 6) % 7) + 3);
  const year = new Date(thursday).getUTCFullYear();
  return [year + shift, 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / 86_400_000 / 7)];
}

function twoDigitYear(year: number): number {
  return ((year % 100) + 100) % 100;
}

/** A number with the digits that it has at least; `blank`: filled with blanks. */
interface NumberDirective {
  readonly digits: number;
  readonly blank?: boolean;
  /** Modifiers that may stand before it: "EO", "O", or none. */
  readonly modifiers: string;
  readonly of: (parts: Parts) => number;
}

function counted(digits: number, of: (parts: Parts) => number, modifiers = "O", blank = false): NumberDirective {
  return { digits, of, modifiers, blank };
}

const numbers: Readonly<Record<string, NumberDirective>> = {
  C: counted(1, (p) => Math.floor(p.year / 100), "EO"),
  d: counted(2, (p) => p.day),
  e: counted(2, (p) => p.day, "O", true),
  g: counted(2, (p) => twoDigitYear(isoWeek(p)[0])),
  G: counted(1, (p) => isoWeek(p)[0]),
  H: counted(2, (p) => p.hour),
  I: counted(2, (p) => p.hour % 12 || 12),
  j: counted(3, (p) => p.yearday + 1),
  k: counted(2, (p) => p.hour, "O", true),
  l: counted(2, (p) => p.hour % 12 || 12, "O", true),
  m: counted(2, (p) => p.month + 1),
  M: counted(2, (p) => p.minute),
  S: counted(2, (p) => p.second),
  u: counted(1, (p) => p.weekday || 7, "EO"),
  U: counted(2, (p) => Math.floor((p.yearday + 7 - p.weekday) / 7)),
  V: counted(2, (p) => isoWeek(p)[1]),
  w: counted(1, (p) => p.weekday),
  W: counted(2, (p) => Math.floor((p.yearday + 7 - ((p.weekday + 6) % 7)) / 7)),
  y: counted(2, (p) => twoDigitYear(p.year), "EO"),
  Y: counted(1, (p) => p.year, "E"),
};

/** A text; `invert`: the flag "#" makes it upper or lower case. */
interface TextDirective {
  readonly modifiers: string;
  readonly invert: "upper" | "lower" | undefined;
  readonly of: (parts: Parts) => string;
}

const texts: Readonly<Record<string, TextDirective>> = {
  "%": { modifiers: "EO", invert: undefined, of: () => "%" },
  a: { modifiers: "", invert: "upper", of: (p) => dayNames[p.weekday]!.slice(0, 3) },
  A: { modifiers: "", invert: "upper", of: (p) => dayNames[p.weekday]! },
  b: { modifiers: "O", invert: "upper", of: (p) => monthNames[p.month]!.slice(0, 3) },
  h: { modifiers: "O", invert: "upper", of: (p) => monthNames[p.month]!.slice(0, 3) },
  B: { modifiers: "O", invert: "upper", of: (p) => monthNames[p.month]! },
  n: { modifiers: "EO", invert: undefined, of: () => "\n" },
  p: { modifiers: "EO", invert: "lower", of: (p) => (p.hour < 12 ? "AM" : "PM") },
  P: { modifiers: "EO", invert: "lower", of: (p) => (p.hour < 12 ? "am" : "pm") },
  s: { modifiers: "EO", invert: undefined, of: (p) => String(p.epoch) },
  t: { modifiers: "EO", invert: undefined, of: () => "\t" },
  Z: { modifiers: "EO", invert: "lower", of: (p) => p.zone() },
};

const composed: Readonly<Record<string, readonly [modifiers: string, format: string]>> = {
  c: ["E", "%a %b %e %H:%M:%S %Y"],
  D: ["", "%m/%d/%y"],
  F: ["", "%Y-%m-%d"],
  r: ["EO", "%I:%M:%S %p"],
  R: ["EO", "%H:%M"],
  T: ["EO", "%H:%M:%S"],
  x: ["E", "%m/%d/%y"],
  X: ["E", "%H:%M:%S"],
};

/** The flags of one specification. */
interface Flags {
  readonly pad: string;
  readonly upper: boolean;
  readonly invert: boolean;
  readonly width: number;
}

const specification = /%([_0^#-]*)(\d*)([EO]?)([\s\S])?/g;

/** Fills to the width with blanks, or with zeros where the flag says so. */
function fill(text: string, { pad, width }: Flags): string {
  return text.padStart(Math.min(width, resultLimit), pad === "0" ? "0" : " ");
}

function formatNumber(value: number, digits: number, blank: boolean, flags: Flags): string {
  const pad = flags.pad === "" && blank ? "_" : flags.pad;
  if (pad === "-") return fill(String(value), flags);
  const width = Math.min(Math.max(digits, flags.width), resultLimit);
  if (pad === "_") return String(value).padStart(width, " ");
  if (value >= 0) return String(value).padStart(width, "0");
  return `-${String(-value).padStart(width - 1, "0")}`;
}

function formatText({ invert, of }: TextDirective, letter: string, parts: Parts, flags: Flags): string {
  const text = of(parts);
  if (letter === "P" || (flags.invert && invert === "lower")) return fill(text.toLowerCase(), flags);
  return fill(flags.upper || (flags.invert && invert === "upper") ? text.toUpperCase() : text, flags);
}

/** "+hhmm" where the width counts the digits alone. */
function formatZone(offset: number, flags: Flags): string {
  const minutes = Math.abs(offset);
  const sign = (offset < 0 ? "-" : "+").padStart(Math.min(flags.width, resultLimit), flags.pad === "0" ? "0" : " ");
  return sign + formatNumber(Math.floor(minutes / 60) * 100 + (minutes % 60), 4, false, flags);
}

function expand(format: string, parts: Parts): string {
  let total = 0;
  const out = format.replace(specification, (all, marks: string, digits: string, modifier: string, letter = "") => {
    const flags: Flags = {
      pad: /[_0-](?=[\^#]*$)/.exec(marks)?.[0] ?? "",
      upper: marks.includes("^"),
      invert: marks.includes("#"),
      width: Math.min(Number(digits), resultLimit),
    };
    const text = expandOne(all, modifier, letter, parts, flags);
    total += text.length;
    return total > resultLimit ? "" : text;
  });
  return total + format.replace(specification, "").length >= resultLimit ? "" : out;
}

function expandOne(all: string, modifier: string, letter: string, parts: Parts, flags: Flags): string {
  const allowed = (modifiers: string): boolean => modifiers.includes(modifier);
  const number = numbers[letter];
  if (number !== undefined && allowed(number.modifiers)) {
    return formatNumber(number.of(parts), number.digits, number.blank === true, flags);
  }
  const text = texts[letter];
  if (text !== undefined && allowed(text.modifiers)) return formatText(text, letter, parts, flags);
  const longer = composed[letter];
  if (longer !== undefined && allowed(longer[0])) {
    const inner = expand(longer[1], parts);
    return fill(flags.upper ? inner.toUpperCase() : inner, flags);
  }
  if (letter === "z") return formatZone(parts.offset, flags);
  // Not a directive: it stands for itself, filled to its width.
  const upper = flags.upper || (flags.invert && "bBh".includes(letter));
  return fill(upper ? all.toUpperCase() : all, flags);
}

/**
 * The text of `format` at `seconds` since 1970. With a `unit`, `%N` is the fraction in nanoseconds; digits before the N cut it. A result that does
 * not fit the reference's buffer is empty.
 */
export function formatTime(
  format: string,
  seconds: bigint,
  fraction: number,
  unit: "" | "ms_" | "us_",
  local: boolean,
): string {
  if (unit === "") return expand(format, partsOf(seconds, local));
  // QUIRK: it is replaced before anything else is looked at, so that in "%%3N" the first "%" meets digits. A negative one is a large unsigned number.
  const nanoseconds = BigInt.asUintN(64, BigInt(fraction) * (unit === "ms_" ? 1_000_000n : 1000n));
  const digits = String(nanoseconds).padStart(9, "0");
  const replaced = format.replace(/%(\d*)N/g, (_all, width: string) =>
    digits.slice(0, width === "" ? 9 : Math.min(9, Number(width))),
  );
  return expand(replaced, partsOf(seconds, local));
}

/** Minutes east of UTC of the process's zone at `seconds`. */
export function localOffsetMinutes(seconds: number): number {
  return -new Date(seconds * 1000).getTimezoneOffset();
}

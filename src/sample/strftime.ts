// Owns strftime(3) in the "C" locale, in UTC or in the process's own zone, over plain numbers. It reads no clock.

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
  readonly epoch: bigint;
  readonly zone: string;
}

/** The calendar repeats, weekdays included, every 400 years. */
const cycleSeconds = 146_097n * 86_400n;

/** The platform's dates end early: what is far away is computed in the cycle that starts in 1970. */
function partsOf(epoch: bigint, local: boolean): Parts {
  const cycles = epoch / cycleSeconds;
  const seconds = Number(epoch % cycleSeconds);
  const date = new Date(seconds * 1000);
  const offset = local ? -date.getTimezoneOffset() : 0;
  // A shifted date read as UTC is the local one, whatever the zone.
  const shifted = new Date(seconds * 1000 + offset * 60_000);
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
      (Date.UTC(year, shifted.getUTCMonth(), shifted.getUTCDate()) - Date.UTC(year, 0, 1)) / 86_400_000,
    ),
    offset,
    epoch,
    zone: local ? zoneName(date) : "GMT",
  };
}

/** The abbreviation of the local zone; "GMT+3" where the platform knows no better. */
function zoneName(date: Date): string {
  return /[^ ]+$/.exec(date.toLocaleTimeString("en-GB", { timeZoneName: "short" }))?.[0] ?? "UTC";
}

function two(value: number, fill = "0"): string {
  return String(value).padStart(2, fill);
}

/** Minutes east of UTC as "+hhmm". */
export function zoneText(offset: number): string {
  const minutes = Math.abs(offset);
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

/** Year and week by ISO 8601. */
function isoWeek(parts: Parts): readonly [year: number, week: number] {
  const monday = (parts.weekday + 6) % 7;
  const shift = Math.floor((parts.year - 1970) / 400) * 400;
  const thursday = Date.UTC(parts.year - shift, parts.month, parts.day - monday + 3);
  const year = new Date(thursday).getUTCFullYear();
  return [year + shift, 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / 86_400_000 / 7)];
}

type Directive = (parts: Parts) => string;

const directives: Readonly<Record<string, Directive>> = {
  a: (p) => dayNames[p.weekday]!.slice(0, 3),
  A: (p) => dayNames[p.weekday]!,
  b: (p) => monthNames[p.month]!.slice(0, 3),
  h: (p) => monthNames[p.month]!.slice(0, 3),
  B: (p) => monthNames[p.month]!,
  C: (p) => two(Math.floor(p.year / 100)),
  d: (p) => two(p.day),
  e: (p) => two(p.day, " "),
  g: (p) => two(isoWeek(p)[0] % 100),
  G: (p) => String(isoWeek(p)[0]),
  H: (p) => two(p.hour),
  I: (p) => two(p.hour % 12 || 12),
  j: (p) => String(p.yearday + 1).padStart(3, "0"),
  k: (p) => two(p.hour, " "),
  l: (p) => two(p.hour % 12 || 12, " "),
  m: (p) => two(p.month + 1),
  M: (p) => two(p.minute),
  n: () => "\n",
  p: (p) => (p.hour < 12 ? "AM" : "PM"),
  P: (p) => (p.hour < 12 ? "am" : "pm"),
  s: (p) => String(p.epoch),
  S: (p) => two(p.second),
  t: () => "\t",
  u: (p) => String(p.weekday || 7),
  U: (p) => two(Math.floor((p.yearday + 7 - p.weekday) / 7)),
  V: (p) => two(isoWeek(p)[1]),
  w: (p) => String(p.weekday),
  W: (p) => two(Math.floor((p.yearday + 7 - ((p.weekday + 6) % 7)) / 7)),
  y: (p) => two(((p.year % 100) + 100) % 100),
  Y: (p) => String(p.year),
  z: (p) => zoneText(p.offset),
  Z: (p) => p.zone,
  "%": () => "%",
};

const composed: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  r: "%I:%M:%S %p",
  R: "%H:%M",
  T: "%H:%M:%S",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
  "+": "%a %b %e %H:%M:%S %Z %Y",
};

/** The text of `format` at `seconds` since 1970. `%N` is the fraction, given in `unit`, in nanoseconds. */
export function formatTime(
  format: string,
  seconds: bigint,
  fraction: number,
  unit: "" | "ms_" | "us_",
  local: boolean,
): string {
  const parts = partsOf(seconds, local);
  const nanoseconds = unit === "ms_" ? fraction * 1e6 : unit === "us_" ? fraction * 1000 : 0;
  const expanded = format.replace(/%([cDFrRTxX+])/g, (_all, letter: string) => composed[letter]!);
  return expanded.replace(/%([a-zA-Z%])/g, (all, letter: string) => {
    if (letter === "N" && unit !== "") return String(nanoseconds).padStart(9, "0");
    return directives[letter]?.(parts) ?? all;
  });
}

/** Minutes east of UTC of the process's zone at `seconds`. */
export function localOffsetMinutes(seconds: number): number {
  return -new Date(seconds * 1000).getTimezoneOffset();
}

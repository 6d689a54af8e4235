// Owns the reading of the three forms of dates in HTTP fields. RFC 9110 §5.6.7; configuration manual §7.3.1 "date".

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const month = `(${months.join("|")})`;
const time = "(\\d\\d):(\\d\\d):(\\d\\d)";
const imf = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\\d\\d) ${month} (\\d{4}) ${time} GMT`);
const rfc850 = new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d\\d)-${month}-(\\d{4}|\\d\\d) ${time} GMT`);
const asctime = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (\\d\\d| \\d) ${time} (\\d{4})`);

/** Days from 1970-01-01, whatever the day of the month says. */
function dayNumber(year: number, monthIndex: number, day: number): number {
  // A leap year of the same cycle, so that the platform's window for two-digit years is not met.
  const cycles = Math.floor(year / 400);
  return Date.UTC(year - cycles * 400 + 2000, monthIndex, 1) / 86_400_000 + (cycles - 5) * 146_097 + day - 1;
}

function seconds(year: number, name: string, day: string, clock: readonly string[]): number {
  // QUIRK: days are counted with 32 bits and no sign, so that what lies before 1970 lies far ahead. Numbers out of range carry over.
  const days = dayNumber(year, months.indexOf(name), Number(day)) >>> 0;
  const [hours, minutes, rest] = clock.map(Number) as [number, number, number];
  return days * 86_400 + hours * 3600 + minutes * 60 + rest;
}

/** Seconds since 1970 of the date at the start of `text`; undefined: it is none. The name of the day is not checked against the date. */
export function parseHttpDate(text: string): number | undefined {
  const first = imf.exec(text);
  if (first !== null) return seconds(Number(first[3]), first[2]!, first[1]!, first.slice(4, 7));
  const second = rfc850.exec(text);
  if (second !== null) {
    const year = Number(second[3]);
    const full = second[3]!.length === 4 ? year : year + (year <= twoDigitLast ? 2000 : 1900);
    return seconds(full, second[2]!, second[1]!, second.slice(4, 7));
  }
  const third = asctime.exec(text);
  return third === null ? undefined : seconds(Number(third[6]), third[1]!, third[2]!, third.slice(3, 6));
}

/** Two-digit years up to this one belong to our century. */
const twoDigitLast = 60;

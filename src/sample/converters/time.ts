// Owns converters of dates. Configuration manual §7.3.1; strftime(3).

import type { Integer } from "../integers.ts";
import type { Converter, ConverterRow } from "../rows.ts";
import { exactArgument, needs, takes, textArgument } from "../rows.ts";
import { formatTime } from "../strftime.ts";
import type { Argument } from "../types.ts";
import { parseHttpDate } from "./http-date.ts";

const unitsPerSecond = { "": 1n, ms_: 1000n, us_: 1_000_000n } as const;
type Prefix = keyof typeof unitsPerSecond;

/** The reference keeps 55 bits of a date in seconds, so that a negative one becomes a very late one. */
const dateMask = 0x7f_ffff_ffff_ffffn;

function formatter(prefix: Prefix, local: boolean): (args: readonly Argument[]) => Converter {
  const perSecond = unitsPerSecond[prefix];
  return (args) => {
    const format = textArgument(args, 0, "");
    const offset = BigInt(exactArgument(args, 1, 0));
    return (value) => {
      const date = BigInt(value as Integer);
      const total = BigInt.asIntN(64, (prefix === "" ? date & dateMask : date) + offset);
      return formatTime(format, total / perSecond, Number(total % perSecond), prefix, local);
    };
  };
}

function row(prefix: Prefix, local: boolean): ConverterRow {
  return {
    name: `${prefix}${local ? "ltime" : "utime"}`,
    parameters: [needs("str", "format"), takes("sint", "offset")],
    input: "sint",
    output: "str",
    since: prefix === "" ? "1.5" : "2.8",
    doc: `Formats a date in ${local ? "local time" : "UTC"} as strftime does.`,
    compile: formatter(prefix, local),
  };
}

/** `http_date([offset[,unit]])`. QUIRK: the fraction of a negative date is negative, and the date itself a very late one. */
function httpDate(args: readonly Argument[]): Converter {
  const offset = BigInt(exactArgument(args, 0, 0));
  const unit = textArgument(args, 1, "s");
  const digits = unit === "us" ? 6 : unit === "ms" ? 3 : 0;
  const perSecond = 10n ** BigInt(digits);
  return (value) => {
    const total = BigInt.asIntN(64, BigInt(value as Integer) + offset);
    const fraction = total % perSecond;
    const text =
      fraction < 0n ? `-${String(-fraction).padStart(digits - 1, "0")}` : String(fraction).padStart(digits, "0");
    const seconds = (total / perSecond) & dateMask;
    return formatTime(`%a, %d %b %Y %H:%M:%S${digits === 0 ? "" : `.${text}`} GMT`, seconds, 0, "", false);
  };
}

/** The table of this file. */
export const timeConverters: readonly ConverterRow[] = [
  row("", true),
  row("", false),
  row("ms_", true),
  row("ms_", false),
  row("us_", true),
  row("us_", false),
  {
    name: "http_date",
    parameters: [takes("sint", "offset"), takes("str", "unit")],
    input: "sint",
    output: "str",
    since: "1.5",
    doc: "A date as HTTP fields carry it.",
    check: (args) => {
      const unit = textArgument(args, 1, "s");
      return unit === "s" || unit === "ms" || unit === "us" ? args : `expects 's', 'ms' or 'us', got '${unit}'`;
    },
    compile: httpDate,
  },
  {
    name: "date",
    parameters: [],
    input: "str",
    output: "sint",
    since: "3.0",
    doc: "The date of an HTTP field in seconds.",
    compile: () => (value) => parseHttpDate(value as string),
  },
];

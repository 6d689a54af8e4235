// Owns the built-in formats by their option: `option httplog` and friends. Configuration manual §8.2.

import { parseLogFormat } from "./parse.ts";
import type { LogFormatModel } from "./types.ts";

const texts = {
  httplog: "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r",
  httpslog:
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r " +
    "%[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc",
  clf:
    '%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq ' +
    "%CC %CS %hrl %hsl",
  tcplog: "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq",
  "tcplog-clf":
    '%{+Q}o %{-Q}ci - - [%T] "TCP " 000 %B "" "" %cp %ms %ft %b %s %Th %Tw %Tc %Tt %U %ts-- %ac %fc %bc %sc %rc %sq %bq ' +
    '"" "" ',
} as const;

/** Names of the built-in formats. "default" is the short line that is written at accept where no option is set. */
export type BuiltinLogFormatName = keyof typeof texts | "default";

/** The built-in format of that name. */
export function builtinLogFormat(name: BuiltinLogFormatName): LogFormatModel {
  if (name === "default") return defaultFormat;
  const parsed = parseLogFormat(texts[name], 0, { phase: "log" });
  return "format" in parsed ? parsed.format : { items: [], text: texts[name] };
}

const flags = { quote: false, hexadecimal: false, escape: false, mandatory: true };
const alias = (name: string) => ({ kind: "alias", alias: name, flags }) as const;
const literal = (text: string) => ({ kind: "text", text }) as const;

/** `Connect from 10.0.1.2:33312 to 10.0.3.31:8012 (www/HTTP)`; it has no format string of its own. */
const defaultFormat: LogFormatModel = {
  items: [
    literal("Connect from "),
    alias("ci"),
    literal(":"),
    alias("cp"),
    literal(" to "),
    alias("fi"),
    literal(":"),
    alias("fp"),
    literal(" ("),
    alias("f"),
    literal("/"),
    alias("$mode"),
    literal(")"),
  ],
  text: "",
};

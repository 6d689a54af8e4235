// Owns the converter that shows a sample to whoever debugs a configuration. Configuration manual §7.3.1 "debug".

import { typeOfValue } from "../cast.ts";
import type { Converter, ConverterRow } from "../rows.ts";
import { takes, textArgument } from "../rows.ts";
import type { Argument, SampleValue } from "../types.ts";
import { variableText } from "./variables.ts";

/** The line that the reference prints. DIFFERS: bytes and methods are called str, since a value does not say what it was. */
function describe(prefix: string, value: SampleValue): string {
  return `[debug] ${prefix}: type=${typeOfValue(value)} <${variableText(value) ?? ""}>`;
}

/** `debug([prefix[,destination]])`: passes every sample on; without anybody who listens it has no other effect. */
function debug(args: readonly Argument[]): Converter {
  const prefix = args.length > 0 ? textArgument(args, 0, "") : "debug";
  const destination = textArgument(args, 1, "buf0");
  return (value, view) => {
    view.debug?.(destination, describe(prefix, value));
    return value;
  };
}

/** The table of this file. */
export const debugConverters: readonly ConverterRow[] = [
  {
    name: "debug",
    parameters: [takes("str", "prefix"), takes("str", "destination")],
    input: "any",
    output: "same",
    since: "1.6",
    doc: "Prints the sample to a destination and passes it on.",
    compile: debug,
  },
];

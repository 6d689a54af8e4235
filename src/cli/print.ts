// Owns `pointsman print`: which files, which form, and the exit code. What is printed is the front end's. docs/print.md is its page.

import { printConfiguration } from "../config/index.ts";
import { loadInspection } from "../process/index.ts";

export const PRINT_USAGE = `Usage : pointsman print [--json|--sarif] [-L <name>] [-4] [-f] <cfgfile|cfgdir>*
        shows the configuration with conditions decided, variables expanded, defaults applied,
        and where each line comes from, as a file that can be loaded again
        --json shows the resolved model ; errors are JSON then, too
        --sarif shows errors as SARIF
`;

interface PrintOptions {
  readonly output: "text" | "json" | "sarif";
  readonly localPeer: string | undefined;
  readonly ipv4Only: boolean;
  readonly files: readonly string[];
}

/** Reads the words behind `print`; a text is what is wrong with them. */
function parsePrintArguments(words: readonly string[]): PrintOptions | string {
  const files: string[] = [];
  let output: PrintOptions["output"] = "text";
  let localPeer: string | undefined;
  let ipv4Only = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      files.push(...words.slice(at + 1));
      break;
    }
    if (word === "-f" || word === "-L") {
      const value = words[++at];
      if (value === undefined) return `The flag ${word} needs an argument.`;
      if (word === "-f") files.push(value);
      else localPeer = value;
    } else if (word === "-4") ipv4Only = true;
    else if (word === "--json" || word === "--sarif") output = word === "--json" ? "json" : "sarif";
    else if (word.startsWith("-")) return `Unknown flag ${word}.`;
    else files.push(word);
  }
  return files.length === 0 ? "Which file?" : { output, localPeer, ipv4Only, files };
}

/** Prints a configuration. The exit code is 0, or 1 when it has errors, which are said then. */
export async function runPrint(words: readonly string[]): Promise<number> {
  const { inspectConfiguration, sayDiagnostics, writeConfigurationText, writeText } = await loadInspection();
  const options = parsePrintArguments(words);
  if (typeof options === "string") {
    writeText(2, `${options}\n\n${PRINT_USAGE}`);
    return 1;
  }
  const { output, localPeer, ipv4Only } = options;
  const inspected = inspectConfiguration(options.files, {
    localPeer,
    masterWorker: false,
    diagnosticMode: false,
    ipv4Only,
  });
  if ("problem" in inspected) {
    sayDiagnostics([inspected.problem], output, 1);
    return 1;
  }
  const { loaded, text, json } = printConfiguration(inspected.files, inspected.environment);
  if (text === undefined || json === undefined) {
    sayDiagnostics(loaded.diagnostics, output, 1);
    return 1;
  }
  if (output === "sarif") sayDiagnostics(loaded.diagnostics, output, 0);
  else {
    sayDiagnostics(loaded.diagnostics, "text", 0);
    if (output === "json") writeText(1, json);
    else writeConfigurationText(text);
  }
  return 0;
}

// Owns `pointsman fmt`: which files, where the result goes, and the exit code. The layout itself is the front end's. docs/format.md is its page.

import { readFileSync, writeFileSync } from "node:fs";
import { type FormattedConfiguration, formatConfiguration } from "../config/index.ts";
import type { Diagnostic } from "../diagnostics/index.ts";
import { loadInspection } from "../process/index.ts";

export const FMT_USAGE = `Usage : pointsman fmt [--check] [--write|-w] [--json|--sarif] <file>*|-
        writes the files in one layout to stdout ; - reads from stdin
        --write, -w changes the files themselves
        --check changes nothing, names the files that are laid out differently, and then exits with 1
        --json, --sarif with one of these : findings for machines, on stdout
`;

interface FmtOptions {
  readonly mode: "print" | "write" | "check";
  readonly output: "text" | "json" | "sarif";
  readonly files: readonly string[];
}

/** Reads the words behind `fmt`; a text is what is wrong with them. */
function parseFmtArguments(words: readonly string[]): FmtOptions | string {
  let mode: FmtOptions["mode"] = "print";
  let output: FmtOptions["output"] = "text";
  const files: string[] = [];
  for (const [index, word] of words.entries()) {
    if (word === "--") {
      files.push(...words.slice(index + 1));
      break;
    }
    if (word === "--check" || word === "--write" || word === "-w") {
      const wanted = word === "--check" ? "check" : "write";
      if (mode !== "print" && mode !== wanted) return "--check and --write exclude each other.";
      mode = wanted;
    } else if (word === "--json" || word === "--sarif") output = word === "--json" ? "json" : "sarif";
    else if (word.startsWith("-") && word !== "-") return `Unknown flag ${word}.`;
    else files.push(word);
  }
  if (files.length === 0) return "Which file? - reads from stdin.";
  if (mode === "write" && files.includes("-")) return "stdin cannot be written to.";
  if (mode === "print" && output !== "text")
    return `--${output} goes with --check or --write: stdout is for the file here.`;
  return { mode, output, files };
}

/** Formats files. The exit code: 0; 1 when a file cannot be read, written or cut into words, or is laid out differently with `--check`. */
export async function runFmt(words: readonly string[]): Promise<number> {
  const { failure, sayDiagnostics, systemErrorText, writeConfigurationText, writeText } = await loadInspection();
  const options = parseFmtArguments(words);
  if (typeof options === "string") {
    writeText(2, `${options}\n\n${FMT_USAGE}`);
    return 1;
  }
  const said: Diagnostic[] = [];
  const changed: string[] = [];
  for (const file of options.files) {
    try {
      const formatted = formatFile(file);
      said.push(...formatted.problems);
      if (formatted.changed) changed.push(file);
      if (options.mode === "print") writeConfigurationText(formatted.text);
      else if (options.mode === "write" && formatted.changed) writeFileSync(file, formatted.text, "latin1");
    } catch (error) {
      said.push(failure("PM1401", `fmt : ${file} : ${systemErrorText(error)}`));
    }
  }
  const exitCode = said.length > 0 || (options.mode === "check" && changed.length > 0) ? 1 : 0;
  sayDiagnostics(said, options.output, exitCode, { changed });
  if (options.output === "text" && options.mode !== "print") for (const file of changed) writeText(1, `${file}\n`);
  return exitCode;
}

function formatFile(file: string): FormattedConfiguration {
  const text = readFileSync(file === "-" ? 0 : file).toString("latin1");
  return formatConfiguration(file === "-" ? "stdin" : file, text);
}

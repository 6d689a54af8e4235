// Owns what commands that only look at a configuration need from this machine: its files, its environment, and where their findings go.
// They start nothing and bind nothing.

import type { ConfigEnvironment, ConfigFile } from "../config/index.ts";
import { type Diagnostic, renderDiagnostic } from "../diagnostics/index.ts";
import { readConfigurationFiles } from "./configuration-files.ts";
import { createEnvironment, type EnvironmentOptions } from "./environment.ts";
import { isTerminal } from "./libc.ts";
import { failure, printMachineReport, writeAll } from "./machine-report.ts";
import { systemErrorText } from "./system-error.ts";

/** Files and environment as a run with these paths would have them, or why there are none. */
export type Inspected =
  | { readonly files: readonly ConfigFile[]; readonly environment: ConfigEnvironment }
  | { readonly problem: Diagnostic };

/** Reads what `-f` names. */
export function inspectConfiguration(paths: readonly string[], options: Omit<EnvironmentOptions, "files">): Inspected {
  const read = readConfigurationFiles(paths);
  if ("alert" in read) return { problem: failure("PM1401", read.alert) };
  const files = read.files.map((file) => file.path);
  return { files: read.files, environment: createEnvironment({ ...options, files }) };
}

/** A command's findings: as text on stderr, or as a document on stdout. */
export function sayDiagnostics(
  diagnostics: readonly Diagnostic[],
  output: "text" | "json" | "sarif",
  exitCode: number,
  facts: Readonly<Record<string, unknown>> = {},
): void {
  if (output !== "text") {
    printMachineReport(output, diagnostics, exitCode, facts);
    return;
  }
  const color = isTerminal(2) && process.env["NO_COLOR"] === undefined;
  for (const one of diagnostics) writeText(2, `${renderDiagnostic(one, { pid: process.pid, color })}\n`);
}

/** Writes text for people. */
export function writeText(descriptor: 1 | 2, text: string): void {
  writeAll(descriptor, Buffer.from(text, "utf8"));
}

/** Writes text of a configuration: its bytes. */
export function writeConfigurationText(text: string): void {
  writeAll(1, Buffer.from(text, "latin1"));
}

export { failure, systemErrorText };

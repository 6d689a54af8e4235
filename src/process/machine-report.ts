// Owns what `-c --json` and `-c --sarif` print on stdout: everything that was found, as one document. It takes the place of all other output.

import { writeSync } from "node:fs";
import { type Diagnostic, type DiagnosticCode, renderJsonReport, renderSarif } from "../diagnostics/index.ts";
import { diagnosticPages } from "./installation.ts";
import { PRODUCT } from "./product.ts";

/** Something that was found outside of the configuration's text. */
export function failure(code: DiagnosticCode, message: string): Diagnostic {
  return {
    severity: "alert",
    code,
    form: "late",
    span: undefined,
    message,
    hint: undefined,
    related: [],
    sourceLine: undefined,
  };
}

/** Writes the document. `exitCode` is what the run will end with, and says whether the configuration can be used. */
export function printMachineReport(
  format: "json" | "sarif",
  diagnostics: readonly Diagnostic[],
  exitCode: number,
  facts: Readonly<Record<string, unknown>> = {},
): void {
  const tool = { name: PRODUCT.name, version: PRODUCT.version };
  const text =
    format === "json"
      ? renderJsonReport(diagnostics, tool, { exitCode, ...facts })
      : renderSarif(diagnostics, { tool, pages: diagnosticPages().href, exitCode });
  writeAll(1, Buffer.from(text, "utf8"));
}

/** Writes every byte: a pipe takes less than a large document at a time. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
    }
  }
}

// Owns the whole way of a configuration: two passes of reading, then lowering. Configuration manual §2 to §5.

import type { Diagnostic } from "../diagnostics/index.ts";
import { builtinLogFormat } from "../log/index.ts";
import { Run, type StatementWatcher } from "./directives/run.ts";
import type { ConfigEnvironment, ConfigFile } from "./environment.ts";
import { lowerConfiguration } from "./lower/configuration.ts";
import type { ConfigurationModel } from "./model/index.ts";
import { prepareConfigFile, readConfigFile } from "./read.ts";

/** What became of a configuration. */
export interface LoadedConfiguration {
  /** undefined when any diagnostic is an alert. */
  readonly model: ConfigurationModel | undefined;
  /** In the order in which they were found, which is the reference's. */
  readonly diagnostics: readonly Diagnostic[];
  /** Lines that are accepted and have no effect here; `-c -V` lists them. */
  readonly withoutEffect: readonly Diagnostic[];
  /** The alerts that the reference prints behind the diagnostics, without "[ALERT]    (pid) : ". Empty for a usable configuration. */
  readonly closing: readonly string[];
  readonly warnings: number;
  /** Lines that are right in the language and not supported yet. */
  readonly unsupported: number;
  /** The environment variables as `setenv`, `unsetenv` and friends left them. */
  readonly variables: ReadonlyMap<string, string>;
}

/** What is asked of a run. */
export interface LoadOptions {
  /** Judge the language only, as `-c` does: what is not supported yet is a notice. Such a model must not be run while `unsupported` is not 0. */
  readonly languageOnly?: boolean;
  /** Sees every line that counts, after conditions and variables. */
  readonly watch?: StatementWatcher;
}

/** Parses, checks and lowers a configuration made of `files` in order. Every error of the run is reported, in order. */
export function loadConfiguration(
  files: readonly ConfigFile[],
  environment: ConfigEnvironment,
  options: LoadOptions = {},
): LoadedConfiguration {
  const run = new Run(environment, options.languageOnly);
  run.watch = options.watch;
  presetVariables(run);
  const wrong = readFiles(run, files);
  if (wrong.length > 0) {
    const closing = wrong.map((path) => `config : Error(s) found in configuration file : ${path}`);
    if (!run.aborted) closing.push("config : Fatal errors found in configuration.");
    return outcome(run, undefined, closing);
  }
  const model = lowerConfiguration(run);
  return outcome(run, model, model === undefined ? ["Fatal errors found in configuration."] : []);
}

/** Reads all files in both passes; the paths of those with alerts. */
function readFiles(run: Run, files: readonly ConfigFile[]): readonly string[] {
  const wrong: string[] = [];
  const prepared = files.map(prepareConfigFile);
  for (const pass of ["early", "full"] as const) {
    for (const file of prepared) {
      const before = run.report.alerts;
      readConfigFile(run, file, pass);
      if (run.report.alerts > before) wrong.push(file.path);
      if (run.aborted) return wrong;
    }
    if (wrong.length > 0) return wrong;
  }
  return wrong;
}

/** What the reference defines for every configuration. */
function presetVariables(run: Run): void {
  const preset: Readonly<Record<string, string>> = {
    HAPROXY_BRANCH: run.variables.get("HAPROXY_BRANCH") ?? "3.2",
    HAPROXY_LOCALPEER: run.variables.get("HAPROXY_LOCALPEER") ?? run.environment.hostname,
    HAPROXY_HTTP_LOG_FMT: builtinLogFormat("httplog").text,
    HAPROXY_HTTP_CLF_LOG_FMT: builtinLogFormat("clf").text,
    HAPROXY_HTTPS_LOG_FMT: builtinLogFormat("httpslog").text,
    HAPROXY_TCP_LOG_FMT: builtinLogFormat("tcplog").text,
  };
  for (const [name, value] of Object.entries(preset)) run.variables.set(name, value);
}

function outcome(run: Run, model: ConfigurationModel | undefined, closing: readonly string[]): LoadedConfiguration {
  return {
    model,
    diagnostics: run.report.diagnostics,
    withoutEffect: run.withoutEffect,
    closing,
    warnings: run.report.warnings,
    unsupported: run.report.unsupported,
    variables: run.variables,
  };
}

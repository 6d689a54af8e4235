// The door of the configuration front end: text in, immutable model and diagnostics out. Parsing never throws and does no I/O of its own.

import type { Diagnostic } from "../diagnostics/index.ts";
import type { ConfigEnvironment, ConfigFile } from "./environment.ts";
import type { ConfigurationModel } from "./model/index.ts";

export type { ConfigEnvironment, ConfigFile, FileAnswer } from "./environment.ts";

/** What became of a configuration: `model` is undefined when any diagnostic is an alert. */
export interface LoadedConfiguration {
  readonly model: ConfigurationModel | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses, checks and lowers a configuration made of `files` in order. Every error of the run is reported, in order. */
export function loadConfiguration(_files: readonly ConfigFile[], _environment: ConfigEnvironment): LoadedConfiguration {
  return { model: undefined, diagnostics: [] };
}

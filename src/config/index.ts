// The door of the configuration front end: text in, immutable model and diagnostics out. Parsing never throws and does no I/O of its own.

export type { ConfigEnvironment, ConfigFile, FileAnswer } from "./environment.ts";
export { bindOptions, configKeywords, keywordsPage, serverOptions } from "./keywords-page.ts";
export { type LoadedConfiguration, loadConfiguration } from "./load.ts";
export { type FormattedConfiguration, formatConfiguration } from "./print/format.ts";
export { type PrintedConfiguration, printConfiguration } from "./print/print.ts";
export { ANSWERED_VERSION, evaluateConfigCondition } from "./syntax/index.ts";

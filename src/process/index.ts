// The door of the process: what the command line starts.

export { evaluateCondition, loadInspection, runProcess } from "./entry.ts";
export { launcherPath } from "./installation.ts";
export { DEFAULT_RUN_OPTIONS, noMasterNotice, type RunOptions } from "./options.ts";
export { COMPATIBLE_VERSION, PRODUCT } from "./product.ts";

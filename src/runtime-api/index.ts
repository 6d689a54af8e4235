// The door of the runtime API: the language of the stats socket.

export type { CommandRow } from "./command.ts";
export { createRuntimeApi } from "./create.ts";
export { commandRows } from "./dispatch.ts";
export type { CliLevel, RuntimeApi, RuntimeApiServices } from "./types.ts";

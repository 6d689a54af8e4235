// The door of the runtime API: the language of the stats socket.

export type { CliLevel, RuntimeApi, RuntimeApiServices } from "./types.ts";

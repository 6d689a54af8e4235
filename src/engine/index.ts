// The door of the engine: one data plane per thread.

export { createEngine } from "./engine.ts";
export type { Applet, AppletRequest, AppletResponse, Engine, EngineServices, LogSink, TlsAcceptor } from "./types.ts";

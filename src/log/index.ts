// The door of logs: formats, targets, encoding.

export type { BuiltinLogFormatName } from "./builtin.ts";
export { builtinLogFormat } from "./builtin.ts";
export type { LogWriter } from "./compile.ts";
export { compileLogFormat, compileTextFormat } from "./compile.ts";
export type { ParsedLogFormat, ParsedLogTarget } from "./parse.ts";
export { parseLogFormat, parseLogTarget } from "./parse.ts";
export type { SyslogHeader } from "./syslog.ts";
export { encodeSyslogHeader } from "./syslog.ts";
export type {
  LogAddress,
  LogFormatModel,
  LogItem,
  LogItemFlags,
  LogLevel,
  LogTargetModel,
  LogTransportFormat,
  LogView,
} from "./types.ts";

// The door of logs: formats, targets, encoding.

export type { AliasRow } from "./aliases.ts";
export { aliasNames, aliasRow, aliasRows } from "./aliases.ts";
export type { BuiltinLogFormatName } from "./builtin.ts";
export { builtinLogFormat } from "./builtin.ts";
export type { LogWriter } from "./compile.ts";
export { compileHeaderFormat, compileLogFormat, compileTextFormat, encodeForHttp } from "./compile.ts";
export { formatExpressions } from "./expressions.ts";
export type { ParsedLogFormat } from "./parse.ts";
export { parseLogFormat } from "./parse.ts";
export type { SyslogHeader } from "./syslog.ts";
export { encodeSyslogHeader } from "./syslog.ts";
export type { ParsedLogTarget } from "./target.ts";
export { facilities, logLevels, parseLogTarget } from "./target.ts";
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

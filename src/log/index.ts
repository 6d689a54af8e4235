// The door of logs: formats, targets, encoding.

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

// Owns the cost of a log line: nanoseconds of CPU per line for the built-in formats, the same items called from a loop (what the generated
// function is worth), and a syslog header. Run it with `bun bench/micro/log.ts`.

import {
  aliasRow,
  builtinLogFormat,
  compileLogFormat,
  encodeSyslogHeader,
  type LogFormatModel,
  type LogView,
  type LogWriter,
} from "../../src/log/index.ts";
import { logViewOf } from "../../test/sample/log-view.ts";

const rounds = 5;
const lines = 300_000;
const out = new Uint8Array(8192);

interface Piece {
  readonly read: (view: LogView) => unknown;
  readonly write: (value: unknown, to: Uint8Array, at: number) => number;
}

/** The same work without generated code. */
function looped(format: LogFormatModel): LogWriter {
  const writers = format.items.map((item) => {
    if (item.kind === "alias") {
      const { read, write } = aliasRow(item.alias)!.compile(item.flags) as unknown as Piece;
      return (view: LogView, to: Uint8Array, at: number): number => write(read(view), to, at);
    }
    const text = Buffer.from(item.kind === "text" ? item.text : "", "latin1");
    return (_view: LogView, to: Uint8Array, at: number): number => {
      for (let i = 0; i < text.length; i++) to[at + i] = text[i]!;
      return at + text.length;
    };
  });
  return (view, to, start) => {
    let at = start;
    for (const write of writers) at = write(view, to, at);
    return at;
  };
}

function measure(name: string, once: (i: number) => void): void {
  const results: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < lines; i++) once(i);
    const used = process.cpuUsage(before);
    results.push(((used.user + used.system) * 1000) / lines);
  }
  results.sort((a, b) => a - b);
  console.log(`${name.padEnd(28)} ${results[0]!.toFixed(0).padStart(6)} ns`);
}

const view = logViewOf();
const mutable = view as { -readonly [K in keyof LogView]: LogView[K] };

for (const name of ["httplog", "tcplog", "clf", "httpslog"] as const) {
  const write = compileLogFormat(builtinLogFormat(name));
  const loop = looped(builtinLogFormat(name));
  measure(`${name}, generated`, (i) => {
    mutable.status = 200 + (i & 3);
    write(view, out, 0);
  });
  if (name !== "httpslog") {
    measure(`${name}, looped`, (i) => {
      mutable.status = 200 + (i & 3);
      loop(view, out, 0);
    });
  }
}
const header = {
  facility: 16,
  level: "info",
  tag: "haproxy",
  pid: 4711,
  hostname: "",
  wallMs: 1_795_400_712_227,
} as const;
measure("header, local", () => void encodeSyslogHeader({ ...header, format: "local" }, out, 0));
measure("header, rfc5424", () => void encodeSyslogHeader({ ...header, format: "rfc5424" }, out, 0));

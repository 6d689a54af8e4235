// Owns golden lines: what formats and headers write, and the words of refused formats and targets. The lines were compared with the reference's.

import { describe, expect, test } from "bun:test";
import { logViewOf } from "../../test/sample/log-view.ts";
import { type BuiltinLogFormatName, builtinLogFormat } from "./builtin.ts";
import { compileLogFormat, compileTextFormat } from "./compile.ts";
import { parseLogFormat } from "./parse.ts";
import { encodeSyslogHeader } from "./syslog.ts";
import { parseLogTarget } from "./target.ts";
import type { LogTransportFormat, LogView } from "./types.ts";

const out = new Uint8Array(8192);

function lineOf(write: (view: LogView, out: Uint8Array, at: number) => number, view: LogView): string {
  return Buffer.from(out.subarray(3, write(view, out, 3))).toString("latin1");
}

function logged(format: string, given: Partial<LogView> = {}): string {
  const parsed = parseLogFormat(format, 0, { phase: "log" });
  if ("problem" in parsed) return parsed.problem.message;
  return lineOf(compileLogFormat(parsed.format), logViewOf(given));
}

process.env["TZ"] = "UTC";
const request = '"GET /index.html?q=1 HTTP/1.1"';

const builtins: readonly (readonly [name: BuiltinLogFormatName, line: string])[] = [
  [
    "httplog",
    `127.0.0.1:40000 [23/Nov/2026:02:25:12.229] f b/s1 2/0/3/40/50 200 1234 - - ---- 12/11/10/9/0 0/0 ${request}`,
  ],
  ["tcplog", "127.0.0.1:40000 [23/Nov/2026:02:25:12.227] f b/s1 0/3/51 1234 -- 12/11/10/9/0 0/0"],
  [
    "clf",
    `127.0.0.1 - - [23/Nov/2026:02:25:12 +0000] ${request} 200 1234 "" "" 40000 227 "f" "b" "s1" 2 0 3 40 50 ---- 12 11 10 9 0 0 0 "" "" `,
  ],
  ["default", "Connect from 127.0.0.1:40000 to 127.0.0.1:80 (f/HTTP)"],
];

describe("built-in formats", () => {
  for (const [name, line] of builtins) {
    test(name, () => expect(lineOf(compileLogFormat(builtinLogFormat(name)), logViewOf())).toBe(line));
  }
});

const hostile = 'GET /a%20b/c?d="e]"{}\x01\xe9 HTTP/1.1';
const captured = ["host", 'f\tx\x80y"{', undefined];

const lines: readonly (readonly [format: string, line: string, given?: Partial<LogView>])[] = [
  ["%hr", "{host|f#09x#80y#22#7B|}", { capturedRequestHeaders: captured }],
  ["%{+Q}hr", '"{host|f#09x#80y#22#7B|}"', { capturedRequestHeaders: captured }],
  ["%hrl", "host f#09x#80y#22#7B -", { capturedRequestHeaders: captured }],
  ["%{+Q}hrl", '"host" "f#09x#80y#22#7B" ""', { capturedRequestHeaders: captured }],
  ["a %hr %hs b", "a b"],
  ["%HM|%HU|%HP|%HPO|%HQ|%HV", "GET|/index.html?q=1|/index.html|/index.html|?q=1|HTTP/1.1"],
  ["%HM|%HU|%HQ|%HV", "<BADREQ>|<BADREQ>|<BADREQ>|<BADREQ>", { requestLine: "<BADREQ>" }],
  ["%HPO", "/p", { requestLine: "GET http://foo.bar/p?q HTTP/1.0" }],
  ["%{+X}ci|%{+X}cp|%{+X}Ts|%{+X}ms|%{+X}rt|%{+X}pid", "7F000001|9C40|6B03A408|E3|0005|1267"],
  ["%{+Q}ci|%{+Q}cp|%{+Q}ST|%{+Q}s|%{+Q}ID|%{+Q}CC|%{+Q}ts", '"127.0.0.1"|40000|200|"s1"|""|""|--'],
  ["%bi:%bp|%si:%sp", "127.0.0.1:50000|127.0.0.1:5001"],
  ["%bi:%bp|%{+Q}bi", '-:-|""', { serverSource: undefined }],
  ["%b/%s", "f/<NOSRV>", { backendName: "", serverName: "" }],
  ["%ft", "f~", { overTls: true }],
  ["%Ta|%Tt|%Tu|%B|%U|%Tr", "+50|+51|+50|+1234|119|40", { early: true }],
  ["%rc", "+2", { retries: 2, redispatched: true }],
  ["%Th|%Ti|%Tq|%TR|%Tw|%Tc|%Tr|%Td", "0|1|3|2|0|3|40|5"],
  ["%T|%Tl|%trg|%trl", Array(4).fill("23/Nov/2026:02:25:12 +0000").join("|")],
  ["%{+Q}o %ci|%r|%{-Q}o|%ci", `"127.0.0.1"|${request}||127.0.0.1`],
  ["  a   b  ", "a b "],
  ["%%|%H|%pid|%sslc|%sslv", "%|vm|4711|-|-"],
  ["%[src]|%{+Q}[src]|%[var(txn.x)]|%{+Q}[var(txn.x)]|%[str(a]b)]", '127.0.0.1|"127.0.0.1"|-|""|a]b'],
  ["%{+E}[str(a]b)]|%(name)ci|%(n:str)[src]", "a\\]b|127.0.0.1|127.0.0.1"],
];

describe("log formats", () => {
  for (const [format, line, given] of lines) test(format, () => expect(logged(format, given)).toBe(line));

  test("a request line is escaped", () => {
    const line = "GET /a%20b/c?d=#22e]#22{}#01#E9 HTTP/1.1";
    expect(logged("%r|%{+Q}r|%{+E}r", { requestLine: hostile })).toBe(`${line}|"${line}"|${line.replace("]", "\\]")}`);
  });

  test("a line never leaves its buffer", () => {
    const parsed = parseLogFormat("%r%r%r", 0, { phase: "log" });
    const small = new Uint8Array(30);
    if ("format" in parsed) expect(compileLogFormat(parsed.format)(logViewOf(), small, 5)).toBe(30);
  });
});

const refused: readonly (readonly [format: string, message: string])[] = [
  ["%zz", "no such format alias 'zz'. If you wanted to emit the '%' character verbatim, you need to use '%%'"],
  ["%{+Q", "truncated line after '+Q'"],
  ["%{+Q}", "parse argument modifier without alias name near '%{+Q}'"],
  ["%ci%", "truncated line after '%'"],
  ["%[src", "missing ']' after 'src'"],
  ["%[foo]", "failed to parse sample expression <foo]> : unknown fetch method 'foo'"],
  ["%[]", "failed to parse sample expression <]> : missing fetch method"],
  ["%[src ]", "expected ']' after 'src', but found ' '"],
  [
    "%[req.hdr(a)]",
    "sample fetch <req.hdr> may not be reliably used here because it needs 'HTTP request headers' which is not available here",
  ],
  ["%{+json}ci", "format flag 'json' is not supported yet"],
  ["%lc", "format alias 'lc' is not supported yet"],
];

describe("refused formats", () => {
  for (const [format, message] of refused) test(format, () => expect(logged(format)).toBe(message));
});

describe("formats outside of logs", () => {
  const text = (format: string): string => {
    const parsed = parseLogFormat(format, 0, { phase: "http-request" });
    return "problem" in parsed ? parsed.problem.message : compileTextFormat(parsed.format)(logViewOf());
  };
  test("what is not there is nothing", () => expect(text("a  %[var(txn.x)]|%ID|%{+Q}s")).toBe('a  ||"s1"'));
  test("control characters are encoded", () => expect(text("%[bin(0a09807f41)]")).toBe("%0A\t\x80%7FA"));
});

const headers: readonly (readonly [format: LogTransportFormat, header: string])[] = [
  ["raw", ""],
  ["local", "<158>Nov 23 02:25:12 haproxy[99]: "],
  ["rfc3164", "<158>Nov 23 02:25:12 localhost haproxy[99]: "],
  ["rfc5424", "<158>1 2026-11-23T02:25:12.227123+00:00 - haproxy 99 - - "],
  ["short", "<6>"],
  ["timed", "<6>2026-11-23T02:25:12.227123+00:00 "],
  ["iso", "2026-11-23T02:25:12.227123+00:00 "],
  ["priority", "<158>"],
];

describe("syslog headers", () => {
  const base = {
    facility: 19,
    level: "info",
    tag: "haproxy",
    pid: 99,
    hostname: "",
    wallMs: 1795400712227.1233,
  } as const;
  const header = (given: Partial<Parameters<typeof encodeSyslogHeader>[0]>): string => {
    const end = encodeSyslogHeader({ format: "local", ...base, ...given }, out, 0);
    return Buffer.from(out.subarray(0, end)).toString("latin1");
  };
  for (const [format, expected] of headers) test(format, () => expect(header({ format })).toBe(expected));

  test("a host name and structured data", () => {
    expect(header({ format: "rfc3164", hostname: "vm" })).toBe("<158>Nov 23 02:25:12 vm haproxy[99]: ");
    expect(header({ format: "rfc5424", hostname: "vm", structuredData: '[ex@1 a="b"]' })).toBe(
      '<158>1 2026-11-23T02:25:12.227123+00:00 vm haproxy 99 - [ex@1 a="b"] ',
    );
  });
});

const badTargets: readonly (readonly [words: string, message: string])[] = [
  ["127.0.0.1", "expects <address> and <facility>  as arguments"],
  ["127.0.0.1 foo", "unknown log facility 'foo'"],
  ["127.0.0.1 local0 foo", "unknown optional log level 'foo'"],
  ["127.0.0.1 local0 info foo", "unknown optional minimum log level 'foo'"],
  ["127.0.0.1 local0 info err x", "cannot handle unexpected argument 'x'"],
  ["127.0.0.1:99999 local0", "invalid port '99999'"],
  ["127.0.0.1:514-515 local0", "port range not permitted here in '127.0.0.1:514-515'"],
  ["stdout format foo local0", "unknown log format 'foo'"],
  ["stdout len 79 local0", "invalid log length '79', must be between 80 and 65535"],
  ["stdout sample 10 local0", "Missing sample size"],
  ["stdout sample 0:10 local0", "wrong sample range '0'"],
  ["stdout sample 1-3,2:10 local0", "ranges are overlapping"],
  ["stdout sample 2:1 local0", "sample size 1 should be greater or equal to 2 the maximum of the high ranges limits"],
  ["fd@x local0", "file descriptor 'x' is not a valid integer in 'fd@x'"],
  ["::1 local0", "invalid address: ':' in '::1'"],
  ["relative/path local0", "invalid address: 'relative/path' in 'relative/path'"],
  ["ring@x local0", "log address 'ring@x' is not supported yet"],
];

describe("log targets", () => {
  for (const [words, message] of badTargets) {
    test(words, () => {
      const parsed = parseLogTarget(words.split(" "), 0);
      expect("problem" in parsed && parsed.problem.message).toBe(message);
    });
  }

  test("a line with everything", () => {
    const words = "[::1]:515 len 200 format rfc5424 sample 5,1-3:10 local3 notice err".split(" ");
    const parsed = parseLogTarget(["log", ...words], 1);
    expect("target" in parsed && parsed.target).toEqual({
      address: { kind: "udp", host: "::1", port: 515 },
      format: "rfc5424",
      formatIsDefault: false,
      maxLength: 200,
      facility: 19,
      maxLevel: "notice",
      minLevel: "err",
      sample: {
        ranges: [
          [1, 3],
          [5, 5],
        ],
        size: 10,
      },
    });
  });

  test("defaults, and other addresses", () => {
    const address = (word: string): unknown => {
      const parsed = parseLogTarget([word, "daemon"], 0);
      return "target" in parsed && [parsed.target.address, parsed.target.format, parsed.target.maxLength];
    };
    expect(address("/dev/log")).toEqual([{ kind: "unix", path: "/dev/log" }, "local", 1024]);
    expect(address("stdout")).toEqual([{ kind: "stdout" }, "local", 1024]);
    expect(address("fd@5")).toEqual([{ kind: "fd", fd: 5 }, "local", 1024]);
    expect(address("log.example:0")).toEqual([{ kind: "udp", host: "log.example", port: 514 }, "local", 1024]);
    expect(parseLogTarget(["global"], 0)).toEqual({ global: true });
  });
});

// Fuzzes log formats and log targets: the parsers answer whatever the text is, and a line never leaves its buffer nor contains a raw line end that
// came from a request.

import { compileLogFormat, compileTextFormat, parseLogFormat, parseLogTarget } from "../../src/log/index.ts";
import { logViewOf } from "../sample/log-view.ts";
import { check, type FuzzTarget } from "./target.ts";

const hostile = 'GET /\x00\r\n"#{|}\x7f\xff HTTP/1.1';
const view = logViewOf({
  requestLine: hostile,
  capturedRequestHeaders: [hostile, undefined, ""],
  capturedRequestCookie: hostile,
  uniqueId: hostile,
});

/** Parses the text as a format for logs and for texts. */
export const logFormat: FuzzTarget = {
  name: "log-format",
  // Each run generates functions.
  smokeRuns: 1500,
  seeds: [
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r",
    '%{+Q}o %{-Q}ci - - [%trg] %r "" "" %cp %ms %hrl %hsl %%',
    "%[src,ipmask(24)] %[req.hdr(host),lower] %{+E,+X}[str(a]b)] %(name:str)ci",
    "%T %Tl %Ts %t %trl %Th %Ti %Tq %Td %Tt %Tu %U %HM %HP %HPO %HQ %HU %HV %ID %sslc %sslv %H %pid %rt %f %fi %fp %bi %bp %si %sp %ts",
  ].map((text) => Buffer.from(text, "latin1")),
  run(bytes) {
    const text = Buffer.from(bytes).toString("latin1");
    const parsed = parseLogFormat(text, 3, { phase: "log" });
    if ("problem" in parsed) {
      const { problem } = parsed;
      check(problem.word === 3 && problem.start >= 0 && problem.end <= text.length, "a problem points into the text");
      return;
    }
    const write = compileLogFormat(parsed.format);
    for (const size of [8192, 40]) {
      const out = new Uint8Array(size);
      const end = write(view, out, 7);
      check(end <= size, "a line ends inside of its buffer");
      const line = Buffer.from(out.subarray(7, end)).toString("latin1");
      const raw = /[\r\n\0]/.test(text) || text.includes("%[");
      check(raw || !/[\r\n\0]/.test(line), "a line holds no raw line end");
    }
    check(
      !/[\r\n\0]/.test(compileTextFormat(parsed.format)(view)) || /[\r\n\0]/.test(text),
      "a header value holds no line end",
    );
  },
};

/** Parses the text as the words behind `log`. */
export const logTarget: FuzzTarget = {
  name: "log-target",
  seeds: [
    "127.0.0.1:514 len 100 format rfc5424 sample 1-3,5:10 local0 info err",
    "/dev/log local1 notice",
    "stdout format raw daemon",
    "[::1]:514 local7",
    "fd@3 len 65535 user emerg",
  ].map((text) => Buffer.from(text, "latin1")),
  run(bytes) {
    const words = Buffer.from(bytes).toString("latin1").split(" ");
    const parsed = parseLogTarget(words, 0);
    if ("problem" in parsed) check(parsed.problem.message !== "", "a problem has a message");
    if ("target" in parsed) {
      const { facility, maxLength } = parsed.target;
      check(facility >= 0 && facility < 24 && maxLength >= 80 && maxLength <= 65_535, "a target is in its limits");
    }
  },
};

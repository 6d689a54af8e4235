// Owns the parser of `log` lines: where lines go and which. Configuration manual "log" in §4.2 and §8.1.

import type { LanguageProblem } from "../sample/index.ts";
import { parseIpv4, parseIpv6 } from "../sample/index.ts";
import type { LogAddress, LogLevel, LogTargetModel, LogTransportFormat } from "./types.ts";

/** The outcome of {@link parseLogTarget}: a target, or `log global`. (`no log` is the caller's: it clears its list.) */
export type ParsedLogTarget =
  | { readonly target: LogTargetModel; readonly warnings: readonly LanguageProblem[] }
  | { readonly global: true }
  | { readonly problem: LanguageProblem };

/** Facilities by their number. */
export const facilities: readonly string[] = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "auth2",
  "ftp",
  "ntp",
  "audit",
  "alert",
  "cron2",
  "local0",
  "local1",
  "local2",
  "local3",
  "local4",
  "local5",
  "local6",
  "local7",
];

/** Levels by their number, the gravest first. */
export const logLevels: readonly LogLevel[] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

const formats: readonly LogTransportFormat[] = [
  "rfc3164",
  "rfc5424",
  "priority",
  "short",
  "timed",
  "iso",
  "raw",
  "local",
];

const defaultPort = 514;
const defaultLength = 1024;

/** Parses the words after `log`, from `words[at]`. */
export function parseLogTarget(words: readonly string[], at: number): ParsedLogTarget {
  if (words[at] === "global" && words[at + 1] === undefined) return { global: true };
  return new TargetParser(words, at).run();
}

class TargetParser {
  readonly #words: readonly string[];
  #at: number;
  #formatIsDefault = true;
  #problem: LanguageProblem | undefined;

  constructor(words: readonly string[], at: number) {
    this.#words = words;
    this.#at = at;
  }

  run(): ParsedLogTarget {
    const target = this.#target();
    if (target !== undefined) return { target, warnings: [] };
    return { problem: this.#problem ?? this.#fault("invalid log target", this.#at) };
  }

  #fault(message: string, word: number, reason: LanguageProblem["reason"] = "syntax"): LanguageProblem {
    this.#problem = { message, word, start: 0, end: (this.#words[word] ?? "").length, reason };
    return this.#problem;
  }

  #refuse(message: string, word = this.#at, reason: LanguageProblem["reason"] = "syntax"): undefined {
    this.#fault(message, word, reason);
    return undefined;
  }

  #word(): string {
    return this.#words[this.#at] ?? "";
  }

  #target(): LogTargetModel | undefined {
    const words = this.#words.length - this.#at;
    if (words < 2) return this.#refuse("expects <address> and <facility>  as arguments");
    const address = this.#address(this.#word());
    if (address === undefined) return undefined;
    this.#at++;
    const maxLength = this.#length();
    if (maxLength === undefined) return undefined;
    const format = this.#format();
    if (format === undefined) return undefined;
    const sample = this.#sample();
    if (sample === undefined) return undefined;
    if (this.#word() === "profile") return this.#refuse("'profile' is not supported yet", this.#at, "unsupported");
    const facility = facilities.indexOf(this.#word());
    if (facility < 0) return this.#refuse(`unknown log facility '${this.#word()}'`);
    this.#at++;
    const maxLevel = this.#level("optional log level", "debug");
    if (maxLevel === undefined) return undefined;
    const minLevel = this.#level("optional minimum log level", "emerg");
    if (minLevel === undefined) return undefined;
    if (this.#at < this.#words.length) return this.#refuse(`cannot handle unexpected argument '${this.#word()}'`);
    return {
      address,
      format,
      formatIsDefault: this.#formatIsDefault,
      maxLength,
      facility,
      maxLevel,
      minLevel: minLevel === "emerg" ? undefined : minLevel,
      sample: sample === "none" ? undefined : sample,
    };
  }

  #length(): number | undefined {
    if (this.#word() !== "len") return defaultLength;
    this.#at++;
    const word = this.#word();
    const length = /^\d{1,6}$/.test(word) ? Number(word) : -1;
    if (length < 80 || length > 65_535) {
      return this.#refuse(`invalid log length '${word}', must be between 80 and 65535`);
    }
    this.#at++;
    return length;
  }

  #format(): LogTransportFormat | undefined {
    if (this.#word() !== "format") return "local";
    this.#formatIsDefault = false;
    this.#at++;
    const word = this.#word();
    const format = formats.find((known) => known === word);
    if (format === undefined) return this.#refuse(`unknown log format '${word}'`);
    this.#at++;
    return format;
  }

  #sample(): LogTargetModel["sample"] | "none" {
    if (this.#word() !== "sample") return "none";
    this.#at++;
    const [list = "", sizeText] = this.#word().split(":");
    if (sizeText === undefined || !/^\d{1,9}$/.test(sizeText)) return this.#refuse("Missing sample size");
    const ranges: (readonly [number, number])[] = [];
    for (const part of list.split(",")) {
      const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part);
      const low = Number(match?.[1] ?? 0);
      const high = Number(match?.[2] ?? low);
      if (low < 1 || high < low) return this.#refuse(`wrong sample range '${part}'`);
      if (ranges.some(([from, to]) => low <= to && high >= from)) return this.#refuse("ranges are overlapping");
      ranges.push([low, high]);
    }
    const size = Number(sizeText);
    const highest = Math.max(...ranges.map(([, high]) => high));
    if (size < highest) {
      return this.#refuse(
        `sample size ${size} should be greater or equal to ${highest} the maximum of the high ranges limits`,
      );
    }
    this.#at++;
    return { ranges: ranges.sort(([a], [b]) => a - b), size };
  }

  #level(what: string, fallback: LogLevel): LogLevel | undefined {
    const word = this.#words[this.#at];
    if (word === undefined) return fallback;
    const level = logLevels.find((known) => known === word);
    if (level === undefined) return this.#refuse(`unknown ${what} '${word}'`);
    this.#at++;
    return level;
  }

  #address(word: string): LogAddress | undefined {
    if (word === "stdout" || word === "stderr") return { kind: word };
    if (word === "global") return this.#refuse("'global' is not supported for a global syslog server");
    if (word.startsWith("/")) return { kind: "unix", path: word };
    const prefixed = /^([a-z0-9+]+)@(.*)$/s.exec(word);
    const rest = prefixed?.[2] ?? word;
    switch (prefixed?.[1]) {
      case "fd": {
        const fd = /^\d{1,9}$/.test(rest) ? Number(rest) : -1;
        if (fd < 0) return this.#refuse(`file descriptor '${rest}' is not a valid integer in '${word}'`);
        return { kind: "fd", fd };
      }
      case "unix":
        return { kind: "unix", path: rest };
      case undefined:
      case "udp":
      case "udp4":
      case "udp6":
      case "ipv4":
      case "ipv6":
        return this.#host(rest, word);
      default:
        return this.#refuse(`log address '${word}' is not supported yet`, this.#at, "unsupported");
    }
  }

  /** `host[:port]`, IPv6 in brackets or with the port behind the last colon, as the reference reads it. */
  #host(text: string, word: string): LogAddress | undefined {
    const colon = text.lastIndexOf(":");
    const bracketed = text.endsWith("]");
    const portText = colon < 0 || bracketed ? "" : text.slice(colon + 1);
    const host = (colon < 0 || bracketed ? text : text.slice(0, colon)).replace(/^\[(.*)\]$/, "$1");
    const bad = /[^0-9]/.exec(portText);
    if (bad?.[0] === "-") return this.#refuse(`port range not permitted here in '${word}'`);
    if (bad !== null) return this.#refuse(`invalid character '${bad[0]}' in port number '${portText}' in '${word}'`);
    if (Number(portText) > 65_535) return this.#refuse(`invalid port '${portText}'`);
    const port = Number(portText) || defaultPort;
    if (host === "" || host === "*") return { kind: "udp", host: "0.0.0.0", port };
    const numeric = parseIpv4(host) !== undefined || parseIpv6(host) !== undefined;
    if (numeric || /^[a-zA-Z0-9_.-]+$/.test(host)) return { kind: "udp", host, port };
    return this.#refuse(`invalid address: '${host}' in '${word}'`);
  }
}

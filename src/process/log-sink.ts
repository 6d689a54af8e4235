// Owns the way of finished log lines out of one thread: level filters, sampling, syslog headers, and batches that leave once per turn of the
// event loop. A line that cannot be written at once is dropped and counted: logging never waits and never fails a request.
// Configuration manual §4.2 "log", §8; DESIGN §6.

import type { LogSink } from "../engine/index.ts";
import {
  encodeSyslogHeader,
  type LogAddress,
  type LogLevel,
  type LogTargetModel,
  type SyslogHeader,
} from "../log/index.ts";
import { copyBytes } from "../stdx/index.ts";
import type { Clock, SocketAddress } from "../transport/types.ts";
import { createDatagramChannel, createStreamChannel, type LineChannel } from "./log-channels.ts";

export interface LogSinkOptions {
  readonly pid: number;
  /** What `log-send-hostname` sends; "" for none. */
  readonly hostname: string;
  readonly clock: Clock;
  /** Every target of the configuration: its sockets are opened now, before chroot. */
  readonly targets: readonly LogTargetModel[];
  /** Where a UDP target's host name was found to be, by host. */
  resolve(host: string): string | undefined;
  onDropped(lines: number): void;
  /** A target failed for the first time; `text` is the alert without prefix. */
  onFailure(text: string): void;
}

/** A sink that can be emptied at once, for the end of the thread. */
export interface ProcessLogSink extends LogSink {
  flush(): void;
}

const SEVERITY: Readonly<Record<LogLevel, number>> = {
  emerg: 0,
  alert: 1,
  crit: 2,
  err: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

const LEVELS: readonly LogLevel[] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/** Room that a header may take in front of a line: tag and host name are bounded by the configuration's own lines. */
const HEADER_BYTES_MAX = 1024;

/** A target with what this thread knows of it. */
class Target {
  readonly model: LogTargetModel;
  readonly channel: LineChannel;
  readonly leastSevere: number;
  readonly mostSevere: number;
  #position: number;

  constructor(model: LogTargetModel, channel: LineChannel) {
    this.model = model;
    this.channel = channel;
    this.leastSevere = SEVERITY[model.maxLevel];
    this.mostSevere = model.minLevel === undefined ? 0 : SEVERITY[model.minLevel];
    this.#position = 0;
  }

  /** `sample`: whether this line is one of those that are kept. */
  sampled(): boolean {
    const sample = this.model.sample;
    if (sample === undefined) return true;
    this.#position = (this.#position % sample.size) + 1;
    return sample.ranges.some(([low, high]) => this.#position >= low && this.#position <= high);
  }
}

/** The sink of one thread. */
export function createLogSink(options: LogSinkOptions): ProcessLogSink {
  const channels = new Map<string, LineChannel>();
  const targets = new Map<LogTargetModel, Target>();
  let flushing = false;
  const flush = () => {
    flushing = false;
    for (const channel of channels.values()) channel.flush();
  };
  const targetOf = (model: LogTargetModel): Target => {
    const known = targets.get(model);
    if (known !== undefined) return known;
    const key = channelKey(model.address);
    const channel = channels.get(key) ?? openChannel(model.address, channels.size + 1, options);
    channels.set(key, channel);
    const target = new Target(model, channel);
    targets.set(model, target);
    return target;
  };
  for (const model of options.targets) targetOf(model);
  const header = new Header(options.pid, options.hostname, options.clock);
  return {
    send: (model, level, tag, bytes, start, end) => {
      const target = targetOf(model);
      const severity = SEVERITY[level];
      if (severity > target.leastSevere || !target.sampled()) return;
      header.format = model.format;
      header.facility = model.facility;
      header.level = LEVELS[Math.max(severity, target.mostSevere)] ?? level;
      header.tag = tag;
      const { channel } = target;
      const at = channel.reserve(HEADER_BYTES_MAX + (end - start) + 1);
      if (at < 0) {
        options.onDropped(1);
        return;
      }
      const out = channel.bytes;
      const last = at + model.maxLength - 1;
      const body = encodeSyslogHeader(header, out, at);
      const bodyEnd = Math.min(body + (end - start), Math.max(last, body));
      copyBytes(bytes, start, start + bodyEnd - body, out, body);
      out[bodyEnd] = 0x0a;
      channel.commit(bodyEnd + 1);
      if (!flushing) {
        flushing = true;
        options.clock.defer(flush);
      }
    },
    flush,
  };
}

/** One object, filled in again for each line: what encodes it reads it before the next one. */
class Header implements SyslogHeader {
  format: LogTargetModel["format"] = "raw";
  facility = 0;
  level: LogLevel = "info";
  tag = "";
  readonly pid: number;
  readonly hostname: string;
  readonly #clock: Clock;

  constructor(pid: number, hostname: string, clock: Clock) {
    this.pid = pid;
    this.hostname = hostname;
    this.#clock = clock;
  }

  /** Only the formats with a date look at the clock. */
  get wallMs(): number {
    return this.#clock.wallMs();
  }
}

function channelKey(address: LogAddress): string {
  switch (address.kind) {
    case "stdout":
      return "fd:1";
    case "stderr":
      return "fd:2";
    case "fd":
      return `fd:${address.fd}`;
    case "udp":
      return `udp:${address.host}:${address.port}`;
    case "unix":
      return `unix:${address.path}`;
  }
}

function openChannel(address: LogAddress, number: number, options: LogSinkOptions): LineChannel {
  let failed = false;
  const onFailure = (text: string, code: number) => {
    if (failed) return;
    failed = true;
    options.onFailure(`sendmsg()/writev() failed in logger #${number}: ${text} (errno=${code})`);
  };
  const events = { onDropped: options.onDropped, onFailure };
  switch (address.kind) {
    case "stdout":
      return createStreamChannel(1, events);
    case "stderr":
      return createStreamChannel(2, events);
    case "fd":
      return createStreamChannel(address.fd, events);
    case "udp":
      return createDatagramChannel(udpAddress(address.host, address.port, options), events);
    case "unix":
      return createDatagramChannel({ family: "unix", host: address.path, port: 0 }, events);
  }
}

function udpAddress(name: string, port: number, options: LogSinkOptions): SocketAddress {
  const host = options.resolve(name) ?? name;
  return { family: host.includes(":") ? "ipv6" : "ipv4", host, port };
}

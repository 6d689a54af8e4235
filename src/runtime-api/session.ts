// Owns one connection of a stats socket: lines in, answers out, the prompt, the payload of `<<`, the timeout. It is bounded on both sides: a
// line may be as long as a buffer, and the next command waits until the answers before it have left. It knows no command.
// Management manual §9.3.

import { uptimeText } from "../stats/index.ts";
import { latin1, latin1Bytes } from "../stdx/index.ts";
import type { Connection, ConnectionHandler, TimerHandle } from "../transport/types.ts";
import type { CliSession } from "./command.ts";
import { runCommand } from "./dispatch.ts";
import type { CliLevel, RuntimeApiServices } from "./types.ts";
import { splitLine } from "./words.ts";

const TOO_BIG =
  "The command line is too big for the buffer size. Please change tune.bufsize in the configuration to use a bigger command.\n";

/** Lines that wait while an answer leaves; a peer that sends more is not read. */
const WAITING_BYTES_MAX = 65_536;

export interface SessionOptions {
  readonly level: CliLevel;
  readonly timeoutMs: number;
  readonly onEnded: (session: Session) => void;
}

/** Serves one connection until it closes. */
export class Session implements ConnectionHandler {
  readonly #services: RuntimeApiServices;
  readonly #connection: Connection;
  readonly #onEnded: (session: Session) => void;
  readonly #cli: CliSession;
  /** What was received and not used yet, latin1. */
  #input: string;
  #inputEnded: boolean;
  /** Commands of the line that is being answered. */
  #commands: (readonly string[])[];
  #payloadEnd: string | undefined;
  #answering: boolean;
  #output: Uint8Array;
  #timer: TimerHandle | undefined;
  #lastActivityMs: number;
  #closed: boolean;

  constructor(services: RuntimeApiServices, connection: Connection, options: SessionOptions) {
    this.#services = services;
    this.#connection = connection;
    this.#onEnded = options.onEnded;
    this.#cli = {
      level: options.level,
      mode: "single",
      timedPrompt: false,
      severityOutput: "none",
      timeoutMs: options.timeoutMs,
      closing: false,
    };
    this.#input = "";
    this.#inputEnded = false;
    this.#commands = [];
    this.#payloadEnd = undefined;
    this.#answering = false;
    this.#output = new Uint8Array(0);
    this.#timer = undefined;
    this.#lastActivityMs = services.clock.now();
    this.#closed = false;
    connection.handler = this;
    this.#watch();
  }

  onOpen(): void {}

  onData(_connection: Connection, bytes: Uint8Array): void {
    if (this.#cli.closing) return;
    this.#active();
    this.#input += latin1(bytes, 0, bytes.length);
    if (this.#input.length > WAITING_BYTES_MAX) this.#connection.pause();
    this.#pump();
  }

  onDrain(): void {
    this.#active();
    if (this.#flush()) this.#pump();
  }

  onEnd(): void {
    this.#inputEnded = true;
    this.#pump();
  }

  onClose(): void {
    this.#finish();
  }

  close(): void {
    this.#connection.close();
    this.#finish();
  }

  /** Answers as much as there is, as long as answers leave. */
  #pump(): void {
    while (!this.#closed && this.#output.length === 0) {
      if (this.#cli.closing) {
        this.close();
        return;
      }
      if (this.#answering) this.#next();
      else if (!this.#readLine()) break;
    }
    if (!this.#closed && this.#input.length <= WAITING_BYTES_MAX) this.#connection.resume();
    if (this.#inputEnded && !this.#closed && this.#output.length === 0 && !this.#answering) this.close();
  }

  /** Takes one line from the input; false when there is no whole one. */
  #readLine(): boolean {
    const end = this.#input.indexOf("\n");
    const length = end < 0 ? this.#input.length : end + 1;
    if (length > this.#services.model.global.bufsize) {
      this.#input = "";
      this.#cli.closing = true;
      this.#send(TOO_BIG);
      return true;
    }
    if (end < 0) return false;
    const line = this.#input.slice(0, end);
    this.#input = this.#input.slice(end + 1);
    if (this.#payloadEnd !== undefined) this.#payloadLine(line);
    else this.#commandLine(line);
    return true;
  }

  #commandLine(line: string): void {
    const { commands, payloadEnd } = splitLine(line);
    this.#commands = [...commands].reverse();
    this.#payloadEnd = payloadEnd;
    if (payloadEnd === undefined) this.#answering = true;
    else this.#askForMore();
  }

  /** No command takes a payload yet: its lines are read to their end and dropped. */
  #payloadLine(line: string): void {
    if (line === this.#payloadEnd) {
      this.#payloadEnd = undefined;
      this.#answering = true;
    } else this.#askForMore();
  }

  /** The payload's prompt, when there is something to wait for. */
  #askForMore(): void {
    if (this.#cli.mode === "prompt" && !this.#input.includes("\n")) this.#send("+ ");
  }

  #next(): void {
    const words = this.#commands.pop();
    if (words !== undefined) {
      this.#send(runCommand(this.#services, this.#cli, words));
      if (this.#cli.closing) this.#commands = [];
      return;
    }
    this.#answering = false;
    if (this.#cli.mode === "single") this.#cli.closing = true;
    else if (this.#cli.mode === "prompt") this.#send(this.#prompt());
  }

  #prompt(): string {
    if (!this.#cli.timedPrompt) return "> ";
    const { process: whole } = this.#services.state;
    const startedMs = whole.startedMs.get(0);
    const seconds = Math.max(0, Math.floor((this.#services.clock.wallMs() - startedMs) / 1000));
    const [days = "0", hours = "0", minutes = "0", rest = "0"] = uptimeText(seconds).split(/[dhms ]+/);
    return `[${days}:${hours.padStart(2, "0")}:${minutes}:${rest}]> `;
  }

  #send(text: string): void {
    if (text === "") return;
    const bytes = latin1Bytes(text);
    const taken = this.#connection.write(bytes, 0, bytes.length);
    // A connection that is gone tells so by onClose; what cannot be said is dropped.
    if (taken >= 0 && taken < bytes.length) this.#output = bytes.subarray(taken);
  }

  /** Goes on with what was not taken; true when all has left. */
  #flush(): boolean {
    if (this.#output.length === 0) return true;
    const taken = this.#connection.write(this.#output, 0, this.#output.length);
    this.#output = taken < 0 ? new Uint8Array(0) : this.#output.subarray(taken);
    return this.#output.length === 0;
  }

  #active(): void {
    this.#lastActivityMs = this.#services.clock.now();
  }

  /** One lazy timer: it looks when the last activity was and sleeps again. */
  #watch(): void {
    const idleMs = this.#services.clock.now() - this.#lastActivityMs;
    const leftMs = this.#cli.timeoutMs - idleMs;
    if (leftMs <= 0) {
      this.#timer = undefined;
      this.#connection.abort();
      this.#finish();
      return;
    }
    this.#timer = this.#services.clock.setTimer(leftMs, () => this.#watch());
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#input = "";
    this.#output = new Uint8Array(0);
    if (this.#timer !== undefined) this.#services.clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#onEnded(this);
  }
}

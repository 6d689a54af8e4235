// Owns how the process ends: at once (SIGTERM, SIGINT), softly (SIGUSR1, `hard-stop-after`), or because a part of it died. Exit codes are the
// reference's: death by the signal itself, 0 after a soft stop, 1 for our own fault. Management manual §4, configuration manual §3.1.

import type { ConfigurationModel, ProxyModel } from "../config/model/index.ts";
import type { SharedState } from "../records/index.ts";
import { latin1Bytes } from "../stdx/index.ts";
import type { Clock } from "../transport/types.ts";
import { dieBySignal } from "./libc.ts";
import type { ProcessLogSink } from "./log-sink.ts";
import type { Reporter } from "./report.ts";
import { hangupLines, hardStoppedLine, proxiesInStopOrder, stoppedLine } from "./stop-lines.ts";

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/** QUIRK: to the reference the stats sockets are a proxy. */
const STATS_SOCKETS_LINE =
  "SIGHUP: Proxy GLOBAL has no servers. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.";

/** How long the process waits at most for busy workers to write their last log lines when it ends at once. */
const LAST_WORDS_MS = 50;

export interface EndingServices {
  readonly model: ConfigurationModel;
  readonly state: SharedState;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly logSink: ProcessLogSink;
  /** `-W`: SIGTERM is an orderly end there. */
  readonly masterWorker: boolean;
  /** Lets running requests finish, then reports it to {@link Ending.drained}. */
  stopWorkers(): void;
  /** Ends every session; done when the last log lines are written. */
  killWorkers(): Promise<void>;
  stopListening(): void;
}

/** The end of a process, from the first signal to the exit. */
export class Ending {
  readonly #services: EndingServices;
  #stopping: boolean;
  #ended: boolean;

  constructor(services: EndingServices) {
    this.#services = services;
    this.#stopping = false;
    this.#ended = false;
  }

  stopAtOnce(signal: "SIGTERM" | "SIGINT"): void {
    const { masterWorker, state } = this.#services;
    if (this.#ended) return;
    this.#ended = true;
    state.process.stopping.set(0, 2);
    this.#killWorkers(() => {
      if (masterWorker) process.exit(signal === "SIGTERM" ? 0 : 128 + SIGNAL_NUMBERS[signal]);
      dieBySignal(SIGNAL_NUMBERS[signal]);
      // Only as pid 1, which no signal kills by default.
      process.exit(128 + SIGNAL_NUMBERS[signal]);
    });
  }

  /** Lets running requests finish. */
  stopSoftly(): void {
    if (this.#stopping || this.#ended) return;
    this.#stopping = true;
    const { model, state, clock, stopWorkers, stopListening } = this.#services;
    state.process.stopping.set(0, 1);
    for (const proxy of proxiesInStopOrder(model)) this.#say(proxy, stoppedLine(state, proxy));
    stopListening();
    stopWorkers();
    const limitMs = model.global.hardStopAfterMs;
    if (limitMs !== undefined) clock.setTimer(limitMs, () => this.#stopHard());
  }

  /** The workers have nothing left to do. */
  drained(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#services.logSink.flush();
    process.exit(0);
  }

  /** A part of the process is broken beyond repair. */
  die(text: string): void {
    this.#services.reporter.report("alert", text);
    this.#services.logSink.flush();
    process.exit(1);
  }

  #stopHard(): void {
    if (this.#ended) return;
    this.#ended = true;
    const { model, state, reporter } = this.#services;
    reporter.report("warning", "soft-stop running for too long, performing a hard-stop.");
    for (const proxy of proxiesInStopOrder(model)) {
      const line = hardStoppedLine(state, proxy);
      if (line !== undefined) this.#say(proxy, line);
    }
    this.#killWorkers(() => process.exit(0));
  }

  #killWorkers(then: () => void): void {
    const { clock, killWorkers, logSink } = this.#services;
    const finish = () => {
      logSink.flush();
      then();
    };
    clock.setTimer(LAST_WORDS_MS, finish);
    void killWorkers().then(finish);
  }

  dumpStates(): void {
    const { model, state, reporter } = this.#services;
    reporter.report("warning", "SIGHUP received, dumping servers states.");
    if (model.global.statsSockets.length > 0) reporter.report("warning", STATS_SOCKETS_LINE);
    for (const proxy of model.proxies) {
      if (proxy.disabled) continue;
      this.#log(proxy, `SIGHUP received, dumping servers states for proxy ${proxy.name}.`);
      for (const line of hangupLines(state, proxy)) this.#say(proxy, line);
    }
  }

  refuseReload(): void {
    if (!this.#services.masterWorker) return;
    this.#services.reporter.report(
      "warning",
      "SIGUSR2 ignored: there is no master process to reload the configuration yet; start a new process with -sf.",
    );
  }

  /** On stderr and in the proxy's logs. */
  #say(proxy: ProxyModel, line: string): void {
    this.#services.reporter.report("warning", line);
    this.#log(proxy, line);
  }

  #log(proxy: ProxyModel, line: string): void {
    const bytes = latin1Bytes(line);
    const tag = proxy.logTag ?? this.#services.model.global.logTag;
    for (const target of proxy.logTargets) {
      this.#services.logSink.send(target, "warning", tag, bytes, 0, bytes.length);
    }
  }
}

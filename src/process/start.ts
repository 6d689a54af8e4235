// Owns the start: configuration, sockets, threads, limits, privileges, and then the first accepted connection, in the order that DESIGN §7
// gives and for its reasons. It is the composition root: nothing else knows all the parts. Management manual §3 and §4.

import { writeFileSync, writeSync } from "node:fs";
import { PROCESS } from "../records/index.ts";
import { createBunClock, createBunTransport } from "../transport/bun/index.ts";
import type { Clock } from "../transport/types.ts";
import { Control } from "./control.ts";
import { prepareBackground } from "./daemon.ts";
import { Ending } from "./ending.ts";
import { productFacts } from "./facts.ts";
import { createInitialState } from "./initial-state.ts";
import { sendSignal } from "./libc.ts";
import { type BoundSockets, bindSockets } from "./listening.ts";
import { createLogSink } from "./log-sink.ts";
import { logTargetsOf, resolveLogHosts } from "./log-targets.ts";
import type { RunOptions } from "./options.ts";
import type { Prepared } from "./prepare.ts";
import { type AppliedLimits, applyDescriptorLimits, dropPrivileges } from "./privileges.ts";
import { createReadiness } from "./readiness.ts";
import { describe, type Reporter } from "./report.ts";
import { Signals } from "./signals.ts";
import type { Threads } from "./threads.ts";

const SIGTERM = 15;
const SIGUSR1 = 10;
/** A fault that words itself differently each time must not fill the memory of what was said. */
const REPORTED_ONCE_MAX = 100;

/** What a start gathers on its way, and every step of it in order. */
export class Start {
  readonly #options: RunOptions;
  readonly #prepared: Prepared;
  readonly #reporter: Reporter;
  /** To the foreground that waits, when this process is a daemon. */
  readonly #pipe: number | undefined;
  readonly #clock: Clock;
  readonly #nbthread: number;
  readonly #bugs: Set<string>;
  #control: Control | undefined;
  #ending: Ending | undefined;

  constructor(options: RunOptions, prepared: Prepared, reporter: Reporter, pipe: number | undefined) {
    this.#options = options;
    this.#prepared = prepared;
    this.#reporter = reporter;
    this.#pipe = pipe;
    this.#clock = createBunClock();
    this.#nbthread = prepared.model.global.nbthread ?? prepared.environment.cpuCount;
    this.#bugs = new Set();
  }

  async run(threads: Threads): Promise<void> {
    const { model } = this.#prepared;
    for (const event of ["uncaughtException", "unhandledRejection"] as const) {
      process.on(event, (error: unknown) => this.#die(`[pointsman.main()] Internal error: ${describe(error)}`));
    }
    const signals = new Signals();
    this.#beginThreads(threads);
    const sockets = this.#bind();
    const socketCount = sockets.statsSockets.length + sockets.threads.reduce((sum, each) => sum + each.length, 0);
    const limits = applyDescriptorLimits(model.global, socketCount);
    if ("alert" in limits) this.#fail(limits.alert);
    this.#talk(limits);
    const loading = this.#compose(threads, limits);
    const readiness = createReadiness(this.#options.masterWorker === "systemd");
    const enterBackground = prepareBackground({
      pipe: this.#pipe,
      quiet: this.#options.quiet && !this.#options.verbose,
    });
    await loading;
    this.#writePidfile();
    const refused = dropPrivileges(model.global);
    if (refused !== undefined) this.#fail(refused);
    const faults = [...(await threads.listen(sockets.threads)), ...(this.#control?.listen(sockets.statsSockets) ?? [])];
    for (const fault of faults) this.#reporter.report("alert", `[pointsman.main()] Cannot listen: ${fault}`);
    if (faults.length > 0) process.exit(1);
    this.#dismissOldProcesses();
    for (const notice of this.#options.notices) this.#reporter.report("notice", notice);
    this.#reporter.started();
    if (this.#ending !== undefined) signals.serve(this.#ending);
    enterBackground();
    readiness();
  }

  #beginThreads(threads: Threads): void {
    threads.begin(this.#nbthread, {
      onBug: (index, text) => this.#reportBug(index, text),
      onAdmin: ({ serverIndex, action }) => this.#control?.applyAdminAction(serverIndex, action),
      onAllDrained: () => this.#ending?.drained(),
      onAlert: (text) => this.#reportOnce(text),
      onDeath: (index, reason) => this.#die(`Thread ${index + 1} died: ${reason}`),
    });
  }

  #bind(): BoundSockets {
    const { model, environment } = this.#prepared;
    const sockets = bindSockets(model, {
      threads: this.#nbthread,
      reusePort: this.#options.reusePort,
      lookupUser: (name) => environment.lookupUser(name)?.uid,
      lookupGroup: (name) => environment.lookupGroup(name)?.gid,
      resolveName: environment.resolveName,
    });
    if (sockets.alerts.length === 0) return sockets;
    for (const alert of sockets.alerts) this.#reporter.report("alert", alert);
    return this.#fail("[pointsman.main()] Some protocols failed to start their listeners! Exiting.");
  }

  /** Builds the shared records, the workers' data planes and the main thread's own part. Done when everything is loaded. */
  #compose(threads: Threads, limits: AppliedLimits): Promise<void> {
    const { model, environment, serverAddresses } = this.#prepared;
    const state = createInitialState({
      model,
      nbthread: this.#nbthread,
      serverAddresses,
      maxconn: limits.maxconn,
      pid: process.pid,
      wallMs: this.#clock.wallMs(),
    });
    const facts = productFacts({
      model,
      hostname: environment.hostname,
      nbthread: this.#nbthread,
      descriptors: limits.descriptors,
      maxconn: limits.maxconn,
      warnings: this.#reporter.warnings,
      bootTimeMs: Math.round(performance.now()),
    });
    const hostname = sentHostname(model.global.logSendHostname, environment.hostname);
    const logHosts = resolveLogHosts(model, environment.resolveName);
    const loading = threads.load((threadIndex) => ({
      kind: "start",
      threadIndex,
      model,
      arena: state.buffer as SharedArrayBuffer,
      shape: state.shape,
      pid: process.pid,
      hostname,
      logHosts,
      facts,
      serverAddresses,
    }));
    const counters = state.countersOf(this.#nbthread).process;
    const logSink = createLogSink({
      pid: process.pid,
      hostname,
      clock: this.#clock,
      targets: logTargetsOf(model),
      resolve: (host) => logHosts[host],
      onDropped: (lines) => {
        counters[PROCESS.droppedLogs] = (counters[PROCESS.droppedLogs] ?? 0) + lines;
      },
      onFailure: (text) => this.#reportOnce(text),
    });
    const control = new Control({
      model,
      state,
      transport: createBunTransport({ onDefect: (error) => this.#reportBug(-1, describe(error)) }),
      clock: this.#clock,
      logSink,
      serverAddresses,
      facts,
      reporter: this.#reporter,
      environment: this.#prepared.variables,
      tellWorkers: (message) => threads.tell(message),
    });
    this.#control = control;
    this.#ending = new Ending({
      model,
      state,
      clock: this.#clock,
      reporter: this.#reporter,
      logSink,
      masterWorker: this.#options.masterWorker !== "no",
      stopWorkers: () => threads.tell({ kind: "stop" }),
      killWorkers: () => threads.kill(),
      stopListening: () => control.stopListening(),
    });
    return loading;
  }

  /** The reference writes it only where the process is not in somebody's hands already. */
  #writePidfile(): void {
    const { pidfile } = this.#prepared.model.global;
    if (pidfile === undefined || (this.#pipe === undefined && this.#options.masterWorker === "no")) return;
    try {
      writeFileSync(pidfile, `${process.pid}\n`, { mode: 0o644 });
    } catch {
      this.#fail(`[pointsman.main()] Cannot create pidfile ${pidfile}`);
    }
  }

  #dismissOldProcesses(): void {
    const { oldPids } = this.#options;
    for (const pid of oldPids?.pids ?? []) sendSignal(pid, oldPids?.signal === "terminate" ? SIGTERM : SIGUSR1);
  }

  /** `-V` and `-d`. */
  #talk(limits: AppliedLimits): void {
    if (!this.#options.verbose && !this.#options.debug) return;
    if (this.#prepared.model.global.maxconn === undefined) {
      writeSync(2, `Note: setting global.maxconn to ${limits.maxconn}.\n`);
    }
    writeSync(
      2,
      "Available polling systems :\n      epoll : pref=300,  test result OK\nTotal: 1 (1 usable), will use epoll.\n",
    );
    writeSync(1, "Using epoll() as the polling mechanism.\n");
  }

  #reportBug(threadIndex: number, text: string): void {
    const where = threadIndex < 0 ? "the main thread" : `thread ${threadIndex + 1}`;
    this.#reportOnce(`Internal error in ${where}, one connection was ended: ${text}`);
  }

  /** What can happen again and again, and in each thread, is said once. */
  #reportOnce(text: string): void {
    if (this.#bugs.has(text) || this.#bugs.size >= REPORTED_ONCE_MAX) return;
    this.#bugs.add(text);
    this.#reporter.report("alert", text);
  }

  #die(text: string): void {
    if (this.#ending === undefined) this.#fail(text);
    this.#ending.die(text);
  }

  #fail(alert: string): never {
    this.#reporter.report("alert", alert);
    process.exit(1);
  }
}

/** `log-send-hostname` without a name means this machine's. */
function sentHostname(configured: string | undefined, hostname: string): string {
  if (configured === undefined) return "";
  return configured === "" ? hostname : configured;
}

// Owns one worker thread: it builds the data plane from what the main thread sends, and turns messages into calls of the engine.
// This file is the thread's entry: importing it starts a worker. It reads no files once it has said "loaded", since the process may live in a
// chroot by then. It must not know sockets beyond the descriptors it is given.

import { createEngine, type Engine } from "../engine/index.ts";
import { PROCESS, SharedState } from "../records/index.ts";
import { createStatsApplet } from "../stats/index.ts";
import { createBunClock, createBunRandom, createBunTransport } from "../transport/bun/index.ts";
import type { Clock, SocketAddress } from "../transport/types.ts";
import { createLogSink, type ProcessLogSink } from "./log-sink.ts";
import { logTargetsOf } from "./log-targets.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./messages.ts";
import { describe } from "./report.ts";
import { createTlsAcceptors } from "./tls-acceptors.ts";

/** How often a thread shows that it is alive. */
const HEARTBEAT_MS = 1000;

/** The channel by which the workers of this process wake each other. */
const WAKE_CHANNEL = "pointsman-wake";

/** `ThreadRecords.state`. */
const THREAD_STATE = { starting: 0, accepting: 1, draining: 2, gone: 3 } as const;

class WorkerThread {
  readonly #send: (message: FromWorker) => void;
  readonly #threadIndex: number;
  readonly #state: SharedState;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #serverAddresses: (SocketAddress | undefined)[];
  readonly #logSink: ProcessLogSink;

  constructor(start: WorkerStart, send: (message: FromWorker) => void) {
    const { model, threadIndex } = start;
    this.#send = send;
    this.#threadIndex = threadIndex;
    this.#state = SharedState.attach(start.arena, start.shape);
    this.#clock = createBunClock();
    this.#serverAddresses = [...start.serverAddresses];
    const reportBug = (error: unknown) => send({ kind: "bug", text: describe(error) });
    const counters = this.#state.countersOf(threadIndex).process;
    this.#logSink = createLogSink({
      pid: start.pid,
      hostname: start.hostname,
      clock: this.#clock,
      targets: logTargetsOf(model),
      resolve: (host) => start.logHosts[host],
      onDropped: (lines) => {
        counters[PROCESS.droppedLogs] = (counters[PROCESS.droppedLogs] ?? 0) + lines;
      },
      onFailure: (text) => send({ kind: "alert", text }),
    });
    const transport = createBunTransport({ onDefect: reportBug });
    this.#engine = createEngine({
      model,
      threadIndex,
      transport,
      clock: this.#clock,
      random: createBunRandom(),
      state: this.#state,
      logSink: this.#logSink,
      tlsAcceptors: createTlsAcceptors(model, transport),
      serverAddresses: this.#serverAddresses,
      statsApplet: createStatsApplet({
        model,
        state: this.#state,
        clock: this.#clock,
        serverAddresses: this.#serverAddresses,
        facts: start.facts,
        onAdminAction: (serverIndex, action) => send({ kind: "admin", serverIndex, action }),
      }),
      pid: start.pid,
      reportBug,
      // The shape counts the main thread as well.
      ...(start.shape.threads <= 2 ? {} : { wakeThreads: this.#createWaker() }),
      onDrained: () => this.#drained(),
    });
    this.#beat();
    setInterval(() => this.#beat(), HEARTBEAT_MS);
  }

  handle(message: ToWorker): void {
    switch (message.kind) {
      case "start":
        return;
      case "listen":
        this.#listen(message.listeners);
        return;
      case "wake":
        this.#engine.wake();
        return;
      case "address":
        this.#serverAddresses[message.serverIndex] = message.address;
        this.#engine.wake();
        return;
      case "stop":
        this.#state.threads.state.set(this.#threadIndex, THREAD_STATE.draining);
        this.#engine.stop();
        return;
      case "kill":
        this.#engine.kill();
        this.#logSink.flush();
        this.#send({ kind: "killed" });
        return;
    }
  }

  #listen(listeners: Extract<ToWorker, { kind: "listen" }>["listeners"]): void {
    const faults = [];
    for (const { listenerIndex, spec } of listeners) {
      const listener = this.#engine.listen(listenerIndex, spec);
      if ("fault" in listener) faults.push({ listenerIndex, fault: listener.fault });
    }
    this.#state.threads.state.set(this.#threadIndex, THREAD_STATE.accepting);
    this.#send({ kind: "listening", faults });
  }

  #drained(): void {
    this.#logSink.flush();
    this.#state.threads.state.set(this.#threadIndex, THREAD_STATE.gone);
    this.#send({ kind: "drained" });
  }

  /** Threads wake each other without the main thread, which may be busy. Several wishes of one turn are one message. */
  #createWaker(): () => void {
    const channel = new BroadcastChannel(WAKE_CHANNEL);
    channel.onmessage = () => this.#engine.wake();
    let pending = false;
    const send = () => {
      pending = false;
      channel.postMessage(0);
    };
    return () => {
      if (pending) return;
      pending = true;
      this.#clock.defer(send);
    };
  }

  #beat(): void {
    this.#state.threads.heartbeatMs.set(this.#threadIndex, this.#clock.wallMs());
  }
}

function main(): void {
  if (Bun.isMainThread) throw new Error("The worker's file was started as a program; start bin/pointsman instead.");
  let thread: WorkerThread | undefined;
  const send = (message: FromWorker) => postMessage(message);
  addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === "start") {
      thread = new WorkerThread(data, send);
      send({ kind: "loaded" });
    } else {
      thread?.handle(data);
    }
  });
}

main();

// Owns the worker threads as the main thread sees them: starting them, telling them things, and noticing that one has died, which ends the
// process: a data plane with a missing thread would strand its share of the connections. DESIGN §7.

import { workerEntry } from "./installation.ts";
import type { FromWorker, ThreadListener, ToWorker, WorkerStart } from "./messages.ts";

export interface ThreadEvents {
  onBug(threadIndex: number, text: string): void;
  /** Something that the user should know, without prefix. */
  onAlert(text: string): void;
  onAdmin(message: Extract<FromWorker, { kind: "admin" }>): void;
  /** All threads have nothing left to do after `stop`. */
  onAllDrained(): void;
  /** A thread is gone that should not be. */
  onDeath(threadIndex: number, reason: string): void;
}

type Listening = Extract<FromWorker, { kind: "listening" }>;

/** One worker; its listeners are there from its first moment, so that nothing that it says is missed. */
class Thread {
  readonly worker: Worker;
  readonly loaded: Promise<void>;
  readonly listening: Promise<Listening>;
  readonly killed: Promise<void>;
  /** Why it is gone; undefined while it lives. */
  death: string | undefined;
  drained: boolean;
  onMessage: (message: FromWorker) => void;
  onDeath: (reason: string) => void;

  constructor() {
    const loaded = Promise.withResolvers<void>();
    const listening = Promise.withResolvers<Listening>();
    const killed = Promise.withResolvers<void>();
    this.worker = new Worker(workerEntry());
    this.loaded = loaded.promise;
    this.listening = listening.promise;
    this.killed = killed.promise;
    this.death = undefined;
    this.drained = false;
    this.onMessage = () => {};
    this.onDeath = () => {};
    this.worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "loaded") loaded.resolve();
      else if (data.kind === "listening") listening.resolve(data);
      else if (data.kind === "killed") killed.resolve();
      else this.onMessage(data);
    });
    this.worker.addEventListener("error", (event) => this.#died(event.message));
    this.worker.addEventListener("close", (event) => this.#died(`it ended with code ${closeCode(event)}`));
  }

  #died(reason: string): void {
    if (this.death !== undefined) return;
    this.death = reason;
    this.onDeath(reason);
  }

  post(message: ToWorker): void {
    this.worker.postMessage(message);
  }
}

function closeCode(event: Event): number {
  return "code" in event && typeof event.code === "number" ? event.code : -1;
}

/** All worker threads of the process. */
export class Threads {
  readonly #threads: Thread[];
  #ending: boolean;

  /**
   * Starts `count` threads, which begin to load their modules at once, while this thread reads the configuration: it is a guess that
   * {@link begin} puts right.
   */
  constructor(count: number) {
    this.#ending = false;
    this.#threads = Array.from({ length: count }, () => new Thread());
  }

  /** Settles how many threads there are, and who is told what they say. */
  begin(count: number, events: ThreadEvents): void {
    for (const extra of this.#threads.splice(count)) extra.worker.terminate();
    while (this.#threads.length < count) this.#threads.push(new Thread());
    const died = (index: number, reason: string) => {
      if (this.#ending) return;
      this.#ending = true;
      events.onDeath(index, reason);
    };
    this.#threads.forEach((thread, index) => {
      thread.onMessage = (message) => this.#hear(thread, index, message, events);
      thread.onDeath = (reason) => died(index, reason);
      if (thread.death !== undefined) died(index, thread.death);
    });
  }

  /** Builds the data planes; done when each thread has everything it will ever read. */
  async load(startOf: (threadIndex: number) => WorkerStart): Promise<void> {
    this.#threads.forEach((thread, index) => {
      thread.post(startOf(index));
    });
    await Promise.all(this.#threads.map((thread) => thread.loaded));
  }

  /** Lets every thread accept on its sockets. Returns what could not be listened on. */
  async listen(sockets: readonly (readonly ThreadListener[])[]): Promise<readonly string[]> {
    this.#threads.forEach((thread, index) => {
      thread.post({ kind: "listen", listeners: sockets[index] ?? [] });
    });
    const answers = await Promise.all(this.#threads.map((thread) => thread.listening));
    return answers.flatMap((answer) => answer.faults.map(({ fault }) => fault));
  }

  /** Ends every session at once. Done when the last log lines are written. */
  async kill(): Promise<void> {
    this.#ending = true;
    for (const thread of this.#threads) thread.post({ kind: "kill" });
    await Promise.all(this.#threads.map((thread) => thread.killed));
  }

  /** Sends a message to every thread. */
  tell(message: ToWorker): void {
    for (const thread of this.#threads) thread.post(message);
  }

  #hear(thread: Thread, index: number, message: FromWorker, events: ThreadEvents): void {
    switch (message.kind) {
      case "bug":
        events.onBug(index, message.text);
        return;
      case "alert":
        events.onAlert(message.text);
        return;
      case "admin":
        events.onAdmin(message);
        return;
      case "drained":
        thread.drained = true;
        if (this.#threads.every((each) => each.drained)) events.onAllDrained();
        return;
      case "loaded":
      case "listening":
      case "killed":
        return;
    }
  }
}

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

interface Thread {
  readonly worker: Worker;
  readonly loaded: Promise<void>;
  readonly listening: Promise<Extract<FromWorker, { kind: "listening" }>>;
  drained: boolean;
}

/** All worker threads of the process. */
export class Threads {
  readonly #events: ThreadEvents;
  readonly #threads: Thread[];
  #ending: boolean;

  /** Starts `count` threads: their modules load while the main thread goes on. */
  constructor(count: number, events: ThreadEvents) {
    this.#events = events;
    this.#ending = false;
    this.#threads = [];
    for (let index = 0; index < count; index++) this.#threads.push(this.#spawn(index));
  }

  get count(): number {
    return this.#threads.length;
  }

  /** Builds the data planes; done when each thread has everything it will ever read. */
  async load(startOf: (threadIndex: number) => WorkerStart): Promise<void> {
    this.#threads.forEach((thread, index) => {
      this.#post(thread, startOf(index));
    });
    await Promise.all(this.#threads.map((thread) => thread.loaded));
  }

  /** Lets every thread accept on its sockets. Returns what could not be listened on. */
  async listen(sockets: readonly (readonly ThreadListener[])[]): Promise<readonly string[]> {
    this.#threads.forEach((thread, index) => {
      this.#post(thread, { kind: "listen", listeners: sockets[index] ?? [] });
    });
    const answers = await Promise.all(this.#threads.map((thread) => thread.listening));
    return answers.flatMap((answer) => answer.faults.map(({ fault }) => fault));
  }

  /** Sends a message to every thread. */
  tell(message: ToWorker): void {
    if (message.kind === "kill") this.#ending = true;
    for (const thread of this.#threads) this.#post(thread, message);
  }

  #post(thread: Thread, message: ToWorker): void {
    thread.worker.postMessage(message);
  }

  #spawn(index: number): Thread {
    const worker = new Worker(workerEntry());
    const loaded = Promise.withResolvers<void>();
    const listening = Promise.withResolvers<Extract<FromWorker, { kind: "listening" }>>();
    const thread: Thread = { worker, loaded: loaded.promise, listening: listening.promise, drained: false };
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "loaded") loaded.resolve();
      else if (data.kind === "listening") listening.resolve(data);
      else this.#hear(thread, index, data);
    });
    worker.addEventListener("error", (event) => this.#died(index, event.message));
    worker.addEventListener("close", (event) => this.#died(index, `it ended with code ${closeCode(event)}`));
    return thread;
  }

  #hear(thread: Thread, index: number, message: FromWorker): void {
    switch (message.kind) {
      case "bug":
        this.#events.onBug(index, message.text);
        return;
      case "alert":
        this.#events.onAlert(message.text);
        return;
      case "admin":
        this.#events.onAdmin(message);
        return;
      case "wake-thread": {
        const other = this.#threads[message.threadIndex];
        if (other !== undefined) this.#post(other, { kind: "wake" });
        return;
      }
      case "drained":
        thread.drained = true;
        if (this.#threads.every((each) => each.drained)) this.#events.onAllDrained();
        return;
      case "loaded":
      case "listening":
        return;
    }
  }

  #died(index: number, reason: string): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#events.onDeath(index, reason);
  }
}

function closeCode(event: Event): number {
  return "code" in event && typeof event.code === "number" ? event.code : -1;
}

// Owns the look around for what other threads may have freed: slots of servers that streams of this thread wait for, and room under a connection
// limit that has paused listeners of this thread. It runs only while somebody waits, as a safety net behind `wake()`.

import type { ProxyRuntime } from "./runtime.ts";
import type { Thread } from "./thread.ts";
import { WheelEntry } from "./wheel.ts";

/** How often. Between threads that wake each other it never matters. */
const pollMs = 20;

export class QueuePoll extends WheelEntry {
  readonly #thread: Thread;
  readonly #serveQueues: (thread: Thread, backend: ProxyRuntime) => void;
  readonly #checkLimits: (thread: Thread) => void;
  readonly #watched = new Set<ProxyRuntime>();

  constructor(
    thread: Thread,
    serveQueues: (thread: Thread, backend: ProxyRuntime) => void,
    checkLimits: (thread: Thread) => void,
  ) {
    super();
    this.#thread = thread;
    this.#serveQueues = serveQueues;
    this.#checkLimits = checkLimits;
  }

  /** Looks after this backend's queues until nobody waits in them. */
  watch(backend: ProxyRuntime): void {
    this.#watched.add(backend);
    this.arm();
  }

  arm(): void {
    if (this.deadline === Number.POSITIVE_INFINITY) this.#thread.wheel.arm(this, this.#thread.now + pollMs);
  }

  /** One look. */
  look(): void {
    for (const backend of this.#watched) {
      this.#serveQueues(this.#thread, backend);
      const waiting = backend.waiting.size > 0 || backend.servers.some((server) => server.waiting.size > 0);
      if (!waiting) this.#watched.delete(backend);
    }
    this.#checkLimits(this.#thread);
  }

  override onDeadline(): void {
    this.#thread.readClock();
    this.look();
    if (this.#watched.size > 0 || this.#thread.fullListeners > 0) this.arm();
  }
}

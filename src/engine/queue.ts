// Owns the order in which streams of this thread wait for a server: one FIFO per server and one per backend. How many wait in all threads is in
// the shared records; who may be served next is decided by connect.ts. Configuration manual §5.2 "maxconn", §4.2 "timeout queue".

import type { Stream } from "./stream.ts";

/** A FIFO that forgets a waiter in constant time: removed entries leave a hole that is skipped, and holes are compacted away. */
export class WaitList {
  #streams: (Stream | undefined)[] = [];
  #head = 0;
  #size = 0;
  /** How many were taken out to be served, ever. */
  served = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts `stream` last. */
  push(stream: Stream): void {
    this.#streams.push(stream);
    this.#size++;
  }

  /** The one that has waited longest. */
  first(): Stream | undefined {
    while (this.#head < this.#streams.length) {
      const stream = this.#streams[this.#head];
      if (stream !== undefined) return stream;
      this.#head++;
    }
    this.#streams = [];
    this.#head = 0;
    return undefined;
  }

  /** Takes the first one out. */
  shift(): Stream | undefined {
    const stream = this.first();
    if (stream === undefined) return undefined;
    this.#streams[this.#head++] = undefined;
    this.#size--;
    if (this.#head > 64 && this.#head * 2 > this.#streams.length) {
      this.#streams = this.#streams.slice(this.#head);
      this.#head = 0;
    }
    return stream;
  }

  /** Forgets `stream`. False when it does not wait here. */
  remove(stream: Stream): boolean {
    // Who leaves early is mostly near the front: it has waited longest.
    const at = this.#streams.indexOf(stream, this.#head);
    if (at < 0) return false;
    this.#streams[at] = undefined;
    this.#size--;
    if (this.#size === 0) {
      this.#streams = [];
      this.#head = 0;
    }
    return true;
  }
}

// Owns sending for the simulation's clients and servers: a queue of text that goes out as far as the connection takes it, with an end behind it.

import type { Connection } from "../../src/transport/types.ts";

export class Sender {
  readonly #connection: Connection;
  #queue = new Uint8Array(0);
  #end: "none" | "shutdown" | "close" | "abort" = "none";

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  send(text: string): void {
    this.#queue = new Uint8Array(Buffer.concat([this.#queue, Buffer.from(text, "latin1")]));
    this.flush();
  }

  /** What happens once everything has left. */
  end(how: "shutdown" | "close" | "abort"): void {
    this.#end = how;
    this.flush();
  }

  flush(): void {
    while (this.#queue.length > 0) {
      const taken = this.#connection.write(this.#queue, 0, this.#queue.length);
      if (taken < 0) {
        this.#queue = new Uint8Array(0);
        break;
      }
      const all = taken === this.#queue.length;
      this.#queue = this.#queue.slice(taken);
      if (!all) return;
    }
    if (this.#end === "none") return;
    this.#connection[this.#end]();
    this.#end = "none";
  }
}

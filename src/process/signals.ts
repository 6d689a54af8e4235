// Owns the process's signals, from before the first socket is bound: until the process serves, an end is an end at once, and everything else
// waits. Management manual §4.

import type { Ending } from "./ending.ts";
import { dieBySignal } from "./libc.ts";

const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/** Who is told of signals, once there is somebody. */
export class Signals {
  #ending: Ending | undefined;
  /** What came too early. */
  readonly #waiting: ((ending: Ending) => void)[];

  /** Takes over the signals. */
  constructor() {
    this.#ending = undefined;
    this.#waiting = [];
    process.on("SIGTERM", () => this.#end("SIGTERM"));
    process.on("SIGINT", () => this.#end("SIGINT"));
    process.on("SIGUSR1", () => this.#pass((ending) => ending.stopSoftly()));
    process.on("SIGHUP", () => this.#pass((ending) => ending.dumpStates()));
    process.on("SIGUSR2", () => this.#pass((ending) => ending.refuseReload()));
    // Ignored: their default would stop or kill the process.
    for (const signal of ["SIGQUIT", "SIGTTOU", "SIGTTIN", "SIGPIPE"] as const) process.on(signal, () => {});
  }

  /** The process serves: signals reach `ending` from here on. */
  serve(ending: Ending): void {
    this.#ending = ending;
    for (const action of this.#waiting.splice(0)) action(ending);
  }

  #end(signal: "SIGTERM" | "SIGINT"): void {
    if (this.#ending !== undefined) {
      this.#ending.stopAtOnce(signal);
      return;
    }
    dieBySignal(NUMBERS[signal]);
    process.exit(128 + NUMBERS[signal]);
  }

  #pass(action: (ending: Ending) => void): void {
    if (this.#ending === undefined) this.#waiting.push(action);
    else action(this.#ending);
  }
}

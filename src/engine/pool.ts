// Owns the idle connections of one server in one thread: which of them a request may take (`http-reuse`), how many are worth keeping, and when the
// surplus is closed. The newest is taken first, so that the oldest fall idle and can go. Configuration manual §4.2 "http-reuse", §5.2
// "pool-max-conn" and "pool-purge-delay". It sends nothing.

import type { ServerRuntime } from "./runtime.ts";
import type { ServerConnection } from "./server-http.ts";
import type { Thread } from "./thread.ts";
import { WheelEntry } from "./wheel.ts";

export class ServerPool extends WheelEntry {
  readonly #server: ServerRuntime;
  #thread: Thread | undefined = undefined;
  /** Oldest first. */
  #idle: ServerConnection[] = [];
  /** Connections of this thread that carry a stream now, the most of them since the last purge, and how many are thought to be needed. */
  #used = 0;
  #usedMax = 0;
  #needed = 0;

  constructor(server: ServerRuntime) {
    super();
    this.#server = server;
  }

  get idleCount(): number {
    return this.#idle.length;
  }

  get usedCount(): number {
    return this.#used;
  }

  /** Counts a connection that starts to carry a stream. */
  countUsed(thread: Thread): void {
    this.#thread = thread;
    if (++this.#used > this.#usedMax) this.#usedMax = this.#used;
  }

  countReleased(): void {
    this.#used--;
  }

  /** An idle connection for a request, or undefined. `provenOnly`: only one that has been reused before. */
  take(thread: Thread, provenOnly: boolean): ServerConnection | undefined {
    const idle = this.#idle;
    for (let at = idle.length - 1; at >= 0; at--) {
      const connection = idle[at]!;
      if (provenOnly && !connection.proven) continue;
      if (at === idle.length - 1) idle.pop();
      else idle.splice(at, 1);
      this.#countIdle(thread, connection, -1);
      return connection;
    }
    return undefined;
  }

  /**
   * Keeps a connection for later. False when it is not worth keeping: the pool is full, or there are more connections than were in use at the
   * same time lately, as the reference decides.
   */
  keep(thread: Thread, connection: ServerConnection): boolean {
    const { poolMaxConn, poolPurgeDelayMs } = this.#server.model;
    if (poolPurgeDelayMs === 0 || (poolMaxConn >= 0 && this.#idle.length >= poolMaxConn)) return false;
    const needed = Math.max(this.#used, this.#needed, this.#usedMax);
    if (this.#idle.length > 0 && this.#used + this.#idle.length >= needed) return false;
    this.#idle.push(connection);
    this.#countIdle(thread, connection, 1);
    this.#thread = thread;
    if (this.deadline === Number.POSITIVE_INFINITY) thread.wheel.arm(this, thread.now + poolPurgeDelayMs);
    return true;
  }

  /** The peer closed an idle connection. */
  forget(thread: Thread, connection: ServerConnection): void {
    const at = this.#idle.lastIndexOf(connection);
    if (at < 0) return;
    this.#idle.splice(at, 1);
    this.#countIdle(thread, connection, -1);
  }

  /** Closes every idle connection: the server was taken away, or the engine stops. */
  closeAll(thread: Thread): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const connection of idle) {
      this.#countIdle(thread, connection, -1);
      connection.closeIdle();
    }
    thread.wheel.remove(this);
  }

  /** Every purge delay, half of what is more than needed goes, the oldest first. */
  override onDeadline(): void {
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.readClock();
    this.#needed = Math.max(this.#usedMax, Math.floor((this.#needed + this.#usedMax) / 2));
    this.#usedMax = this.#used;
    const surplus = this.#used + this.#idle.length - this.#needed;
    const going = Math.min(this.#idle.length, Math.ceil(surplus / 2));
    for (const connection of going > 0 ? this.#idle.splice(0, going) : []) {
      this.#countIdle(thread, connection, -1);
      connection.closeIdle();
    }
    if (this.#idle.length > 0) thread.wheel.arm(this, thread.now + this.#server.model.poolPurgeDelayMs);
  }

  #countIdle(thread: Thread, connection: ServerConnection, change: number): void {
    const { servers } = thread.state;
    const { index } = this.#server;
    servers.idle.add(index, change);
    if (connection.proven) servers.idleSafe.add(index, change);
    else servers.idleUnsafe.add(index, change);
  }
}

// Owns the idle connections of one server in one thread: which of them a request may take (`http-reuse`), how many are worth keeping, and when the
// surplus is closed. The newest is taken first, so that the oldest fall idle and can go. Configuration manual §4.2 "http-reuse", §5.2
// "pool-max-conn" and "pool-purge-delay". It sends nothing. Its figures reach the shared records ten times a second and not per request, since six
// atomic additions cost more than taking the connection.

import type { ServerRuntime } from "./runtime.ts";
import type { ServerConnection } from "./server-http.ts";
import type { Thread } from "./thread.ts";
import { WheelEntry } from "./wheel.ts";

/** How old the shared figures may become. */
const publishMs = 100;

const never = Number.POSITIVE_INFINITY;

export class ServerPool extends WheelEntry {
  readonly #server: ServerRuntime;
  #thread: Thread | undefined = undefined;
  /** Oldest first. */
  #idle: ServerConnection[] = [];
  #idleProven = 0;
  /** Connections of this thread that carry a stream now, the most of them since the last purge, and how many are thought to be needed. */
  #used = 0;
  #usedMax = 0;
  #needed = 0;
  #purgeDue = never;
  /** What the shared records have of us, and since when they may be out of date. */
  #publishedUsed = 0;
  #publishedIdle = 0;
  #publishedProven = 0;
  #publishDue = never;

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
    if (++this.#used > this.#usedMax) this.#usedMax = this.#used;
    if (this.#publishDue === never) this.#changed(thread);
  }

  countReleased(thread: Thread): void {
    this.#used--;
    if (this.#publishDue === never) this.#changed(thread);
  }

  /** An idle connection for a request, or undefined. `provenOnly`: only one that has been reused before. */
  take(thread: Thread, provenOnly: boolean): ServerConnection | undefined {
    const idle = this.#idle;
    for (let at = idle.length - 1; at >= 0; at--) {
      const connection = idle[at]!;
      if (provenOnly && !connection.proven) continue;
      if (at === idle.length - 1) idle.pop();
      else idle.splice(at, 1);
      if (connection.proven) this.#idleProven--;
      if (this.#publishDue === never) this.#changed(thread);
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
    const count = this.#idle.length;
    if (poolPurgeDelayMs === 0 || (poolMaxConn >= 0 && count >= poolMaxConn)) return false;
    if (count > 0 && this.#used + count >= Math.max(this.#used, this.#needed, this.#usedMax)) return false;
    this.#idle.push(connection);
    if (connection.proven) this.#idleProven++;
    if (this.#purgeDue === never) this.#purgeDue = thread.now + poolPurgeDelayMs;
    if (this.#publishDue === never) this.#changed(thread);
    return true;
  }

  /** The peer closed an idle connection. */
  forget(thread: Thread, connection: ServerConnection): void {
    const at = this.#idle.lastIndexOf(connection);
    if (at < 0) return;
    this.#idle.splice(at, 1);
    if (connection.proven) this.#idleProven--;
    this.#changed(thread);
  }

  /** Closes every idle connection: the server was taken away, or the engine stops. */
  closeAll(thread: Thread): void {
    const idle = this.#idle;
    this.#idle = [];
    this.#idleProven = 0;
    this.#purgeDue = never;
    for (const connection of idle) connection.closeIdle();
    this.#publish(thread);
    thread.wheel.remove(this);
  }

  override onDeadline(): void {
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.readClock();
    if (this.#purgeDue <= thread.now) this.#purge(thread);
    this.#publish(thread);
    if (this.#purgeDue !== never) thread.wheel.arm(this, this.#purgeDue);
  }

  /** Every purge delay, half of what is more than needed goes, the oldest first. */
  #purge(thread: Thread): void {
    this.#needed = Math.max(this.#usedMax, Math.floor((this.#needed + this.#usedMax) / 2));
    this.#usedMax = this.#used;
    const surplus = this.#used + this.#idle.length - this.#needed;
    const going = Math.min(this.#idle.length, Math.ceil(surplus / 2));
    for (const connection of going > 0 ? this.#idle.splice(0, going) : []) {
      if (connection.proven) this.#idleProven--;
      connection.closeIdle();
    }
    this.#purgeDue = this.#idle.length > 0 ? thread.now + this.#server.model.poolPurgeDelayMs : never;
  }

  #changed(thread: Thread): void {
    this.#thread = thread;
    this.#publishDue = thread.now + publishMs;
    thread.wheel.arm(this, Math.min(this.#publishDue, this.#purgeDue));
  }

  #publish(thread: Thread): void {
    const { servers } = thread.state;
    const { index } = this.#server;
    const idle = this.#idle.length;
    const proven = this.#idleProven;
    servers.used.add(index, this.#used - this.#publishedUsed);
    servers.idle.add(index, idle - this.#publishedIdle);
    servers.idleSafe.add(index, proven - this.#publishedProven);
    servers.idleUnsafe.add(index, idle - proven - (this.#publishedIdle - this.#publishedProven));
    this.#publishedUsed = this.#used;
    this.#publishedIdle = idle;
    this.#publishedProven = proven;
    this.#publishDue = never;
    // `clear counters` lowers the shared maxima behind our back: look at them again.
    this.#server.streamsMax = 0;
    this.#server.proxy.streamsMax = 0;
  }
}

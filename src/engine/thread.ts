// Owns what all sessions of one thread share: the services, the compiled runtime, time as of this event, the timer wheel, the pools of streams and
// scratch buffers, and the boundary at which a broken assumption of ours ends one session and no more (DESIGN.md rule 8). It knows no protocol.

import { HeadTable } from "../protocol/http/head.ts";
import { PROCESS, type ProcessRecord, type SharedState, type ThreadCounters } from "../records/index.ts";
import type { Clock, Transport } from "../transport/types.ts";
import type { Pipe } from "./pipe.ts";
import { QueuePoll } from "./queue-poll.ts";
import { compileRuntime, type ProxyRuntime, type Runtime } from "./runtime.ts";
import type { Session } from "./session.ts";
import { Stream } from "./stream.ts";
import { StreamView } from "./stream-view.ts";
import type { EngineServices } from "./types.ts";
import { TimerWheel } from "./wheel.ts";

/** Streams kept for reuse. What a burst made beyond that is left to the collector. */
const pooledStreamsMax = 256;

/** Longest log line that is written, before the target's own limit cuts it. */
const logScratchBytes = 65_536;

/** The phases that a deadline of a stream leads to; set by the engine so that thread.ts need not know them. */
export type DeadlineHandler = (stream: Stream) => void;

export class Thread {
  readonly services: EngineServices;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly state: SharedState;
  readonly processRecord: ProcessRecord;
  readonly counters: ThreadCounters;
  readonly runtime: Runtime;
  readonly wheel: TimerWheel;
  readonly bufferBytes: number;
  readonly headBytesMax: number;
  readonly responseHead = new HeadTable();
  readonly logScratch = new Uint8Array(logScratchBytes);
  /** The one view through which rules and log formats see the stream that they are run for. */
  readonly view: StreamView;
  readonly #onDeadline: DeadlineHandler;

  /** Monotonic ms, read once per event. */
  now = 0;
  /** Unix ms − monotonic ms, as of the last look at the wall clock. */
  #wallOffset = 0;
  #wallDueMs = Number.NEGATIVE_INFINITY;
  /** Whole seconds of the monotonic clock, for rates. */
  second = 0;

  stopping = false;
  killed = false;
  sessionCount = 0;
  /** Listeners that are paused because a limit is reached. */
  fullListeners = 0;
  /** Order of arrival in queues. */
  nextTicket = 1;
  firstSession: Session | undefined = undefined;
  #streams: Stream[] = [];
  #drained = false;
  readonly #poll: QueuePoll;
  readonly #ready: Pipe[] = [];
  readonly #serveReady = () => this.#serveAll();
  readonly #checkLimits: (thread: Thread) => void;

  constructor(
    services: EngineServices,
    onDeadline: DeadlineHandler,
    serveQueues: (thread: Thread, backend: ProxyRuntime) => void,
    checkLimits: (thread: Thread) => void,
  ) {
    this.services = services;
    this.transport = services.transport;
    this.clock = services.clock;
    this.state = services.state;
    this.processRecord = services.state.process;
    this.counters = services.state.countersOf(services.threadIndex);
    this.runtime = compileRuntime(services, this.counters);
    this.wheel = new TimerWheel(services.clock);
    this.bufferBytes = services.model.global.bufsize;
    this.headBytesMax = services.model.global.bufsize - services.model.global.maxrewrite;
    this.view = new StreamView(this);
    this.#onDeadline = onDeadline;
    this.#poll = new QueuePoll(this, serveQueues, checkLimits);
    this.#checkLimits = checkLimits;
    this.readClock();
  }

  /** At the entry of every event. */
  readClock(): void {
    const now = this.clock.now();
    this.now = now;
    if (now >= this.#wallDueMs) this.#readWallClock(now);
  }

  /**
   * Has the bytes that `pipe` keeps in `pending` handled at the end of this turn of the event loop, together with those of all others. Heads are
   * read first and answered then: so the messages to one peer process go out in a burst and wake it once, where reading and writing in turn
   * wakes it for each, which costs the sender 6 to 9 % of its time per request (measured side by side at 64 connections).
   */
  serveLater(pipe: Pipe): void {
    if (this.#ready.push(pipe) === 1) this.clock.defer(this.#serveReady);
  }

  #serveAll(): void {
    this.readClock();
    const ready = this.#ready;
    for (let at = 0; at < ready.length; at++) ready[at]!.servePending();
    ready.length = 0;
  }

  /** The wall clock is looked at ten times a second and at the turn of each: it may be set at any time, and a look costs 45 ns. */
  #readWallClock(now: number): void {
    const wall = this.clock.wallMs();
    this.#wallOffset = wall - now;
    this.second = Math.floor(wall / 1000);
    this.#wallDueMs = now + Math.min(100, (this.second + 1) * 1000 - wall);
  }

  /** Unix ms of the present event. */
  get wallMs(): number {
    return this.now + this.#wallOffset;
  }

  takeStream(session: Session): Stream {
    const stream = this.#streams.pop() ?? new Stream(this);
    stream.begin(session);
    return stream;
  }

  giveStream(stream: Stream): void {
    stream.release();
    stream.deadline = Number.POSITIVE_INFINITY;
    if (this.#streams.length < pooledStreamsMax) this.#streams.push(stream);
    else this.wheel.remove(stream);
  }

  streamDeadline(stream: Stream): void {
    const { session } = stream;
    if (session === undefined) return;
    this.readClock();
    try {
      this.#onDeadline(stream);
    } catch (error) {
      this.bug(session, error);
    }
  }

  /** Runs one step of a stream that another session's event has set going: a throw ends that stream's session, not the caller's. */
  guard(stream: Stream, step: () => void): void {
    const { session } = stream;
    try {
      step();
    } catch (error) {
      this.bug(session, error);
    }
  }

  /** A handler of ours threw: that session ends, the process lives. */
  bug(session: Session | undefined, error: unknown): void {
    this.counters.process[PROCESS.brokenAssumptions]! += 1;
    this.services.reportBug(error);
    try {
      session?.abortNow(true);
    } catch (second) {
      this.services.reportBug(second);
    }
  }

  addSession(session: Session): void {
    session.nextSession = this.firstSession;
    if (this.firstSession !== undefined) this.firstSession.previousSession = session;
    this.firstSession = session;
    this.sessionCount++;
  }

  removeSession(session: Session): void {
    const { nextSession, previousSession } = session;
    if (nextSession !== undefined) nextSession.previousSession = previousSession;
    if (previousSession !== undefined) previousSession.nextSession = nextSession;
    else if (this.firstSession === session) this.firstSession = nextSession;
    session.nextSession = undefined;
    session.previousSession = undefined;
    this.sessionCount--;
  }

  /** Somebody waits in a queue of this backend: until nobody does, free slots are looked for, since another thread may free them. */
  watchQueues(backend: ProxyRuntime): void {
    this.#poll.watch(backend);
  }

  /** A listener is paused here: another thread may make room. */
  watchListeners(): void {
    this.#poll.arm();
  }

  /** A connection ended here while a listener was paused. */
  lookAtLimits(): void {
    this.#checkLimits(this);
  }

  /** Serves every queue that somebody waits in, and opens what has room. */
  lookAround(): void {
    this.#poll.look();
  }

  /** Reports the drain once, when the engine stops and the last session has gone. */
  checkDrained(): void {
    if (!this.stopping || this.sessionCount > 0 || this.#drained) return;
    this.#drained = true;
    for (const server of this.runtime.servers) server.pool.closeAll(this);
    this.wheel.remove(this.#poll);
    for (const stream of this.#streams) this.wheel.remove(stream);
    this.#streams = [];
    this.services.onDrained();
  }
}

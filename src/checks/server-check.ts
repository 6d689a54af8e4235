// Owns the checking of one server: when the next check runs, its connection, its deadlines. What a result means for the server is
// decided by ServerStates. One timer and at most one connection at a time; a check that hangs ends by its deadline.
// Configuration manual §4.2 "timeout check", §5.2 "check", "addr", "port".

import type { CheckModel, TimeoutsModel } from "../config/model/index.ts";
import { CHECK_STATE, OPERATIONAL_STATE } from "../records/index.ts";
import type { Connection, ConnectionFault, ConnectionHandler, SocketAddress, TimerHandle } from "../transport/types.ts";
import { buildCheckRequest, HttpCheckPlan, HttpCheckReader, socketError, type Verdict } from "./http-check.ts";
import { intervalFor, spread } from "./schedule.ts";
import { parseNumericAddress } from "./server-address.ts";
import type { PlacedServer, ServerStates } from "./server-states.ts";
import { checkStateHeader } from "./state-header.ts";
import type { CheckServices } from "./types.ts";

/** Checks one server until it is stopped. */
export class ServerCheck implements ConnectionHandler {
  readonly #services: CheckServices;
  readonly #states: ServerStates;
  readonly #placed: PlacedServer;
  readonly #model: CheckModel;
  readonly #plan: HttpCheckPlan | undefined;
  #port: number;
  #host: string | undefined;
  #timer: TimerHandle | undefined;
  #connection: Connection | undefined;
  #reader: HttpCheckReader | undefined;
  #startedMs: number;
  /** Request bytes that the transport has not taken yet. */
  #unsent: Uint8Array;
  #isOpen: boolean;

  constructor(services: CheckServices, states: ServerStates, placed: PlacedServer, model: CheckModel) {
    this.#services = services;
    this.#states = states;
    this.#placed = placed;
    this.#model = model;
    this.#plan = model.http === undefined ? undefined : new HttpCheckPlan(model.http, services.model.global.bufsize);
    this.#port = model.port ?? 0;
    this.#host = model.address;
    this.#timer = undefined;
    this.#connection = undefined;
    this.#reader = undefined;
    this.#startedMs = 0;
    this.#unsent = new Uint8Array(0);
    this.#isOpen = false;
  }

  /** 0: the server's own port. */
  get port(): number {
    return this.#port;
  }

  set port(port: number) {
    this.#port = port;
  }

  get host(): string | undefined {
    return this.#host;
  }

  set host(host: string | undefined) {
    this.#host = host;
  }

  /** Runs the first check `delayMs` from now, and then one after another. */
  start(delayMs: number): void {
    this.#arm(delayMs, () => this.#begin());
  }

  stop(): void {
    this.#disarm();
    this.#drop();
  }

  onOpen(connection: Connection): void {
    if (connection !== this.#connection) return;
    this.#isOpen = true;
    if (this.#plan === undefined) {
      this.#finish({ result: "passed", status: "L4OK", code: 0, text: "" });
      return;
    }
    const timeouts = this.#placed.proxy.timeouts;
    if (timeouts.check !== undefined) this.#arm(timeouts.check, () => this.#expire());
    this.#unsent = buildCheckRequest(this.#plan.model, this.#stateHeader());
    this.#send(connection);
  }

  onData(connection: Connection, bytes: Uint8Array): void {
    if (connection !== this.#connection || this.#reader === undefined) return;
    const verdict = this.#reader.push(bytes, this.#is404Stop());
    if (verdict !== undefined) this.#finish(verdict);
  }

  onDrain(connection: Connection): void {
    if (connection === this.#connection) this.#send(connection);
  }

  onEnd(connection: Connection): void {
    if (connection !== this.#connection || this.#reader === undefined) return;
    this.#finish(this.#reader.end(this.#is404Stop()));
  }

  onClose(connection: Connection, fault: ConnectionFault | undefined): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    if (!this.#isOpen) this.#finish(connectVerdict(fault));
    else if (fault === "reset") this.#finish(socketError("ECONNRESET returned by OS (Connection reset by peer)"));
    else this.#finish(this.#reader?.end(this.#is404Stop()) ?? socketError(""));
  }

  #begin(): void {
    const { server } = this.#placed;
    const { servers } = this.#services.state;
    const state = servers.checkState.get(server.index);
    const address = this.#address();
    const isWanted = (state & (CHECK_STATE.enabled | CHECK_STATE.paused)) === CHECK_STATE.enabled;
    if (!isWanted || address === undefined) {
      this.#scheduleNext();
      return;
    }
    this.#states.checkStarted(server.index);
    this.#startedMs = this.#services.clock.now();
    this.#isOpen = false;
    this.#reader = this.#plan === undefined ? undefined : new HttpCheckReader(this.#plan);
    this.#arm(connectLimit(this.#interval(), this.#placed.proxy.timeouts), () => this.#expire());
    this.#connection = this.#services.transport.connect({ address }, this);
  }

  #send(connection: Connection): void {
    if (this.#unsent.length === 0) return;
    const taken = connection.write(this.#unsent, 0, this.#unsent.length);
    // A connection that is gone for writing tells so by onClose.
    if (taken > 0) this.#unsent = this.#unsent.subarray(taken);
  }

  #expire(): void {
    if (!this.#isOpen) this.#finish({ result: "failed", status: "L4TOUT", code: 0, text: "" });
    else this.#finish({ result: "failed", status: "L7TOUT", code: 0, text: "" });
  }

  #finish(verdict: Verdict): void {
    this.#disarm();
    this.#drop();
    const { index } = this.#placed.server;
    const state = this.#services.state.servers.checkState.get(index);
    // Maintenance or `disable health` came while the check ran: it says nothing any more.
    if ((state & (CHECK_STATE.enabled | CHECK_STATE.paused)) !== CHECK_STATE.enabled)
      this.#states.checkAbandoned(index);
    else {
      const durationMs = Math.max(0, Math.trunc(this.#services.clock.now() - this.#startedMs));
      this.#states.checkFinished(index, { ...verdict, durationMs });
    }
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    const percent = this.#services.model.global.spreadChecks;
    const chance = percent === 0 ? 0 : this.#services.random.nextUint32();
    this.start(spread(this.#interval(), percent, chance));
  }

  #interval(): number {
    const { servers } = this.#services.state;
    const { index } = this.#placed.server;
    const isStopped = servers.operationalState.get(index) === OPERATIONAL_STATE.stopped;
    return intervalFor(this.#model, servers.health.get(index), isStopped);
  }

  #address(): SocketAddress | undefined {
    const own = this.#services.serverAddresses[this.#placed.server.index];
    const port = this.#port === 0 ? (own?.port ?? 0) : this.#port;
    if (this.#host !== undefined) return parseNumericAddress(this.#host, port);
    return own === undefined || own.family === "unix" ? own : { ...own, port };
  }

  #is404Stop(): boolean {
    const state = this.#services.state.servers.operationalState.get(this.#placed.server.index);
    return this.#model.http?.disableOn404 === true && state !== OPERATIONAL_STATE.stopped;
  }

  #stateHeader(): string | undefined {
    if (this.#model.http?.sendState !== true) return undefined;
    return checkStateHeader(this.#services, this.#placed);
  }

  #arm(delayMs: number, callback: () => void): void {
    this.#disarm();
    this.#timer = this.#services.clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      callback();
    });
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#services.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  /**
   * The reference ends a check by a reset, so that no TIME_WAIT is left on its side. A server that is still sending its answer is let finish for a
   * moment first: an application whose write is reset would log an error for each check.
   */
  #drop(): void {
    const connection = this.#connection;
    const answering = this.#reader !== undefined && this.#isOpen;
    this.#connection = undefined;
    this.#reader = undefined;
    this.#unsent = new Uint8Array(0);
    if (connection === undefined) return;
    if (answering && connection.writable) discardRest(connection, this.#services);
    else connection.abort();
  }
}

/** How long a server may go on sending after the verdict, in ms. */
const DISCARD_MS = 100;

/** Reads what still comes, until the server ends or its time is over; then resets. */
function discardRest(connection: Connection, services: CheckServices): void {
  const timer = services.clock.setTimer(DISCARD_MS, () => connection.abort());
  connection.handler = {
    onOpen: () => undefined,
    onData: () => undefined,
    onDrain: () => undefined,
    onEnd: () => connection.abort(),
    onClose: () => services.clock.clearTimer(timer),
  };
}

/** `timeout check` limits the answer only; connecting is then limited by `timeout connect` and by the interval. Else the interval limits all. */
function connectLimit(intervalMs: number, timeouts: TimeoutsModel): number {
  if (timeouts.check === undefined || timeouts.connect === undefined) return intervalMs;
  return Math.min(intervalMs, timeouts.connect);
}

function connectVerdict(fault: ConnectionFault | undefined): Verdict {
  switch (fault) {
    case "refused":
      return { result: "failed", status: "L4CON", code: 0, text: "Connection refused" };
    case "unreachable":
      return { result: "failed", status: "L4CON", code: 0, text: "No route to host" };
    case "timeout":
      return { result: "failed", status: "L4CON", code: 0, text: "Connection timed out" };
    case "reset":
      return { result: "failed", status: "L4CON", code: 0, text: "Connection reset by peer" };
    case "exhausted":
      return socketError("Resource temporarily unavailable");
    default:
      return socketError("General socket error");
  }
}

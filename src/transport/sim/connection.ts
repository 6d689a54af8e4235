// Owns one end of a simulated connection. Bytes that are written become pieces on the wire, arrive in order, wait in
// the receiver's buffer while it is paused, and count against the sender until they are read. Everything that the
// owner hears comes from the schedule, never from inside its own call. Knows no listener and no address rules.

import type { Connection, ConnectionFault, ConnectionHandler, SocketAddress, TlsSessionInfo } from "../types.ts";
import type { FaultPlan } from "./faults.ts";
import type { SeededRandom } from "./random.ts";
import type { Schedule } from "./schedule.ts";

/** What an end needs of the network around it. */
export interface ConnectionWorld {
  readonly schedule: Schedule;
  readonly random: SeededRandom;
  /** Whether pieces from one host to the other are held back at the moment. */
  held(from: SocketAddress, to: SocketAddress): boolean;
  /** Calls back once hosts are no longer held apart. */
  whenHealed(run: () => void): void;
  onGone(connection: SimConnection): void;
  onDefect(error: unknown): void;
  onDelivered(bytes: number): void;
}

/** One end of a simulated connection. */
export class SimConnection implements Connection {
  handler: ConnectionHandler;
  owner: unknown = undefined;
  tls: TlsSessionInfo | undefined = undefined;
  readonly tlsFault = "";
  readonly localAddress: SocketAddress;
  readonly remoteAddress: SocketAddress;
  readonly world: ConnectionWorld;
  plan: FaultPlan;
  peer: SimConnection | undefined = undefined;
  /** "connecting" → "open" → "gone"; a reset that has arrived but is not yet told makes it "broken". */
  state: "connecting" | "open" | "broken" | "gone" = "connecting";
  #closing = false;
  #shut = false;
  #paused = false;
  #blocked = false;
  #drainComing = false;
  #deliveryComing = false;
  #finArrived = false;
  #ended = false;
  /** Accepted connections hear nothing before their accept handler has run. */
  attached = false;
  #inbox: Uint8Array[] = [];
  #inboxBytes = 0;
  /** Bytes sent that the peer has not read. */
  #unreadBytes = 0;
  /** Pieces of this direction never overtake each other. */
  #lastArrivalMs = 0;
  #cut = false;

  constructor(
    world: ConnectionWorld,
    handler: ConnectionHandler,
    plan: FaultPlan,
    local: SocketAddress,
    remote: SocketAddress,
  ) {
    this.world = world;
    this.handler = handler;
    this.plan = plan;
    this.localAddress = local;
    this.remoteAddress = remote;
  }

  get writable(): boolean {
    return this.state === "open" && !this.#shut;
  }

  /** Bytes that have arrived and wait to be read. */
  get waitingBytes(): number {
    return this.#inboxBytes;
  }

  write(bytes: Uint8Array, start: number, end: number): number {
    if (this.#shut || this.state === "gone" || this.state === "broken") return -1;
    const wanted = end - start;
    if (this.state === "connecting" || wanted === 0) return 0;
    let taken = Math.min(wanted, Math.max(0, this.plan.bufferBytes - this.#unreadBytes));
    if (taken > 0 && this.world.random.chance(this.plan.shortWrite)) taken = this.world.random.between(0, taken);
    if (taken > 0) this.#send(bytes.slice(start, start + taken));
    if (taken < wanted) {
      this.#blocked = true;
      if (this.#unreadBytes < this.plan.bufferBytes) this.#drainSoon();
    }
    return taken;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#deliverSoon();
  }

  shutdown(): void {
    if (this.#shut || this.state === "gone") return;
    this.#shut = true;
    if (this.state === "open") this.#sendFin();
    this.#endIfBothEnded();
  }

  close(): void {
    if (this.#closing || this.state === "gone") return;
    // As with a real socket: unread bytes turn an orderly end into a reset.
    if (this.#inboxBytes > 0) {
      this.#reset();
      return;
    }
    const finSent = this.#shut;
    this.#closing = true;
    this.#shut = true;
    if (this.state === "open" && !finSent) this.#sendFin();
    this.#loseSoon(undefined);
  }

  abort(): void {
    if (this.#closing || this.state === "gone") return;
    this.#reset();
  }

  #reset(): void {
    const opened = this.state === "open";
    this.#closing = true;
    this.#shut = true;
    if (opened) this.sendReset();
    this.#loseSoon(undefined);
  }

  /** The handshake is over, or TLS is. */
  opened(): void {
    if (this.state !== "connecting" || this.#closing) return;
    this.state = "open";
    this.attached = true;
    this.tell(() => this.handler.onOpen(this));
    if (this.#shut && !this.#closing) this.#sendFin();
    this.#deliverSoon();
  }

  /** The accept handler has run: what arrived meanwhile may be delivered. */
  accepted(): void {
    this.attached = true;
    this.#deliverSoon();
  }

  /** The connection is over now, in an event. */
  lose(fault: ConnectionFault | undefined): void {
    if (this.state === "gone") return;
    this.state = "gone";
    this.#inbox = [];
    this.#inboxBytes = 0;
    this.world.onGone(this);
    try {
      this.handler.onClose(this, this.#closing ? undefined : fault);
    } catch (error) {
      this.world.onDefect(error);
    }
  }

  /** Sends RST: the peer loses its connection, and perhaps what is still on the wire. */
  sendReset(): void {
    const overtakes = this.world.random.chance(0.5);
    const arrival = overtakes ? this.world.schedule.now() + this.plan.latencyMs : this.#arrivalMs();
    this.#onWire(arrival, () => this.peer?.resetArrived());
  }

  resetArrived(): void {
    if (this.state === "gone" || this.state === "broken") return;
    this.state = "broken";
    this.#inbox = [];
    this.#inboxBytes = 0;
    // Between the reset and its telling a write gives −1, as it can on a real socket.
    this.#loseSoon("reset");
  }

  /** Runs a handler; one that throws costs its connection and nothing else. */
  tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.world.onDefect(error);
      if (this.state === "open") this.sendReset();
      this.#shut = true;
      this.lose("error");
    }
  }

  #loseSoon(fault: ConnectionFault | undefined): void {
    this.world.schedule.at(this.world.schedule.now(), () => this.lose(fault));
  }

  #arrivalMs(): number {
    const { random, schedule } = this.world;
    let arrival = schedule.now() + this.plan.latencyMs;
    if (this.plan.jitterMs > 0) arrival += random.fraction() * this.plan.jitterMs;
    if (random.chance(this.plan.stall)) arrival += random.fraction() * this.plan.stallMs;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrival);
    return this.#lastArrivalMs;
  }

  #onWire(arrivalMs: number, run: () => void): void {
    this.world.schedule.at(arrivalMs, () => {
      if (this.world.held(this.localAddress, this.remoteAddress)) this.world.whenHealed(run);
      else run();
    });
  }

  #send(bytes: Uint8Array): void {
    this.#unreadBytes += bytes.length;
    for (let from = 0; from < bytes.length; ) {
      const size = this.world.random.between(1, this.plan.pieceBytesMax);
      const piece = bytes.subarray(from, from + size);
      from += piece.length;
      this.#onWire(this.#arrivalMs(), () => this.#pieceArrives(piece));
    }
  }

  #pieceArrives(piece: Uint8Array): void {
    const peer = this.peer;
    if (peer === undefined) return;
    if (this.world.random.chance(this.plan.reset)) {
      peer.resetArrived();
      this.resetArrived();
      return;
    }
    if (this.#cut || peer.state === "gone" || peer.#closing) {
      peer.sendReset();
      return;
    }
    if (this.world.random.chance(this.plan.cut)) {
      this.#cut = true;
      peer.finArrives();
      return;
    }
    if (peer.state === "broken") return;
    peer.#inbox.push(piece);
    peer.#inboxBytes += piece.length;
    peer.#deliverSoon();
  }

  #sendFin(): void {
    this.#onWire(this.#arrivalMs(), () => this.peer?.finArrives());
  }

  finArrives(): void {
    if (this.state === "gone" || this.state === "broken") return;
    this.#finArrived = true;
    this.#deliverSoon();
  }

  #deliverSoon(): void {
    if (this.#deliveryComing || this.#paused || !this.attached || this.state !== "open") return;
    if (this.#inboxBytes === 0 && !(this.#finArrived && !this.#ended)) return;
    this.#deliveryComing = true;
    this.world.schedule.at(this.world.schedule.now(), () => this.#deliver());
  }

  /** One readiness event: some bytes, or the end. Bytes that were ready before `pause` may still come once. */
  #deliver(): void {
    this.#deliveryComing = false;
    if (this.state !== "open" || this.#closing) return;
    if (this.#paused && (this.#inboxBytes === 0 || this.world.random.chance(0.5))) return;
    if (this.#inboxBytes > 0) {
      const bytes = this.#takeInbox();
      this.world.onDelivered(bytes.length);
      this.peer?.wasRead(bytes.length);
      this.tell(() => this.handler.onData(this, bytes));
    } else if (this.#finArrived && !this.#ended) {
      this.#ended = true;
      this.tell(() => this.handler.onEnd(this));
    }
    this.#endIfBothEnded();
    this.#deliverSoon();
  }

  #endIfBothEnded(): void {
    if (this.#ended && this.#shut && !this.#closing && this.state === "open") {
      this.#closing = true;
      this.#loseSoon(undefined);
    }
  }

  #takeInbox(): Uint8Array {
    const { random } = this.world;
    let size = Math.min(this.#inboxBytes, this.plan.pieceBytesMax);
    if (random.chance(this.plan.split)) size = random.between(1, size);
    const out = new Uint8Array(size);
    let filled = 0;
    let used = 0;
    for (const piece of this.#inbox) {
      const part = piece.subarray(0, size - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length < piece.length) {
        this.#inbox[used] = piece.subarray(part.length);
        break;
      }
      used += 1;
      if (filled === size) break;
    }
    this.#inbox.splice(0, used);
    this.#inboxBytes -= size;
    return out;
  }

  wasRead(bytes: number): void {
    this.#unreadBytes -= bytes;
    // A kernel reports room only when a good part of the buffer is free.
    if (this.#blocked && this.#unreadBytes * 3 <= this.plan.bufferBytes * 2) this.#drainSoon();
  }

  #drainSoon(): void {
    if (this.#drainComing) return;
    this.#drainComing = true;
    this.world.schedule.at(this.world.schedule.now() + this.plan.latencyMs, () => {
      this.#drainComing = false;
      if (!this.#blocked || !this.writable) return;
      this.#blocked = false;
      this.tell(() => this.handler.onDrain(this));
    });
  }
}

// Owns what both ends of a stream have in common: one transport connection with bytes received and not yet understood (`input`), bytes sent and
// not yet taken by the kernel (`output`), and the framing of the body that is being received. It knows no stream, no rule and no timeout.
// Received buffers belong to us (transport contract), so holding bytes means holding a reference; only what stood in a scratch is copied.

import { ChunkedDecoder } from "../protocol/h1/index.ts";
import { type BodyKind, bodyKinds } from "../protocol/http/head.ts";
import type { Connection } from "../transport/types.ts";
import { WheelEntry } from "./wheel.ts";

/** What {@link Pipe.scanBody} gives for a malformed body. */
export const malformedBody = -1;

export abstract class Pipe extends WheelEntry {
  connection: Connection | undefined = undefined;
  input: Uint8Array | undefined = undefined;
  inputFrom = 0;
  inputTo = 0;
  /** `input` was allocated by us and may be appended to in place. */
  inputOwned = false;
  /** How many of the held bytes the last attempt at a head saw, so that a head that trickles in is cheap. */
  inputTried = 0;
  /** Bytes that came in this turn of the event loop and are handled at its end (see {@link Thread.serveLater}). */
  pending: Uint8Array | undefined = undefined;
  reading = true;
  /** The peer has sent FIN. */
  ended = false;
  /** The transport has reported the end, or a write found the connection gone. */
  gone = false;

  output: Uint8Array | undefined = undefined;
  outputFrom = 0;
  outputTo = 0;
  outputMore: Uint8Array[] | undefined = undefined;

  bodyKind: BodyKind = bodyKinds.none;
  bodyLeft = 0;
  bodyDone = true;
  /** Payload bytes, framing excluded, that the last scan passed over. */
  bodySeen = 0;
  chunked: ChunkedDecoder | undefined = undefined;

  /** Handles received bytes. Must not throw. */
  abstract receive(bytes: Uint8Array): void;

  /** Handles what was put off, if anything: at the end of the turn, or before something that came after it. */
  servePending(): void {
    const bytes = this.pending;
    if (bytes === undefined) return;
    this.pending = undefined;
    this.receive(bytes);
  }

  /** Takes received bytes over. An empty hold costs four stores; a second chunk is copied behind the first, with room for more. */
  hold(bytes: Uint8Array): void {
    const held = this.inputTo - this.inputFrom;
    if (held === 0 || this.input === undefined) {
      this.input = bytes;
      this.inputFrom = 0;
      this.inputTo = bytes.length;
      this.inputOwned = false;
      this.inputTried = 0;
      return;
    }
    const needed = held + bytes.length;
    if (!this.inputOwned || this.inputTo + bytes.length > this.input.length) {
      const grown = new Uint8Array(Math.max(needed * 2, 1024));
      grown.set(this.input.subarray(this.inputFrom, this.inputTo));
      this.input = grown;
      this.inputFrom = 0;
      this.inputTo = held;
      this.inputOwned = true;
    }
    this.input.set(bytes, this.inputTo);
    this.inputTo += bytes.length;
  }

  get heldBytes(): number {
    return this.inputTo - this.inputFrom;
  }

  dropInput(): void {
    this.input = undefined;
    this.inputFrom = 0;
    this.inputTo = 0;
    this.inputOwned = false;
    this.inputTried = 0;
  }

  /** Starts a body as the head just parsed frames it. */
  beginBody(kind: BodyKind, length: number): void {
    this.bodyKind = kind;
    this.bodyLeft = kind === bodyKinds.length ? length : 0;
    this.bodyDone = kind === bodyKinds.none || (kind === bodyKinds.length && length === 0);
    if (kind === bodyKinds.chunked) {
      this.chunked ??= new ChunkedDecoder();
      this.chunked.reset();
    }
  }

  /**
   * DIFFERS: the reference takes chunked bodies apart and frames them anew; here they go on as received, chunk extensions and chunk sizes
   * included, after a strict check. Trailer fields are therefore not in the byte figures either (test "chunked bodies go on as received").
   *
   * How far `bytes[from, to)` belong to the present body: the offset after its last byte, `to` when it goes on, or {@link malformedBody}.
   */
  scanBody(bytes: Uint8Array, from: number, to: number): number {
    switch (this.bodyKind) {
      case bodyKinds.length: {
        const taken = Math.min(this.bodyLeft, to - from);
        this.bodyLeft -= taken;
        this.bodySeen = taken;
        if (this.bodyLeft === 0) this.bodyDone = true;
        return from + taken;
      }
      case bodyKinds.chunked: {
        const decoder = this.chunked!;
        const before = decoder.payloadBytes;
        const taken = decoder.scan(bytes, from, to);
        this.bodySeen = decoder.payloadBytes - before;
        if (decoder.error !== 0) return malformedBody;
        if (decoder.done) {
          this.bodyDone = true;
          // The end of a chunked body counts as one byte in the reference's figures.
          this.bodySeen++;
        }
        return from + taken;
      }
      case bodyKinds.none:
        this.bodySeen = 0;
        return from;
      default:
        this.bodySeen = to - from;
        return to;
    }
  }

  /** Bytes of ours wait for the kernel. */
  get blocked(): boolean {
    return this.output !== undefined;
  }

  /**
   * Sends `bytes[from, to)` behind everything sent before. What the kernel does not take is kept: by reference, or as a copy where
   * `borrowed` says that the caller will reuse the bytes. Bytes to a connection that is gone are dropped; `gone` tells.
   */
  send(bytes: Uint8Array, from: number, to: number, borrowed: boolean): void {
    const { connection } = this;
    if (connection === undefined || this.gone) return;
    let start = from;
    if (this.output === undefined) {
      const taken = connection.write(bytes, from, to);
      if (taken === to - from) return;
      if (taken < 0) {
        this.gone = true;
        return;
      }
      start = from + taken;
    }
    this.#keep(bytes, start, to, borrowed);
  }

  #keep(bytes: Uint8Array, from: number, to: number, borrowed: boolean): void {
    if (from === to) return;
    const kept = borrowed ? bytes.slice(from, to) : bytes;
    if (this.output === undefined) {
      this.output = kept;
      this.outputFrom = borrowed ? 0 : from;
      this.outputTo = borrowed ? kept.length : to;
      return;
    }
    const part = borrowed ? kept : bytes.subarray(from, to);
    if (this.outputMore === undefined) this.outputMore = [part];
    else this.outputMore.push(part);
  }

  /** After `onDrain`: sends what waits. True when nothing waits any more. */
  flush(): boolean {
    const { connection } = this;
    while (this.output !== undefined) {
      if (connection === undefined || this.gone) {
        this.dropOutput();
        return true;
      }
      const taken = connection.write(this.output, this.outputFrom, this.outputTo);
      if (taken < 0) {
        this.gone = true;
        this.dropOutput();
        return true;
      }
      this.outputFrom += taken;
      if (this.outputFrom < this.outputTo) return false;
      this.#nextOutput();
    }
    return true;
  }

  #nextOutput(): void {
    const next = this.outputMore?.shift();
    if (this.outputMore?.length === 0) this.outputMore = undefined;
    this.output = next;
    this.outputFrom = 0;
    this.outputTo = next?.length ?? 0;
  }

  dropOutput(): void {
    this.output = undefined;
    this.outputFrom = 0;
    this.outputTo = 0;
    this.outputMore = undefined;
  }

  pauseReading(): void {
    if (!this.reading) return;
    this.reading = false;
    this.connection?.pause();
  }

  resumeReading(): void {
    if (this.reading) return;
    this.reading = true;
    this.connection?.resume();
  }
}

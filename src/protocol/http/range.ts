// Owns the result type of every lookup in a head: a range of bytes, no copy, no string.

import { latin1 } from "../../stdx/index.ts";

/**
 * A range of bytes that a lookup found. One object is reused for many lookups: a lookup that returns true sets all three, one that
 * returns false leaves them undefined in meaning. The bytes belong to the head; they move when it is edited.
 */
export class ByteRange {
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;

  set(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  get length(): number {
    return this.to - this.from;
  }

  /** The text, one character per byte. */
  text(): string {
    return latin1(this.bytes, this.from, this.to);
  }
}

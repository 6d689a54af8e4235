// Owns finding the end of a chunked body that is forwarded as it was received, and the payload ranges in it for those who buffer. RFC 9112
// §7.1, read strictly: what is forwarded verbatim must have one meaning only, so a bare LF, a folded trailer or a trailer that is a
// framing field is refused. No I/O, no allocation per call.
//
//   size ──;──▶ extension          data ──▶ dataCr ──▶ dataLf ─┐
//     │            │                ▲                          │
//     └────CR──────┴──▶ sizeLf ─────┤◀─────────size────────────┘
//                                   └─(size 0)▶ lineStart ──CR──▶ endLf ──▶ done
//                                                  ▲ └▶ name ─:▶ value ─CR▶ valueLf ┐
//                                                  └────────────────────────────────┘

import { fieldIdOf, idContentLength, idTransferEncoding } from "../http/field-names.ts";
import { byteColon, byteCr, byteLf, byteSpace, byteTab, hexClass, nameClass } from "./classes.ts";
import { h1Errors } from "./errors.ts";

const states = {
  sizeFirst: 0,
  size: 1,
  sizeBlank: 2,
  extension: 3,
  sizeLf: 4,
  data: 5,
  dataCr: 6,
  dataLf: 7,
  lineStart: 8,
  name: 9,
  value: 10,
  valueLf: 11,
  endLf: 12,
  done: 13,
} as const;

/** Bytes of one chunk-size line with its extensions. */
export const chunkLineBytesMax = 8192;

/** Bytes of all trailer fields together, as much as a head may have (`tune.bufsize` − `tune.maxrewrite`). */
export const trailerBytesMax = 15_360;

/** Trailer fields, as many as the reference takes. */
export const trailerCountMax = 100;

// The reference refuses 2^52 and above.
const chunkSizeMax = 2 ** 52;

const nameKept = 24;

const byteSemicolon = 0x3b;

/**
 * Follows one chunked body across any number of pieces.
 *
 * `scan` returns how many of the offered bytes belong to the body (its framing and trailers included); they can be forwarded as they
 * are. Then look at `done` and `error`. Reuse with `reset`.
 */
export class ChunkedDecoder {
  /** The last byte of the body, that of the empty line after the trailers, was consumed. */
  done = false;
  /** 0, or one of `h1Errors`. The body cannot be followed any more; what `scan` returned up to here is well-formed. */
  error = 0;
  /** Bytes of chunk data seen so far, without framing. */
  payloadBytes = 0;
  /** Bytes of the current chunk that have not come yet. */
  chunkBytesLeft = 0;
  /** Pairs that the last `scan` with `ranges` wrote. */
  rangeCount = 0;
  #state: number = states.sizeFirst;
  #lineBytes = 0;
  #trailerBytes = 0;
  #trailerCount = 0;
  #name: Uint8Array | undefined = undefined;
  #nameLength = 0;

  /** Makes the decoder ready for the first byte of a body. */
  reset(): void {
    this.done = false;
    this.error = 0;
    this.payloadBytes = 0;
    this.chunkBytesLeft = 0;
    this.rangeCount = 0;
    this.#state = states.sizeFirst;
    this.#lineBytes = 0;
    this.#trailerBytes = 0;
    this.#trailerCount = 0;
  }

  /**
   * Takes `bytes[from, to)` and returns the count of bytes, from `from` on, that belong to the body: fewer than offered when the body
   * ended, was malformed or `ranges` was full. With `ranges`, payload goes into it as pairs of offsets (start, end) and
   * `rangeCount` says how many pairs; a full array ends the call early, and the next call goes on. Trailer names are lower-cased in place.
   */
  scan(bytes: Uint8Array, from: number, to: number, ranges?: Int32Array): number {
    let position = from;
    this.rangeCount = 0;
    while (position < to) {
      if (this.#state !== states.data) {
        if (this.done || this.error !== 0) break;
        this.error = this.#step(bytes, position);
        if (this.error !== 0) break;
        position++;
        continue;
      }
      const end = this.chunkBytesLeft < to - position ? position + this.chunkBytesLeft : to;
      if (ranges !== undefined) {
        if (this.rangeCount * 2 + 1 >= ranges.length) break;
        ranges[this.rangeCount * 2] = position;
        ranges[this.rangeCount * 2 + 1] = end;
        this.rangeCount++;
      }
      this.payloadBytes += end - position;
      this.chunkBytesLeft -= end - position;
      if (this.chunkBytesLeft === 0) this.#state = states.dataCr;
      position = end;
    }
    return position - from;
  }

  #step(bytes: Uint8Array, position: number): number {
    const byte = bytes[position]!;
    switch (this.#state) {
      case states.sizeFirst:
      case states.size:
      case states.sizeBlank:
      case states.extension:
        return this.#sizeByte(byte);
      case states.sizeLf:
        if (byte !== byteLf) return h1Errors.badChunk;
        this.#state = this.chunkBytesLeft === 0 ? states.lineStart : states.data;
        return 0;
      case states.dataCr:
        if (byte !== byteCr) return h1Errors.badChunk;
        this.#state = states.dataLf;
        return 0;
      case states.dataLf:
        if (byte !== byteLf) return h1Errors.badChunk;
        this.#state = states.sizeFirst;
        return 0;
      case states.endLf:
        if (byte !== byteLf) return h1Errors.badTrailer;
        this.#state = states.done;
        this.done = true;
        return 0;
      default:
        return this.#trailerByte(bytes, position, byte);
    }
  }

  #sizeByte(byte: number): number {
    const digit = hexClass[byte]!;
    if (this.#state === states.sizeFirst) {
      if (digit === 255) return h1Errors.badChunk;
      this.chunkBytesLeft = digit;
      this.#lineBytes = 1;
      this.#state = states.size;
      return 0;
    }
    if (++this.#lineBytes > chunkLineBytesMax) return h1Errors.badChunk;
    if (this.#state === states.size && digit !== 255) {
      this.chunkBytesLeft = this.chunkBytesLeft * 16 + digit;
      return this.chunkBytesLeft >= chunkSizeMax ? h1Errors.chunkTooLarge : 0;
    }
    if (byte === byteCr) {
      this.#state = states.sizeLf;
      return 0;
    }
    if (this.#state === states.extension) {
      return byte === byteLf || byte === 0 ? h1Errors.badChunk : 0;
    }
    if (byte === byteSemicolon) this.#state = states.extension;
    else if (byte === byteSpace || byte === byteTab) this.#state = states.sizeBlank;
    else return h1Errors.badChunk;
    return 0;
  }

  #trailerByte(bytes: Uint8Array, position: number, byte: number): number {
    if (this.#state === states.lineStart && byte === byteCr) {
      this.#state = states.endLf;
      return 0;
    }
    if (++this.#trailerBytes > trailerBytesMax) return h1Errors.badTrailer;
    if (this.#state === states.value) {
      if (byte === byteCr) this.#state = states.valueLf;
      else if (byte === byteLf || byte === 0) return h1Errors.badTrailer;
      return 0;
    }
    if (this.#state === states.valueLf) {
      if (byte !== byteLf) return h1Errors.badTrailer;
      this.#state = states.lineStart;
      return 0;
    }
    return this.#nameByte(bytes, position, byte);
  }

  #nameByte(bytes: Uint8Array, position: number, byte: number): number {
    if (this.#state === states.lineStart) {
      if (++this.#trailerCount > trailerCountMax) return h1Errors.badTrailer;
      this.#nameLength = 0;
      this.#state = states.name;
    }
    if (byte === byteColon) {
      if (this.#nameLength === 0 || this.#isForbiddenName()) return h1Errors.badTrailer;
      this.#state = states.value;
      return 0;
    }
    const lower = nameClass[byte]!;
    if (lower === 0) return h1Errors.badTrailer;
    if (lower !== byte) bytes[position] = lower;
    this.#name ??= new Uint8Array(nameKept);
    if (this.#nameLength < nameKept) this.#name[this.#nameLength] = lower;
    this.#nameLength++;
    return 0;
  }

  /** A trailer that would frame the message if the next hop merged it into the head (RFC 9110 §6.5.1). */
  #isForbiddenName(): boolean {
    if (this.#name === undefined || this.#nameLength > nameKept) return false;
    const id = fieldIdOf(this.#name, 0, this.#nameLength);
    return id === idContentLength || id === idTransferEncoding;
  }
}

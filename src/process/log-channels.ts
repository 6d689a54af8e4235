// Owns the descriptors that log lines leave through: byte streams (stdout, stderr, inherited descriptors) and datagram sockets (UDP,
// unix). Lines gather in one fixed buffer and leave by few system calls that never wait; what the kernel does not take at once is
// dropped and counted. It knows no levels, headers or formats. DESIGN §6 ("Log"), §9 (unix datagrams).

import { fstatSync } from "node:fs";
import { ERRNO, errno, errorText, libc, pointerOf } from "../transport/bun/libc.ts";
import { encodeSocketAddress, familyNumber, SOCKADDR_BYTES_MAX } from "../transport/bun/socket-address.ts";
import { setNonBlocking } from "../transport/bun/sockets.ts";
import type { SocketAddress } from "../transport/types.ts";

export interface ChannelEvents {
  onDropped(lines: number): void;
  onFailure(text: string, errno: number): void;
}

/** Where lines gather. A line is written into `bytes` between {@link reserve} and {@link commit}, its line feed included. */
export interface LineChannel {
  readonly bytes: Uint8Array;
  /** Makes room for a line of at most `length` bytes and returns where it begins; −1 when it is longer than the buffer. */
  reserve(length: number): number;
  /** The line that began at the last {@link reserve} ends before `end`. */
  commit(end: number): void;
  /** Writes out everything. */
  flush(): void;
}

const BUFFER_BYTES = 128 * 1024;
/** Datagrams of one system call. */
const BATCH_LINES_MAX = 64;
/** A write of at most this many bytes to a pipe is all or nothing (pipe(7), PIPE_BUF): lines never tear. */
const PIPE_BYTES_MAX = 4096;
/** How often a datagram socket that is not there is looked for again. */
const RECONNECT_MS = 1000;

const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000;
const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;

/** The part that both kinds share: a buffer and where its lines end. */
abstract class BufferedChannel implements LineChannel {
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly address: number;
  readonly ends: Int32Array;
  count: number;
  #used: number;

  constructor(linesMax: number) {
    this.buffer = new ArrayBuffer(BUFFER_BYTES);
    this.bytes = new Uint8Array(this.buffer);
    this.address = pointerOf(this.buffer) as number;
    this.ends = new Int32Array(linesMax);
    this.count = 0;
    this.#used = 0;
  }

  reserve(length: number): number {
    if (length > BUFFER_BYTES) return -1;
    if (this.#used + length > BUFFER_BYTES || this.count === this.ends.length) this.flush();
    return this.#used;
  }

  commit(end: number): void {
    this.ends[this.count] = end;
    this.count += 1;
    this.#used = end;
  }

  flush(): void {
    if (this.count === 0) return;
    this.emit();
    this.count = 0;
    this.#used = 0;
  }

  abstract emit(): void;

  /** Where line `index` begins. */
  startOf(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0);
  }
}

class StreamChannel extends BufferedChannel {
  readonly #fd: number;
  readonly #events: ChannelEvents;
  readonly #chunkBytesMax: number;

  constructor(fd: number, events: ChannelEvents) {
    super(1024);
    this.#fd = fd;
    this.#events = events;
    const waits = canWait(fd);
    if (waits) setNonBlocking(fd);
    this.#chunkBytesMax = waits ? PIPE_BYTES_MAX : BUFFER_BYTES;
  }

  emit(): void {
    let line = 0;
    while (line < this.count) {
      const start = this.startOf(line);
      let next = line + 1;
      while (next < this.count && (this.ends[next] ?? 0) - start <= this.#chunkBytesMax) next += 1;
      const length = (this.ends[next - 1] ?? 0) - start;
      const written = Number(libc.write(this.#fd, (this.address + start) as never, BigInt(length)));
      if (written < 0) {
        const code = errno();
        this.#events.onDropped(this.count - line);
        if (code !== ERRNO.EAGAIN) this.#events.onFailure(errorText(code), code);
        return;
      }
      // A line longer than a pipe takes in one piece may have been cut: the rest of it is lost.
      if (written < length) this.#events.onDropped(1);
      line = next;
    }
  }
}

/** Pipes and sockets can fill up. A terminal is left alone: its settings are shared with the shell. */
function canWait(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}

/** A channel that appends to a stream. The descriptor stays the caller's. */
export function createStreamChannel(fd: number, events: ChannelEvents): LineChannel {
  return new StreamChannel(fd, events);
}

// struct mmsghdr is 64 bytes: name, name length, iovec, iovec count, control, control length, flags, sent length.
const MMSGHDR_BYTES = 64;
const IOVEC_BYTES = 16;
const AT_HEADERS = 128;
const AT_IOVECS = AT_HEADERS + BATCH_LINES_MAX * MMSGHDR_BYTES;
const STRUCTURES_BYTES = AT_IOVECS + BATCH_LINES_MAX * IOVEC_BYTES;

class DatagramChannel extends BufferedChannel {
  readonly #events: ChannelEvents;
  /** UDP: nobody promises that a datagram arrives, and that nobody listens is no failure. */
  readonly #datagramsAreLost: boolean;
  readonly #structures: ArrayBuffer;
  readonly #view: DataView;
  readonly #base: number;
  readonly #addressLength: number;
  #fd: number;
  #nextAttemptMs: number;
  /** Why the last attempt to connect failed: that is what the user wants to know, and not that the socket is not connected. */
  #connectErrno: number;

  constructor(target: SocketAddress, events: ChannelEvents) {
    super(BATCH_LINES_MAX);
    this.#events = events;
    this.#datagramsAreLost = target.family !== "unix";
    this.#structures = new ArrayBuffer(STRUCTURES_BYTES);
    this.#view = new DataView(this.#structures);
    this.#base = pointerOf(this.#structures) as number;
    this.#addressLength = encodeSocketAddress(target, new Uint8Array(this.#structures, 0, SOCKADDR_BYTES_MAX), 0);
    this.#fd = libc.socket(familyNumber(target), SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
    this.#nextAttemptMs = 0;
    this.#connectErrno = 0;
    this.#layOut();
    // Connected now, before chroot hides a path; for UDP it saves the kernel a route look-up per datagram.
    this.#connect();
  }

  emit(): void {
    if (this.#addressLength < 0 || this.#fd < 0) {
      this.#fail(0, this.#fd < 0 ? errno() : ERRNO.EADDRNOTAVAIL);
      return;
    }
    for (let i = 0; i < this.count; i++) {
      const start = this.startOf(i);
      const iovec = AT_IOVECS + i * IOVEC_BYTES;
      this.#view.setBigUint64(iovec, BigInt(this.address + start), true);
      this.#view.setBigUint64(iovec + 8, BigInt((this.ends[i] ?? 0) - start), true);
    }
    let sent = 0;
    let refusals = 0;
    while (sent < this.count) {
      const done = this.#send(sent);
      if (done > 0) {
        sent += done;
        continue;
      }
      const code = errno();
      // To UDP a refusal is news of an earlier datagram; hearing it clears it, and this one has not been tried yet.
      if (this.#datagramsAreLost && code === ERRNO.ECONNREFUSED && refusals++ < 2) continue;
      // Not connected, or the daemon behind a unix socket was started again: its new socket has the same path.
      const gone = code !== ERRNO.EAGAIN && code !== ERRNO.ENOBUFS;
      if (gone && this.#connect()) continue;
      this.#fail(sent, gone && this.#connectErrno !== 0 ? this.#connectErrno : code);
      return;
    }
  }

  #send(from: number): number {
    const headers = (this.#base + AT_HEADERS + from * MMSGHDR_BYTES) as never;
    return libc.sendmmsg(this.#fd, headers, this.count - from, MSG_DONTWAIT_NOSIGNAL);
  }

  #fail(sent: number, code: number): void {
    this.#events.onDropped(this.count - sent);
    if (code !== ERRNO.EAGAIN && code !== ERRNO.ENOBUFS) this.#events.onFailure(errorText(code), code);
  }

  /** Tries to reach the target, at most once per second. */
  #connect(): boolean {
    const nowMs = performance.now();
    if (nowMs < this.#nextAttemptMs) return false;
    this.#nextAttemptMs = nowMs + RECONNECT_MS;
    const connected = libc.connect(this.#fd, this.#base as never, this.#addressLength) === 0;
    this.#connectErrno = connected ? 0 : errno();
    return connected;
  }

  #layOut(): void {
    for (let i = 0; i < BATCH_LINES_MAX; i++) {
      const header = AT_HEADERS + i * MMSGHDR_BYTES;
      this.#view.setBigUint64(header + 16, BigInt(this.#base + AT_IOVECS + i * IOVEC_BYTES), true);
      this.#view.setBigUint64(header + 24, 1n, true);
    }
  }
}

/** A channel that sends each line as one datagram. */
export function createDatagramChannel(target: SocketAddress, events: ChannelEvents): LineChannel {
  return new DatagramChannel(target, events);
}

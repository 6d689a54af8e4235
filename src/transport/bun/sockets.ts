// Owns the making of sockets as plain descriptors: bound and listening ones, ones that are being connected, and what
// is done to a descriptor from outside of Bun (duplicate, listen again, half-close, ask for its error).
// The errors are values with the reference's wording, which `process` puts into its start-up messages.
// Must not know connections, handlers or configuration.

import { chmodSync, chownSync, renameSync, unlinkSync } from "node:fs";
import type { SocketAddress } from "../types.ts";
import { ERRNO, errno, errorText, libc, scratchBytes, scratchPointer, scratchView } from "./libc.ts";
import { decodeSocketAddress, encodeSocketAddress, familyNumber } from "./socket-address.ts";

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_ERROR = 4;
const SO_REUSEPORT = 15;
const IPPROTO_IP = 0;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const F_DUPFD_CLOEXEC = 1030;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const SHUT_WR = 1;

// Places in the scratch memory: an address, an option's value, and its length.
const AT_ADDRESS = 0;
const AT_VALUE = 128;
const AT_LENGTH = 136;

/** A failed step of making a socket. `message` is worded as the reference words it in its start-up alerts. */
export interface SocketFault {
  readonly errno: number;
  /** The errno's sentence: "Address already in use". */
  readonly text: string;
  /** "cannot bind socket (Address already in use)". */
  readonly message: string;
}

export interface ListeningSocketOptions {
  readonly address: SocketAddress;
  readonly backlog: number;
  /** Several sockets (of several threads) may be bound to the same address. */
  readonly reusePort?: boolean;
  /** An IPv6 wildcard takes IPv6 only; unset or false: IPv4 too. */
  readonly v6only?: boolean;
  /** Of a named unix socket; unset: what the umask leaves. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

function fault(doing: string, code: number): SocketFault {
  const text = errorText(code);
  return { errno: code, text, message: `${doing} (${text})` };
}

function setOption(fd: number, level: number, option: number, value: number): number {
  scratchView.setInt32(AT_VALUE, value, true);
  return libc.setsockopt(fd, level, option, scratchPointer(AT_VALUE), 4);
}

/**
 * Makes a bound, listening, non-blocking stream socket and returns its descriptor, which belongs to the caller, or why
 * it could not. A named unix socket is bound beside its path and renamed over it, so that the path never goes away while an
 * older process still listens there.
 */
export function createListeningSocket(options: ListeningSocketOptions): number | SocketFault {
  const { address } = options;
  const fd = libc.socket(familyNumber(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fault("cannot create receiving socket", errno());
  const failed = bindAndListen(fd, options);
  if (failed === undefined) return fd;
  libc.close(fd);
  return failed;
}

function bindAndListen(fd: number, options: ListeningSocketOptions): SocketFault | undefined {
  const { address } = options;
  if (address.family !== "unix") {
    setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (options.reusePort === true && setOption(fd, SOL_SOCKET, SO_REUSEPORT, 1) < 0) {
      return fault("cannot do so_reuseport", errno());
    }
    if (address.family === "ipv6") setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.v6only === true ? 1 : 0);
  }
  const named = address.family === "unix" && address.host.charCodeAt(0) !== 0;
  const temporary = `${address.host}.${process.pid}.tmp`;
  if (named) removeQuietly(temporary);
  const bound = named ? { ...address, host: temporary } : address;
  const length = encodeSocketAddress(bound, scratchBytes, AT_ADDRESS);
  if (length < 0) return { errno: 0, text: "invalid address", message: "cannot bind socket (invalid address)" };
  if (libc.bind(fd, scratchPointer(AT_ADDRESS), length) < 0) {
    return fault(address.family === "unix" ? "cannot bind UNIX socket" : "cannot bind socket", errno());
  }
  const failed = named ? publishPath(temporary, options) : undefined;
  if (failed === undefined && libc.listen(fd, options.backlog) >= 0) {
    return named ? renameOver(temporary, address.host) : undefined;
  }
  const code = errno();
  if (named) removeQuietly(temporary);
  return failed ?? fault("cannot listen to socket", code);
}

function publishPath(path: string, options: ListeningSocketOptions): SocketFault | undefined {
  try {
    if (options.uid !== undefined || options.gid !== undefined) chownSync(path, options.uid ?? -1, options.gid ?? -1);
    if (options.mode !== undefined) chmodSync(path, options.mode);
    return undefined;
  } catch (error) {
    return fault("cannot change UNIX socket ownership", errnoOf(error));
  }
}

function renameOver(from: string, to: string): SocketFault | undefined {
  try {
    renameSync(from, to);
    return undefined;
  } catch (error) {
    removeQuietly(from);
    return fault("cannot switch final and temporary UNIX sockets", errnoOf(error));
  }
}

function errnoOf(error: unknown): number {
  return error instanceof Error && "errno" in error ? Math.abs(Number(error.errno)) : 0;
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is not there: that is what was wanted.
  }
}

/**
 * Begins to connect a new non-blocking stream socket and returns its descriptor, or −errno. A descriptor says nothing
 * about success: that is known when the socket becomes writable, from {@link takeSocketError}. TCP_NODELAY is left to Bun, which
 * sets it on every descriptor that it is given: twice is a system call per connection for nothing.
 */
export function createConnectingSocket(address: SocketAddress, source: SocketAddress | undefined): number {
  const fd = libc.socket(familyNumber(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno();
  const code = source === undefined ? 0 : bindSource(fd, source);
  if (code !== 0) {
    libc.close(fd);
    return -code;
  }
  const length = encodeSocketAddress(address, scratchBytes, AT_ADDRESS);
  if (length < 0) {
    libc.close(fd);
    return -ERRNO.EADDRNOTAVAIL;
  }
  if (libc.connect(fd, scratchPointer(AT_ADDRESS), length) < 0) {
    const reason = errno();
    if (reason !== ERRNO.EINPROGRESS) {
      libc.close(fd);
      return -reason;
    }
  }
  return fd;
}

function bindSource(fd: number, source: SocketAddress): number {
  // The port is then chosen at connect, by the whole 4-tuple, so that one source address serves many more connections.
  if (source.port === 0) setOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  const length = encodeSocketAddress(source, scratchBytes, AT_ADDRESS);
  if (length < 0) return ERRNO.EADDRNOTAVAIL;
  return libc.bind(fd, scratchPointer(AT_ADDRESS), length) < 0 ? errno() : 0;
}

/** Reads and clears the pending error of a socket: 0 when there is none. */
export function takeSocketError(fd: number): number {
  scratchView.setInt32(AT_VALUE, 0, true);
  scratchView.setUint32(AT_LENGTH, 4, true);
  if (libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, scratchPointer(AT_VALUE), scratchPointer(AT_LENGTH)) < 0)
    return errno();
  return scratchView.getInt32(AT_VALUE, true);
}

/** Where a socket is bound, or undefined when the descriptor is no socket. */
export function localAddressOf(fd: number): SocketAddress | undefined {
  scratchView.setUint32(AT_LENGTH, AT_VALUE, true);
  if (libc.getsockname(fd, scratchPointer(AT_ADDRESS), scratchPointer(AT_LENGTH)) < 0) return undefined;
  return decodeSocketAddress(scratchBytes, AT_ADDRESS, scratchView.getUint32(AT_LENGTH, true));
}

/** Sends FIN. Bun does not see it, so that it still tells a later FIN of the peer from a reset. */
export function shutdownWrites(fd: number): void {
  libc.shutdown(fd, SHUT_WR);
}

/** A second descriptor of the same socket, closed on exec; −errno when there is none left. */
export function duplicateDescriptor(fd: number): number {
  const copy = libc.fcntl(fd, F_DUPFD_CLOEXEC, 0);
  return copy < 0 ? -errno() : copy;
}

/** Lets a descriptor live through exec (`inherit`), or not. */
export function setInherited(fd: number, inherit: boolean): void {
  libc.fcntl(fd, F_SETFD, inherit ? 0 : 1);
}

/** Makes a descriptor that came from outside non-blocking, as all of ours are. */
export function setNonBlocking(fd: number): void {
  const flags = libc.fcntl(fd, F_GETFL, 0);
  if (flags >= 0) libc.fcntl(fd, F_SETFL, flags | SOCK_NONBLOCK);
}

/** How many descriptors this process may have at the moment (RLIMIT_NOFILE's soft limit). */
export function descriptorLimit(): number {
  const RLIMIT_NOFILE = 7;
  if (libc.getrlimit(RLIMIT_NOFILE, scratchPointer(AT_VALUE)) < 0) return 1024;
  return Math.min(Number(scratchView.getBigUint64(AT_VALUE, true)), Number.MAX_SAFE_INTEGER);
}

export function closeDescriptor(fd: number): void {
  libc.close(fd);
}

/** Sets the accept queue's length of a listening socket: `Bun.listen` sets its own. */
export function listenAgain(fd: number, backlog: number): void {
  libc.listen(fd, backlog);
}

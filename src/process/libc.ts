// Owns the calls into the C library that only the process as a whole makes: privileges, limits, detaching, names. With glibc the
// calls that change user and group reach all threads, which a bare system call would not. Structures lie in one explicit
// ArrayBuffer (DESIGN §7, traps). Linux only.

import { dlopen, type Pointer, ptr, read } from "bun:ffi";

const int = "i32";
const pointer = "ptr";

const library = dlopen("libc.so.6", {
  chroot: { args: [pointer], returns: int },
  close: { args: [int], returns: int },
  dup2: { args: [int, int], returns: int },
  fcntl: { args: [int, int, int], returns: int },
  freeaddrinfo: { args: [pointer], returns: "void" },
  getaddrinfo: { args: [pointer, pointer, pointer, pointer], returns: int },
  getrlimit: { args: [int, pointer], returns: int },
  isatty: { args: [int], returns: int },
  kill: { args: [int, int], returns: int },
  open: { args: [pointer, int, int], returns: int },
  pipe2: { args: [pointer, int], returns: int },
  posix_spawn: { args: [pointer, pointer, pointer, pointer, pointer, pointer], returns: int },
  posix_spawnattr_init: { args: [pointer], returns: int },
  posix_spawnattr_setflags: { args: [pointer, "i16"], returns: int },
  prctl: { args: [int, "u64", "u64", "u64", "u64"], returns: int },
  read: { args: [int, pointer, "u64"], returns: "i64" },
  setgid: { args: ["u32"], returns: int },
  setgroups: { args: ["u64", pointer], returns: int },
  setrlimit: { args: [int, pointer], returns: int },
  setuid: { args: ["u32"], returns: int },
  signal: { args: [int, pointer], returns: pointer },
  waitpid: { args: [int, pointer, int], returns: int },
  write: { args: [int, pointer, "u64"], returns: "i64" },
  __errno_location: { args: [], returns: pointer },
} as const);

const libc = library.symbols;

const RLIMIT_NOFILE = 7;
const RLIM_INFINITY = 0xffffffffffffffffn;
const PR_SET_NAME = 15;
const PR_SET_NO_NEW_PRIVS = 38;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const F_GETFD = 1;
const POSIX_SPAWN_SETSID = 0x80;
const SPAWN_ATTRIBUTES_BYTES = 512;

const scratch = new ArrayBuffer(1024);
const scratchView = new DataView(scratch);
const scratchPointer = ptr(scratch);

function at(offset: number): Pointer {
  return (scratchPointer + offset) as Pointer;
}

/** Text as a C string. The caller keeps the buffer alive for as long as C looks at it. */
function cString(text: string): ArrayBuffer {
  const bytes = new TextEncoder().encode(text);
  const buffer = new ArrayBuffer(bytes.length + 1);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

/** The reason of the last failed call of this thread. */
export function lastErrno(): number {
  const location = libc.__errno_location();
  return location === null ? 0 : read.i32(location, 0);
}

export interface DescriptorLimits {
  readonly soft: number;
  /** Infinity where the system sets none. */
  readonly hard: number;
}

function limitNumber(offset: number): number {
  const value = scratchView.getBigUint64(offset, true);
  return value === RLIM_INFINITY ? Number.POSITIVE_INFINITY : Number(value);
}

/** How many descriptors the process may have. */
export function descriptorLimits(): DescriptorLimits {
  if (libc.getrlimit(RLIMIT_NOFILE, at(0)) !== 0) return { soft: 1024, hard: 1024 };
  return { soft: limitNumber(0), hard: limitNumber(8) };
}

/** Sets both limits; false when the system refuses. */
export function setDescriptorLimits(limits: DescriptorLimits): boolean {
  const encode = (value: number) => (value === Number.POSITIVE_INFINITY ? RLIM_INFINITY : BigInt(value));
  scratchView.setBigUint64(0, encode(limits.soft), true);
  scratchView.setBigUint64(8, encode(limits.hard), true);
  return libc.setrlimit(RLIMIT_NOFILE, at(0)) === 0;
}

/** Whether a descriptor is open in this process. */
export function isOpenDescriptor(fd: number): boolean {
  return libc.fcntl(fd, F_GETFD, 0) >= 0;
}

/** Whether a person reads there. (`process.stderr.isTTY` costs 17 ms of the start.) */
export function isTerminal(fd: number): boolean {
  return libc.isatty(fd) === 1;
}

/** Confines the process to a directory; the working directory moves there too. */
export function changeRoot(directory: string): boolean {
  const path = cString(directory);
  if (libc.chroot(ptr(path)) !== 0) return false;
  process.chdir("/");
  return true;
}

/** Drops all supplementary groups. */
export function dropSupplementaryGroups(): boolean {
  return libc.setgroups(0, null) === 0;
}

export function setGroup(gid: number): boolean {
  return libc.setgid(gid) === 0;
}

export function setUser(uid: number): boolean {
  return libc.setuid(uid) === 0;
}

/** Programs started from here on cannot gain privileges. Best effort. */
export function forbidNewPrivileges(): void {
  libc.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n);
}

/** Ends the process by the signal itself, so that its parent sees which one it was. Returns only for pid 1. */
export function dieBySignal(signal: number): void {
  libc.signal(signal, null);
  libc.kill(process.pid, signal);
}

/** The name that `ps -C`, `pgrep` and `top` show; at most 15 bytes. */
export function nameProcess(name: string): void {
  const text = cString(name.slice(0, 15));
  libc.prctl(PR_SET_NAME, BigInt(ptr(text)), 0n, 0n, 0n);
}

/** Sends a signal; false when there is no such process. */
export function sendSignal(pid: number, signal: number): boolean {
  return libc.kill(pid, signal) === 0;
}

/** A descriptor of /dev/null, or −1. It is opened before chroot hides it. */
export function openNull(): number {
  const path = cString("/dev/null");
  return libc.open(ptr(path), O_RDWR | O_CLOEXEC, 0);
}

/** Puts `fd` behind the three standard descriptors, as a daemon has /dev/null there, and closes it. */
export function replaceStandardStreams(fd: number): void {
  if (fd < 0) return;
  for (const standard of [0, 1, 2]) libc.dup2(fd, standard);
  if (fd > 2) libc.close(fd);
}

export interface Pipe {
  readonly readEnd: number;
  /** Survives exec. */
  readonly writeEnd: number;
}

/** A pipe whose write end is inherited by programs started from here. */
export function createInheritedPipe(): Pipe | undefined {
  if (libc.pipe2(at(0), 0) !== 0) return undefined;
  const pipe = { readEnd: scratchView.getInt32(0, true), writeEnd: scratchView.getInt32(4, true) };
  libc.fcntl(pipe.readEnd, 2, 1);
  return pipe;
}

export function closeFd(fd: number): void {
  libc.close(fd);
}

/** Writes text to a descriptor at once; what does not fit is lost. */
export function writeText(fd: number, text: string): boolean {
  const bytes = cString(text);
  return libc.write(fd, ptr(bytes), BigInt(bytes.byteLength - 1)) === BigInt(bytes.byteLength - 1);
}

/** Waits for one byte from a pipe: true when it came, false at the end of the pipe. */
export function waitForByte(fd: number): boolean {
  return Number(libc.read(fd, at(0), 1n)) === 1;
}

/** Waits for a child and returns its exit code, 128 + signal where one ended it. */
export function waitForExit(pid: number): number {
  if (libc.waitpid(pid, at(0), 0) < 0) return 1;
  const status = scratchView.getInt32(0, true);
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}

/** A null-terminated array of C strings, with what it points to. */
function stringVector(texts: readonly string[]): {
  readonly buffers: readonly ArrayBuffer[];
  readonly vector: ArrayBuffer;
} {
  const buffers = texts.map(cString);
  const vector = new ArrayBuffer((texts.length + 1) * 8);
  const view = new DataView(vector);
  buffers.forEach((buffer, i) => {
    view.setBigUint64(i * 8, BigInt(ptr(buffer)), true);
  });
  return { buffers, vector };
}

/**
 * Starts a program in a session of its own. Every descriptor that is open here and not closed on exec stays open there, with its
 * number: that is what `bind fd@N` needs, and what Bun's own spawn does not do. Returns the pid, or −1.
 */
export function spawnDetached(path: string, args: readonly string[], env: readonly string[]): number {
  const attributes = new ArrayBuffer(SPAWN_ATTRIBUTES_BYTES);
  libc.posix_spawnattr_init(ptr(attributes));
  libc.posix_spawnattr_setflags(ptr(attributes), POSIX_SPAWN_SETSID);
  const program = cString(path);
  const argv = stringVector(args);
  const envp = stringVector(env);
  const failed = libc.posix_spawn(at(0), ptr(program), null, ptr(attributes), ptr(argv.vector), ptr(envp.vector));
  // The strings are looked at by the call above: they must not be collected before it.
  return failed === 0 && argv.buffers.length + envp.buffers.length > 0 ? scratchView.getInt32(0, true) : -1;
}

const AF_UNSPEC = 0;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;

function ipv6Text(address: Pointer): string {
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((read.u8(address, i) << 8) | read.u8(address, i + 1)).toString(16));
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

/**
 * Addresses of a host name, in the system's order, by the C library (hosts file, resolv.conf, nsswitch). Waits for the answer, so it is
 * only for the start; after chroot it finds nothing.
 */
export function resolveHostName(name: string, ipv4Only: boolean): readonly string[] | undefined {
  const hints = new ArrayBuffer(48);
  const hintsView = new DataView(hints);
  hintsView.setInt32(4, ipv4Only ? AF_INET : AF_UNSPEC, true);
  hintsView.setInt32(8, SOCK_STREAM, true);
  const text = cString(name);
  if (libc.getaddrinfo(ptr(text), null, ptr(hints), at(0)) !== 0) return undefined;
  const first = Number(scratchView.getBigUint64(0, true)) as Pointer;
  const found: string[] = [];
  for (let entry = first; entry !== 0; entry = Number(read.u64(entry, 40)) as Pointer) {
    const address = Number(read.u64(entry, 24)) as Pointer;
    const family = read.i32(entry, 4);
    if (family === AF_INET) found.push([4, 5, 6, 7].map((i) => read.u8(address, i)).join("."));
    if (family === AF_INET6) found.push(ipv6Text((address + 8) as Pointer));
  }
  libc.freeaddrinfo(first);
  return found.length === 0 ? undefined : found;
}

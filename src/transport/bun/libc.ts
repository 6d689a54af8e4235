// Owns the calls into the C library that Bun has no API for: making and binding sockets, half-closing them behind
// Bun's back, and batches of datagrams. Everything that a call reads or writes lives in one explicit ArrayBuffer whose
// address is taken once: the address of a small typed array goes stale when the code is optimised (DESIGN §6).
// Nothing here knows what the sockets are for. Linux only; each thread has its own copy of this module's state.

import { dlopen, ptr, read } from "bun:ffi";

const int = "i32";
const pointer = "ptr";

const library = dlopen("libc.so.6", {
  socket: { args: [int, int, int], returns: int },
  bind: { args: [int, pointer, "u32"], returns: int },
  listen: { args: [int, int], returns: int },
  connect: { args: [int, pointer, "u32"], returns: int },
  shutdown: { args: [int, int], returns: int },
  close: { args: [int], returns: int },
  fcntl: { args: [int, int, int], returns: int },
  getsockname: { args: [int, pointer, pointer], returns: int },
  getsockopt: { args: [int, int, int, pointer, pointer], returns: int },
  setsockopt: { args: [int, int, int, pointer, "u32"], returns: int },
  getrlimit: { args: [int, pointer], returns: int },
  sendmmsg: { args: [int, pointer, "u32", int], returns: int },
  write: { args: [int, pointer, "u64"], returns: "i64" },
  strerror_r: { args: [int, pointer, "u64"], returns: pointer },
  __errno_location: { args: [], returns: pointer },
} as const);

/** The C functions, by their C names. A negative result leaves its reason in {@link errno}. */
export const libc = library.symbols;

const SCRATCH_BYTES = 1024;
const scratch = new ArrayBuffer(SCRATCH_BYTES);

/** Where arguments that are structures are laid out. Valid only until the next user of this module. */
export const scratchBytes = new Uint8Array(scratch);
export const scratchView = new DataView(scratch);
const scratchAddress = ptr(scratch);

/** The address of byte `offset` of the scratch memory, as a C function wants it. */
export function scratchPointer(offset: number): typeof scratchAddress {
  return (scratchAddress + offset) as typeof scratchAddress;
}

/** The address of a buffer that the caller keeps alive, made by `new ArrayBuffer` and never seen as a small typed array. */
export function pointerOf(buffer: ArrayBuffer): typeof scratchAddress {
  return ptr(buffer);
}

const errnoAddress = libc.__errno_location();

/** The reason of the last failed call of this thread. Read it before anything else happens. */
export function errno(): number {
  return errnoAddress === null ? 0 : read.i32(errnoAddress, 0);
}

/** The C library's sentence for an error number: "Address already in use". */
export function errorText(code: number): string {
  const end = scratchBytes.length;
  // The GNU variant returns the text's own place, which may or may not be the buffer.
  const at = libc.strerror_r(code, scratchPointer(512), end - 512);
  if (at === null) return `error ${code}`;
  let text = "";
  for (let offset = 0; offset < end; offset += 1) {
    const byte = read.u8(at, offset);
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Error numbers of Linux that the transport tells apart. */
export const ERRNO = {
  ENOENT: 2,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  ENFILE: 23,
  EMFILE: 24,
  EPIPE: 32,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTDOWN: 112,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
} as const;

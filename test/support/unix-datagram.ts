// Owns receiving unix datagrams in tests (a stand-in for syslogd behind /dev/log), which Bun has no API for.

import { dlopen, ptr } from "bun:ffi";
import { unlinkSync } from "node:fs";

const library = dlopen("libc.so.6", {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
  close: { args: ["i32"], returns: "i32" },
});

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const MSG_DONTWAIT = 0x40;

/** A bound datagram socket. */
export interface DatagramReceiver {
  /** Everything that has arrived since the last call, one text per datagram. */
  take(): string[];
  close(): void;
}

/** Binds `path`, which must not exist. */
export function receiveDatagrams(path: string): DatagramReceiver {
  const fd = library.symbols.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
  const address = new ArrayBuffer(110);
  new DataView(address).setUint16(0, AF_UNIX, true);
  new Uint8Array(address).set(new TextEncoder().encode(path), 2);
  if (library.symbols.bind(fd, ptr(address), 110) !== 0) throw new Error(`cannot bind ${path}`);
  const buffer = new ArrayBuffer(65536);
  return {
    take: () => {
      const texts: string[] = [];
      for (;;) {
        const length = Number(library.symbols.recv(fd, ptr(buffer), 65536n, MSG_DONTWAIT));
        if (length < 0) return texts;
        texts.push(Buffer.from(buffer, 0, length).toString("latin1"));
      }
    },
    close: () => {
      library.symbols.close(fd);
      unlinkSync(path);
    },
  };
}

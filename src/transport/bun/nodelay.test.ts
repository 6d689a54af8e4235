// Holds what the adapter leaves to Bun: every TCP socket of ours, accepted or connected, sends small messages at once. Nagle's
// algorithm on either side would show as 40 ms of latency and in no other test.

import { expect, test } from "bun:test";
import type { Connection, ConnectionHandler } from "../types.ts";
import { BunConnection } from "./connection.ts";
import { libc, scratchPointer, scratchView } from "./libc.ts";
import { createBunTransport } from "./transport.ts";

const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;

function hasNoDelay(connection: Connection): boolean {
  const fd = connection instanceof BunConnection ? (connection.socket?.fd ?? -1) : -1;
  scratchView.setInt32(0, 0, true);
  scratchView.setUint32(8, 4, true);
  if (libc.getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, scratchPointer(0), scratchPointer(8)) < 0) return false;
  return scratchView.getInt32(0, true) !== 0;
}

const silent: ConnectionHandler = {
  onOpen: () => {},
  onData: () => {},
  onDrain: () => {},
  onEnd: (connection) => connection.close(),
  onClose: () => {},
};

for (const [family, host] of [
  ["ipv4", "127.0.0.1"],
  ["ipv6", "::1"],
] as const) {
  test(`accepted and connected ${family} sockets do not wait to send`, async () => {
    const transport = createBunTransport();
    const accepted = Promise.withResolvers<boolean>();
    const listener = transport.listen(
      { address: { family, host, port: 0 }, backlog: 4 },
      {
        onAccept: (connection) => {
          connection.handler = silent;
          accepted.resolve(hasNoDelay(connection));
        },
      },
    );
    if ("fault" in listener) throw new Error(listener.fault);
    const connected = Promise.withResolvers<boolean>();
    const onOpen = (connection: Connection) => connected.resolve(hasNoDelay(connection));
    const client = transport.connect({ address: listener.address }, { ...silent, onOpen });
    expect(await Promise.all([accepted.promise, connected.promise])).toEqual([true, true]);
    client.close();
    listener.close();
  });
}

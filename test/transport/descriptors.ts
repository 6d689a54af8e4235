// Run by bun.test.ts under a small descriptor limit, which then connects more clients than that. Prints the port, and at the end
// what came of it as JSON.

import { createBunTransport } from "../../src/transport/bun/index.ts";
import type { Connection, ConnectionHandler } from "../../src/transport/types.ts";

const LIMIT = 64;
const transport = createBunTransport();
const accepted: Connection[] = [];
const handler: ConnectionHandler = {
  onOpen: () => {},
  onData: () => {},
  onDrain: () => {},
  onEnd: (connection) => connection.close(),
  onClose: () => {},
};
const listener = transport.listen(
  { address: { family: "ipv4", host: "127.0.0.1", port: 0 }, backlog: 128 },
  {
    onAccept: (connection) => {
      connection.handler = handler;
      accepted.push(connection);
    },
  },
);
if ("fault" in listener) throw new Error(listener.fault);

// The clients live in the test's process, or their descriptors would run out first.
console.log(listener.address.port);

async function settle(): Promise<number> {
  let before = -1;
  while (accepted.length !== before || before < 20) {
    before = accepted.length;
    await Bun.sleep(150);
  }
  return before;
}

const held = await settle();
const cpuBefore = process.cpuUsage();
await Bun.sleep(400);
const used = process.cpuUsage(cpuBefore);
for (const connection of accepted.slice(0, 20)) connection.abort();
const later = await settle();
console.log(
  JSON.stringify({
    stoppedBelowLimit: held > 20 && held < LIMIT,
    // A spinning accept takes all of it; several retries take a hundredth.
    turnsWereFew: used.user + used.system < 200_000,
    wentOn: later >= held + 10,
  }),
);
process.exit(0);

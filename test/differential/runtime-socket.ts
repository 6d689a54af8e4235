// Owns talking to a stats socket in tests: what is sent at once, what comes back until the other side closes.

import { connect } from "node:net";
import { type Pointsman, startPointsman } from "../support/pointsman.ts";
import { findReference } from "../support/reference.ts";

/** Sends `text` and returns everything until the peer closes. With `end` our side is closed behind it. */
export function ask(path: string, text: string, end = false): Promise<string> {
  return new Promise((answered, failed) => {
    const socket = connect(path);
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => {
      received += piece;
    });
    socket.on("error", failed);
    socket.on("close", () => answered(received));
    socket.on("connect", () => {
      if (end) socket.end(text, "latin1");
      else socket.write(text, "latin1");
    });
  });
}

/** The same configuration in Pointsman and, when it is installed, in the reference. */
export interface Pair {
  readonly pointsman: Pointsman;
  readonly reference: Pointsman;
  stop(): Promise<void>;
}

export const reference = findReference();

/** Starts both; only with an installed reference. */
export async function startPair(configuration: string): Promise<Pair> {
  if (reference.path === undefined) throw new Error(reference.reason);
  const both = await Promise.all([
    startPointsman(configuration),
    startPointsman(configuration, { program: reference.path }),
  ]);
  const [pointsman, other] = both;
  return {
    pointsman,
    reference: other,
    stop: async () => {
      await Promise.all(both.map((one) => one.stop()));
    },
  };
}

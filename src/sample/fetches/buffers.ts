// Owns the fetches of raw content: what was received from the client and is not forwarded yet. Configuration manual §7.3.5.

import type { FetchRow, RangeFinder } from "../rows.ts";
import { integerArgument, needs } from "../rows.ts";
import type { Argument } from "../types.ts";

/** `payload(offset,length)`: nothing until all of it is there; length 0 takes what is there. */
function payload(args: readonly Argument[]): RangeFinder {
  const offset = integerArgument(args, 0, 0);
  const length = integerArgument(args, 1, 0);
  return (view, range, resume) => {
    const bytes = view.requestBuffer;
    if (resume || offset + length > bytes.length || offset >= bytes.length) return false;
    range.bytes = bytes;
    range.start = offset;
    range.end = length === 0 ? bytes.length : offset + length;
    return true;
  };
}

/** The table of this file. */
export const bufferFetches: readonly FetchRow[] = [
  {
    name: "req.len",
    aliases: ["req_len"],
    parameters: [],
    type: "sint",
    source: "requestBuffer",
    since: "1.5",
    doc: "Bytes received from the client and not forwarded yet.",
    compile: () => (view) => view.requestBuffer.length,
  },
  {
    name: "req.payload",
    parameters: [needs("sint", "offset"), needs("sint", "length")],
    type: "bin",
    source: "requestBuffer",
    since: "1.5",
    doc: "Bytes of the received content; length 0 takes all there is.",
    check: (args) =>
      integerArgument(args, 0, 0) < 0 || integerArgument(args, 1, 0) < 0 ? "payload offset too negative" : args,
    ranges: payload,
  },
];

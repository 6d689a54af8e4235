// Fuzzes the chunked decoder: it consumes no more than there is, and finds the same end, error and payload however the body is split.

import { ChunkedDecoder } from "../../src/protocol/h1/index.ts";
import type { SeededRandom } from "../../src/stdx/index.ts";
import { fixtureSeeds } from "./h1-heads.ts";
import { check, type FuzzTarget } from "./target.ts";

interface Followed {
  readonly consumed: number;
  readonly done: boolean;
  readonly error: number;
  readonly payload: string;
  readonly payloadBytes: number;
}

/** Follows a body in pieces of at most `pieceMax` bytes, with room for `rangePairs` payload ranges per call. */
function follow(bytes: Uint8Array, random: SeededRandom, pieceMax: number, rangePairs: number): Followed {
  const decoder = new ChunkedDecoder();
  const ranges = new Int32Array(rangePairs * 2);
  let position = 0;
  let end = 0;
  let payload = "";
  while (position < bytes.length && !decoder.done && decoder.error === 0) {
    if (position >= end) end = Math.min(bytes.length, end + 1 + random.below(pieceMax));
    const consumed = decoder.scan(bytes, position, end, rangePairs > 0 ? ranges : undefined);
    check(consumed >= 0 && consumed <= end - position, "more was consumed than there was");
    for (let i = 0; i < decoder.rangeCount; i++) {
      check(ranges[i * 2]! < ranges[i * 2 + 1]!, "an empty range");
      payload += Buffer.from(bytes.subarray(ranges[i * 2], ranges[i * 2 + 1])).toString("latin1");
    }
    check(consumed > 0 || decoder.error !== 0, "no progress");
    position += consumed;
  }
  return {
    consumed: position,
    done: decoder.done,
    error: decoder.error,
    payload,
    payloadBytes: decoder.payloadBytes,
  };
}

export const h1Chunked: FuzzTarget = {
  name: "h1-chunked",
  seeds: fixtureSeeds("chunked"),
  run: (bytes, random) => {
    const whole = follow(bytes.slice(), random, 1, 1 + random.below(3));
    const split = follow(bytes.slice(), random, 16, 1 + random.below(3));
    check(JSON.stringify(split) === JSON.stringify(whole), "split and whole differ");
    check(whole.payload.length === whole.payloadBytes, "the payload was counted wrong");
    const forwarding = follow(bytes, random, 1 + bytes.length, 0);
    check(forwarding.consumed === whole.consumed && forwarding.done === whole.done, "ranges change the end");
    check(forwarding.payloadBytes === whole.payloadBytes, "ranges change the count");
  },
};

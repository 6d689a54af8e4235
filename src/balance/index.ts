// The door of balance: which server takes the next stream. The table below is the list of algorithms; adding one is one
// file and one row. Nothing here does I/O, reads a clock or throws dice of its own.

import { Consistent } from "./consistent.ts";
import { First, Leastconn } from "./leastconn.ts";
import { MapBased } from "./map-based.ts";
import { RandomDraw } from "./random.ts";
import { RoundRobin } from "./round-robin.ts";
import type { Balancer, BalancerOptions, BalanceSpec } from "./types.ts";

export { avalanche, crc32, djb2, KeyHasher, sdbm, wt6 } from "./hash.ts";
export type { BalanceRandom, Balancer, BalancerOptions, BalanceServer, BalanceSpec } from "./types.ts";
export { ALL_FULL, NO_KEY, NO_SERVER } from "./types.ts";

const hashing = (options: BalancerOptions): Balancer =>
  options.spec.hashType === "consistent" ? new Consistent(options) : new MapBased(options);

const ALGORITHMS: Readonly<Record<BalanceSpec["algorithm"], (options: BalancerOptions) => Balancer>> = {
  roundrobin: (options) => new RoundRobin(options),
  "static-rr": (options) => new MapBased(options),
  leastconn: (options) => new Leastconn(options),
  first: (options) => new First(options),
  random: (options) => new RandomDraw(options),
  source: hashing,
  uri: hashing,
  url_param: hashing,
  hdr: hashing,
  hash: hashing,
  "rdp-cookie": hashing,
};

/** The algorithm of one backend in one thread. Balancers of the same backend in other threads share turns and loads through the arena. */
export function createBalancer(options: BalancerOptions): Balancer {
  return ALGORITHMS[options.spec.algorithm](options);
}

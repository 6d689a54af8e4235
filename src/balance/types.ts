// Owns what the balance algorithms are given and what they offer. They do no I/O, read no clock and find no keys in
// requests: the caller hands in bytes. Configuration manual §4.2 "balance", "hash-type", "hash-balance-factor".

import type { SharedState } from "../records/index.ts";

/** Chance, as the transport seam gives it. */
export interface BalanceRandom {
  /** The next unsigned 32-bit integer. */
  nextUint32(): number;
}

/** How a backend chooses; the configuration model's own `BalanceModel` fits. */
export interface BalanceSpec {
  readonly algorithm:
    | "roundrobin"
    | "static-rr"
    | "leastconn"
    | "first"
    | "random"
    | "source"
    | "uri"
    | "url_param"
    | "hdr"
    | "hash"
    | "rdp-cookie";
  /** How many servers `random` draws before it takes the least loaded one; at least 1. */
  readonly draws: number;
  /** 0 means no limit of length or depth. */
  readonly uri: { readonly len: number; readonly depth: number; readonly whole: boolean; readonly pathOnly: boolean };
  readonly hashType: "map-based" | "consistent";
  readonly hashFunction: "sdbm" | "djb2" | "wt6" | "crc32" | "none";
  /** `hash-type consistent` without a function means sdbm with avalanche: whoever lowers the configuration says so here. */
  readonly avalanche: boolean;
  /** Percent; 0 means off. Holds for consistent hashing and for random. */
  readonly hashBalanceFactor: number;
}

/** One server of the backend, in order of declaration. */
export interface BalanceServer {
  /** The server's record: its global index. */
  readonly index: number;
  /** The numeric id, which places the server on the ring of consistent hashing. */
  readonly id: number;
  readonly backup: boolean;
}

/** Everything that {@link createBalancer} needs. One balancer serves one backend in one thread. */
export interface BalancerOptions {
  readonly spec: BalanceSpec;
  readonly servers: readonly BalanceServer[];
  /** `option allbackups`. */
  readonly allBackups: boolean;
  readonly proxyIndex: number;
  readonly state: SharedState;
  readonly random: BalanceRandom;
  /** The thread's number plus 1: the owner of locks. */
  readonly owner: number;
}

/** What `pick` says when it gives no server: none is usable (the stream fails), or all are full (it waits in the backend's queue). */
export const NO_SERVER = -1;
export const ALL_FULL = -2;
/** The hash of a request that has no key: the algorithm then takes turns. */
export const NO_KEY = -1;

/** Chooses servers for one backend in one thread. It counts nothing: the caller adds to `served` and `selected`. */
export interface Balancer {
  /**
   * The position in `servers` of the server for the next stream, or {@link NO_SERVER} or {@link ALL_FULL}. `hash` is
   * what one of the hash methods gave, or {@link NO_KEY}; algorithms without keys ignore it. `exclude` is the position
   * of the server that just failed (redispatch), or −1: it is taken only when there is no other.
   */
  pick(hash: number, exclude: number): number;
}

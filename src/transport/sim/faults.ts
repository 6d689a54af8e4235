// Owns what can go wrong in the simulated network, as numbers. Every probability is drawn from the simulation's seed.
// Real peers' own mistakes (malformed bytes, silence, early close) are not here: test scripts play those.

import type { SeededRandom } from "./random.ts";

/** How the network treats connections. Probabilities are in [0, 1]; times in ms; sizes in bytes. */
export interface FaultPlan {
  /** One way. */
  readonly latencyMs: number;
  /** Added to each piece, evenly drawn from [0, this]. Order within a direction is kept. */
  readonly jitterMs: number;
  /** Per attempt: RST instead of SYN-ACK. */
  readonly refuse: number;
  /** Per attempt: no answer at all; the system gives up after {@link connectTimeoutMs}. */
  readonly blackhole: number;
  readonly connectTimeoutMs: number;
  /** Per piece: it and all behind it come later, by up to {@link stallMs}. */
  readonly stall: number;
  readonly stallMs: number;
  /** Per piece: both sides see a reset in place of it. */
  readonly reset: number;
  /** Per piece: the receiver sees FIN in place of it, and what follows is answered by a reset: a peer that died tidily. */
  readonly cut: number;
  /** Per write: only a part is taken although there is room. */
  readonly shortWrite: number;
  /** Bytes that one direction holds, sent but not yet read: beyond it writes are short. */
  readonly bufferBytes: number;
  /** Pieces on the wire and deliveries are drawn up to this size. */
  readonly pieceBytesMax: number;
  /** Per delivery: it ends at an odd place although more is there. */
  readonly split: number;
}

/** A network without faults: a little latency, pieces of ordinary size. */
export const CALM: FaultPlan = {
  latencyMs: 0.1,
  jitterMs: 0,
  refuse: 0,
  blackhole: 0,
  connectTimeoutMs: 127_000,
  stall: 0,
  stallMs: 0,
  reset: 0,
  cut: 0,
  shortWrite: 0,
  bufferBytes: 262_144,
  pieceBytesMax: 65_536,
  split: 0,
};

/**
 * Draws a plan: each kind of fault is on or off as a whole, so that some runs see one kind often and others none of it.
 * `harshness` in [0, 1] scales how often the ones that are on strike.
 */
export function drawFaults(random: SeededRandom, harshness: number): FaultPlan {
  const some = (most: number): number => (random.chance(0.5) ? 0 : random.fraction() * most * harshness);
  return {
    ...CALM,
    latencyMs: random.chance(0.5) ? 0.05 : random.fraction() * 50,
    jitterMs: random.chance(0.5) ? 0 : random.fraction() * 20,
    refuse: some(0.3),
    blackhole: some(0.2),
    stall: some(0.1),
    stallMs: random.between(1, 20_000),
    reset: some(0.05),
    cut: some(0.05),
    shortWrite: some(0.5),
    bufferBytes: random.chance(0.5) ? CALM.bufferBytes : random.between(100, 20_000),
    pieceBytesMax: random.chance(0.5) ? CALM.pieceBytesMax : random.between(1, 3000),
    split: some(0.9),
  };
}

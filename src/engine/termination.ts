// Owns the words for how a stream ended: the cause letter and the phase letter of the log (configuration manual §8.5) and the phases that the
// engine itself distinguishes. It knows no connection.

/** Who or what ended the stream. `none`: it ended by itself. */
export const causes = {
  none: 0,
  /** C: the client aborted. */
  client: 1,
  /** S: the server aborted or refused. */
  server: 2,
  /** P: the proxy refused, by a rule or because of the protocol. */
  proxy: 3,
  /** L: the proxy answered by itself. */
  local: 4,
  /** R: a resource of the proxy was exhausted. */
  resource: 5,
  /** I: an internal error of ours. */
  internal: 6,
  /** D: the server was marked down and the stream was cut. */
  down: 7,
  /** K: an operator killed the stream. */
  killed: 8,
  /** c: the client-side timeout. */
  clientTimeout: 9,
  /** s: the server-side timeout. */
  serverTimeout: 10,
} as const;

/** One of {@link causes}. */
export type Cause = (typeof causes)[keyof typeof causes];

const causeLetters = "-CSPLRIDKcs";

/** Where a stream stands. The letter of the log is derived from it when the stream ends. */
export const phases = {
  /** R: waiting for the request, or evaluating its rules. */
  request: 0,
  /** Q: waiting in a queue. */
  queue: 1,
  /** C: connecting to the server. */
  connect: 2,
  /** H: waiting for the head of the response. */
  head: 3,
  /** D: transferring data. */
  data: 4,
  /** L: the response is complete, its last bytes or the request's are still moving. */
  last: 5,
  /** T: tarpitted. */
  tarpit: 6,
  /** Both directions are opaque bytes. */
  tunnel: 7,
  /** Over. */
  done: 8,
} as const;

/** One of {@link phases}. */
export type Phase = (typeof phases)[keyof typeof phases];

const phaseLetters = "RQCHDLTD-";

const pairs: readonly (readonly string[])[] = Array.from(causeLetters, (cause) =>
  Array.from(phaseLetters, (phase) => (cause === "-" ? "--" : cause + phase)),
);

/** The two letters: "--", "cD", "SH". */
export function terminationLetters(cause: Cause, phase: Phase): string {
  return pairs[cause]![phase]!;
}

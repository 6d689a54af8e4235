// Owns the one assertion of the project. An assertion that fails is our own bug, never a peer's or a user's
// mistake: it is always on, and the session boundary of the engine catches it, aborts that session and counts it.

/** The error of a broken assumption of ours. Only the session boundary and tests catch it. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws {@link AssertionError} with `sentence` unless `condition` holds. */
export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new AssertionError(sentence);
}

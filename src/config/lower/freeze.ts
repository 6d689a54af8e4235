// Owns the freezing of the model: nothing behind the waist may change it.

/** Freezes plain data in depth and returns it. Already frozen parts are taken as frozen in depth. */
export function deepFreeze<T>(root: T): T {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) continue;
    Object.freeze(value);
    for (const part of Object.values(value)) pending.push(part);
  }
  return root;
}

// Owns the freezing of the model: nothing behind the waist may change it.

/** Freezes plain data in depth and returns it. Already frozen parts are taken as frozen in depth. */
export function deepFreeze<T>(root: T): T {
  if (typeof root === "object" && root !== null) freezeObject(root as Record<string, unknown>, 0);
  return root;
}

/** Models are shallow; what is nested deeper than this is not ours, and left alone. */
const MAX_DEPTH = 64;

function freezeObject(value: Record<string, unknown>, depth: number): void {
  if (depth > MAX_DEPTH || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const key in value) {
    const part = value[key];
    if (typeof part === "object" && part !== null) freezeObject(part as Record<string, unknown>, depth + 1);
  }
}

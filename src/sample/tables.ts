// Owns the lists of all fetches and converters, collected explicitly.

/** Every name that may start an expression, aliases included, for suggestions. */
export function fetchNames(): readonly string[] {
  return [];
}

/** Every converter name, for suggestions. */
export function converterNames(): readonly string[] {
  return [];
}

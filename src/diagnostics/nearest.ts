// Owns "did you mean": the nearest name in a list, by a bounded Damerau-Levenshtein distance (optimal string alignment).
// It knows nothing of keywords; the caller passes the names that are legal where the word stands.

/** Distance between `a` and `b` (insert, delete, replace, swap of neighbours cost 1), or `limit + 1` once it exceeds `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above: number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row: number[] = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
      if (cost < best) best = cost;
    }
    if (best > limit) return limit + 1;
    before = above;
    above = row;
  }
  return above[b.length] ?? limit + 1;
}

/** Longer words than this are never guessed: a hostile configuration must not buy quadratic work. */
const LONGEST_GUESS = 64;

/**
 * The name nearest to `word`, or undefined when none is near: at most a third of its letters (at least one, at most four) may differ.
 * Ties go to the earlier name.
 */
export function nearestName(word: string, names: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > LONGEST_GUESS) return undefined;
  const lower = word.toLowerCase();
  let limit = Math.min(4, Math.max(1, Math.floor(word.length / 3)));
  let found: string | undefined;
  for (const name of names) {
    const distance = editDistance(lower, name.toLowerCase(), limit);
    if (distance > limit || (distance === limit && found !== undefined)) continue;
    found = name;
    limit = distance;
    if (distance === 0) break;
  }
  return found;
}

// Owns the choice of commands that somebody may have meant: those that begin with the words that were right, then the nearest ones by
// the pairs of letters that two words share. At most five are offered.

import type { CommandRow } from "./command.ts";

const OFFERED_MAX = 5;
/** A command this many times farther than the nearest one is no help. */
const FAR = 2.5;

/** The rows to offer for `words`, in the order of `rows`. */
export function closestRows(rows: readonly CommandRow[], words: readonly string[]): readonly CommandRow[] {
  const shared = rows.map((row) => sharedWords(row, words));
  const longest = Math.max(0, ...shared);
  const candidates = rows.filter((_, i) => shared[i] === longest);
  const next = words[longest];
  if (next === undefined || candidates.length === 0) return candidates;
  const ranked = candidates
    .map((row) => ({ row, distance: Math.min(...row.words.slice(longest).map((word) => pairDistance(word, next))) }))
    .sort((a, b) => a.distance - b.distance);
  // Every word of the command was right, and what follows is its argument: nothing better than the command itself.
  const nearest = ranked[0]?.distance ?? 0;
  const near = ranked.filter(({ distance }) => distance <= Math.max(1, nearest) * FAR).slice(0, OFFERED_MAX);
  const kept = new Set(near.map(({ row }) => row));
  return rows.filter((row) => kept.has(row));
}

function sharedWords(row: CommandRow, words: readonly string[]): number {
  let count = 0;
  while (count < row.words.length && row.words[count] === words[count]) count++;
  return count;
}

/** Squared difference of how often each pair of neighbouring letters occurs, the edges of the word included. */
function pairDistance(left: string, right: string): number {
  const counts = new Map<string, number>();
  const count = (word: string, step: number) => {
    const padded = ` ${word.slice(0, 64).toLowerCase()} `;
    for (let i = 0; i + 1 < padded.length; i++) {
      const pair = padded.slice(i, i + 2);
      counts.set(pair, (counts.get(pair) ?? 0) + step);
    }
  };
  count(left, 1);
  count(right, -1);
  let distance = 0;
  for (const difference of counts.values()) distance += difference * difference;
  return distance;
}

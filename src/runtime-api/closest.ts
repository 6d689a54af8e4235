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
  const wanted = pairsOf(next);
  const distanceOf = (row: CommandRow) =>
    Math.min(...row.words.slice(longest).map((word) => pairDistance(pairsOfRow(word), wanted)));
  const ranked = candidates.map((row) => ({ row, distance: distanceOf(row) })).sort((a, b) => a.distance - b.distance);
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

type Pairs = ReadonlyMap<string, number>;

const pairsOfRows = new Map<string, Pairs>();

/** How often each pair of neighbouring letters occurs in a command's word, the edges of the word included; counted once. */
function pairsOfRow(word: string): Pairs {
  let pairs = pairsOfRows.get(word);
  if (pairs === undefined) {
    pairs = pairsOf(word);
    pairsOfRows.set(word, pairs);
  }
  return pairs;
}

function pairsOf(word: string): Pairs {
  const pairs = new Map<string, number>();
  const padded = ` ${word.slice(0, 64).toLowerCase()} `;
  for (let i = 0; i + 1 < padded.length; i++) {
    const pair = padded.slice(i, i + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** Squared difference of the two words' counts. */
function pairDistance(left: Pairs, right: Pairs): number {
  let distance = 0;
  for (const [pair, count] of left) distance += (count - (right.get(pair) ?? 0)) ** 2;
  for (const [pair, count] of right) if (!left.has(pair)) distance += count * count;
  return distance;
}

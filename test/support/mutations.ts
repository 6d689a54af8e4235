// Owns the mutations of configuration files: each takes real text and makes one mistake of the kind that people make. Seeded: a name and a number
// give the same mutant for ever.

import { SeededRandom } from "../../src/stdx/index.ts";

/** One mutant: the text, and what was done to which line (1-based). */
export interface Mutant {
  readonly text: string;
  readonly kind: string;
  readonly line: number;
}

type Mutation = (lines: string[], at: number, random: SeededRandom) => boolean;

/** Words of a line with their positions; comments and blank lines have none. */
function words(line: string): { start: number; end: number }[] {
  if (/^\s*(#|$)/.test(line)) return [];
  const comment = line.search(/\s#/);
  const code = comment < 0 ? line : line.slice(0, comment);
  return [...code.matchAll(/\S+/g)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

function pick<T>(items: readonly T[], random: SeededRandom): T | undefined {
  return items[random.below(items.length)];
}

const letters = "abcdefghijklmnopqrstuvwxyz";

const kinds: Readonly<Record<string, Mutation>> = {
  "dropped word": (lines, at, random) => {
    const found = pick(words(lines[at] ?? "").slice(1), random);
    if (!found) return false;
    lines[at] = (lines[at] ?? "").slice(0, found.start) + (lines[at] ?? "").slice(found.end);
    return true;
  },
  "doubled word": (lines, at, random) => {
    const found = pick(words(lines[at] ?? ""), random);
    if (!found) return false;
    const line = lines[at] ?? "";
    lines[at] = `${line.slice(0, found.end)} ${line.slice(found.start, found.end)}${line.slice(found.end)}`;
    return true;
  },
  "swapped words": (lines, at, random) => {
    const all = words(lines[at] ?? "");
    if (all.length < 2) return false;
    const first = random.below(all.length - 1);
    const [a, b] = [all[first], all[first + 1]] as const;
    if (!a || !b) return false;
    const line = lines[at] ?? "";
    lines[at] =
      line.slice(0, a.start) +
      line.slice(b.start, b.end) +
      line.slice(a.end, b.start) +
      line.slice(a.start, a.end) +
      line.slice(b.end);
    return true;
  },
  "misspelt word": (lines, at, random) => {
    const found = pick(words(lines[at] ?? ""), random);
    if (!found) return false;
    const line = lines[at] ?? "";
    const place = found.start + random.below(found.end - found.start);
    const letter = letters[random.below(26)] ?? "x";
    const way = random.below(3);
    if (way === 0) lines[at] = line.slice(0, place) + line.slice(place + 1);
    else if (way === 1) lines[at] = line.slice(0, place) + letter + line.slice(place);
    else lines[at] = line.slice(0, place) + letter + line.slice(place + 1);
    return true;
  },
  "wrong type": (lines, at, random) => {
    const numbers = words(lines[at] ?? "").filter(({ start, end }) => /\d/.test((lines[at] ?? "").slice(start, end)));
    const found = pick(numbers, random);
    if (!found) return false;
    const line = lines[at] ?? "";
    const value = pick(["abc", "-1", "1.5", "99999999999", "0", "10z", "", "10s", "256k"], random) ?? "abc";
    lines[at] = line.slice(0, found.start) + value + line.slice(found.end);
    return true;
  },
  "extra word": (lines, at, random) => {
    const all = words(lines[at] ?? "");
    const last = all.at(-1);
    if (!last) return false;
    const value = pick(["extra", "10", "if", "check", "-i", "unless TRUE"], random) ?? "extra";
    lines[at] = `${(lines[at] ?? "").slice(0, last.end)} ${value}${(lines[at] ?? "").slice(last.end)}`;
    return true;
  },
  "dropped line": (lines, at) => {
    if (words(lines[at] ?? "").length === 0) return false;
    lines.splice(at, 1);
    return true;
  },
  "doubled line": (lines, at) => {
    if (words(lines[at] ?? "").length === 0) return false;
    lines.splice(at, 0, lines[at] ?? "");
    return true;
  },
  "line in another place": (lines, at, random) => {
    if (words(lines[at] ?? "").length === 0) return false;
    const [line] = lines.splice(at, 1);
    lines.splice(random.below(lines.length + 1), 0, line ?? "");
    return true;
  },
  "unbalanced quote": (lines, at, random) => {
    const found = pick(words(lines[at] ?? ""), random);
    if (!found) return false;
    lines[at] =
      (lines[at] ?? "").slice(0, found.start) + (random.below(2) ? '"' : "'") + (lines[at] ?? "").slice(found.start);
    return true;
  },
};

const kindNames = Object.keys(kinds);

/** The mutant number `seed` of `text`; undefined when that line cannot be changed that way. */
export function mutate(text: string, seed: number): Mutant | undefined {
  const random = new SeededRandom(seed);
  const lines = text.split("\n");
  const kind = kindNames[random.below(kindNames.length)] ?? "";
  for (let tries = 0; tries < 20; tries++) {
    const at = random.below(lines.length);
    const changed = [...lines];
    if (!kinds[kind]?.(changed, at, random)) continue;
    const mutant = changed.join("\n");
    if (mutant !== text) return { text: mutant, kind, line: at + 1 };
  }
  return undefined;
}

// Owns the table of map-based hashing and static-rr: one slot per unit of weight, the servers spread over it in the
// order in which the reference spreads them (a differential test reads its tables out through static-rr).

/** The greatest common divisor; weights are divided by it, since the pattern repeats itself that often. */
function commonDivisor(numbers: readonly number[]): number {
  let divisor = 0;
  for (const number of numbers) {
    let [a, b] = [divisor, number];
    while (b !== 0) [a, b] = [b, a % b];
    divisor = a;
  }
  return divisor;
}

/**
 * The table for servers 0…n−1 with these weights (all above 0). In each slot every server earns its weight, and the one
 * that is furthest behind in whole rounds, the first of equals, takes the slot and pays a round. Empty without servers.
 */
export function spreadByWeight(weights: readonly number[]): Int32Array {
  const divisor = commonDivisor(weights);
  const earnings = weights.map((weight) => weight / divisor);
  const round = earnings.reduce((sum, earning) => sum + earning, 0);
  const table = new Int32Array(round);
  // With equal weights every server comes once, in order.
  if (round === weights.length) return table.map((_, slot) => slot);
  const credit = new Float64Array(weights.length);
  for (let slot = 0; slot < round; slot++) {
    let chosen = 0;
    let mostRounds = -1;
    for (let i = 0; i < credit.length; i++) {
      credit[i]! += earnings[i]!;
      const rounds = Math.floor((credit[i]! + round) / round);
      if (rounds > mostRounds) {
        mostRounds = rounds;
        chosen = i;
      }
    }
    credit[chosen]! -= round;
    table[slot] = chosen;
  }
  return table;
}

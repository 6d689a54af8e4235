// Owns the numbers that the reference gives to proxies, sockets and servers (`iid`, `sid`, "sock-1"), counted as it counts them: a number that was
// chosen is skipped. Configuration manual §4.2 "id", §5.1 "id", §5.2 "id".

/** The smallest free number from `from` upwards. */
export function nextFree(used: ReadonlySet<number>, from: number): number {
  let number = from;
  while (used.has(number)) number++;
  return number;
}

/**
 * Numbers for a list in order. `advances`: whether an element with its own number uses up a position too, which it does for proxies and
 * servers and does not for sockets.
 */
export function assignNumbers(
  chosen: readonly (number | undefined)[],
  start: number,
  advances: boolean,
): readonly number[] {
  const used = new Set(chosen.filter((id) => id !== undefined));
  let next = start;
  return chosen.map((id) => {
    if (id !== undefined) {
      if (advances) next++;
      return id;
    }
    const number = nextFree(used, next);
    used.add(number);
    next = number + 1;
    return number;
  });
}

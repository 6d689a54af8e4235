// Owns the table of map-based hashing and static-rr: one slot per unit of weight, the servers spread over it in the
// order in which the reference spreads them (a differential test reads its tables out through static-rr).
// The plain way compares all servers for every slot; with thousands of servers that takes minutes, so here only servers
// whose standing changes are touched: slots × log(servers).

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
 * The table for servers 0…n−1 with these weights (all above 0). In each slot every server earns its weight; a whole round
 * (the total weight) earned is a claim, and each starts with one. The server with most claims, the first of equals, takes
 * the slot and pays a claim. Empty without servers.
 */
export function spreadByWeight(weights: readonly number[]): Int32Array {
  const divisor = commonDivisor(weights);
  const earnings = weights.map((weight) => weight / divisor);
  const round = earnings.reduce((sum, earning) => sum + earning, 0);
  const table = new Int32Array(round);
  // With equal weights every server comes once, in order.
  if (round === weights.length) return table.map((_, slot) => slot);
  const calendar = new Calendar(earnings, round);
  const claims = new Claims(weights.length);
  for (let slot = 0; slot < round; slot++) {
    for (let server = calendar.first(slot); server >= 0; ) {
      const following = calendar.following(server);
      claims.earn(server);
      calendar.schedule(server);
      server = following;
    }
    table[slot] = claims.take();
  }
  return table;
}

/** In which slot each server earns its next claim: one linked list of servers per slot. */
class Calendar {
  readonly #earnings: readonly number[];
  readonly #round: number;
  readonly #heads: Int32Array;
  readonly #links: Int32Array;
  readonly #earned: Int32Array;

  constructor(earnings: readonly number[], round: number) {
    this.#earnings = earnings;
    this.#round = round;
    this.#heads = new Int32Array(round).fill(-1);
    this.#links = new Int32Array(earnings.length);
    this.#earned = new Int32Array(earnings.length);
    for (let server = 0; server < earnings.length; server++) this.schedule(server);
  }

  first(slot: number): number {
    return this.#heads[slot]!;
  }

  following(server: number): number {
    return this.#links[server]!;
  }

  /** Enters the server where its earnings reach the next whole round. */
  schedule(server: number): void {
    this.#earned[server]! += 1;
    const slot = Math.ceil((this.#earned[server]! * this.#round) / this.#earnings[server]!) - 1;
    if (slot >= this.#round) return;
    this.#links[server] = this.#heads[slot]!;
    this.#heads[slot] = server;
  }
}

/** How many claims each server has: one heap of servers per number of claims, lowest server first. Outdated entries are dropped when met. */
class Claims {
  readonly #claims: Int32Array;
  readonly #levels: number[][] = [[]];

  constructor(servers: number) {
    this.#claims = new Int32Array(servers).fill(1);
    // In ascending order already, which is a heap.
    this.#levels.push(Array.from({ length: servers }, (_, server) => server));
  }

  earn(server: number): void {
    this.#claims[server]! += 1;
    this.#enter(server);
  }

  /** Takes a claim of the server that has most, and returns the server. */
  take(): number {
    for (let level = this.#levels.length - 1; level > 0; ) {
      const heap = this.#levels[level]!;
      const server = heap[0];
      if (server === undefined) {
        level--;
        continue;
      }
      removeFirst(heap);
      if (this.#claims[server] !== level) continue;
      this.#claims[server]! -= 1;
      this.#enter(server);
      return server;
    }
    return 0;
  }

  #enter(server: number): void {
    const level = this.#claims[server]!;
    if (level === 0) return;
    while (this.#levels.length <= level) this.#levels.push([]);
    insert(this.#levels[level]!, server);
  }
}

function insert(heap: number[], value: number): void {
  let hole = heap.push(value) - 1;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (heap[parent]! <= value) break;
    heap[hole] = heap[parent]!;
    hole = parent;
  }
  heap[hole] = value;
}

function removeFirst(heap: number[]): void {
  const value = heap.pop()!;
  if (heap.length === 0) return;
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= value) break;
    heap[hole] = heap[child]!;
    hole = child;
  }
  heap[hole] = value;
}

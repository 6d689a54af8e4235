// Owns a binary heap of servers inside the shared arena, for round robin: three of them per group of servers, whose
// entries lie in the servers' own cells (entry i of a heap in the cells of the group's i-th member), so that all
// threads use the same heaps under the backend's lock. What comes first is decided by the caller's comparison.

/** Where a server's cells are within its {@link TURN_SERVER_CELLS}. The last three hold heap entries. */
export const TURN = { weight: 0, position: 1, remainder: 2, sequence: 3, heap: 4, entry0: 5 } as const;

/** One heap, ordered by position (who is due first) or by weight (who is heaviest). Servers are named by their position in the backend. */
export class TurnHeap {
  readonly #cells: Int32Array;
  /** Cell offset of each server of the backend, by position in the backend. */
  readonly #at: Int32Array;
  /** Cell offsets of the servers that lend this heap their entry cells. */
  readonly #entries: Int32Array;
  readonly #group: Int32Array;
  readonly #sizeCell: number;
  readonly #entry: number;
  readonly #byWeight: boolean;

  constructor(
    cells: Int32Array,
    at: Int32Array,
    entries: Int32Array,
    group: Int32Array,
    options: { readonly sizeCell: number; readonly entryCell: number; readonly byWeight: boolean },
  ) {
    this.#cells = cells;
    this.#at = at;
    this.#entries = entries;
    this.#group = group;
    this.#sizeCell = options.sizeCell;
    this.#entry = options.entryCell;
    this.#byWeight = options.byWeight;
  }

  get size(): number {
    return this.#group[this.#sizeCell]!;
  }

  /** The first server, or −1. */
  first(): number {
    return this.size === 0 ? -1 : this.#cells[this.#entries[0]! + this.#entry]!;
  }

  push(server: number): void {
    const size = this.size;
    this.#group[this.#sizeCell] = size + 1;
    this.#rise(size, server);
  }

  /** Takes the first server out. The heap must not be empty. */
  pop(): number {
    const first = this.first();
    this.#removeAt(0);
    return first;
  }

  /** Takes one server out, wherever it stands: linear, for the rare change of a server's state. */
  remove(server: number): void {
    const size = this.size;
    for (let i = 0; i < size; i++) {
      if (this.#cells[this.#entries[i]! + this.#entry] !== server) continue;
      this.#removeAt(i);
      return;
    }
  }

  #removeAt(hole: number): void {
    const last = this.size - 1;
    this.#group[this.#sizeCell] = last;
    if (hole === last) return;
    const moved = this.#cells[this.#entries[last]! + this.#entry]!;
    if (hole > 0 && this.#before(moved, this.#cells[this.#entries[(hole - 1) >> 1]! + this.#entry]!)) {
      this.#rise(hole, moved);
    } else this.#sink(hole, last, moved);
  }

  #rise(from: number, server: number): void {
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const other = this.#cells[this.#entries[parent]! + this.#entry]!;
      if (!this.#before(server, other)) break;
      this.#cells[this.#entries[hole]! + this.#entry] = other;
      hole = parent;
    }
    this.#cells[this.#entries[hole]! + this.#entry] = server;
  }

  #sink(from: number, size: number, server: number): void {
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      let candidate = this.#cells[this.#entries[child]! + this.#entry]!;
      if (child + 1 < size) {
        const right = this.#cells[this.#entries[child + 1]! + this.#entry]!;
        if (this.#before(right, candidate)) {
          candidate = right;
          child++;
        }
      }
      if (!this.#before(candidate, server)) break;
      this.#cells[this.#entries[hole]! + this.#entry] = candidate;
      hole = child;
    }
    this.#cells[this.#entries[hole]! + this.#entry] = server;
  }

  /** Whether server `a` comes before `b`. Equals keep the order in which they were queued. */
  #before(a: number, b: number): boolean {
    const cells = this.#cells;
    const atA = this.#at[a]!;
    const atB = this.#at[b]!;
    let difference: number;
    if (this.#byWeight) difference = cells[atB + TURN.weight]! - cells[atA + TURN.weight]!;
    else {
      difference = cells[atA + TURN.position]! - cells[atB + TURN.position]!;
      if (difference === 0) difference = urgency(cells, atA) - urgency(cells, atB);
    }
    if (difference !== 0) return difference < 0;
    return ((cells[atA + TURN.sequence]! - cells[atB + TURN.sequence]!) | 0) < 0;
  }
}

/** Among servers due in the same slot: the heavier first, and the less of a slot it is late the earlier. In units of a configured weight. */
function urgency(cells: Int32Array, at: number): number {
  return (cells[at + TURN.remainder]! - cells[at + TURN.weight]! + 4096) >> 4;
}

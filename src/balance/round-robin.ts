// Owns `balance roundrobin`: weighted turns, exactly those of the reference, across all threads (configuration manual
// §4.2 "balance"). Time is counted in turns. A server with weight w of a total W is due every W/w turns; the division's
// remainder is carried on, so no turn is lost. At each turn the server that is due takes it; when none is due, the
// heaviest server that has not had a turn in this round; else the one that is due next. A round is sixteen times the
// total weight long; a server that is due behind its end waits for the next round. Found by experiments with the
// reference: hundreds of sequences with weights, changes of weight, servers going down and up, and full servers agree.
// All state lies in the arena and is touched only under the backend's lock.

import { TURN_GROUP_CELLS, TURN_SERVER_CELLS, WEIGHT_SCALE } from "../records/index.ts";
import { Farm } from "./farm.ts";
import { TURN, TurnHeap } from "./turn-heap.ts";
import { ALL_FULL, type Balancer, type BalancerOptions, NO_SERVER } from "./types.ts";

/** Cells of a group. `waiting` says which of the two heaps by weight belongs to this round; the other is the next round's. */
const GROUP = { now: 0, round: 1, weight: 2, sequence: 3, waiting: 4, sizes: 5, applied: 8 } as const;

/** In which heap a server stands (cell `TURN.heap`). */
const HEAP = { none: 0, due: 1, first: 2, second: 3 } as const;

export class RoundRobin implements Balancer {
  readonly #farm: Farm;
  readonly #owner: number;
  readonly #active: TurnGroup;
  readonly #backup: TurnGroup;
  readonly #applied: Int32Array;

  constructor(options: BalancerOptions) {
    this.#farm = new Farm(options);
    this.#owner = options.owner;
    const groups = options.state.turnGroups;
    const at = options.proxyIndex * TURN_GROUP_CELLS * 2;
    this.#active = new TurnGroup(this.#farm, groups.subarray(at, at + TURN_GROUP_CELLS), false);
    this.#backup = new TurnGroup(this.#farm, groups.subarray(at + TURN_GROUP_CELLS, at + TURN_GROUP_CELLS * 2), true);
    this.#applied = groups.subarray(at + GROUP.applied, at + GROUP.applied + 1);
  }

  pick(_hash: number, exclude: number): number {
    const farm = this.#farm;
    farm.refresh();
    if (farm.usable.length === 0) return NO_SERVER;
    if (farm.onlyBackup >= 0) return farm.onlyBackup;
    const { state, proxyIndex } = farm;
    state.proxies.lock(proxyIndex, this.#owner);
    // The epoch is stored plus 1: fresh cells are 0 and have applied none.
    const epoch = (state.proxies.epoch.get(proxyIndex) + 1) | 0;
    if (this.#applied[0] !== epoch) {
      this.#active.applyChanges();
      this.#backup.applyChanges();
      this.#applied[0] = epoch;
    }
    const group = this.#active.empty ? this.#backup : this.#active;
    // Another thread may have applied a change that this thread's view does not show yet.
    const picked = group.empty ? NO_SERVER : group.next(exclude);
    state.proxies.unlock(proxyIndex, this.#owner);
    return picked;
  }
}

/** The active servers of a backend, or its backups. Every method is called under the backend's lock. */
class TurnGroup {
  readonly #farm: Farm;
  readonly #group: Int32Array;
  readonly #cells: Int32Array;
  readonly #at: Int32Array;
  readonly #members: readonly number[];
  readonly #due: TurnHeap;
  readonly #byWeight: readonly [TurnHeap, TurnHeap];
  readonly #skipped: Int32Array;

  constructor(farm: Farm, group: Int32Array, backup: boolean) {
    this.#farm = farm;
    this.#group = group;
    this.#cells = farm.state.turnServers;
    this.#at = Int32Array.from(farm.servers, (server) => server.index * TURN_SERVER_CELLS);
    this.#members = [...farm.servers.keys()].filter((position) => farm.servers[position]!.backup === backup);
    // Heap entries lie in the cells of the group's own members: the two groups of a backend must not share them.
    const entries = Int32Array.from(this.#members, (position) => this.#at[position]!);
    const heap = (order: number, byWeight: boolean) =>
      new TurnHeap(this.#cells, this.#at, entries, group, {
        sizeCell: GROUP.sizes + order,
        entryCell: TURN.entry0 + order,
        byWeight,
      });
    this.#due = heap(0, false);
    this.#byWeight = [heap(1, true), heap(2, true)];
    this.#skipped = new Int32Array(this.#members.length);
  }

  get empty(): boolean {
    return this.#group[GROUP.weight] === 0;
  }

  /** Whose turn it is. Full servers and `exclude` use up their turns without being chosen. */
  next(exclude: number): number {
    let skips = 0;
    let avoided: number = ALL_FULL;
    let picked = -1;
    while (picked < 0) {
      const server = this.#take();
      if (server < 0) break;
      this.#group[GROUP.now]! += 1;
      this.#advance(server);
      const full = this.#farm.full(server);
      if (!full && server !== exclude) picked = server;
      else {
        if (!full) avoided = server;
        this.#skipped[skips++] = server;
      }
    }
    if (picked >= 0) this.#queue(picked);
    while (skips > 0) this.#queue(this.#skipped[--skips]!);
    return picked >= 0 ? picked : avoided;
  }

  /** Compares every member with its record and moves those that changed. */
  applyChanges(): void {
    const fresh = this.#group[GROUP.round] === 0;
    for (const server of this.#members) {
      const record = this.#farm.servers[server]!.index;
      const weight = this.#farm.state.servers.usable(record) ? this.#farm.weight(server) : 0;
      if (fresh) this.#join(server, weight);
      else if (weight !== this.#cells[this.#at[server]! + TURN.weight]) this.#change(server, weight);
    }
    if (fresh) this.#startRound();
  }

  /** The first members of a new group wait by weight. */
  #join(server: number, weight: number): void {
    this.#cells[this.#at[server]! + TURN.weight] = weight;
    if (weight === 0) return;
    this.#group[GROUP.weight]! += weight;
    this.#await(server);
  }

  /** A server that goes loses its place; one that comes or has a new weight is due one of its intervals from now. */
  #change(server: number, weight: number): void {
    const cells = this.#cells;
    const group = this.#group;
    const at = this.#at[server]!;
    this.#leave(server);
    group[GROUP.weight]! += weight - cells[at + TURN.weight]!;
    cells[at + TURN.weight] = weight;
    if (weight === 0) return;
    const turnsLeft = group[GROUP.weight]! + group[GROUP.round]! - group[GROUP.now]!;
    cells[at + TURN.position] = group[GROUP.now]! + Math.floor(turnsLeft / weight);
    this.#queue(server);
  }

  /** Takes the server out whose turn it is, or −1 when no heap has any. */
  #take(): number {
    const cells = this.#cells;
    const now = this.#group[GROUP.now]!;
    for (let tries = 0; tries < 2; tries++) {
      const due = this.#due.first();
      if (due >= 0 && cells[this.#at[due]! + TURN.position]! <= now) return this.#due.pop();
      const waiting = this.#waiting();
      if (waiting.size > 0) {
        const server = waiting.pop();
        cells[this.#at[server]! + TURN.position] = this.#group[GROUP.now]!;
        cells[this.#at[server]! + TURN.remainder] = 0;
        return server;
      }
      if (due >= 0) return this.#due.pop();
      if (this.#byWeight[0].size + this.#byWeight[1].size === 0) return -1;
      this.#startRound();
    }
    return -1;
  }

  /** Moves a server's position on by its interval. */
  #advance(server: number): void {
    const cells = this.#cells;
    const at = this.#at[server]!;
    const weight = cells[at + TURN.weight]!;
    const total = this.#group[GROUP.weight]!;
    const interval = (total / weight) | 0;
    let remainder = cells[at + TURN.remainder]! + (total - interval * weight);
    let position = cells[at + TURN.position]! + interval;
    if (remainder >= weight) {
      remainder -= weight;
      position++;
    }
    cells[at + TURN.position] = position;
    cells[at + TURN.remainder] = remainder;
  }

  /** Puts a server where its position says: into this round, or behind its end into the next. */
  #queue(server: number): void {
    const group = this.#group;
    const position = this.#cells[this.#at[server]! + TURN.position]!;
    const round = group[GROUP.round]!;
    if (position >= 2 * round || position >= round + group[GROUP.weight]!) {
      this.#await(server);
      return;
    }
    this.#stamp(server, HEAP.due);
    this.#due.push(server);
  }

  /** Lets a server wait for the next round. */
  #await(server: number): void {
    const next = 1 - this.#group[GROUP.waiting]!;
    this.#stamp(server, next === 0 ? HEAP.first : HEAP.second);
    this.#byWeight[next === 0 ? 0 : 1].push(server);
  }

  #waiting(): TurnHeap {
    return this.#byWeight[this.#group[GROUP.waiting] === 0 ? 0 : 1];
  }

  #stamp(server: number, heap: number): void {
    const at = this.#at[server]!;
    this.#cells[at + TURN.heap] = heap;
    this.#cells[at + TURN.sequence] = this.#group[GROUP.sequence]!;
    this.#group[GROUP.sequence]! += 1;
  }

  #leave(server: number): void {
    const heap = this.#cells[this.#at[server]! + TURN.heap]!;
    if (heap === HEAP.due) this.#due.remove(server);
    else if (heap !== HEAP.none) this.#byWeight[heap === HEAP.first ? 0 : 1].remove(server);
    this.#cells[this.#at[server]! + TURN.heap] = HEAP.none;
  }

  /** What waited for the next round belongs to this one now. Positions start at the round's length, so that none is negative. */
  #startRound(): void {
    const group = this.#group;
    group[GROUP.waiting] = 1 - group[GROUP.waiting]!;
    // An empty group keeps a length, which tells it from a fresh one.
    group[GROUP.round] = Math.max(group[GROUP.weight]!, WEIGHT_SCALE);
    group[GROUP.now] = group[GROUP.round]!;
  }
}

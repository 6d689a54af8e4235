// Owns the ring of consistent hashing: each server stands on it at as many points as its weight has sixteenths (16 per
// unit of weight), point i of server id at avalanche(id × 4096 + i), as the reference places them; a key belongs to the
// nearest point. Taking a server away moves only its keys. It knows no state: it is built from ids and weights.

import { avalanche } from "./hash.ts";

/** The room for points of one server: the highest weight, 256 × 16. */
const POINTS_PER_SERVER = 4096;

/** A server on the ring. `position` is what a lookup returns. */
export interface RingServer {
  readonly position: number;
  readonly id: number;
  /** Number of points. */
  readonly weight: number;
}

export class Ring {
  readonly size: number;
  readonly #points: Uint32Array;
  readonly #positions: Int32Array;
  /** By the top bits of a hash: the first point at or behind the start of that stretch. Makes a lookup constant. */
  readonly #stretches: Int32Array;
  readonly #shift: number;

  /** Places the servers: the costly part is to sort the points. */
  static place(servers: readonly RingServer[]): Ring {
    // A key carries the hash and the server in one exactly representable number, so that the native sort does it all.
    const count = servers.reduce((sum, server) => sum + server.weight, 0);
    const keys = new Float64Array(count);
    let at = 0;
    for (const [order, server] of servers.entries()) {
      for (let i = 0; i < server.weight; i++) {
        keys[at++] = avalanche(Math.imul(server.id, POINTS_PER_SERVER) + i) * 2 ** 20 + order;
      }
    }
    keys.sort();
    const points = new Uint32Array(count);
    const positions = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const hash = Math.floor(keys[i]! / 2 ** 20);
      points[i] = hash;
      positions[i] = servers[keys[i]! - hash * 2 ** 20]!.position;
    }
    return new Ring(points, positions);
  }

  /** `points` in ascending order. */
  private constructor(points: Uint32Array, positions: Int32Array) {
    const count = points.length;
    this.size = count;
    this.#points = points;
    this.#positions = positions;
    const bits = Math.max(1, Math.min(20, 32 - Math.clz32(count)));
    this.#shift = 32 - bits;
    this.#stretches = new Int32Array(2 ** bits);
    let point = 0;
    for (let stretch = 0; stretch < this.#stretches.length; stretch++) {
      while (point < count && points[point]! >>> this.#shift < stretch) point++;
      this.#stretches[stretch] = point;
    }
  }

  /** The ring without the servers that are not in `positions`: linear, which is what makes a flapping server cheap. */
  only(positions: readonly number[]): Ring {
    const from = this.#positions;
    const kept = new Set(positions);
    const highest = positions.reduce((a, b) => Math.max(a, b), -1);
    const isKept = Uint8Array.from({ length: highest + 1 }, (_, position) => (kept.has(position) ? 1 : 0));
    let count = 0;
    for (let i = 0; i < from.length; i++) if (from[i]! <= highest) count += isKept[from[i]!]!;
    if (count === this.size) return this;
    const points = new Uint32Array(count);
    const owners = new Int32Array(count);
    let at = 0;
    for (let i = 0; i < from.length; i++) {
      const position = from[i]!;
      if (position > highest || isKept[position] === 0) continue;
      points[at] = this.#points[i]!;
      owners[at++] = position;
    }
    return new Ring(points, owners);
  }

  /** The index of the point nearest to `hash`; of two equally near ones the lower. The ring must not be empty. */
  nearest(hash: number): number {
    const points = this.#points;
    let next = this.#stretches[hash >>> this.#shift]!;
    while (next < this.size && points[next]! < hash) next++;
    if (next === this.size) next = 0;
    const previous = next === 0 ? this.size - 1 : next - 1;
    const behind = (points[next]! - hash) >>> 0;
    const before = (hash - points[previous]!) >>> 0;
    return behind < before ? next : previous;
  }

  /** The server at point `index`. */
  serverAt(index: number): number {
    return this.#positions[index]!;
  }
}

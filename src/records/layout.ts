// Owns the arithmetic of the arena: where each section and record lies. Records and per-thread blocks start on cache
// lines (64 bytes), so that two threads that write different records never fight for a line.

/** How many records of each kind there are. Indices are global over the configuration and assigned by the model. */
export interface ArenaShape {
  /** Threads that write counters: the workers, and one more for the main thread when it also counts. */
  readonly threads: number;
  readonly proxies: number;
  /** All servers of all backends together. */
  readonly servers: number;
  readonly listeners: number;
}

export const LINE_BYTES = 64;

/** The next multiple of a cache line. */
export function alignToLine(bytes: number): number {
  return Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
}

/** Names of fields in the order of their cells: `fieldTable(["a", "b"])` is `{a: 0, b: 1}`, with a width per field where given. */
export function fieldTable<Name extends string>(
  names: readonly Name[],
  widths: { readonly [Key in Name]?: number } = {},
): { readonly table: Readonly<Record<Name, number>>; readonly length: number } {
  const table = {} as Record<Name, number>;
  let at = 0;
  for (const name of names) {
    table[name] = at;
    at += widths[name] ?? 1;
  }
  return { table: Object.freeze(table), length: at };
}

/** One run of equally long records in the arena. */
export interface Section {
  readonly byteOffset: number;
  /** Bytes from one record to the next: a multiple of a cache line. */
  readonly recordBytes: number;
  readonly count: number;
}

/** Lays sections one behind the other. */
export class LayoutBuilder {
  #bytes = 0;

  section(recordBytes: number, count: number): Section {
    const section = { byteOffset: this.#bytes, recordBytes: alignToLine(recordBytes), count };
    this.#bytes += section.recordBytes * Math.max(count, 1);
    return section;
  }

  get byteLength(): number {
    return this.#bytes;
  }
}

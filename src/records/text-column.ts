// Owns short texts in the arena, such as what a health check last said: a few bytes that one thread writes and any thread
// shows. Bytes are latin1, cut at the cell's size. A reader that looks while the text changes may see a shorter one, never
// bytes of another cell.

/** One text field of all records of a kind. */
export class TextColumn {
  readonly #cells: Uint8Array;
  readonly #base: number;
  readonly #stride: number;
  readonly #capacity: number;

  /** `base` and `stride` in bytes; a cell is one length byte and `capacity` (at most 255) bytes of text. */
  constructor(cells: Uint8Array, base: number, stride: number, capacity: number) {
    this.#cells = cells;
    this.#base = base;
    this.#stride = stride;
    this.#capacity = capacity;
  }

  get(index: number): string {
    const at = this.#base + index * this.#stride;
    const length = Math.min(Atomics.load(this.#cells, at), this.#capacity);
    let text = "";
    for (let i = 1; i <= length; i++) text += String.fromCharCode(this.#cells[at + i]!);
    return text;
  }

  set(index: number, text: string): void {
    const at = this.#base + index * this.#stride;
    const length = Math.min(text.length, this.#capacity);
    Atomics.store(this.#cells, at, 0);
    for (let i = 0; i < length; i++) this.#cells[at + 1 + i] = text.charCodeAt(i) & 0xff;
    Atomics.store(this.#cells, at, length);
  }
}

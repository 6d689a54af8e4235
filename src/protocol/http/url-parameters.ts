// Owns finding parameters in the query of a target (`urlp`, `url_param`), undecoded. Configuration manual §7.3.6 "urlp": parameters are
// separated by `&` or `;`, and the first one follows `?` or the delimiter that the configuration names.

import { equalBytes, equalIgnoreCase } from "../../stdx/index.ts";
import type { HeadTable } from "./head.ts";
import { ByteRange } from "./range.ts";
import { targetUrl } from "./target.ts";

const byteEquals = 0x3d;
const byteAmpersand = 0x26;
const byteSemicolon = 0x3b;

/** How a parameter is looked for; made once, when the configuration is compiled. */
export interface UrlParameterKey {
  /** The exact name, lower case with `ignoreCase`; undefined finds every parameter. */
  readonly name: Uint8Array | undefined;
  /** The byte after which the first parameter starts; `?` when the configuration says nothing. */
  readonly delimiter: number;
  readonly ignoreCase: boolean;
}

/**
 * Walks the parameters that match a key, in order. `begin` or `beginAt`, then `next` until false. A parameter without `=` has no
 * value and is skipped; `p=` has an empty one.
 */
export class UrlParameterCursor {
  /** The name of the parameter that `next` found last. */
  readonly name = new ByteRange();
  #key: UrlParameterKey = { name: undefined, delimiter: 0x3f, ignoreCase: false };
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  #end = 0;

  /** Starts at the first parameter of the target. */
  begin(table: HeadTable, key: UrlParameterKey): void {
    targetUrl(table, scratch);
    let from = scratch.from;
    while (from < scratch.to && scratch.bytes[from] !== key.delimiter) from++;
    this.beginAt(scratch.bytes, from + 1, scratch.to, key);
  }

  /** Starts at `bytes[from]`, the first byte of a list of parameters (a form in a body). */
  beginAt(bytes: Uint8Array, from: number, to: number, key: UrlParameterKey): void {
    this.#key = key;
    this.#bytes = bytes;
    this.#position = from;
    this.#end = to;
  }

  /** Sets `range` to the value of the next matching parameter and returns true, or false at the end. */
  next(range: ByteRange): boolean {
    const bytes = this.#bytes;
    const to = this.#end;
    while (this.#position < to) {
      const from = this.#position;
      let end = from;
      let equals = -1;
      while (end < to && !isSeparator(bytes[end]!, this.#key.delimiter)) {
        if (equals < 0 && bytes[end] === byteEquals) equals = end;
        end++;
      }
      this.#position = end + 1;
      if (equals < 0 || !this.#matches(from, equals)) continue;
      this.name.set(bytes, from, equals);
      range.set(bytes, equals + 1, end);
      return true;
    }
    return false;
  }

  #matches(from: number, to: number): boolean {
    const { name, ignoreCase } = this.#key;
    if (name === undefined) return true;
    return ignoreCase ? equalIgnoreCase(this.#bytes, from, to, name) : equalBytes(this.#bytes, from, to, name);
  }
}

/** The delimiter that starts the list also separates, as in the reference: `/a??p=1` has p. */
function isSeparator(byte: number, delimiter: number): boolean {
  return byte === byteAmpersand || byte === byteSemicolon || byte === delimiter;
}

/** The value of the first parameter that matches. False when there is none. */
export function urlParameter(table: HeadTable, key: UrlParameterKey, range: ByteRange): boolean {
  sharedCursor.begin(table, key);
  return sharedCursor.next(range);
}

const sharedCursor = new UrlParameterCursor();
const scratch = new ByteRange();

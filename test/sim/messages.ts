// Owns a small HTTP/1 reader for the simulation's own clients and servers. It is written apart from src/protocol on purpose: a fault of the codec
// must not hide in the checker. Whole messages only, text in latin1, no care for speed.

/** A message as far as it was understood. */
export interface Message {
  readonly startLine: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** The body is whole. */
  readonly complete: boolean;
  /** It ends when the peer closes. */
  readonly untilClose: boolean;
}

/** Reads messages of one direction of one connection. */
export class MessageReader {
  #text = "";

  feed(bytes: Uint8Array): void {
    this.#text += Buffer.from(bytes).toString("latin1");
  }

  get pending(): string {
    return this.#text;
  }

  /**
   * The message at the front, undefined while its head is not whole. A complete one is taken out. `bodyless`: HEAD and the like.
   * `response`: without framing fields the body ends with the connection.
   */
  peek(response: boolean, bodyless: boolean): Message | undefined {
    const end = this.#text.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const [startLine = "", ...lines] = this.#text.slice(0, end).split("\r\n");
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    const rest = this.#text.slice(end + 4);
    const status = response ? Number(startLine.split(" ")[1]) : 0;
    const without = bodyless || status === 204 || status === 304 || (status >= 100 && status < 200);
    const read = without ? { body: "", used: 0, complete: true } : readBody(headers, rest, response);
    if (read.complete) this.#text = rest.slice(read.used);
    const untilClose = !without && response && !headers.has("content-length") && !headers.has("transfer-encoding");
    return { startLine, headers, body: read.body, complete: read.complete, untilClose };
  }
}

function readBody(
  headers: ReadonlyMap<string, string>,
  rest: string,
  response: boolean,
): { body: string; used: number; complete: boolean } {
  if (headers.get("transfer-encoding") === "chunked") return readChunks(rest);
  const length = headers.get("content-length");
  if (length !== undefined) {
    const wanted = Number(length);
    return { body: rest.slice(0, wanted), used: wanted, complete: rest.length >= wanted };
  }
  return response ? { body: rest, used: 0, complete: false } : { body: "", used: 0, complete: true };
}

function readChunks(rest: string): { body: string; used: number; complete: boolean } {
  let body = "";
  let at = 0;
  for (;;) {
    const line = rest.indexOf("\r\n", at);
    if (line < 0) return { body, used: at, complete: false };
    const size = Number.parseInt(rest.slice(at, line), 16);
    if (size === 0) {
      const end = rest.indexOf("\r\n", line + 2);
      return { body, used: end + 2, complete: end === line + 2 };
    }
    body += rest.slice(line + 2, line + 2 + size);
    if (rest.length < line + 2 + size + 2) return { body, used: at, complete: false };
    at = line + 2 + size + 2;
  }
}

/** A body that says whose it is at every place: bytes that crossed into another stream cannot go unseen. */
export function identityBody(id: string, length: number): string {
  const unit = `${id}|`;
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

/** `text` in chunks of `sizes`, in turn, and the end. */
export function encodeChunks(text: string, sizeOf: () => number): string {
  let out = "";
  for (let at = 0; at < text.length; ) {
    const part = text.slice(at, at + Math.max(1, sizeOf()));
    out += `${part.length.toString(16)}\r\n${part}\r\n`;
    at += part.length;
  }
  return `${out}0\r\n\r\n`;
}

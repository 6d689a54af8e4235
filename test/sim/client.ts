// Owns the simulated HTTP clients: a client opens connections and sends requests whose bodies carry their identity, some politely, some badly. Each
// request of a client ends exactly once, answered or terminated; the checker reads the outcomes.

import type { Clock, Connection, ConnectionHandler, SocketAddress, Transport } from "../../src/transport/types.ts";
import type { Dice } from "./dice.ts";
import { encodeChunks, identityBody, type Message, MessageReader } from "./messages.ts";
import { Sender } from "./sender.ts";

export interface Outcome {
  readonly id: string;
  readonly method: string;
  /** 0 while nothing was heard. */
  status: number;
  /** How often it ended; the invariant says once. */
  ends: number;
  /** The last bytes of the request were handed to the network. */
  sent: boolean;
}

export interface ClientParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Dice;
  readonly proxy: SocketAddress;
  readonly name: string;
  readonly outcomes: Map<string, Outcome>;
  readonly violations: string[];
  readonly requests: number;
  /** Behaves badly at times: aborts, stops in the middle, half-closes, sends nonsense. */
  readonly rude: boolean;
}

/** One connection with its requests. */
export class Client implements ConnectionHandler {
  readonly #parts: ClientParts;
  readonly #reader = new MessageReader();
  readonly #waiting: Outcome[] = [];
  #sender: Sender | undefined = undefined;
  #connection: Connection | undefined = undefined;
  #sent = 0;
  /** It has stopped in the middle of a request: nothing sensible can follow. */
  #broken = false;
  #nextWhenSent = false;
  closed = false;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#connection = parts.transport.connect({ address: parts.proxy }, this);
    this.#sender = new Sender(this.#connection);
  }

  onOpen(connection: Connection): void {
    const { random, requests, rude } = this.#parts;
    this.#connection = connection;
    if (rude && random.chance(0.05)) {
      this.#sender!.send(
        ["GARBAGE\r\n\r\n", "GET / HT", "\r\n\r\n", "GET / HTTP/1.1\r\nA b: c\r\n\r\n"][random.between(0, 3)]!,
      );
      this.#leaveLater();
      return;
    }
    const pipelined = random.chance(0.2) ? Math.min(requests, random.between(2, 4)) : 1;
    for (let i = 0; i < pipelined && !this.#broken; i++) this.#request(pipelined > 1);
  }

  #request(pipelined: boolean): void {
    const { random, name, outcomes, rude } = this.#parts;
    const id = `${name}r${this.#sent++}`;
    const withBody = !pipelined && random.chance(0.4);
    const method = withBody ? (random.chance(0.5) ? "POST" : "PUT") : random.chance(0.1) ? "HEAD" : "GET";
    const outcome: Outcome = { id, method, status: 0, ends: 0, sent: false };
    outcomes.set(id, outcome);
    this.#waiting.push(outcome);
    const length = withBody ? random.between(0, random.chance(0.2) ? 60_000 : 300) : 0;
    const body = identityBody(id, length);
    const chunked = withBody && random.chance(0.5);
    const framing = !withBody ? "" : chunked ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${length}\r\n`;
    const announced = withBody ? `X-Length: ${length}\r\n` : "";
    const close = random.chance(0.1) ? "Connection: close\r\n" : "";
    const head = `${method} /${id} HTTP/1.1\r\nHost: test\r\n${announced}${framing}${close}\r\n`;
    const text = head + (chunked ? encodeChunks(body, () => random.between(1, 4000)) : body);
    if (rude && random.chance(0.1)) {
      this.#broken = true;
      this.#sender!.send(text.slice(0, random.between(0, text.length - 1)));
      this.#leaveLater();
      return;
    }
    this.#sendParts(text, outcome, pipelined);
    if (rude && random.chance(0.05)) this.#leaveLater();
  }

  /** At once, or in a few parts with pauses. */
  #sendParts(text: string, outcome: Outcome, whole: boolean): void {
    const { random, clock } = this.#parts;
    if (whole || random.chance(0.7)) {
      this.#sender!.send(text);
      outcome.sent = true;
      if (this.#parts.rude && random.chance(0.03)) this.#sender!.end("shutdown");
      return;
    }
    const cut = random.between(1, text.length);
    this.#sender!.send(text.slice(0, cut));
    clock.setTimer(random.between(1, 400), () => {
      if (this.closed) return;
      this.#sender!.send(text.slice(cut));
      outcome.sent = true;
      if (this.#nextWhenSent) {
        this.#nextWhenSent = false;
        this.#goOn();
      }
    });
  }

  #leaveLater(): void {
    const { random, clock } = this.#parts;
    clock.setTimer(random.between(0, 2000), () => this.#connection?.[random.chance(0.5) ? "abort" : "close"]());
  }

  onData(_connection: Connection, bytes: Uint8Array): void {
    this.#reader.feed(bytes);
    for (;;) {
      const outcome = this.#waiting[0];
      const message = this.#reader.peek(true, outcome?.method === "HEAD");
      if (message === undefined || !message.complete) return;
      const status = Number(message.startLine.split(" ")[1]);
      if (status < 200) continue;
      this.#take(message, status);
    }
  }

  #take(message: Message, status: number): void {
    const { violations, name } = this.#parts;
    const outcome = this.#waiting.shift();
    if (outcome === undefined) {
      // A refusal of bytes that never were a request comes unasked.
      if (status !== 400 && status !== 408) violations.push(`${name} got an unasked ${status}`);
      return;
    }
    outcome.status = status;
    outcome.ends++;
    this.#checkBody(outcome, message, status);
    if (message.headers.get("connection") === "close" || this.#waiting.length > 0) return;
    if (this.#broken) return;
    if (!outcome.sent) {
      // The answer came early: the rest of the request is still to go.
      this.#nextWhenSent = true;
      return;
    }
    this.#goOn();
  }

  #goOn(): void {
    const { requests, random } = this.#parts;
    if (this.#sent < requests) this.#request(false);
    else if (random.chance(0.8)) this.#connection?.close();
  }

  #checkBody(outcome: Outcome, message: Message, status: number): void {
    const { violations } = this.#parts;
    const id = message.headers.get("x-id");
    if (status < 300 && id !== outcome.id) violations.push(`${outcome.id} got the answer of ${id}`);
    if (id === undefined || status === 204 || outcome.method === "HEAD") return;
    const length = Number(message.headers.get("x-length"));
    if (message.body !== identityBody(outcome.id, length)) {
      violations.push(`${outcome.id} got ${message.body.length} bytes that are not the ${length} of its answer`);
    }
  }

  onDrain(): void {
    this.#sender!.flush();
  }

  onEnd(connection: Connection): void {
    this.#finishUntilClose();
    connection.close();
  }

  /** A body that ends with the connection: nobody can tell a whole one from a cut one but by its announced length. */
  #finishUntilClose(): void {
    const outcome = this.#waiting[0];
    const message = outcome === undefined ? undefined : this.#reader.peek(true, false);
    if (outcome === undefined || message?.untilClose !== true) return;
    const id = message.headers.get("x-id");
    if (message.body !== identityBody(id ?? "", message.body.length) || id !== outcome.id) {
      this.#parts.violations.push(`${outcome.id} got foreign bytes of ${id}`);
    }
  }

  onClose(): void {
    this.closed = true;
    // Whatever was not answered is terminated now.
    for (const outcome of this.#waiting.splice(0)) outcome.ends++;
  }
}

// Owns the simulated HTTP servers: each request gets a behaviour drawn from the seed, from a plain answer to a reset in the middle of one. They note
// what reached them, so that the checker can tell a request that was sent twice, or bytes of another stream.

import type { Clock, Connection, ConnectionHandler, SocketAddress, Transport } from "../../src/transport/types.ts";
import type { Dice } from "./dice.ts";
import { encodeChunks, identityBody, type Message, MessageReader } from "./messages.ts";
import { Sender } from "./sender.ts";

/** What servers have seen, for all servers of a run together. */
export interface Seen {
  /** How often the head of each request reached any server. */
  readonly counts: Map<string, number>;
  readonly violations: string[];
  readonly order: string[];
}

const behaviours = [
  "length",
  "length",
  "length",
  "chunked",
  "untilClose",
  "slow",
  "interim",
  "early",
  "closeSilently",
  "resetMiddle",
  "garbage",
  "truncate",
  "closeAfter",
  "mute",
  "extra",
  "empty",
] as const;

export type Behaviour = (typeof behaviours)[number];

export interface ServerParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Dice;
  readonly address: SocketAddress;
  readonly seen: Seen;
  /** Fixes the behaviour; otherwise it is drawn. */
  readonly behave?: (id: string) => Behaviour;
  /** ms before an answer. */
  readonly delayMs?: (id: string) => number;
  calm: boolean;
  readonly sides: { die(): void }[];
}

/** Starts one server. */
export function startServer(parts: ServerParts): void {
  const listener = parts.transport.listen(
    { address: parts.address, backlog: 1000 },
    {
      onAccept: (connection) => {
        const side = new ServerSide(parts, connection);
        connection.handler = side;
        parts.sides.push(side);
      },
    },
  );
  if ("fault" in listener) throw new Error(listener.fault);
}

class ServerSide implements ConnectionHandler {
  readonly #parts: ServerParts;
  readonly #reader = new MessageReader();
  readonly #sender: Sender;
  readonly #connection: Connection;
  #behaviour: Behaviour | undefined = undefined;
  #id = "";
  #gone = false;
  #answered = false;

  constructor(parts: ServerParts, connection: Connection) {
    this.#parts = parts;
    this.#connection = connection;
    this.#sender = new Sender(connection);
  }

  /** The server's machine goes away. */
  die(): void {
    this.#gone = true;
    this.#connection.abort();
  }

  onOpen(): void {}

  onData(_connection: Connection, bytes: Uint8Array): void {
    this.#reader.feed(bytes);
    this.#look();
  }

  #look(): void {
    const message = this.#reader.peek(false, false);
    if (message === undefined || this.#gone) return;
    if (this.#behaviour === undefined) this.#meet(message);
    if (!message.complete) {
      if (this.#behaviour === "early" && !this.#answered) this.#answer(message);
      return;
    }
    this.#check(message);
    if (this.#answered) this.#next();
    else {
      const delay = this.#parts.delayMs?.(this.#id) ?? (this.#behaviour === "slow" ? 300 : 0);
      if (delay === 0) this.#answer(message);
      else this.#parts.clock.setTimer(delay, () => this.#answer(message));
    }
  }

  #meet(message: Message): void {
    const { seen, random, behave, calm } = this.#parts;
    this.#id = (message.startLine.split(" ")[1] ?? "").slice(1);
    seen.counts.set(this.#id, (seen.counts.get(this.#id) ?? 0) + 1);
    seen.order.push(this.#id);
    this.#behaviour = behave?.(this.#id) ?? (calm ? "length" : behaviours[random.between(0, behaviours.length - 1)]!);
    this.#answered = false;
  }

  #check(message: Message): void {
    const expected = identityBody(this.#id, message.body.length);
    if (message.body !== expected) this.#parts.seen.violations.push(`server got foreign bytes in ${this.#id}`);
    const announced = message.headers.get("x-length");
    if (announced !== undefined && Number(announced) !== message.body.length) {
      this.#parts.seen.violations.push(`server got ${message.body.length} bytes of ${announced} in ${this.#id}`);
    }
  }

  #next(): void {
    this.#behaviour = undefined;
    // After an early answer the next request may arrive in one piece with the end of this one.
    if (this.#reader.pending !== "") this.#look();
  }

  #answer(message: Message): void {
    if (this.#gone) return;
    const behaviour = this.#behaviour ?? "length";
    const id = this.#id;
    const head = message.startLine.startsWith("HEAD ");
    const length = this.#parts.random.between(0, this.#parts.random.chance(0.2) ? 60_000 : 300);
    const body = head ? "" : identityBody(id, length);
    const fields = `X-Id: ${id}\r\nX-Length: ${length}\r\n`;
    this.#answered = true;
    this.#send(behaviour, fields, body, length);
    if (message.complete) this.#next();
  }

  #send(behaviour: Behaviour, fields: string, body: string, length: number): void {
    const sender = this.#sender;
    const plain = `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${length}\r\n\r\n${body}`;
    switch (behaviour) {
      case "chunked":
        sender.send(`HTTP/1.1 200 OK\r\n${fields}Transfer-Encoding: chunked\r\n\r\n`);
        // To HEAD there is no body, whatever the head says.
        if (body !== "" || length === 0)
          sender.send(body === "" ? "" : encodeChunks(body, () => this.#parts.random.between(1, 5000)));
        if (length === 0) sender.send("0\r\n\r\n");
        break;
      case "untilClose":
        sender.send(`HTTP/1.1 200 OK\r\n${fields}\r\n${body}`);
        this.#end("close");
        break;
      case "interim":
        sender.send(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n${plain}`);
        break;
      case "closeSilently":
        this.#end("close");
        break;
      case "resetMiddle":
        sender.send(plain.slice(0, Math.ceil(plain.length / 2)));
        this.#end("abort");
        break;
      case "garbage":
        sender.send("\x00\x01garbage\r\n\r\n");
        break;
      case "truncate":
        sender.send(plain.slice(0, plain.length - 1));
        this.#end("close");
        break;
      case "closeAfter":
        sender.send(plain.replace("\r\n", "\r\nConnection: close\r\n"));
        this.#end("close");
        break;
      case "mute":
        break;
      case "extra":
        // Never a whole response: who gets it on a reused connection must see that it is none.
        sender.send(`${plain}EXTRA`);
        break;
      case "empty":
        sender.send(`HTTP/1.1 204 No Content\r\n${fields}\r\n`);
        break;
      default:
        sender.send(plain);
    }
  }

  #end(how: "close" | "abort"): void {
    this.#gone = true;
    this.#sender.end(how);
  }

  onDrain(): void {
    this.#sender.flush();
  }

  onEnd(): void {
    this.#gone = true;
    this.#sender.end("close");
  }

  onClose(): void {
    this.#gone = true;
  }
}

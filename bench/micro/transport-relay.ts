// Owns the smallest relay that can stand in a benchmark: one client request is one read, its answer is counted by its content-length, server
// connections are kept. `--style raw` is written on Bun's sockets directly, `--style adapter` on the transport seam; the difference is the adapter's
// price, and what both cost more than the reference is the platform's. It is no proxy: it checks nothing. Driven by bench/micro/transport.ts.
//
// usage: bun bench/micro/transport-relay.ts --style raw|adapter --listen PORT --server PORT [--certificate FILE] [--fresh]
//   --fresh: each client connection has a server connection of its own, as the reference's `http-reuse safe` begins.

import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { createTlsAcceptor } from "../../src/tls/index.ts";
import { createBunTlsEngine, createBunTransport } from "../../src/transport/bun/index.ts";
import type { Connection, ConnectionHandler, SocketAddress } from "../../src/transport/types.ts";

/** What the relay needs of either style's connection. */
interface Pipe {
  send(bytes: Uint8Array): void;
  end(): void;
}

const CLOSE = Buffer.from("connection: close");
const LENGTH = Buffer.from("Content-Length: ");
const HEAD_END = Buffer.from("\r\n\r\n");

/** One client connection with the server connection that works for it now. */
class Exchange {
  readonly client: Pipe;
  server: Server | undefined = undefined;
  closing = false;

  constructor(client: Pipe) {
    this.client = client;
  }

  request(bytes: Uint8Array): void {
    const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.closing = head.includes(CLOSE) || head.includes("Connection: close");
    const server = fresh ? undefined : idle.pop();
    this.server = server ?? connectServer();
    this.server.exchange = this;
    if (server === undefined) this.server.first = bytes;
    else server.pipe?.send(bytes);
  }

  answered(): void {
    const { server } = this;
    this.server = undefined;
    if (server !== undefined) {
      server.exchange = undefined;
      if (fresh) server.pipe?.end();
      else idle.push(server);
    }
    if (this.closing) this.client.end();
  }
}

class Server {
  pipe: Pipe | undefined = undefined;
  exchange: Exchange | undefined = undefined;
  /** What is sent once it is open. */
  first: Uint8Array | undefined = undefined;
  #left = 0;

  opened(): void {
    const { first } = this;
    this.first = undefined;
    if (first !== undefined) this.pipe?.send(first);
  }

  answer(bytes: Uint8Array): void {
    const { exchange } = this;
    if (exchange === undefined) return;
    if (this.#left === 0) {
      const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const at = head.indexOf(LENGTH) + LENGTH.length;
      let length = 0;
      for (let i = at; head[i] !== 13; i++) length = length * 10 + head[i]! - 48;
      this.#left = head.indexOf(HEAD_END, at) + 4 + length;
    }
    this.#left -= bytes.length;
    exchange.client.send(bytes);
    if (this.#left <= 0) {
      this.#left = 0;
      exchange.answered();
    }
  }
}

const idle: Server[] = [];
const { style, listen, serverPort, certificate, fresh } = readOptions(process.argv.slice(2));
let connectServer: () => Server = () => new Server();

function readOptions(words: readonly string[]) {
  const value = (name: string) => {
    const at = words.indexOf(`--${name}`);
    return at < 0 ? undefined : words[at + 1];
  };
  return {
    style: value("style") ?? "raw",
    listen: Number(value("listen") ?? 0),
    serverPort: Number(value("server") ?? 0),
    certificate: value("certificate"),
    fresh: words.includes("--fresh"),
  };
}

// Raw: what Bun gives, with the least that works.

type Socket = Bun.Socket<RawPipe>;

class RawPipe implements Pipe {
  socket: Socket | undefined = undefined;
  exchange: Exchange | undefined = undefined;
  server: Server | undefined = undefined;
  #rest: Uint8Array | undefined = undefined;

  send(bytes: Uint8Array): void {
    if (this.#rest !== undefined) {
      this.#rest = Buffer.concat([this.#rest, bytes]);
      return;
    }
    const taken = this.socket!.write(bytes);
    if (taken < bytes.length) this.#rest = bytes.subarray(Math.max(taken, 0));
  }

  drain(): void {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) this.send(rest);
  }

  end(): void {
    this.socket?.end();
  }
}

function startRaw(): void {
  const events = {
    data(socket: Socket, bytes: Uint8Array) {
      const pipe = socket.data;
      if (pipe.socket !== socket) return;
      if (pipe.exchange !== undefined) pipe.exchange.request(bytes);
      else pipe.server!.answer(bytes);
    },
    drain(socket: Socket) {
      if (socket.data.socket === socket) socket.data.drain();
    },
    end(socket: Socket) {
      socket.end();
    },
    close() {},
    error() {},
  };
  const serverEvents = {
    ...events,
    open(socket: Socket) {
      socket.data.socket = socket;
      socket.data.server!.opened();
    },
  };
  connectServer = () => {
    const server = new Server();
    const pipe = new RawPipe();
    pipe.server = server;
    server.pipe = pipe;
    void Bun.connect<RawPipe>({ hostname: "127.0.0.1", port: serverPort, data: pipe, socket: serverEvents });
    return server;
  };
  const accept = (socket: Socket) => {
    const pipe = new RawPipe();
    pipe.exchange = new Exchange(pipe);
    pipe.socket = socket;
    socket.data = pipe;
  };
  const clientEvents = certificate === undefined ? { ...events, open: accept } : rawTls(events);
  Bun.listen({ hostname: "127.0.0.1", port: listen, data: undefined as unknown as RawPipe, socket: clientEvents });
}

/** The same road into TLS as the product's: the first bytes are read in the clear, then the socket is upgraded. */
function rawTls(events: object): Bun.SocketHandler<RawPipe> {
  const pem = readFileSync(certificate!, "utf8");
  const secureContext = createSecureContext({ cert: pem, key: pem }).context;
  const tlsEvents = {
    ...events,
    open(socket: Socket) {
      socket.data.socket = socket;
    },
    handshake() {},
  };
  return {
    ...events,
    open() {},
    data(socket: Socket, initialData: Uint8Array) {
      if (socket.data !== undefined) return;
      const pipe = new RawPipe();
      pipe.exchange = new Exchange(pipe);
      socket.data = pipe;
      const tls = { secureContext, requestCert: false, rejectUnauthorized: false };
      const options = { isServer: true, data: pipe, tls, initialData, socket: tlsEvents };
      socket.upgradeTLS(options as unknown as Bun.TLSUpgradeOptions<RawPipe>);
    },
  } as Bun.SocketHandler<RawPipe>;
}

// Adapter: the same over the seam.

class SeamPipe implements Pipe, ConnectionHandler {
  connection: Connection | undefined = undefined;
  exchange: Exchange | undefined = undefined;
  server: Server | undefined = undefined;
  #rest: Uint8Array | undefined = undefined;

  onOpen(connection: Connection): void {
    this.connection = connection;
    this.server?.opened();
  }

  onData(_connection: Connection, bytes: Uint8Array): void {
    if (this.exchange !== undefined) this.exchange.request(bytes);
    else this.server!.answer(bytes);
  }

  onDrain(): void {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) this.send(rest);
  }

  onEnd(connection: Connection): void {
    connection.close();
  }

  onClose(): void {}

  send(bytes: Uint8Array): void {
    if (this.#rest !== undefined) {
      this.#rest = Buffer.concat([this.#rest, bytes]);
      return;
    }
    const taken = this.connection!.write(bytes, 0, bytes.length);
    if (taken < bytes.length) this.#rest = bytes.subarray(Math.max(taken, 0));
  }

  end(): void {
    this.connection?.close();
  }
}

function startAdapter(): void {
  const transport = createBunTransport({ onDefect: (error) => console.error(error) });
  const here = (port: number): SocketAddress => ({ family: "ipv4", host: "127.0.0.1", port });
  const target = { address: here(serverPort) };
  connectServer = () => {
    const server = new Server();
    const pipe = new SeamPipe();
    pipe.server = server;
    server.pipe = pipe;
    pipe.connection = transport.connect(target, pipe);
    return server;
  };
  const ready = (connection: Connection) => {
    const pipe = new SeamPipe();
    pipe.connection = connection;
    pipe.exchange = new Exchange(pipe);
    connection.handler = pipe;
  };
  const acceptor = certificate === undefined ? undefined : acceptorOf(transport, certificate);
  const onAccept = (connection: Connection) => {
    if (acceptor === undefined) ready(connection);
    else acceptor.accept(connection, ready, () => {});
  };
  transport.listen({ address: here(listen), backlog: 1024 }, { onAccept });
}

function acceptorOf(transport: ReturnType<typeof createBunTransport>, file: string) {
  const made = createTlsAcceptor(transport, createBunTlsEngine(), {
    certificates: [{ path: file, pem: readFileSync(file, "utf8") }],
    alpn: [],
    minVersion: undefined,
    maxVersion: undefined,
    ciphers: undefined,
    strictSni: false,
  });
  if ("fault" in made) throw new Error(made.fault);
  return made;
}

if (style === "raw") startRaw();
else startAdapter();

// Owns the cost of the engine alone: ns per request over fake sockets, so that a change of 0.1 µs can be seen, which live runs here cannot show.
// Bytes go in through the handlers of the transport contract and come out of `write`; nothing is a system call.
//
// usage: bun bench/micro/engine.ts [requests] [case]

import { createEngine } from "../../src/engine/index.ts";
import { builtinLogFormat } from "../../src/log/index.ts";
import type {
  AcceptHandler,
  Clock,
  Connection,
  ConnectionHandler,
  SocketAddress,
  Transport,
} from "../../src/transport/types.ts";
import { type TestProxy, testLogTarget, testModel } from "../../test/sim/model.ts";
import { addressesOf, stateOf } from "../../test/sim/world.ts";

const address: SocketAddress = { family: "ipv4", host: "127.0.0.1", port: 80 };

class FakeConnection implements Connection {
  handler: ConnectionHandler;
  owner: unknown = undefined;
  readonly localAddress = address;
  readonly remoteAddress = address;
  readonly tls = undefined;
  readonly tlsFault = "";
  readonly writable = true;
  written = 0;

  constructor(handler: ConnectionHandler) {
    this.handler = handler;
  }

  write(_bytes: Uint8Array, start: number, end: number): number {
    this.written += end - start;
    return end - start;
  }
  pause(): void {}
  resume(): void {}
  shutdown(): void {}
  close(): void {}
  abort(): void {}
}

const idle: ConnectionHandler = { onOpen() {}, onData() {}, onDrain() {}, onEnd() {}, onClose() {} };

/** One engine with `clients` keep-alive connections, each with a server connection of its own. */
function build(proxies: readonly TestProxy[]) {
  const model = testModel(proxies);
  let door: AcceptHandler | undefined;
  const opened: FakeConnection[] = [];
  const transport: Transport = {
    listen(_spec, handler) {
      door = handler;
      return { address, pause() {}, resume() {}, close() {} };
    },
    connect(_spec, handler) {
      const connection = new FakeConnection(handler);
      opened.push(connection);
      return connection;
    },
    acceptTls() {},
  };
  const clock: Clock = {
    now: () => performance.now(),
    wallMs: () => Date.now(),
    setTimer: () => ({ kind: "timer" }),
    clearTimer() {},
    defer: (callback) => callback(),
  };
  let lines = 0;
  const engine = createEngine({
    model,
    threadIndex: 0,
    transport,
    clock,
    random: { nextUint32: () => 7 },
    state: stateOf(model),
    logSink: {
      send() {
        lines++;
      },
    },
    tlsAcceptors: [],
    serverAddresses: addressesOf(model),
    statsApplet: undefined,
    pid: 1,
    reportBug: (error) => {
      throw error;
    },
    onDrained() {},
  });
  const listener = engine.listen(0, { address, backlog: 1 });
  if ("fault" in listener || door === undefined) throw new Error("no listener");
  return { door, listener, opened, lines: () => lines };
}

const browserHead = [
  "GET /some/path/page.html?x=1 HTTP/1.1",
  "Host: www.example.com",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "Accept-Language: en-US,en;q=0.5",
  "Accept-Encoding: gzip, deflate, br",
  "Cookie: session=0123456789abcdef",
].join("\r\n");
const wrkRequest = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";
const nginxResponse =
  "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 23 Nov 2026 01:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 13\r\nConnection: keep-alive\r\n\r\nHello, world\n";

const timeouts = { client: 50_000, server: 50_000, connect: 5000 };
const backend: TestProxy = { name: "b", servers: [{ port: 1 }, { port: 2 }], timeouts };
const frontend: TestProxy = { name: "f", ports: [80], to: "b", timeouts };

const cases: readonly { readonly name: string; readonly proxies: readonly TestProxy[]; readonly request: string }[] = [
  { name: "plain, wrk's head", proxies: [frontend, backend], request: wrkRequest },
  { name: "plain, a browser's head", proxies: [frontend, backend], request: `${browserHead}\r\n\r\n` },
  {
    name: "httplog",
    proxies: [{ ...frontend, logTargets: [testLogTarget], logFormat: builtinLogFormat("httplog") }, backend],
    request: wrkRequest,
  },
  {
    name: "forwardfor",
    proxies: [{ ...frontend, forwardFor: { header: "X-Forwarded-For", except: undefined, ifNone: false } }, backend],
    request: wrkRequest,
  },
];

function measure(proxies: readonly TestProxy[], request: string, count: number): number {
  const world = build(proxies);
  const clients = 32;
  const client = Array.from({ length: clients }, () => new FakeConnection(idle));
  for (const each of client) world.door.onAccept(each, world.listener);
  const requestBytes = Buffer.from(request, "latin1");
  const responseBytes = Buffer.from(nginxResponse, "latin1");
  // Each client's first request opens a connection of its own.
  for (const each of client) {
    each.handler.onData(each, Buffer.from(requestBytes));
    const server = world.opened[world.opened.length - 1]!;
    server.handler.onOpen(server);
    server.handler.onData(server, Buffer.from(responseBytes));
  }
  const run = (times: number): number => {
    // The copies stand for the buffers that the transport hands over; their cost is measured apart and taken off.
    const begin = cpuNs();
    for (let i = 0; i < times; i++) {
      const each = client[i % clients]!;
      each.handler.onData(each, Buffer.from(requestBytes));
      const server = busyServer(world.opened);
      server.handler.onData(server, Buffer.from(responseBytes));
    }
    const spent = cpuNs() - begin;
    const empty = cpuNs();
    for (let i = 0; i < times; i++) {
      Buffer.from(requestBytes);
      busyServer(world.opened);
      Buffer.from(responseBytes);
    }
    return (spent - (cpuNs() - empty)) / times;
  };
  // Many short runs and the best of them: others use the machine too, and they only ever add.
  const times = 60;
  run(count / 2);
  return Math.min(...Array.from({ length: times }, () => run(count / times)));
}

/** CPU time and not wall time: the machine is shared. */
function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** The pool hands out its newest connection, so it is always one of the last few; the engine marks it by its stream. */
function busyServer(opened: readonly FakeConnection[]): FakeConnection {
  for (let i = opened.length - 1; i >= 0; i--) {
    const each = opened[i]!;
    if ((each.handler as unknown as { stream: unknown }).stream !== undefined) return each;
  }
  return opened[0]!;
}

if (import.meta.main) {
  const count = Number(process.argv[2] ?? 400_000);
  const only = process.argv[3];
  for (const { name, proxies, request } of cases) {
    if (only !== undefined && !name.startsWith(only)) continue;
    console.log(`${name.padEnd(28)} ${measure(proxies, request, count).toFixed(0)} ns per request`);
  }
}

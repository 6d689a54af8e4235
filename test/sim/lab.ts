// Owns a small laboratory for one engine in a calm simulated world: clients and servers that say what a test tells them, and everything they hear as
// text. The engine's own tests stand on it; the seeded simulation has actors of its own.

import type { ConfigurationModel } from "../../src/config/model/index.ts";
import type { EngineServices } from "../../src/engine/index.ts";
import { createSimulation, type Simulation } from "../../src/transport/sim/index.ts";
import type { Connection, ConnectionFault, ConnectionHandler } from "../../src/transport/types.ts";
import { type TestProxy, testModel } from "./model.ts";
import { Sender } from "./sender.ts";
import { startWorld, type World } from "./world.ts";

/** One end of a connection, on the client's or the server's side. */
export class Peer implements ConnectionHandler {
  /** Everything heard so far. */
  heard = "";
  /** "open", "fin" after the other side's FIN, "closed", or the fault. */
  state: "connecting" | "open" | "fin" | "closed" | ConnectionFault = "connecting";
  /** Answers FIN with close, as most programs do. */
  closesOnFin = true;
  #connection: Connection | undefined;
  #sender: Sender | undefined;
  #early = "";
  readonly #onHeard: ((peer: Peer) => void) | undefined;

  constructor(onHeard?: (peer: Peer) => void) {
    this.#onHeard = onHeard;
  }

  attach(connection: Connection): void {
    this.#connection = connection;
    this.#sender = new Sender(connection);
  }

  send(text: string): this {
    if (this.state === "connecting") this.#early += text;
    else this.#sender!.send(text);
    return this;
  }

  /** What was heard since the last call of this. */
  take(): string {
    const text = this.heard;
    this.heard = "";
    return text;
  }

  fin(): void {
    this.#sender!.end("shutdown");
  }

  close(): void {
    this.#sender!.end("close");
  }

  reset(): void {
    this.#connection!.abort();
  }

  pause(): void {
    this.#connection!.pause();
  }

  resume(): void {
    this.#connection!.resume();
  }

  onOpen(): void {
    this.state = "open";
    if (this.#early !== "") this.#sender!.send(this.#early);
  }

  onData(_connection: Connection, bytes: Uint8Array): void {
    this.heard += Buffer.from(bytes).toString("latin1");
    this.#onHeard?.(this);
  }

  onDrain(): void {
    this.#sender!.flush();
  }

  onEnd(connection: Connection): void {
    this.state = "fin";
    if (this.closesOnFin) connection.close();
  }

  onClose(_connection: Connection, fault: ConnectionFault | undefined): void {
    this.state = fault ?? "closed";
  }
}

export interface Lab {
  readonly sim: Simulation;
  readonly world: World;
  readonly model: ConfigurationModel;
  /** Connections that reached any server, in order. */
  readonly servers: Peer[];
  client(port?: number): Peer;
  /** Lets virtual time pass. */
  pass(ms: number): void;
}

/** Timeouts that no test runs into by chance. */
export const longTimeouts = { client: 50_000, server: 50_000, connect: 5000 };

/** The usual pair: frontend `f` on port 80, backend `b` with one server on port 8000. */
export function pair(front: Partial<TestProxy> = {}, back: Partial<TestProxy> = {}): readonly TestProxy[] {
  return [
    { name: "f", ports: [80], to: "b", timeouts: longTimeouts, ...front },
    { name: "b", servers: [{ port: 8000 }], timeouts: longTimeouts, ...back },
  ];
}

/** Starts it. `onServer` hears every server connection whenever bytes have come; ports of servers nobody listens on refuse. */
export function startLab(
  proxies: readonly TestProxy[],
  onServer: (peer: Peer) => void = () => undefined,
  options: {
    readonly refused?: readonly number[];
    readonly services?: Partial<EngineServices>;
    readonly maxconn?: number;
  } = {},
): Lab {
  const sim = createSimulation(1);
  const model = testModel(proxies, options.maxconn === undefined ? {} : { maxconn: options.maxconn });
  const servers: Peer[] = [];
  const transport = sim.transportFor("10.0.0.2");
  const ports = new Set(
    model.proxies.flatMap((proxy) => proxy.servers.map(({ address }) => ("port" in address ? address.port : 0))),
  );
  for (const port of ports) {
    if (options.refused?.includes(port) === true) continue;
    transport.listen(
      { address: { family: "ipv4", host: "10.0.0.2", port }, backlog: 100 },
      {
        onAccept: (connection) => {
          const peer = new Peer(onServer);
          peer.state = "open";
          peer.attach(connection);
          connection.handler = peer;
          servers.push(peer);
        },
      },
    );
  }
  const world = startWorld(model, {
    transport: sim.transportFor("10.0.0.1"),
    clock: sim.clock,
    random: sim.random,
    ...(options.services === undefined ? {} : { services: options.services }),
  });
  let clients = 0;
  return {
    sim,
    world,
    model,
    servers,
    client(port = 80) {
      const peer = new Peer();
      const host = `10.0.1.${++clients}`;
      peer.attach(sim.transportFor(host).connect({ address: { family: "ipv4", host: "10.0.0.1", port } }, peer));
      return peer;
    },
    pass: (ms) => sim.run(sim.clock.now() + ms),
  };
}

/** A server that answers each request it hears with `response`. */
export function answering(response: string): (peer: Peer) => void {
  return (peer) => {
    if (peer.heard.endsWith("\r\n\r\n")) peer.send(response);
  };
}

export const okay = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
export const request = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

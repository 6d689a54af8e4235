// Owns the sample applications of the demo: small HTTP servers that can be stopped and started again on the same port, so that one
// watches the health check take them out and bring them back.

import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import type { SampleApp } from "./episodes.ts";

/** One application with its port. `stop` closes the port and every connection at once, as a crash would. */
export class RunningApp {
  readonly app: SampleApp;
  readonly port: number;
  #server: Server | undefined;
  #sockets = new Set<Socket>();

  constructor(app: SampleApp, port: number) {
    this.app = app;
    this.port = port;
  }

  get running(): boolean {
    return this.#server !== undefined;
  }

  async start(): Promise<void> {
    if (this.#server) return;
    const server = createServer((request, response) => {
      const answer = () => response.end(`${this.app.answer(request.url ?? "/")}\n`);
      if (this.app.delayMs > 0) setTimeout(answer, this.app.delayMs);
      else answer();
    });
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    this.#server = server;
    await new Promise<void>((done, fail) => {
      server.once("error", fail);
      server.listen(this.port, "127.0.0.1", () => done());
    });
  }

  stop(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}

/** `wanted` when nothing listens there, otherwise a free port. */
export async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

async function tryPort(port: number): Promise<number | undefined> {
  // A server on another address of the machine would still take our clients' connections.
  if (port !== 0 && (await answers(port))) return undefined;
  const server = createServer();
  return await new Promise((done) => {
    server.once("error", () => done(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : undefined));
    });
  });
}

/** Whether something accepts connections there. */
export function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

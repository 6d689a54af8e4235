// Owns the demo's built-in client: a gentle, steady stream of requests, from several client addresses where the episode asks for that.
// Every request has a connection of its own, so that "current connections" means something to the eye.

import { connect } from "node:net";
import type { Episode } from "./episodes.ts";

/** What the client has seen. */
export interface TrafficCount {
  sent: number;
  answered: number;
  failed: number;
  inFlight: number;
}

/** At most this many requests wait for their answer, whatever the servers do. */
const inFlightMax = 64;

/** Sends requests until `stop()`. */
export class Traffic {
  readonly count: TrafficCount = { sent: 0, answered: 0, failed: 0, inFlight: 0 };
  readonly #episode: Episode;
  readonly #port: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(episode: Episode, port: number) {
    this.#episode = episode;
    this.#port = port;
  }

  start(): void {
    this.#timer = setInterval(() => this.#send(), 1000 / this.#episode.requestsPerSecond);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #send(): void {
    const count = this.count;
    if (count.inFlight >= inFlightMax) return;
    const turn = count.sent++;
    count.inFlight++;
    const path = this.#episode.paths[turn % this.#episode.paths.length] ?? "/";
    const localAddress = `127.0.0.${1 + (turn % this.#episode.clients)}`;
    let answer = "";
    const socket = connect({ host: "127.0.0.1", port: this.#port, localAddress }, () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: localhost:${this.#port}\r\nUser-Agent: pointsman-demo\r\nConnection: close\r\n\r\n`,
      );
    });
    socket.setTimeout(30_000, () => socket.destroy());
    socket.on("data", (bytes) => {
      if (answer.length < 64) answer += bytes.toString("latin1");
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      count.inFlight--;
      if (answer.startsWith("HTTP/1.1 200")) count.answered++;
      else count.failed++;
    });
  }
}

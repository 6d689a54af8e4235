// Owns what the engine is given and what it offers: no sockets, clocks or chance of its own (DESIGN: rule 5). `process/` builds the services on
// Bun, the simulator builds them on virtual time. One Engine runs in each thread and sees the other threads only through SharedState.

import type { ConfigurationModel } from "../config/model/index.ts";
import type { LogLevel, LogTargetModel } from "../log/index.ts";
import type { HeadTable } from "../protocol/http/head.ts";
import type { SharedState } from "../records/index.ts";
import type { SampleView } from "../sample/index.ts";
import type {
  Clock,
  Connection,
  ConnectionFault,
  Listener,
  ListenSpec,
  Random,
  SocketAddress,
  Transport,
} from "../transport/types.ts";

/** Takes finished log lines. It never blocks and never throws; what it cannot keep it drops and counts. */
export interface LogSink {
  /** `bytes[start, end)` is the line without syslog header and without line feed; the sink copies it before it returns. */
  send(target: LogTargetModel, level: LogLevel, tag: string, bytes: Uint8Array, start: number, end: number): void;
}

/** A complete answer made by Pointsman itself (the stats page). The engine adds nothing but framing that is missing. */
export interface AppletResponse {
  readonly status: number;
  /** Raw "name: value" lines without CRLF. Content-Length is added by the engine. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** What answers a request instead of a server. `stats/` implements it; the engine knows only this. */
export interface Applet {
  /** undefined: the request is not for this applet. `body` is the whole request body, at most one buffer. */
  handle(request: AppletRequest): AppletResponse | undefined;
}

export interface AppletRequest {
  readonly proxyIndex: number;
  readonly head: HeadTable;
  readonly body: Uint8Array;
  readonly view: SampleView;
}

/** How an accepted connection on a TLS listener becomes a TLS connection; built from `tls/` by the process. */
export interface TlsAcceptor {
  /** Reads the ClientHello and does the handshake; calls exactly one of the two. Until then the connection belongs to the acceptor. */
  accept(
    connection: Connection,
    onReady: (connection: Connection) => void,
    onFailure: (connection: Connection, fault: ConnectionFault | undefined) => void,
  ): void;
}

export interface EngineServices {
  readonly model: ConfigurationModel;
  /** 0-based; counters of this thread go to its own block. */
  readonly threadIndex: number;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly state: SharedState;
  readonly logSink: LogSink;
  /** By listener index; undefined for plain binds. */
  readonly tlsAcceptors: readonly (TlsAcceptor | undefined)[];
  /** By server index: where the server is now. undefined: its name was not resolved. May change at run time. */
  readonly serverAddresses: (SocketAddress | undefined)[];
  readonly statsApplet: Applet | undefined;
  /** The number that log lines and `%pid` show. */
  readonly pid: number;
  /** A failed assertion of ours, caught at a session's boundary: to be counted and reported once. */
  reportBug(error: unknown): void;
  /** Asks every other thread's engine to `wake()`: a slot or a connection count that they may be waiting for was freed. Without it they poll. */
  wakeThreads?(): void;
  /** The last session of a stopping engine is gone. */
  onDrained(): void;
}

/** One thread's data plane. */
export interface Engine {
  /** Opens the thread's own listening socket of that bind. */
  listen(listenerIndex: number, spec: ListenSpec): Listener | { readonly fault: string };
  /** Soft stop: closes listeners, lets running requests finish, closes idle connections, then `onDrained`. */
  stop(): void;
  /** Closes everything at once. */
  kill(): void;
  /** Something in SharedState that this thread caches has changed (server state, weight, address, a queue slot freed by another thread). */
  wake(): void;
}

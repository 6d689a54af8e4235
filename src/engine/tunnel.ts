// Owns the time after an HTTP exchange became a pipe (101, or 2xx to CONNECT): bytes go both ways unread, each side may end on its own, and one
// timeout watches both. Configuration manual §4.2 "timeout tunnel", "timeout client-fin", "timeout server-fin".

import { finishStream, releaseServer, settleBytes } from "./finish.ts";
import { type Stream, waits } from "./stream.ts";
import { causes, phases } from "./termination.ts";

const never = Number.POSITIVE_INFINITY;

/** The response head that opens the tunnel was sent. */
export function beginTunnel(stream: Stream): void {
  const session = stream.session!;
  stream.phase = phases.tunnel;
  stream.requestDone = true;
  stream.closeClient = true;
  stream.closeServer = true;
  stream.wait = waits.tunnel;
  session.deadline = never;
  armTunnel(stream);
  tunnelFromClient(stream);
  if (session.ended) tunnelClientEnded(stream);
}

function armTunnel(stream: Stream): void {
  settleBytes(stream);
  const { tunnel } = stream.backend!.timeouts;
  const idle = tunnel !== never ? tunnel : Math.min(serverWait(stream), clientWait(stream));
  stream.thread.wheel.arm(stream, stream.thread.now + idle);
}

/** How long the client may be silent: a side that has ended is not waited for. */
function clientWait(stream: Stream): number {
  const { client } = stream.frontend!.timeouts;
  return stream.session!.ended ? never : client;
}

function serverWait(stream: Stream): number {
  const { server } = stream.backend!.timeouts;
  return stream.serverConnection?.ended === true ? never : server;
}

/** What the session holds goes to the server. */
export function tunnelFromClient(stream: Stream): void {
  const session = stream.session!;
  const connection = stream.serverConnection;
  const { input, inputFrom, inputTo } = session;
  if (connection === undefined || input === undefined || inputTo === inputFrom) return;
  session.dropInput();
  stream.bytesIn += inputTo - inputFrom;
  connection.send(input, inputFrom, inputTo, false);
  if (connection.blocked) session.pauseReading();
  armTunnel(stream);
}

/** What the server sent goes to the client. */
export function tunnelFromServer(stream: Stream, bytes: Uint8Array, from: number, to: number): void {
  const session = stream.session!;
  stream.bytesOut += to - from;
  session.send(bytes, from, to, false);
  if (session.blocked) stream.serverConnection?.pauseReading();
  armTunnel(stream);
}

/** The client will send nothing more: neither shall we. */
export function tunnelClientEnded(stream: Stream): void {
  const connection = stream.serverConnection;
  if (connection !== undefined && !connection.blocked) connection.connection?.shutdown();
  if (isOver(stream)) {
    endTunnel(stream);
    return;
  }
  armTunnel(stream);
  const { clientFin } = stream.frontend!.timeouts;
  if (clientFin !== never) stream.thread.wheel.arm(stream, stream.thread.now + clientFin);
}

/** The server will send nothing more. */
export function tunnelServerEnded(stream: Stream): void {
  const session = stream.session!;
  const connection = stream.serverConnection;
  if (!session.blocked && !session.ended) session.connection?.shutdown();
  if (connection === undefined || connection.gone || isOver(stream)) {
    endTunnel(stream);
    return;
  }
  armTunnel(stream);
  const { serverFin } = stream.backend!.timeouts;
  if (serverFin !== never) stream.thread.wheel.arm(stream, stream.thread.now + serverFin);
}

/** The server's connection was reset. */
export function tunnelServerBroke(stream: Stream): void {
  stream.blame(causes.server);
  endTunnel(stream);
}

/** One side drained: a FIN that had to wait behind bytes is sent now, and the other side is read again. */
export function tunnelDrained(stream: Stream, client: boolean): void {
  const session = stream.session!;
  const connection = stream.serverConnection;
  if (connection === undefined) return;
  if (client) {
    connection.resumeReading();
    if (connection.ended) session.connection?.shutdown();
  } else {
    session.resumeReading();
    if (session.ended) connection.connection?.shutdown();
  }
  if (isOver(stream)) endTunnel(stream);
  else armTunnel(stream);
}

/** One side took some of what waits for it: time starts again. */
export function tunnelProgress(stream: Stream): void {
  armTunnel(stream);
}

/** Both have ended, and each has been given everything that the other one said. */
function isOver(stream: Stream): boolean {
  const session = stream.session!;
  const connection = stream.serverConnection;
  if (connection === undefined) return true;
  return session.ended && connection.ended && !session.blocked && !connection.blocked;
}

/** Nothing moved for too long. */
export function tunnelTimedOut(stream: Stream): void {
  const session = stream.session!;
  // Where both waits have passed the client is blamed, as in the reference.
  stream.blame(session.ended || serverWait(stream) < clientWait(stream) ? causes.serverTimeout : causes.clientTimeout);
  endTunnel(stream);
}

function endTunnel(stream: Stream): void {
  const session = stream.session!;
  // After an orderly end the server's connection is closed in order too: what the kernel still holds for it arrives.
  if (stream.cause === causes.none) releaseServer(stream, true);
  finishStream(stream);
  session.end(false);
}

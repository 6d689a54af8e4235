// Owns what a client's misbehaviour means for the stream it has: leaving, half-closing, falling silent. Configuration manual §8.5 and §4.2
// "option abortonclose".

import type { HttpSession } from "./client-http.ts";
import { finishStream } from "./finish.ts";
import { replyHeadBytes } from "./head-size.ts";
import { abandonStream, replyPage } from "./reply.ts";
import type { Stream } from "./stream.ts";
import { causes, phases } from "./termination.ts";
import { tunnelClientEnded } from "./tunnel.ts";

/** The client's connection is gone in both directions. */
export function clientGone(stream: Stream): void {
  // Waiting for an answer is transferring data in the reference's eyes, once the whole request is through.
  const { phase } = stream;
  stream.blame(causes.client, phase === phases.head && stream.requestDone ? phases.data : phase);
  if (!stream.responseStarted) countUnsentPage(stream);
  finishStream(stream);
}

/** QUIRK: the reference answers 400 to whoever has gone, and counts the page that nobody gets (test "a client that resets while the server thinks"). */
function countUnsentPage(stream: Stream): void {
  stream.status = 400;
  const page = stream.frontend!.pages.page(400);
  stream.bytesOut += replyHeadBytes(page) + page.body.length;
}

/** The client sent FIN: nothing more will come, but it may still read. */
export function clientHalfClosed(stream: Stream): void {
  const session = stream.session as HttpSession;
  if (stream.phase === phases.tunnel) {
    tunnelClientEnded(stream);
    return;
  }
  const complete = stream.requestDone || session.bodyDone;
  if (!complete) {
    // What it did send still goes to the server; then it shows that the rest is missing.
    if (stream.requestSent || stream.awaitsBody) clientCutShort(stream);
    return;
  }
  const waiting = stream.phase === phases.queue || stream.phase === phases.connect;
  if (waiting && stream.backend?.model.options.abortonclose === true) clientCutShort(stream);
}

/** The client has ended its side and will not get an answer: its request is not whole, or nobody waits for it any more. */
export function clientCutShort(stream: Stream): void {
  const session = stream.session as HttpSession;
  stream.blame(causes.client);
  if (!stream.responseStarted) countUnsentPage(stream);
  finishStream(stream);
  session.closing = true;
  session.connection?.close();
}

/** `timeout client` has passed while a stream runs. */
export function clientTimedOut(stream: Stream): void {
  stream.blame(causes.clientTimeout);
  if (stream.responseStarted) abandonStream(stream);
  else replyPage(stream, stream.awaitsBody ? 408 : 400);
}

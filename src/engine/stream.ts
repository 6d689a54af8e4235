// Owns the state of one request–response exchange, or of one TCP relay: what it is about, where it stands, when what happened. Its phases are
// plain functions in the neighbouring files. Streams are pooled: an idle client holds none, and a busy one makes no garbage per request.
// docs/life-of-a-request.md walks through the phases.

import { HeadTable } from "../protocol/http/head.ts";
import type { SampleValue } from "../sample/index.ts";
import type { ProxyRuntime, ServerRuntime } from "./runtime.ts";
import type { ServerConnection } from "./server-http.ts";
import type { Session } from "./session.ts";
import { type Cause, causes, type Phase, phases } from "./termination.ts";
import type { Thread } from "./thread.ts";
import { WheelEntry } from "./wheel.ts";

/** What is to be done when the stream's deadline passes; one timer serves one purpose at a time. */
export const waits = {
  none: 0,
  queue: 1,
  connect: 2,
  turnaround: 3,
  response: 4,
  data: 5,
  tunnel: 6,
  tarpit: 7,
} as const;

/** One of {@link waits}. */
export type Wait = (typeof waits)[keyof typeof waits];

const noBytes = new Uint8Array(0);

export class Stream extends WheelEntry {
  readonly thread: Thread;
  /** Undefined while the stream lies in the pool. */
  session: Session | undefined = undefined;
  frontend: ProxyRuntime | undefined = undefined;
  /** The backend, once switching has chosen one. */
  backend: ProxyRuntime | undefined = undefined;
  server: ServerRuntime | undefined = undefined;
  serverConnection: ServerConnection | undefined = undefined;

  /** The request's head; its bytes are the received ones until an action edits them. */
  readonly request: HeadTable = new HeadTable();
  /** The table of the response while its head is being handled, else undefined. */
  response: HeadTable | undefined = undefined;

  phase: Phase = phases.request;
  wait: Wait = waits.none;
  cause: Cause = causes.none;
  /** The phase as the log shows it, frozen when the cause was set. */
  causePhase: Phase = phases.request;

  /** Where the request line stands: a reference to the received bytes, or a copy once those are too large to keep. */
  lineBytes: Uint8Array = noBytes;
  lineFrom = 0;
  lineTo = 0;
  requestMethod = 0;
  requestVersion = 11;
  /** The request is not the first one of its connection. */
  notFirst = false;
  /** Bytes of the request have gone to a server: it cannot be sent again. */
  requestSent = false;
  /** Analysis waits until the whole body, or a buffer full of it, is here. */
  awaitsBody = false;
  requestDone = false;
  responseDone = false;
  /** The head of the final response, or of our own reply, was sent. */
  responseStarted = false;
  /** The connection to the client ends after this exchange; to the server likewise. */
  closeClient = false;
  closeServer = false;
  /** Runs on a server connection that had an exchange before. */
  reused = false;
  /** Counted in the backend's and in the server's current streams. */
  countedBackend = false;
  holdsSlot = false;
  /** A cookie or use-server chose the server, so balancing may not be asked unless redispatched. */
  assigned = false;
  redispatched = false;
  logged = false;
  /** Answered by the statistics page: shown as <STATS> in the log. */
  statsPage = false;
  /** No log line at all, as for monitor requests. */
  silent = false;
  early = false;
  retries = 0;
  connectFault = false;
  status = 0;
  logLevel: string | undefined = undefined;
  /** As the reference counts them: its internal form of the head plus the body. */
  bytesIn = 0;
  bytesOut = 0;
  /** How much of them is in the counters. */
  settledIn = 0;
  settledOut = 0;
  /** How many waited before this one when it was queued. */
  serverQueue = 0;
  backendQueue = 0;
  /** Order of arrival in a queue. */
  queueTicket = 0;
  /** How many its queue had served when it came. */
  queueMark = 0;
  queued = false;
  /** Position of the server that just failed, −1: none. */
  excluded = -1;
  requestNumber = 0;

  /** Monotonic ms; −1: never reached. */
  startMs = 0;
  startWallMs = 0;
  idleMs = -1;
  requestMs = -1;
  queueMs = -1;
  connectMs = -1;
  responseMs = -1;

  variables: Map<string, SampleValue> | undefined = undefined;
  capturedRequest: (string | undefined)[] | undefined = undefined;
  capturedResponse: (string | undefined)[] | undefined = undefined;
  requestCookie = "";
  responseCookie = "";
  uniqueId = "";

  constructor(thread: Thread) {
    super();
    this.thread = thread;
  }

  /** Makes a pooled stream new. */
  begin(session: Session): void {
    this.session = session;
    this.frontend = session.proxy;
    this.backend = undefined;
    this.server = undefined;
    this.serverConnection = undefined;
    this.response = undefined;
    this.phase = phases.request;
    this.wait = waits.none;
    this.cause = causes.none;
    this.causePhase = phases.request;
    this.notFirst = session.requests > 1;
    this.requestSent = false;
    this.awaitsBody = false;
    this.requestDone = false;
    this.responseDone = false;
    this.responseStarted = false;
    this.closeClient = false;
    this.closeServer = false;
    this.reused = false;
    this.countedBackend = false;
    this.holdsSlot = false;
    this.assigned = false;
    this.redispatched = false;
    this.logged = false;
    this.statsPage = false;
    this.silent = false;
    this.early = false;
    this.retries = 0;
    this.connectFault = false;
    this.status = 0;
    this.logLevel = undefined;
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.settledIn = 0;
    this.settledOut = 0;
    this.serverQueue = 0;
    this.backendQueue = 0;
    this.queueTicket = 0;
    this.queued = false;
    this.excluded = -1;
    this.idleMs = -1;
    this.requestMs = -1;
    this.queueMs = -1;
    this.connectMs = -1;
    this.responseMs = -1;
    this.uniqueId = "";
  }

  /** Lets go of everything that another stream or session must not see, and of received bytes. */
  release(): void {
    this.session = undefined;
    this.frontend = undefined;
    this.backend = undefined;
    this.server = undefined;
    this.serverConnection = undefined;
    this.lineBytes = noBytes;
    this.request.bytes = noBytes;
    this.request.fieldCount = 0;
    this.variables = undefined;
    this.capturedRequest = undefined;
    this.capturedResponse = undefined;
    this.requestCookie = "";
    this.responseCookie = "";
    this.phase = phases.done;
  }

  /** The first cause stays; later ones are its consequences. */
  blame(cause: Cause, phase: Phase = this.phase): void {
    if (this.cause !== causes.none) return;
    this.cause = cause;
    this.causePhase = phase;
  }

  override onDeadline(): void {
    this.thread.streamDeadline(this);
  }
}

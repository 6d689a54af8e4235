// Owns the view of a stream that rules, conditions and log formats look through: SampleView, RuleTarget and LogView in one object per thread, bound
// to the stream it is used for. So a stream carries no view of its own and evaluating a rule allocates nothing. It decides nothing.
// Configuration manual §7.3 (fetches), §8.2.6 (log variables), §8.4 (timers).

import type { LogView } from "../log/index.ts";
import type { HeadTable } from "../protocol/http/head.ts";
import type { RuleTarget } from "../rules/index.ts";
import type { EndpointView, SampleValue } from "../sample/index.ts";
import { latin1 } from "../stdx/index.ts";
import {
  addHeaderText,
  applyMethod,
  applyPath,
  applyQuery,
  applyStatus,
  applyTarget,
  deleteHeaderNamed,
  setHeaderText,
} from "./edit-head.ts";
import { readInternal } from "./internal-states.ts";
import type { Session } from "./session.ts";
import type { Stream } from "./stream.ts";
import { causes, phases, terminationLetters } from "./termination.ts";
import type { Thread } from "./thread.ts";

const noBytes = new Uint8Array(0);
const nowhere: EndpointView = { family: "unix", host: "", port: 0 };
const noCaptures: readonly (string | undefined)[] = [];

function elapsed(from: number, to: number): number {
  return from < 0 || to < 0 ? -1 : Math.floor(to - from);
}

export class StreamView implements LogView, RuleTarget {
  readonly #thread: Thread;
  #stream: Stream | undefined = undefined;
  /** Header actions go to the response's head. */
  #onResponse = false;

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** Binds the view; it stays bound until the next call. */
  of(stream: Stream, onResponse: boolean): this {
    this.#stream = stream;
    this.#onResponse = onResponse;
    return this;
  }

  get #s(): Stream {
    return this.#stream!;
  }

  get #session(): Session {
    return this.#s.session!;
  }

  get #head(): HeadTable {
    return this.#onResponse ? this.#s.response! : this.#s.request;
  }

  get request(): HeadTable | undefined {
    return this.#s.requestMs < 0 ? undefined : this.#s.request;
  }
  get response(): HeadTable | undefined {
    return this.#s.response;
  }
  get requestBuffer(): Uint8Array {
    const { input, inputFrom, inputTo } = this.#session;
    return input === undefined ? noBytes : input.subarray(inputFrom, inputTo);
  }
  get source(): EndpointView {
    return this.#session.source;
  }
  get destination(): EndpointView {
    return this.#session.connection?.localAddress ?? nowhere;
  }
  get frontendName(): string {
    return this.#session.proxy.name;
  }
  get backendName(): string {
    return (this.#s.backend ?? this.#session.proxy).name;
  }
  get serverName(): string {
    return this.#s.server?.model.name ?? (this.#s.statsPage ? "<STATS>" : "");
  }
  get tls():
    | { readonly version: string; readonly cipher: string; readonly serverName: string; readonly alpn: string }
    | undefined {
    return this.#session.connection?.tls;
  }
  get wallMs(): number {
    return this.#thread.wallMs;
  }
  nextUint32(): number {
    return this.#thread.services.random.nextUint32();
  }
  internal(name: string, target: string | undefined): number {
    return readInternal(this.#thread, this.#s, name, target);
  }
  getVariable(name: string): SampleValue | undefined {
    return this.#s.variables?.get(name);
  }
  setVariable(name: string, value: SampleValue | undefined): void {
    const stream = this.#s;
    if (value === undefined) stream.variables?.delete(name);
    else {
      stream.variables ??= new Map();
      stream.variables.set(name, value);
    }
  }

  setHeader(name: string, value: string): void {
    setHeaderText(this.#head, name, value);
  }
  addHeader(name: string, value: string): void {
    addHeaderText(this.#head, name, value);
  }
  deleteHeader(name: string): void {
    deleteHeaderNamed(this.#head, name);
  }
  setMethod(value: string): void {
    applyMethod(this.#s.request, value);
  }
  setPath(value: string): void {
    applyPath(this.#s.request, value);
  }
  setQuery(value: string): void {
    applyQuery(this.#s.request, value);
  }
  setUri(value: string): void {
    applyTarget(this.#s.request, value);
  }
  setStatus(status: number, reason: string | undefined): void {
    const { response } = this.#s;
    if (response === undefined) return;
    applyStatus(response, status, reason);
    this.#s.status = status;
  }
  setLogLevel(level: string): void {
    this.#s.logLevel = level;
  }

  get acceptWallMs(): number {
    return this.#session.acceptWallMs;
  }
  get requestWallMs(): number {
    return this.#s.startWallMs;
  }
  get timeHandshakeMs(): number {
    return Math.floor(this.#session.handshakeMs - this.#session.acceptMs);
  }
  get timeIdleMs(): number {
    return this.#s.idleMs < 0 ? -1 : Math.floor(this.#s.idleMs);
  }
  get timeRequestMs(): number {
    return elapsed(this.#s.startMs, this.#s.requestMs);
  }
  get timeQueueMs(): number {
    return this.#s.requestMs < 0 ? -1 : elapsed(this.#s.requestMs, this.#s.queueMs);
  }
  get timeConnectMs(): number {
    return this.#s.queueMs < 0 ? -1 : elapsed(this.#s.queueMs, this.#s.connectMs);
  }
  get timeResponseMs(): number {
    return this.#s.connectMs < 0 ? -1 : elapsed(this.#s.connectMs, this.#s.responseMs);
  }
  get timeActiveMs(): number {
    return Math.floor(this.#thread.now - this.#s.startMs);
  }
  get timeTotalMs(): number {
    const idle = Math.max(this.#s.idleMs, 0);
    return Math.floor(this.#thread.now - this.#s.startMs + idle);
  }
  get status(): number {
    return this.#s.status === 0 ? -1 : this.#s.status;
  }
  get bytesFromServer(): number {
    return this.#s.bytesOut;
  }
  get bytesFromClient(): number {
    return this.#s.bytesIn;
  }
  get termination(): string {
    const { cause, causePhase, session } = this.#s;
    const letters = terminationLetters(cause, cause === causes.none ? phases.done : causePhase);
    return session!.proxy.model.mode === "http" ? `${letters}--` : letters;
  }
  get actconn(): number {
    return this.#thread.processRecord.connections.get(0);
  }
  get feconn(): number {
    return this.#thread.state.proxies.frontendConnections.get(this.#session.proxy.index);
  }
  get beconn(): number {
    return this.#thread.state.proxies.backendConnections.get((this.#s.backend ?? this.#session.proxy).index);
  }
  get srvConn(): number {
    const { server } = this.#s;
    return server === undefined ? 0 : this.#thread.state.servers.served.get(server.index);
  }
  get retries(): number {
    return this.#s.retries;
  }
  get redispatched(): boolean {
    return this.#s.redispatched;
  }
  get srvQueue(): number {
    return this.#s.serverQueue;
  }
  get backendQueue(): number {
    return this.#s.backendQueue;
  }
  get requestLine(): string {
    const { lineBytes, lineFrom, lineTo } = this.#s;
    return lineTo === 0 ? "<BADREQ>" : latin1(lineBytes, lineFrom, lineTo);
  }
  get capturedRequestCookie(): string {
    return this.#s.requestCookie;
  }
  get capturedResponseCookie(): string {
    return this.#s.responseCookie;
  }
  get capturedRequestHeaders(): readonly (string | undefined)[] {
    return this.#s.capturedRequest ?? noCaptures;
  }
  get capturedResponseHeaders(): readonly (string | undefined)[] {
    return this.#s.capturedResponse ?? noCaptures;
  }
  get uniqueId(): string {
    return this.#s.uniqueId;
  }
  get early(): boolean {
    return this.#s.early;
  }
  get overTls(): boolean {
    return this.#session.overTls;
  }
  get serverSource(): EndpointView | undefined {
    return this.#s.serverConnection?.connection?.localAddress;
  }
  get serverAddress(): EndpointView | undefined {
    const { server } = this.#s;
    return server === undefined ? undefined : this.#thread.services.serverAddresses[server.index];
  }
  get requestCounter(): number {
    return this.#s.requestNumber;
  }
}

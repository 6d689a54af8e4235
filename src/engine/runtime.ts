// Owns what a thread derives once from the immutable model: proxies, servers and listeners with their rules compiled to closures, their counter
// views and their timeouts as plain numbers (Infinity: none). It opens no connection and runs no rule.

import { compileCondition } from "../acl/index.ts";
import { type Balancer, createBalancer, KeyHasher } from "../balance/index.ts";
import type { BindModel, ProxyModel, ServerModel, TimeoutsModel } from "../config/model/index.ts";
import { builtinLogFormat, compileLogFormat, compileTextFormat, type LogWriter } from "../log/index.ts";
import type { UrlParameterKey } from "../protocol/http/url-parameters.ts";
import { type FieldKey, fieldKey } from "../protocol/http/values.ts";
import type { ThreadCounters } from "../records/index.ts";
import { compileRules, type RuleSet, type RuleTarget, type RuleVerdict } from "../rules/index.ts";
import { type CompiledExpression, compileExpression, type SampleView } from "../sample/index.ts";
import { latin1Bytes } from "../stdx/index.ts";
import type { Connection, Listener, SocketAddress } from "../transport/types.ts";
import { type Captures, compileCaptures } from "./capture.ts";
import { ErrorPages } from "./error-pages.ts";
import { compileForwardFor, type ForwardFor } from "./forward-for.ts";
import { ServerPool } from "./pool.ts";
import { WaitList } from "./queue.ts";
import type { EngineServices, TlsAcceptor } from "./types.ts";

/** A compiled rule set; undefined when it has no rules, so that the hot path does not call anything. */
export type RuleRunner = ((target: RuleTarget) => RuleVerdict) | undefined;

/** Timeouts in ms, Infinity for none, with the reference's fallbacks applied. */
export interface Timeouts {
  readonly connect: number;
  readonly client: number;
  readonly server: number;
  readonly httpRequest: number;
  readonly httpKeepAlive: number;
  readonly queue: number;
  readonly tunnel: number;
  readonly clientFin: number;
  readonly serverFin: number;
  readonly tarpit: number;
}

const never = Number.POSITIVE_INFINITY;

function timeoutsOf(model: TimeoutsModel): Timeouts {
  const connect = model.connect ?? never;
  const client = model.client ?? never;
  const httpRequest = model.httpRequest ?? client;
  return {
    connect,
    client,
    server: model.server ?? never,
    httpRequest,
    httpKeepAlive: model.httpKeepAlive ?? httpRequest,
    queue: model.queue ?? connect,
    tunnel: model.tunnel ?? never,
    clientFin: model.clientFin ?? never,
    serverFin: model.serverFin ?? never,
    tarpit: model.tarpit ?? connect,
  };
}

export class ServerRuntime {
  readonly model: ServerModel;
  /** Global index: of the records, counters and addresses. */
  readonly index: number;
  readonly proxy: ProxyRuntime;
  readonly counters: Float64Array;
  readonly pool: ServerPool;
  readonly waiting = new WaitList();
  /** The address that idle connections go to. */
  seenAddress: SocketAddress | undefined = undefined;
  /** The most streams at once that this thread has seen: the shared maximum is looked at only when this one rises. */
  streamsMax = 0;

  constructor(model: ServerModel, proxy: ProxyRuntime, counters: ThreadCounters) {
    this.model = model;
    this.index = model.index;
    this.proxy = proxy;
    this.counters = counters.servers[model.index]!;
    this.pool = new ServerPool(this);
  }
}

/** Where a `use_backend` leads when its condition holds. */
export interface Switch {
  readonly applies: (view: SampleView) => boolean;
  /** −1: the name is computed by `nameOf`. */
  readonly proxyIndex: number;
  readonly nameOf: ((view: SampleView) => string) | undefined;
}

export class ProxyRuntime {
  readonly model: ProxyModel;
  readonly index: number;
  readonly name: string;
  readonly timeouts: Timeouts;
  /** Copies of what the hot path asks of the model. */
  readonly isHttp: boolean;
  readonly hasBackend: boolean;
  readonly logasap: boolean;
  readonly closesOwn: boolean;
  readonly closesServer: boolean;
  /** The statistics page here, or in a backend that this frontend may lead to, takes forms. */
  statsForms: boolean;
  readonly reuse: ProxyModel["httpReuse"];
  readonly frontendCounters: Float64Array;
  readonly backendCounters: Float64Array;
  readonly servers: readonly ServerRuntime[];
  readonly pages: ErrorPages;
  readonly requestRules: RuleRunner;
  readonly responseRules: RuleRunner;
  readonly afterResponseRules: RuleRunner;
  readonly connectionRules: RuleRunner;
  readonly sessionRules: RuleRunner;
  readonly contentRules: RuleRunner;
  readonly responseContentRules: RuleRunner;
  readonly captures: Captures | undefined;
  readonly uniqueId: ((view: SampleView) => string) | undefined;
  readonly uniqueIdHeader: string | undefined;
  readonly switches: readonly Switch[];
  readonly useServers: readonly { readonly applies: (view: SampleView) => boolean; readonly server: ServerRuntime }[];
  /** Undefined: this proxy logs nothing. */
  readonly logWriter: LogWriter | undefined;
  readonly errorLogWriter: LogWriter | undefined;
  /** The short line that is written on accept when no format was configured. */
  readonly logsOnAccept: boolean;
  readonly balancer: Balancer;
  readonly hasher: KeyHasher;
  /** What `balance url_param`, `hdr` and `hash` look for. */
  readonly parameterKey: UrlParameterKey;
  readonly fieldKey: FieldKey;
  readonly hashExpression: CompiledExpression | undefined;
  readonly forwardFor: ForwardFor | undefined;
  readonly monitorUri: Uint8Array | undefined;
  readonly waiting = new WaitList();
  streamsMax = 0;
  /** The epoch of the servers that this thread has taken note of. */
  seenEpoch = 0;

  constructor(model: ProxyModel, counters: ThreadCounters, services: EngineServices) {
    this.model = model;
    this.index = model.index;
    this.name = model.name;
    this.timeouts = timeoutsOf(model.timeouts);
    this.isHttp = model.mode === "http";
    this.hasBackend = model.hasBackend;
    this.logasap = model.options.logasap;
    this.closesOwn = model.options.httpclose;
    this.closesServer = model.options.httpServerClose;
    this.statsForms = (model.stats?.admin.length ?? 0) > 0;
    this.reuse = model.httpReuse;
    this.frontendCounters = counters.frontends[model.index]!;
    this.backendCounters = counters.backends[model.index]!;
    this.servers = model.servers.map((server) => new ServerRuntime(server, this, counters));
    this.balancer = createBalancer({
      spec: model.balance,
      servers: model.servers,
      allBackups: model.allBackups,
      proxyIndex: model.index,
      state: services.state,
      random: services.random,
      owner: services.threadIndex + 1,
    });
    this.hasher = new KeyHasher(model.balance);
    this.parameterKey = { name: latin1Bytes(model.balance.parameter), delimiter: 0x3f, ignoreCase: false };
    this.fieldKey = fieldKey(model.balance.parameter);
    this.hashExpression = model.hashExpression === undefined ? undefined : compileExpression(model.hashExpression);
    this.pages = new ErrorPages(model.errorPages);
    const rules = (set: RuleSet): RuleRunner =>
      model.rules.some((rule) => rule.set === set) ? compileRules(model.rules, set) : undefined;
    this.requestRules = rules("http-request");
    this.responseRules = rules("http-response");
    this.afterResponseRules = rules("http-after-response");
    this.connectionRules = rules("tcp-request connection");
    this.sessionRules = rules("tcp-request session");
    this.contentRules = rules("tcp-request content");
    this.responseContentRules = rules("tcp-response content");
    this.captures = compileCaptures(model);
    this.uniqueId = model.uniqueIdFormat === undefined ? undefined : compileTextFormat(model.uniqueIdFormat);
    this.uniqueIdHeader = model.uniqueIdHeader?.toLowerCase();
    this.switches = model.switchingRules.map((rule) => ({
      applies: compileCondition(rule.condition),
      proxyIndex: rule.backend.kind === "static" ? rule.backend.proxyIndex : -1,
      nameOf: rule.backend.kind === "dynamic" ? compileTextFormat(rule.backend.format) : undefined,
    }));
    this.useServers = model.useServerRules.flatMap((rule) => {
      const server = this.servers.find((each) => each.model.name === rule.server);
      return server === undefined ? [] : [{ applies: compileCondition(rule.condition), server }];
    });
    const logs = model.logTargets.length > 0;
    this.logsOnAccept = logs && model.logFormat === undefined;
    this.logWriter = logs ? compileLogFormat(model.logFormat ?? builtinLogFormat("default")) : undefined;
    this.errorLogWriter =
      logs && model.errorLogFormat !== undefined ? compileLogFormat(model.errorLogFormat) : undefined;
    this.forwardFor = model.forwardFor === undefined ? undefined : compileForwardFor(model.forwardFor);
    this.monitorUri =
      model.monitorUri === undefined ? undefined : new Uint8Array(Buffer.from(model.monitorUri, "latin1"));
  }
}

export class ListenerRuntime {
  readonly model: BindModel;
  readonly index: number;
  readonly proxy: ProxyRuntime;
  readonly counters: Float64Array;
  readonly tlsAcceptor: TlsAcceptor | undefined;
  readonly open: Listener[] = [];
  /** Not accepting because a limit is reached. */
  full = false;
  /** Accepted over a limit and not let in yet, the first one first, with what they sent meanwhile. */
  readonly parked: Connection[] = [];
  readonly early = new Map<Connection, Uint8Array>();

  constructor(model: BindModel, proxy: ProxyRuntime, counters: ThreadCounters, tlsAcceptor: TlsAcceptor | undefined) {
    this.model = model;
    this.index = model.index;
    this.proxy = proxy;
    this.counters = counters.listeners[model.index]!;
    this.tlsAcceptor = tlsAcceptor;
  }
}

/** Everything compiled from the model. */
export interface Runtime {
  readonly proxies: readonly ProxyRuntime[];
  readonly proxiesByName: ReadonlyMap<string, ProxyRuntime>;
  readonly servers: readonly ServerRuntime[];
  readonly listeners: readonly ListenerRuntime[];
}

/** Compiles the whole model for one thread. */
export function compileRuntime(services: EngineServices, counters: ThreadCounters): Runtime {
  const { model, tlsAcceptors } = services;
  const proxies = model.proxies.map((proxy) => new ProxyRuntime(proxy, counters, services));
  // Forms are rare, so a frontend waits for the body as soon as any backend takes them.
  const forms = proxies.some((proxy) => proxy.hasBackend && proxy.statsForms);
  for (const proxy of proxies) proxy.statsForms ||= forms && proxy.model.hasFrontend;
  const servers: ServerRuntime[] = [];
  const listeners: ListenerRuntime[] = [];
  for (const proxy of proxies) {
    for (const server of proxy.servers) servers[server.index] = server;
    for (const bind of proxy.model.binds) {
      listeners[bind.index] = new ListenerRuntime(bind, proxy, counters, tlsAcceptors[bind.index]);
    }
  }
  for (const server of servers) if (server !== undefined) server.seenAddress = services.serverAddresses[server.index];
  const proxiesByName = new Map(proxies.filter((each) => each.model.hasBackend).map((each) => [each.name, each]));
  return { proxies, proxiesByName, servers, listeners };
}

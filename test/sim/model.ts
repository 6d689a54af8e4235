// Owns a short way to write a ConfigurationModel in a test: every field has the reference's default, a test says only what it is about.
// It parses no configuration text.

import type {
  BindModel,
  ConfigurationModel,
  GlobalModel,
  ProxyModel,
  ProxyOptionsModel,
  ServerModel,
  TimeoutsModel,
} from "../../src/config/model/index.ts";
import { builtinLogFormat, type LogTargetModel } from "../../src/log/index.ts";

const location = { file: "test.cfg", line: 1 };

const noTimeouts: TimeoutsModel = {
  connect: undefined,
  client: undefined,
  server: undefined,
  httpRequest: undefined,
  httpKeepAlive: undefined,
  queue: undefined,
  check: undefined,
  tunnel: undefined,
  clientFin: undefined,
  serverFin: undefined,
  tarpit: undefined,
};

const noOptions: ProxyOptionsModel = {
  dontlognull: false,
  logasap: false,
  dontlogNormal: false,
  logSeparateErrors: false,
  logHealthChecks: false,
  httpKeepAlive: true,
  httpServerClose: false,
  httpclose: false,
  abortonclose: false,
  tcpka: { client: false, server: false },
  preferLastServer: false,
  httpBufferRequest: false,
  httpIgnoreProbes: false,
  httpUseProxyHeader: false,
  persist: false,
  transparent: false,
};

export const testLogTarget: LogTargetModel = {
  address: { kind: "stdout" },
  format: "raw",
  maxLength: 1024,
  facility: 16,
  maxLevel: "debug",
  minLevel: undefined,
  sample: undefined,
};

/** What a test says of a server. */
export interface TestServer extends Partial<Omit<ServerModel, "index">> {
  readonly port: number;
  readonly host?: string;
}

/** What a test says of a proxy. */
export interface TestProxy
  extends Partial<Omit<ProxyModel, "index" | "servers" | "binds" | "timeouts" | "options" | "defaultBackend">> {
  readonly name: string;
  readonly ports?: readonly number[];
  readonly to?: string;
  readonly servers?: readonly TestServer[];
  readonly timeouts?: Partial<TimeoutsModel>;
  readonly options?: Partial<ProxyOptionsModel>;
  readonly httplog?: boolean;
}

function bindOf(port: number, index: number): BindModel {
  return {
    index,
    location,
    name: `sock-${index + 1}`,
    id: index + 1,
    address: { kind: "ipv4", host: "10.0.0.1", port },
    v6only: false,
    v4v6: false,
    backlog: undefined,
    maxconn: undefined,
    mode: undefined,
    user: undefined,
    group: undefined,
    uid: undefined,
    gid: undefined,
    level: undefined,
    acceptProxy: false,
    interface: undefined,
    tls: undefined,
  };
}

function serverOf(server: TestServer, index: number, position: number): ServerModel {
  const { port, host, ...rest } = server;
  return {
    location,
    name: `s${position + 1}`,
    id: position + 1,
    address: { kind: "ipv4", host: host ?? "10.0.0.2", port },
    weight: 1,
    backup: false,
    disabled: false,
    maxconn: 0,
    minconn: 0,
    maxqueue: 0,
    cookie: undefined,
    check: undefined,
    initAddr: [],
    poolMaxConn: -1,
    poolPurgeDelayMs: 5000,
    ...rest,
    index,
  };
}

function proxyOf(
  proxy: TestProxy,
  index: number,
  names: readonly string[],
  binds: BindModel[],
  servers: ServerModel[],
): ProxyModel {
  const { ports, to, servers: _servers, timeouts, options, httplog, ...rest } = proxy;
  const hasFrontend = ports !== undefined;
  const hasBackend = proxy.servers !== undefined;
  return {
    location,
    id: index + 2,
    kind: hasFrontend && hasBackend ? "listen" : hasFrontend ? "frontend" : "backend",
    hasFrontend,
    hasBackend,
    mode: "http",
    disabled: false,
    description: undefined,
    maxconn: 0,
    backlog: undefined,
    switchingRules: [],
    monitorUri: undefined,
    balance: {
      algorithm: "roundrobin",
      draws: 1,
      uri: { len: 0, depth: 0, whole: false, pathOnly: false },
      parameter: "",
      hashType: "map-based",
      hashFunction: "sdbm",
      avalanche: false,
      hashBalanceFactor: 0,
    },
    useServerRules: [],
    allBackups: false,
    fullconn: undefined,
    retries: 3,
    redispatch: 0,
    retryOn: [],
    httpReuse: "safe",
    persistCookie: undefined,
    forwardFor: undefined,
    errorPages: [],
    acls: [],
    rules: [],
    logTargets: httplog === undefined ? [] : [testLogTarget],
    logFormat: httplog === true ? builtinLogFormat(proxy.mode === "tcp" ? "tcplog" : "httplog") : undefined,
    errorLogFormat: undefined,
    logTag: undefined,
    capturedRequestHeaders: [],
    capturedResponseHeaders: [],
    capturedCookie: undefined,
    uniqueIdFormat: undefined,
    uniqueIdHeader: undefined,
    stats: undefined,
    hashExpression: undefined,
    ...rest,
    index,
    binds,
    servers,
    timeouts: { ...noTimeouts, ...timeouts },
    options: { ...noOptions, ...options },
    defaultBackend: to === undefined ? undefined : names.indexOf(to),
  };
}

/** A whole model. Proxies refer to each other by name through `to`. */
export function testModel(proxies: readonly TestProxy[], global: Partial<GlobalModel> = {}): ConfigurationModel {
  const names = proxies.map((proxy) => proxy.name);
  let listeners = 0;
  let servers = 0;
  const models = proxies.map((proxy, index) =>
    proxyOf(
      proxy,
      index,
      names,
      (proxy.ports ?? []).map((port) => bindOf(port, listeners++)),
      (proxy.servers ?? []).map((server, position) => serverOf(server, servers++, position)),
    ),
  );
  return {
    global: {
      daemon: false,
      masterWorker: false,
      chroot: undefined,
      user: undefined,
      group: undefined,
      pidfile: undefined,
      maxconn: undefined,
      nbthread: 1,
      ulimitN: undefined,
      logTargets: [],
      logTag: "pointsman",
      logSendHostname: undefined,
      node: undefined,
      description: undefined,
      statsSockets: [],
      statsMaxconn: 10,
      bufsize: 16_384,
      maxrewrite: 1024,
      maxHeaders: 101,
      spreadChecks: 0,
      hardStopAfterMs: undefined,
      zeroWarning: false,
      ...global,
    },
    proxies: models,
    serverCount: servers,
    listenerCount: listeners,
  };
}

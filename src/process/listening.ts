// Owns the listening sockets of the process: one per thread and bind where the kernel can share an address (SO_REUSEPORT), one that
// threads share by duplicates where it cannot (unix sockets, inherited descriptors). They are made before privileges are dropped and
// handed to the threads as descriptors. Configuration manual §5.1, management manual §4.

import type { BindModel, ConfigurationModel, ProxyModel, StatsSocketModel } from "../config/model/index.ts";
import {
  createListeningSocket,
  duplicateDescriptor,
  type ListeningSocketOptions,
  localAddressOf,
  type SocketFault,
} from "../transport/bun/index.ts";
import { ERRNO, errorText } from "../transport/bun/libc.ts";
import type { ListenSpec, SocketAddress } from "../transport/types.ts";
import { isOpenDescriptor } from "./libc.ts";
import type { ThreadListener } from "./messages.ts";

/** What the kernel queues when the configuration says nothing: the reference takes the proxy's maxconn; more than this the kernel cuts anyway. */
const BACKLOG_DEFAULT = 4096;

const EBADF = 9;
const ENOTSOCK = 88;

export interface BoundStatsSocket {
  readonly model: StatsSocketModel;
  readonly spec: ListenSpec;
}

export interface BoundSockets {
  /** By thread. */
  readonly threads: readonly (readonly ThreadListener[])[];
  readonly statsSockets: readonly BoundStatsSocket[];
  /** Alerts, without prefix; then nothing may start. */
  readonly alerts: readonly string[];
}

export interface BindingOptions {
  readonly threads: number;
  /** false after `-dR`. */
  readonly reusePort: boolean;
  readonly lookupUser: (name: string) => number | undefined;
  readonly lookupGroup: (name: string) => number | undefined;
  readonly resolveName: (name: string) => readonly string[] | undefined;
}

/** Binds everything that the configuration listens on. */
export function bindSockets(model: ConfigurationModel, options: BindingOptions): BoundSockets {
  const threads: ThreadListener[][] = Array.from({ length: options.threads }, () => []);
  const statsSockets: BoundStatsSocket[] = [];
  const alerts: string[] = [];
  for (const proxy of model.proxies) {
    if (proxy.disabled) continue;
    for (const bind of proxy.binds) {
      const backlog = bind.backlog ?? proxy.backlog ?? BACKLOG_DEFAULT;
      const made = bindOne(bind, backlog, options);
      if ("fault" in made) {
        alerts.push(alertText(bind, proxyWord(proxy), made.fault, made.address));
        continue;
      }
      threads.forEach((listeners, thread) => {
        const spec = made.specs[thread];
        if (spec !== undefined) listeners.push({ listenerIndex: bind.index, spec });
      });
    }
  }
  for (const socket of model.global.statsSockets) {
    const made = bindOne(socket.bind, socket.bind.backlog ?? 10, { ...options, threads: 1 });
    if ("fault" in made) alerts.push(alertText(socket.bind, "frontend GLOBAL", made.fault, made.address));
    else for (const spec of made.specs) statsSockets.push({ model: socket, spec });
  }
  return { threads, statsSockets, alerts };
}

function proxyWord(proxy: ProxyModel): string {
  return `${proxy.kind === "listen" ? "proxy" : "frontend"} ${proxy.name}`;
}

type Bound =
  | { readonly specs: readonly ListenSpec[] }
  | { readonly fault: SocketFault; readonly address: SocketAddress };

/** One listening spec per thread. */
function bindOne(bind: BindModel, backlog: number, options: BindingOptions): Bound {
  if (bind.address.kind === "fd") return inherit(bind.address.fd, backlog, options.threads);
  const address = addressOf(bind, options);
  const shareable = address.family !== "unix" && options.reusePort;
  const specs: ListenSpec[] = [];
  for (let thread = 0; thread < options.threads; thread++) {
    const first = specs[0];
    if (first?.fd !== undefined && !shareable) {
      specs.push({ ...first, fd: duplicateDescriptor(first.fd) });
      continue;
    }
    // Port 0 means any free port: the other threads must join the one that the first got.
    const fd = createListeningSocket(socketOptions(bind, first?.address ?? address, backlog, options));
    if (typeof fd !== "number") return { fault: fd, address };
    specs.push({ address: localAddressOf(fd) ?? address, backlog, fd, reusePort: shareable });
  }
  return { specs };
}

function socketOptions(
  bind: BindModel,
  address: SocketAddress,
  backlog: number,
  options: BindingOptions,
): ListeningSocketOptions {
  const uid = bind.uid ?? (bind.user === undefined ? undefined : options.lookupUser(bind.user));
  const gid = bind.gid ?? (bind.group === undefined ? undefined : options.lookupGroup(bind.group));
  return {
    address,
    backlog,
    reusePort: options.reusePort && address.family !== "unix",
    v6only: bind.v6only,
    ...(bind.mode === undefined ? {} : { mode: Number.parseInt(bind.mode, 8) }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  };
}

function inherit(fd: number, backlog: number, threads: number): Bound {
  const address = localAddressOf(fd);
  if (address === undefined) {
    const code = isOpenDescriptor(fd) ? ENOTSOCK : EBADF;
    const text = errorText(code);
    const fault = { errno: code, text, message: `cannot use file descriptor '${fd}' (${text})` };
    return { fault, address: { family: "unix", host: `fd@${fd}`, port: 0 } };
  }
  const specs: ListenSpec[] = [];
  for (let thread = 0; thread < threads; thread++) {
    specs.push({ address, backlog, fd: thread === 0 ? fd : duplicateDescriptor(fd) });
  }
  return { specs };
}

function addressOf(bind: BindModel, options: BindingOptions): SocketAddress {
  const { address } = bind;
  switch (address.kind) {
    case "ipv4":
    case "ipv6":
      return { family: address.kind, host: address.host, port: address.port };
    case "unix":
      return { family: "unix", host: address.path, port: 0 };
    case "abstract":
      return { family: "unix", host: `\0${address.name}`, port: 0 };
    case "name": {
      const host = options.resolveName(address.name)?.[0] ?? address.name;
      return { family: host.includes(":") ? "ipv6" : "ipv4", host, port: address.port };
    }
    case "fd":
      return { family: "unix", host: `fd@${address.fd}`, port: 0 };
  }
}

const PROTOCOL_NAMES = { ipv4: "tcpv4", ipv6: "tcpv6", unix: "unix_stream" } as const;

function alertText(bind: BindModel, owner: string, fault: SocketFault, address: SocketAddress): string {
  const abstract = address.family === "unix" && address.host.startsWith("\0");
  const protocol = abstract ? "abns_stream" : PROTOCOL_NAMES[address.family];
  const shown = abstract ? `abns@${address.host.slice(1)}` : address.host;
  const place = address.family === "unix" ? `[${shown}]` : `for [${shown}:${address.port}]`;
  // QUIRK: the reference knows this one by asking first, and words it its own way for unix sockets.
  const message =
    address.family === "unix" && fault.errno === ERRNO.EADDRINUSE
      ? "cannot bind UNIX socket (already in use)"
      : fault.message;
  const where = `${bind.location.file}:${bind.location.line}`;
  return [`Binding [${where}] for ${owner}: protocol ${protocol}: ${message} ${place}.`, ...hints(fault, address)].join(
    "\n   | ",
  );
}

/** What a newcomer can do about it. */
function hints(fault: SocketFault, address: SocketAddress): string[] {
  if (address.family === "unix") {
    if (fault.errno === ERRNO.ENOENT) return ["The folder of the socket does not exist: create it first."];
    return [];
  }
  switch (fault.errno) {
    case ERRNO.EADDRINUSE:
      return [
        `Another program already listens on port ${address.port}: "ss -ltnp 'sport = :${address.port}'" shows which.`,
        "Stop that program, or choose another port on this 'bind' line.",
      ];
    case ERRNO.EACCES:
      if (address.port >= 1024) return [];
      return [
        `Ports below 1024 need root or the capability CAP_NET_BIND_SERVICE, and this process has neither.`,
        "Start as root and drop privileges with 'user' and 'group' in 'global', or choose a port from 1024 up.",
      ];
    case ERRNO.EADDRNOTAVAIL:
      return [`No network interface of this machine has the address ${address.host}: "ip address" lists them.`];
    default:
      return [];
  }
}

// Owns finding out where servers are before anything starts: numeric addresses as they stand, names by the C library, as the reference's
// `init-addr` says. Configuration manual §5.2 "init-addr", §5.3.

import type { ConfigurationModel, ServerModel } from "../config/model/index.ts";
import type { SocketAddress } from "../transport/types.ts";

export interface ResolvedServers {
  /** By server index; undefined: not resolved, and the server is to be kept out. */
  readonly addresses: (SocketAddress | undefined)[];
  readonly alerts: readonly string[];
  readonly notices: readonly string[];
}

export interface ResolutionOptions {
  resolveName(name: string): readonly string[] | undefined;
  /** `-dr`: what does not resolve is no error. */
  readonly ignoreFailures: boolean;
}

/** Resolves every server of the configuration. */
export function resolveServers(model: ConfigurationModel, options: ResolutionOptions): ResolvedServers {
  const addresses = new Array<SocketAddress | undefined>(model.serverCount).fill(undefined);
  const alerts: string[] = [];
  const notices: string[] = [];
  const names = new Map<string, readonly string[] | undefined>();
  const lookUp = (name: string) => {
    if (!names.has(name)) names.set(name, options.resolveName(name));
    return names.get(name);
  };
  for (const proxy of model.proxies) {
    for (const server of proxy.servers) {
      const found = addressOf(server, lookUp);
      if (found.address !== undefined) {
        addresses[server.index] = found.address;
        continue;
      }
      if (found.name === undefined || found.silent) continue;
      const where = `[${server.location.file}:${server.location.line}] : 'server ${proxy.name}/${server.name}'`;
      const text = `${where} : could not resolve address '${found.name}'`;
      if (options.ignoreFailures || found.optional) notices.push(`${text}, disabling server.`);
      else alerts.push(`${text}.`);
    }
  }
  if (alerts.length > 0) alerts.push("Failed to initialize server(s) addr.");
  return { addresses, alerts, notices };
}

interface Found {
  readonly address: SocketAddress | undefined;
  readonly name?: string;
  /** `none` stands among the methods: the server starts without an address. */
  readonly optional?: boolean;
  /** No method was tried that could fail. */
  readonly silent?: boolean;
}

function addressOf(server: ServerModel, lookUp: (name: string) => readonly string[] | undefined): Found {
  const { address } = server;
  switch (address.kind) {
    case "ipv4":
    case "ipv6":
      return { address: { family: address.kind, host: address.host, port: address.port } };
    case "unix":
      return { address: { family: "unix", host: address.path, port: 0 } };
    case "abstract":
      return { address: { family: "unix", host: `\0${address.name}`, port: 0 } };
    case "fd":
      return { address: undefined };
    case "name":
      return addressOfName(server, address.name, address.port, lookUp);
  }
}

function addressOfName(
  server: ServerModel,
  name: string,
  port: number,
  lookUp: (name: string) => readonly string[] | undefined,
): Found {
  const methods = server.initAddr.length > 0 ? server.initAddr : ["last", "libc"];
  const socketAddress = (host: string): SocketAddress => ({ family: host.includes(":") ? "ipv6" : "ipv4", host, port });
  let tried = false;
  for (const method of methods) {
    if (method === "libc") {
      tried = true;
      const host = lookUp(name)?.[0];
      if (host !== undefined) return { address: socketAddress(host) };
    } else if (method === "none") {
      return { address: undefined, name, optional: true, silent: !tried };
    } else if (method !== "last") {
      return { address: socketAddress(method) };
    }
  }
  return { address: undefined, name };
}

// Owns reading: what rows need of the model and the records, with the names short enough to read as a table. It changes nothing.

import type { BindModel, ProxyModel } from "../config/model/index.ts";
import type { CounterKind, ProcessRecord, SharedState } from "../records/index.ts";
import type { SocketAddress } from "../transport/types.ts";
import type { StatsServices } from "./types.ts";

/** One moment of the statistics. Make one per answer: it holds the time. */
export class StatsView {
  readonly services: StatsServices;
  readonly state: SharedState;
  readonly nowMs: number;
  readonly #automaticFullconn: readonly number[];

  constructor(services: StatsServices) {
    this.services = services;
    this.state = services.state;
    this.nowMs = services.clock.wallMs();
    this.#automaticFullconn = automaticFullconn(services);
  }

  sum(kind: CounterKind, index: number, field: number): number {
    return this.state.totals.sum(kind, index, field);
  }

  rate(kind: CounterKind, index: number, field: number): number {
    return this.state.totals.rate(kind, index, field, this.nowMs);
  }

  rateMax(kind: CounterKind, index: number, field: number): number {
    return this.state.totals.rateMax(kind, index, field);
  }

  /** The record of the whole process. */
  get whole(): ProcessRecord {
    return this.state["process"];
  }

  /** Whole seconds since `ms` (wall clock), never negative. */
  secondsSince(ms: number): number {
    return Math.max(0, Math.floor((this.nowMs - ms) / 1000));
  }

  /** `lastsess`: −1 for never. */
  lastSession(ms: number): number {
    return ms === 0 ? -1 : this.secondsSince(ms);
  }

  /** The frontend's limit as it is now. */
  frontendLimit(proxy: ProxyModel): number {
    const own = this.state.proxies.frontendMaxconn.get(proxy.index);
    return own === 0 ? this.processLimit() : own;
  }

  processLimit(): number {
    const now = this.whole.maxconn.get(0);
    return now === 0 ? this.services.facts.maxconn : now;
  }

  /** `fullconn`, or a tenth of what all frontends that lead here may take. */
  fullconn(proxy: ProxyModel): number {
    return proxy.fullconn ?? this.#automaticFullconn[proxy.index] ?? 1;
  }
}

function automaticFullconn(services: StatsServices): readonly number[] {
  const { proxies } = services.model;
  const totals = proxies.map(() => 0);
  for (const proxy of proxies) {
    if (!proxy.hasFrontend) continue;
    const leadsTo = new Set<number>();
    const fallback = proxy.defaultBackend ?? (proxy.hasBackend ? proxy.index : undefined);
    if (fallback !== undefined) leadsTo.add(fallback);
    for (const { backend } of proxy.switchingRules) if (backend.kind === "static") leadsTo.add(backend.proxyIndex);
    const limit = proxy.maxconn === 0 ? services.facts.maxconn : proxy.maxconn;
    for (const index of leadsTo) totals[index] = (totals[index] ?? 0) + limit;
  }
  return totals.map((total) => Math.max(1, Math.ceil(total / 10)));
}

/** `addr`: "127.0.0.1:80", "[::1]:80", "unix". */
export function addressText(address: SocketAddress | undefined): string {
  if (address === undefined) return "";
  if (address.family === "unix") return "unix";
  return address.family === "ipv6" ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** A listener's `addr` and `proto`. */
export function bindTexts(bind: BindModel): { readonly address: string; readonly protocol: string } {
  const { address } = bind;
  switch (address.kind) {
    case "unix":
      return { address: "unix", protocol: "unix_stream" };
    case "abstract":
      return { address: "unix", protocol: "abns_stream" };
    case "ipv4":
      return { address: `${address.host}:${address.port}`, protocol: "tcpv4" };
    case "ipv6":
      return { address: `[${address.host}]:${address.port}`, protocol: "tcpv6" };
    case "name":
      return { address: `${address.name}:${address.port}`, protocol: "tcpv4" };
    case "fd":
      return { address: "", protocol: "tcpv4" };
  }
}

// Owns what the differential tests of balancing share: one description of a backend, as a section of the reference's
// configuration and as a balancer of ours on an arena of its own.

import { type Balancer, type BalanceSpec, createBalancer, KeyHasher } from "../../src/balance/index.ts";
import { ADMIN_STATE, OPERATIONAL_STATE, SharedState, WEIGHT_SCALE } from "../../src/records/index.ts";

/** What a backend under test is made of, here and there. */
export interface Case {
  readonly name: string;
  readonly balance: string;
  readonly spec: Partial<BalanceSpec>;
  readonly weights: readonly number[];
  readonly ids?: readonly number[];
  /** Positions of servers that are out from the start. */
  readonly down?: readonly number[];
  readonly backups?: readonly number[];
  readonly allBackups?: boolean;
  readonly bindOptions?: string;
  /** More words for a server's line; `address` replaces its address. */
  readonly serverWords?: (server: number) => string;
  readonly address?: (server: number) => string | undefined;
}

export const SPEC: BalanceSpec = {
  algorithm: "hash",
  draws: 2,
  uri: { len: 0, depth: 0, whole: false, pathOnly: false },
  hashType: "map-based",
  hashFunction: "sdbm",
  avalanche: false,
  hashBalanceFactor: 0,
};

/** Our side of a case: one backend on an arena of its own. */
export class Ours {
  readonly hasher: KeyHasher;
  readonly balancer: Balancer;
  readonly state: SharedState;
  readonly #indices: number[];

  constructor(kase: Case) {
    const spec = { ...SPEC, ...kase.spec };
    this.#indices = kase.weights.map((_, i) => i);
    this.state = SharedState.create({ threads: 1, proxies: 1, servers: kase.weights.length, listeners: 0 });
    for (const [i, weight] of kase.weights.entries()) {
      this.state.servers.operationalState.set(i, OPERATIONAL_STATE.running);
      this.state.servers.backup.set(i, kase.backups?.includes(i) ? 1 : 0);
      this.weigh(i, weight);
      if (kase.down?.includes(i)) this.disable(i);
    }
    this.hasher = new KeyHasher(spec);
    this.balancer = createBalancer({
      spec,
      servers: this.#indices.map((index) => ({
        index,
        id: kase.ids?.[index] ?? index + 1,
        backup: kase.backups?.includes(index) ?? false,
      })),
      allBackups: kase.allBackups ?? false,
      proxyIndex: 0,
      state: this.state,
      random: { nextUint32: () => 0 },
      owner: 1,
    });
  }

  weigh(server: number, weight: number): void {
    this.state.servers.userWeight.set(server, weight);
    this.state.servers.effectiveWeight.set(server, weight * WEIGHT_SCALE);
    this.state.recountServers(0, this.#indices);
  }

  disable(server: number): void {
    this.state.servers.adminState.setBits(server, ADMIN_STATE.forcedMaintenance);
    this.state.recountServers(0, this.#indices);
  }

  enable(server: number): void {
    this.state.servers.adminState.clearBits(server, ADMIN_STATE.forcedMaintenance);
    this.state.recountServers(0, this.#indices);
  }

  /** Server names as the reference gives them: s1, s2, …; "" for none. */
  pick(hash: number): string {
    const position = this.balancer.pick(hash, -1);
    return position < 0 ? "" : `s${position + 1}`;
  }
}

export const bytesOf = (text: string) => Buffer.from(text, "latin1");

export function section(kase: Case): string {
  const servers = kase.weights.map((weight, i) => {
    const address = kase.address?.(i) ?? "127.0.0.1:{{port:sink}}";
    const words = [`server s${i + 1} ${address} weight ${weight}`];
    if (kase.serverWords !== undefined) words.push(kase.serverWords(i));
    if (kase.ids !== undefined) words.push(`id ${kase.ids[i]}`);
    if (kase.down?.includes(i)) words.push("disabled");
    if (kase.backups?.includes(i)) words.push("backup");
    return `  ${words.join(" ")}`;
  });
  const lines = kase.balance.split(";").concat(kase.allBackups === true ? ["option allbackups"] : []);
  return [
    `listen ${kase.name}`,
    `  bind 127.0.0.1:{{port:${kase.name}}} ${kase.bindOptions ?? ""}`,
    ...lines.map((line) => `  ${line.trim()}`),
    "  http-response set-header x-server %s",
    ...servers,
    "",
  ].join("\n");
}

export const HEAD = `global
  stats socket {{dir}}/stats level admin
  nbthread 1
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 5s
frontend sink
  bind 127.0.0.1:{{port:sink}}
  http-request return status 200 content-type text/plain string ok
`;

/** Sends one command to a stats socket. */
export function runtimeCommand(path: string, command: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  void Bun.connect({
    unix: path,
    socket: {
      open: (socket) => void socket.write(`${command}\n`),
      data: (_, bytes) => {
        answer += bytes.toString("latin1");
      },
      close: () => resolve(answer),
    },
  });
  return promise;
}

// Owns the composition of health checking: one ServerCheck per checked server, staggered, and the controller through which
// everything else changes a server.

import { assert } from "../stdx/index.ts";
import type { SocketAddress } from "../transport/types.ts";
import { firstDelay, shortestInterval } from "./schedule.ts";
import { writeServerAddress } from "./server-address.ts";
import { ServerCheck } from "./server-check.ts";
import { ServerStates } from "./server-states.ts";
import type { AdminState, CheckServices, ForcedHealth, HealthController } from "./types.ts";

/** Starts all checks of the configuration. The records of servers hold their first states already. */
export function startChecks(services: CheckServices): HealthController {
  const states = new ServerStates(services);
  return new Health(services, states);
}

class Health implements HealthController {
  readonly #services: CheckServices;
  readonly #states: ServerStates;
  /** By server index. */
  readonly #checks: readonly (ServerCheck | undefined)[];

  constructor(services: CheckServices, states: ServerStates) {
    this.#services = services;
    this.#states = states;
    this.#checks = states.placed.map((placed) => {
      const { check } = placed.server;
      return check === undefined ? undefined : new ServerCheck(services, states, placed, check);
    });
    this.#startAll();
  }

  #startAll(): void {
    const models = this.#states.placed.flatMap(({ server }) => (server.check === undefined ? [] : [server.check]));
    const shortestMs = shortestInterval(models);
    let position = 0;
    for (const { server } of this.#states.placed) {
      if (server.check === undefined) continue;
      this.#checks[server.index]?.start(firstDelay(server.check, shortestMs, position, models.length));
      position++;
    }
  }

  setServerState(serverIndex: number, state: AdminState): void {
    this.#assertKnown(serverIndex);
    this.#states.setAdminState(serverIndex, state);
  }

  setServerHealth(serverIndex: number, health: ForcedHealth): void {
    this.#assertKnown(serverIndex);
    this.#states.forceHealth(serverIndex, health);
  }

  setServerWeight(serverIndex: number, weight: number): void {
    this.#assertKnown(serverIndex);
    assert(Number.isInteger(weight) && weight >= 0 && weight <= 256, "A server's weight lies between 0 and 256.");
    this.#states.setWeight(serverIndex, weight);
  }

  setServerAddress(serverIndex: number, address: SocketAddress): void {
    const placed = this.#states.placed[serverIndex];
    assert(placed !== undefined, "A server's index comes from the model.");
    this.#services.serverAddresses[serverIndex] = address;
    writeServerAddress(this.#services.state, serverIndex, address);
    this.#services.state.serversChanged(placed.proxy.index);
    this.#services.onAddressChange(serverIndex, address);
  }

  setCheckEnabled(serverIndex: number, enabled: boolean): void {
    if (this.#checks[serverIndex] !== undefined) this.#states.setCheckEnabled(serverIndex, enabled);
  }

  setCheckPort(serverIndex: number, port: number): boolean {
    const check = this.#checks[serverIndex];
    if (check !== undefined) check.port = port;
    return check !== undefined;
  }

  setCheckAddress(serverIndex: number, host: string): boolean {
    const check = this.#checks[serverIndex];
    if (check !== undefined) check.host = host;
    return check !== undefined;
  }

  checkPort(serverIndex: number): number {
    return this.#checks[serverIndex]?.port ?? 0;
  }

  checkAddress(serverIndex: number): string | undefined {
    return this.#checks[serverIndex]?.host;
  }

  announce(proxyIndex: number, text: string): void {
    this.#states.announce(proxyIndex, text);
  }

  stop(): void {
    for (const check of this.#checks) check?.stop();
  }

  #assertKnown(serverIndex: number): void {
    assert(this.#states.placed[serverIndex] !== undefined, "A server's index comes from the model.");
  }
}

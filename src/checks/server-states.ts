// Owns every change of a server's state in SharedState: by a check, by an operator, by a weight. Counts, epochs, times and
// log lines follow from here and from nowhere else. It performs no check and knows no timer.
// Management manual §9.3 "set server", configuration manual "rise", "fall", "http-check disable-on-404".
//
//            fall failures / CLI                 maint
//   running ─────────────────────▶ stopped ◀───────────── any
//     ▲  │ 404, CLI                   │ ▲
//     │  ▼                            │ │
//   stopping ─────── fall failures ───┼─┘       drain is a flag beside these states
//     └──────────── rise passes ──────┘

import type { ConfigurationModel, ProxyModel, ServerModel } from "../config/model/index.ts";
import type { LogLevel } from "../log/index.ts";
import {
  ADMIN_STATE,
  CHECK_RESULT,
  CHECK_STATE,
  CHECK_STATUS,
  OPERATIONAL_STATE,
  WEIGHT_SCALE,
} from "../records/index.ts";
import { latin1Bytes } from "../stdx/index.ts";
import { type BackendFigures, healthCheckText, leftText, onlineText, reasonText, serverLabel } from "./state-lines.ts";
import type { AdminState, CheckOutcome, CheckServices, ForcedHealth, ReportSeverity } from "./types.ts";

const RESULTS = {
  failed: CHECK_RESULT.failed,
  passed: CHECK_RESULT.passed,
  "conditionally-passed": CHECK_RESULT.conditionallyPassed,
} as const;

/** A server with the backend that it belongs to. */
export interface PlacedServer {
  readonly server: ServerModel;
  readonly proxy: ProxyModel;
  readonly fullName: string;
}

/** All servers by their global index. */
export function placedServers(model: ConfigurationModel): readonly PlacedServer[] {
  const placed: PlacedServer[] = [];
  for (const proxy of model.proxies) {
    for (const server of proxy.servers)
      placed[server.index] = { server, proxy, fullName: `${proxy.name}/${server.name}` };
  }
  return placed;
}

type Services = Pick<CheckServices, "model" | "state" | "clock" | "logSink" | "onStateChange" | "report">;

/** The writer of states. */
export class ServerStates {
  readonly placed: readonly PlacedServer[];
  readonly #services: Services;
  readonly #serverIndices: readonly (readonly number[])[];

  constructor(services: Services) {
    this.#services = services;
    this.placed = placedServers(services.model);
    this.#serverIndices = services.model.proxies.map((proxy) => proxy.servers.map((server) => server.index));
    for (const { server } of this.placed) this.#fillCheckFields(server);
  }

  /** What checks know before the first one has run. */
  #fillCheckFields(server: ServerModel): void {
    const { servers } = this.#services.state;
    const configured = server.check === undefined ? 0 : CHECK_STATE.configured | CHECK_STATE.enabled;
    const paused = (servers.adminState.get(server.index) & ADMIN_STATE.maintenance) !== 0;
    servers.checkStatus.set(server.index, CHECK_STATUS.INI);
    servers.checkState.set(server.index, configured | (paused ? CHECK_STATE.paused : 0));
    servers.health.set(server.index, paused ? 0 : servers.rise.get(server.index));
    if (paused) servers.operationalState.set(server.index, OPERATIONAL_STATE.stopped);
  }

  /** A check has begun: the last result stays visible, its text does not. */
  checkStarted(index: number): void {
    const { servers } = this.#services.state;
    servers.checkState.setBits(index, CHECK_STATE.inProgress);
    servers.checkResult.set(index, CHECK_RESULT.unknown);
    servers.checkCode.set(index, 0);
    servers.checkText.set(index, "");
  }

  /** A check was given up without a result. */
  checkAbandoned(index: number): void {
    this.#services.state.servers.checkState.clearBits(index, CHECK_STATE.inProgress);
  }

  /** A check has ended: counts it, moves the health, and the state where the health says so. */
  checkFinished(index: number, outcome: CheckOutcome): void {
    const { servers } = this.#services.state;
    const status = CHECK_STATUS[outcome.status];
    const changed = servers.checkStatus.get(index) !== status;
    servers.checkState.clearBits(index, CHECK_STATE.inProgress);
    servers.checkStatus.set(index, status);
    servers.checkResult.set(index, RESULTS[outcome.result]);
    servers.checkCode.set(index, outcome.code);
    servers.checkDurationMs.set(index, outcome.durationMs);
    servers.checkText.set(index, outcome.text);
    const moved = this.#moveHealth(index, outcome.result !== "failed");
    const { proxy, server, fullName } = this.placed[index]!;
    if (proxy.options.logHealthChecks && (changed || moved)) {
      const health = {
        value: servers.health.get(index),
        rise: servers.rise.get(index),
        fall: servers.fall.get(index),
        weight: servers.userWeight.get(index),
      };
      this.#tell(proxy, "notice", "warning", healthCheckText(fullName, server.backup, outcome, health));
    }
    this.#applyHealth(index, outcome);
  }

  /** `set server … state`. */
  setAdminState(index: number, wanted: AdminState): void {
    const { servers } = this.#services.state;
    const admin = servers.adminState.get(index);
    const inMaintenance = (admin & ADMIN_STATE.forcedMaintenance) !== 0;
    const inDrain = (admin & ADMIN_STATE.forcedDrain) !== 0;
    if (wanted === "maint") {
      if (!inMaintenance) this.#enterMaintenance(index);
    } else if (inMaintenance) {
      this.#leaveMaintenance(index, wanted);
    } else if (wanted === "drain" && !inDrain) {
      this.#enterDrain(index);
    } else if (wanted === "ready" && inDrain) {
      this.#leaveDrain(index);
    }
  }

  /** `set server … health`: as if a check had said so. Without effect on the state during maintenance. */
  forceHealth(index: number, health: ForcedHealth): void {
    const { servers } = this.#services.state;
    const full = servers.rise.get(index) + servers.fall.get(index) - 1;
    servers.health.set(index, health === "down" ? 0 : full);
    if ((servers.adminState.get(index) & ADMIN_STATE.maintenance) !== 0) return;
    const reason = ", changed from CLI";
    if (health === "down") this.#stop(index, reason);
    else if (health === "up") this.#run(index, reason);
    else this.#retire(index, reason);
  }

  setWeight(index: number, weight: number): void {
    const { servers } = this.#services.state;
    servers.userWeight.set(index, weight);
    this.#changed(index, () => servers.effectiveWeight.set(index, weight * WEIGHT_SCALE));
  }

  /** Checks of this server are run (again) or not. */
  setCheckEnabled(index: number, enabled: boolean): void {
    const { checkState } = this.#services.state.servers;
    if (enabled) checkState.setBits(index, CHECK_STATE.enabled);
    else checkState.clearBits(index, CHECK_STATE.enabled | CHECK_STATE.inProgress);
  }

  /** What an operator did to a proxy. */
  announce(proxyIndex: number, text: string): void {
    const proxy = this.#services.model.proxies[proxyIndex];
    if (proxy !== undefined) this.#tell(proxy, "warning", "warning", text);
  }

  /** Moves the health one step; tells whether it moved. */
  #moveHealth(index: number, passed: boolean): boolean {
    const { health, rise, fall, failedChecks } = this.#services.state.servers;
    const now = health.get(index);
    const full = rise.get(index) + fall.get(index) - 1;
    if (passed) {
      if (now >= full) return false;
      health.set(index, now + 1 >= rise.get(index) ? full : now + 1);
      return true;
    }
    if (now === 0) return false;
    failedChecks.add(index, 1);
    health.set(index, now - 1 < rise.get(index) ? 0 : now - 1);
    return true;
  }

  #applyHealth(index: number, outcome: CheckOutcome): void {
    const { servers } = this.#services.state;
    if ((servers.adminState.get(index) & ADMIN_STATE.maintenance) !== 0) return;
    const { proxy } = this.placed[index]!;
    const reason = proxy.options.logHealthChecks ? "" : reasonText(outcome);
    const health = servers.health.get(index);
    if (outcome.result === "failed") {
      if (health === 0) this.#stop(index, reason);
    } else if (health >= servers.rise.get(index)) {
      if (outcome.result === "passed") this.#run(index, reason);
      else this.#retire(index, reason);
    }
  }

  #stop(index: number, reason: string): void {
    const { servers } = this.#services.state;
    if (servers.operationalState.get(index) === OPERATIONAL_STATE.stopped) return;
    const level = servers.usable(index) ? "alert" : "notice";
    this.#changed(
      index,
      () => this.#goDown(index),
      (label, figures) => [level, `${label} is DOWN${reason}. ${leftText(figures)}`],
    );
  }

  #run(index: number, reason: string): void {
    const { operationalState } = this.#services.state.servers;
    if (operationalState.get(index) === OPERATIONAL_STATE.running) return;
    this.#changed(
      index,
      () => this.#goUp(index),
      (label, figures) => ["notice", `${label} is UP${reason}. ${onlineText(figures)}`],
    );
  }

  /** Takes no new streams but those that belong to it: a 404 with `disable-on-404`. */
  #retire(index: number, reason: string): void {
    const { operationalState } = this.#services.state.servers;
    const state = operationalState.get(index);
    if (state === OPERATIONAL_STATE.stopping) return;
    this.#changed(
      index,
      () => {
        if (state === OPERATIONAL_STATE.stopped) this.#goUp(index);
        operationalState.set(index, OPERATIONAL_STATE.stopping);
        this.#services.state.servers.lastChangeMs.set(index, this.#services.clock.wallMs());
      },
      (label, figures) => ["notice", `${label} is stopping${reason}. ${onlineText(figures)}`],
    );
  }

  #enterMaintenance(index: number): void {
    const { servers } = this.#services.state;
    const wasDown = servers.operationalState.get(index) === OPERATIONAL_STATE.stopped;
    const level = servers.usable(index) ? "alert" : "notice";
    this.#changed(
      index,
      () => {
        servers.adminState.clearBits(index, ADMIN_STATE.forcedDrain);
        servers.adminState.setBits(index, ADMIN_STATE.forcedMaintenance);
        if (this.#isChecked(index)) servers.checkState.setBits(index, CHECK_STATE.paused);
        servers.health.set(index, 0);
        if (!wasDown) this.#goDown(index);
      },
      (label, figures) =>
        wasDown
          ? ["notice", `${label} was DOWN and now enters maintenance.`]
          : [level, `${label} is going DOWN for maintenance. ${leftText(figures)}`],
    );
  }

  #leaveMaintenance(index: number, wanted: "ready" | "drain"): void {
    const { servers } = this.#services.state;
    const draining = wanted === "drain";
    this.#changed(
      index,
      () => {
        servers.adminState.clearBits(index, ADMIN_STATE.forcedMaintenance | ADMIN_STATE.forcedDrain);
        if (draining) servers.adminState.setBits(index, ADMIN_STATE.forcedDrain);
        if (this.#isChecked(index)) {
          servers.checkState.clearBits(index, CHECK_STATE.paused);
          servers.health.set(index, servers.rise.get(index));
        }
        this.#goUp(index);
      },
      (label) => ["notice", `${label} is UP/${draining ? "DRAIN" : "READY"} (leaving forced maintenance).`],
    );
    if (!draining) return;
    const { proxy, server, fullName } = this.placed[index]!;
    this.#tell(proxy, "notice", "warning", `${serverLabel(fullName, server.backup)} remains in forced drain mode.`);
  }

  #enterDrain(index: number): void {
    const { servers } = this.#services.state;
    const isDown = servers.operationalState.get(index) === OPERATIONAL_STATE.stopped;
    this.#changed(
      index,
      () => servers.adminState.setBits(index, ADMIN_STATE.forcedDrain),
      (label, figures) => [
        "notice",
        `${label} enters drain state. ${isDown ? leftText(figures) : onlineText(figures)}`,
      ],
    );
  }

  #leaveDrain(index: number): void {
    const { servers } = this.#services.state;
    const isDown = servers.operationalState.get(index) === OPERATIONAL_STATE.stopped;
    this.#changed(
      index,
      () => servers.adminState.clearBits(index, ADMIN_STATE.forcedDrain),
      (label) => ["notice", `${label} is ${isDown ? "DOWN" : "UP"} (leaving forced drain).`],
    );
  }

  /** QUIRK: without checks a server keeps health 0 behind a maintenance, as in the reference. */
  #isChecked(index: number): boolean {
    return (this.#services.state.servers.checkState.get(index) & CHECK_STATE.enabled) !== 0;
  }

  #goDown(index: number): void {
    const { servers } = this.#services.state;
    servers.operationalState.set(index, OPERATIONAL_STATE.stopped);
    servers.lastChangeMs.set(index, this.#services.clock.wallMs());
    servers.wentDown.add(index, 1);
  }

  #goUp(index: number): void {
    const { servers } = this.#services.state;
    const nowMs = this.#services.clock.wallMs();
    if (servers.operationalState.get(index) === OPERATIONAL_STATE.stopped) {
      servers.downtimeMs.set(index, servers.downtimeMs.get(index) + nowMs - servers.lastChangeMs.get(index));
    }
    servers.operationalState.set(index, OPERATIONAL_STATE.running);
    servers.lastChangeMs.set(index, nowMs);
  }

  /** Makes a change of one server, counts its backend again, tells the workers, and says what happened. */
  #changed(
    index: number,
    change: () => void,
    line?: (label: string, figures: BackendFigures) => readonly [LogLevel, string],
  ): void {
    const { state } = this.#services;
    const { proxy, server, fullName } = this.placed[index]!;
    const usableBefore = this.#usableIn(proxy.index);
    const queuedBefore = state.servers.queued.get(index);
    change();
    state.recountServers(proxy.index, this.#serverIndices[proxy.index]!);
    this.#services.onStateChange(index);
    const usableNow = this.#usableIn(proxy.index);
    if (line !== undefined) {
      const left = !state.servers.running(index);
      const figures: BackendFigures = {
        active: state.proxies.usableActive.get(proxy.index),
        backup: state.proxies.usableBackup.get(proxy.index),
        sessions: state.servers.served.get(index),
        // What waited for a server that has left goes back to the backend's queue.
        requeued: left ? queuedBefore : 0,
        queued: left ? 0 : queuedBefore,
      };
      const [level, text] = line(serverLabel(fullName, server.backup), figures);
      this.#tell(proxy, level, "warning", text);
    }
    if (usableBefore > 0 && usableNow === 0) this.#backendDown(proxy);
    else if (usableBefore === 0 && usableNow > 0) this.#backendUp(proxy);
  }

  #usableIn(proxyIndex: number): number {
    const { usableActive, usableBackup } = this.#services.state.proxies;
    return usableActive.get(proxyIndex) + usableBackup.get(proxyIndex);
  }

  #backendDown(proxy: ProxyModel): void {
    const { proxies } = this.#services.state;
    proxies.lastChangeMs.set(proxy.index, this.#services.clock.wallMs());
    proxies.wentDown.add(proxy.index, 1);
    this.#log(proxy, "emerg", `backend ${proxy.name} has no server available!`);
    this.#services.report("alert", `backend '${proxy.name}' has no server available!`);
  }

  #backendUp(proxy: ProxyModel): void {
    const { proxies } = this.#services.state;
    const nowMs = this.#services.clock.wallMs();
    proxies.downtimeMs.set(
      proxy.index,
      proxies.downtimeMs.get(proxy.index) + nowMs - proxies.lastChangeMs.get(proxy.index),
    );
    proxies.lastChangeMs.set(proxy.index, nowMs);
  }

  #tell(proxy: ProxyModel, level: LogLevel, severity: ReportSeverity, text: string): void {
    this.#services.report(severity, text);
    this.#log(proxy, level, text);
  }

  #log(proxy: ProxyModel, level: LogLevel, text: string): void {
    const bytes = latin1Bytes(text);
    const tag = proxy.logTag ?? this.#services.model.global.logTag;
    for (const target of proxy.logTargets) this.#services.logSink.send(target, level, tag, bytes, 0, bytes.length);
  }
}

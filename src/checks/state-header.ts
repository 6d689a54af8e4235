// Owns the value of X-Haproxy-Server-State, by which a server learns how its balancer sees it. Configuration manual "http-check send-state".

import { OPERATIONAL_STATE, type SharedState, WEIGHT_SCALE } from "../records/index.ts";
import type { PlacedServer } from "./server-states.ts";
import type { CheckServices } from "./types.ts";

/** `UP 1/3; address=…; port=…; name=be/s1; node=…; weight=…/…; scur=…/…; qcur=…`. */
export function checkStateHeader(
  services: Pick<CheckServices, "state" | "serverAddresses" | "node">,
  placed: PlacedServer,
): string {
  const { server, proxy, fullName } = placed;
  const { servers, proxies } = services.state;
  const address = services.serverAddresses[server.index];
  const place =
    address === undefined || address.family === "unix"
      ? "address=unix"
      : `address=${address.host}; port=${address.port}`;
  const weight = Math.ceil(servers.effectiveWeight.get(server.index) / WEIGHT_SCALE);
  const useBackup = proxies.usableActive.get(proxy.index) === 0;
  const total = useBackup ? proxies.weightBackup.get(proxy.index) : proxies.weightActive.get(proxy.index);
  return [
    healthText(services.state, server.index),
    place,
    `name=${fullName}`,
    `node=${services.node}`,
    `weight=${weight}/${total}`,
    `scur=${servers.served.get(server.index)}/${proxies.backendConnections.get(proxy.index)}`,
    `qcur=${servers.queued.get(server.index)}`,
  ].join("; ");
}

function healthText(state: SharedState, index: number): string {
  const { servers } = state;
  const health = servers.health.get(index);
  const rise = servers.rise.get(index);
  const fall = servers.fall.get(index);
  const operational = servers.operationalState.get(index);
  if (operational === OPERATIONAL_STATE.stopped) return health === 0 ? "DOWN" : `DOWN ${health}/${rise}`;
  const word = operational === OPERATIONAL_STATE.stopping ? "NOLB" : "UP";
  return health === rise + fall - 1 ? word : `${word} ${health - rise + 1}/${fall}`;
}

// Owns which log targets a configuration has, and where their hosts are. Names are looked up once, before chroot.

import type { ConfigurationModel } from "../config/model/index.ts";
import type { LogTargetModel } from "../log/index.ts";

/** Every target once. Proxies that say `log global` may or may not share the objects. */
export function logTargetsOf(model: ConfigurationModel): readonly LogTargetModel[] {
  return [...new Set([...model.global.logTargets, ...model.proxies.flatMap((proxy) => proxy.logTargets)])];
}

/** Numeric addresses by host name. A name that is not found is left out: its lines are dropped and counted. */
export function resolveLogHosts(
  model: ConfigurationModel,
  resolveName: (name: string) => readonly string[] | undefined,
): Record<string, string> {
  const hosts: Record<string, string> = {};
  for (const { address } of logTargetsOf(model)) {
    if (address.kind !== "udp" || /^[0-9.]+$|:/.test(address.host)) continue;
    const found = resolveName(address.host)?.[0];
    if (found !== undefined) hosts[address.host] = found;
  }
  return hosts;
}

// Owns giving up privileges: descriptor limits, chroot, group, user, in the reference's order. It is done once, after every file has been
// read and every module loaded, since hardly anything can be read or loaded behind it (DESIGN §7). Configuration manual §3.1.

import type { GlobalModel } from "../config/model/index.ts";
import {
  changeRoot,
  type DescriptorLimits,
  descriptorLimits,
  dropSupplementaryGroups,
  forbidNewPrivileges,
  setDescriptorLimits,
  setGroup,
  setUser,
} from "./libc.ts";

/** Descriptors that are not client or server connections: sockets, pipes, event loops, files of the runtime. */
const RESERVED_DESCRIPTORS = 32;

export interface AppliedLimits {
  /** The limit that holds now (`Ulimit-n`). */
  readonly descriptors: number;
  /** The process-wide limit of connections: the configured one, or what the descriptors allow. */
  readonly maxconn: number;
}

/** Sets the limit of descriptors. The alert's text when `ulimit-n` asks for more than the system gives. */
export function applyDescriptorLimits(
  global: GlobalModel,
  sockets: number,
): AppliedLimits | { readonly alert: string } {
  const limits = descriptorLimits();
  const wanted = wantedLimits(global, limits, sockets);
  let current = limits.soft;
  if (setDescriptorLimits(wanted)) {
    current = wanted.soft;
  } else if (global.ulimitN !== undefined) {
    return { alert: `[pointsman.main()] Cannot raise FD limit to ${wanted.soft}, limit is ${limits.hard}.` };
  }
  const usable = Math.max(1, Math.floor((current - RESERVED_DESCRIPTORS - sockets) / 2));
  return { descriptors: current, maxconn: global.maxconn ?? usable };
}

/** Without `ulimit-n`: what `maxconn` needs, and never less than what is there. */
function wantedLimits(global: GlobalModel, limits: DescriptorLimits, sockets: number): DescriptorLimits {
  if (global.ulimitN !== undefined) {
    return { soft: global.ulimitN, hard: Math.max(global.ulimitN, Math.min(limits.hard, Number.MAX_SAFE_INTEGER)) };
  }
  const needed = global.maxconn === undefined ? limits.hard : global.maxconn * 2 + RESERVED_DESCRIPTORS + sockets;
  const soft = Math.min(Math.max(needed, limits.soft), 1048576);
  return { soft: Math.min(soft, limits.hard), hard: limits.hard };
}

/** chroot, setgroups, setgid, setuid. The alert's text of the step that failed; then the process must end. */
export function dropPrivileges(global: GlobalModel): string | undefined {
  if (global.chroot !== undefined && !changeRoot(global.chroot)) {
    return `[pointsman.main()] Cannot chroot(${global.chroot}).`;
  }
  forbidNewPrivileges();
  const { group, user } = global;
  if (group !== undefined && group.gid !== process.getgid?.()) {
    if (!dropSupplementaryGroups() && process.getuid?.() === 0) {
      return "[pointsman.main()] Cannot drop the supplementary groups.";
    }
    if (!setGroup(group.gid)) return `[pointsman.main()] Cannot set gid ${group.gid}.`;
  }
  if (user !== undefined && user.uid !== process.getuid?.() && !setUser(user.uid)) {
    return `[pointsman.main()] Cannot set uid ${user.uid}.`;
  }
  return undefined;
}

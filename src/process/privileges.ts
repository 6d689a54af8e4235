// Owns giving up privileges: descriptor limits, chroot, group, user, in the reference's order. It is done once, after every file has been
// read and every module loaded, since hardly anything can be read or loaded behind it (DESIGN §7). Configuration manual §3.1.

import type { GlobalModel } from "../config/model/index.ts";
import {
  changeRoot,
  descriptorLimits,
  dropSupplementaryGroups,
  forbidNewPrivileges,
  setDescriptorLimits,
  setGroup,
  setUser,
} from "./libc.ts";

/** Descriptors that are not client or server connections: sockets, pipes, event loops, files of the runtime. */
const RESERVED_DESCRIPTORS = 32;

/** Where the hard limit is no limit: what Linux gives a process by default (`fs.nr_open`). */
const SYSTEM_DESCRIPTORS_MAX = 1048576;

export interface AppliedLimits {
  /** The limit that holds now (`Ulimit-n`). */
  readonly descriptors: number;
  /** The process-wide limit of connections: the configured one, or what the descriptors allow. */
  readonly maxconn: number;
}

/**
 * Sets the limit of descriptors: what `ulimit-n` says, or what `maxconn` needs, or all that there may be. The alert's text when the system
 * does not give it (the reference's `strict-limits`).
 */
export function applyDescriptorLimits(
  global: GlobalModel,
  sockets: number,
): AppliedLimits | { readonly alert: string } {
  const { soft, hard } = descriptorLimits();
  const reserved = RESERVED_DESCRIPTORS + sockets;
  const needed = global.ulimitN ?? (global.maxconn === undefined ? 0 : global.maxconn * 2 + reserved);
  const highest = Math.min(hard, SYSTEM_DESCRIPTORS_MAX);
  const wanted = global.ulimitN ?? Math.max(needed, highest);
  if (wanted !== soft && !setDescriptorLimits({ soft: wanted, hard: Math.max(wanted, hard) })) {
    if (needed > soft) return { alert: `[pointsman.main()] Cannot raise FD limit to ${wanted}, limit is ${hard}.` };
  }
  const descriptors = descriptorLimits().soft;
  return { descriptors, maxconn: global.maxconn ?? Math.max(1, Math.floor((descriptors - reserved) / 2)) };
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

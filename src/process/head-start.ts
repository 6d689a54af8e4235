// Owns a guess that saves tens of milliseconds of the start: how many worker threads will be wanted, from a glance at the files, so that
// they can load their modules while the configuration is read. A wrong guess costs a little time and nothing else.

import { readFileSync } from "node:fs";
import type { RunOptions } from "./options.ts";
import { Threads } from "./threads.ts";

/** Larger files are not worth a glance: reading them takes longer than what is won. */
const GLANCE_BYTES_MAX = 1024 * 1024;

/** Starts the threads that the configuration will probably ask for; none where this process will not proxy. */
export function giveHeadStart(options: RunOptions, inBackground: boolean): Threads {
  if (options.check) return new Threads(0);
  const text = glance(options.files);
  const foreground = options.foreground || options.debug || inBackground;
  if (!foreground && (options.daemon || /^\s*daemon\b/m.test(text))) return new Threads(0);
  const nbthread = /^\s*nbthread\s+(\d{1,3})\b/m.exec(text)?.[1];
  // What does not look like a configuration will most likely end in an error message.
  if (!/^\s*(bind|listen|stats)\b/m.test(text)) return new Threads(0);
  return new Threads(nbthread === undefined ? navigator.hardwareConcurrency : Math.min(Number(nbthread), 64));
}

function glance(paths: readonly string[]): string {
  let text = "";
  for (const path of paths) {
    try {
      text += readFileSync(path, "latin1");
    } catch {
      // A folder, or missing: whoever reads the files in earnest will say so.
    }
    if (text.length > GLANCE_BYTES_MAX) break;
  }
  return text;
}

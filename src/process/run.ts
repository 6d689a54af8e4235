// Owns the way from the command line to a start: what is checked, what goes into the background, and where a run ends early. The
// parts that proxy are loaded only when there is something to start. Management manual §3.

import { writeSync } from "node:fs";
import { daemonPipe, startInBackground } from "./daemon.ts";
import { launcherPath } from "./installation.ts";
import { nameProcess } from "./libc.ts";
import { noMasterNotice, type RunOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import { Reporter } from "./report.ts";
import type { Threads } from "./threads.ts";

/** Runs the product as the command line says. Ends the process where the run ends; otherwise it serves when this returns. */
export async function run(options: RunOptions, threads: Threads): Promise<void> {
  const pipe = daemonPipe();
  nameProcess("pointsman");
  const stderr = new StandardError();
  const reporter = new Reporter({
    pid: process.pid,
    executable: launcherPath(),
    quiet: options.output !== "text" || (options.quiet && !options.verbose),
    write: (text) => stderr.write(text),
  });
  // In the background the foreground has already said what there is to say about the configuration.
  stderr.muted = pipe !== undefined;
  const prepared = await prepare(options, reporter);
  stderr.muted = false;
  if (typeof prepared === "number") process.exit(prepared);
  const { global } = prepared.model;
  const effective = global.masterWorker ? withMaster(options) : options;
  const foreground = options.foreground || options.debug;
  const background = (options.daemon || global.daemon) && !foreground;
  if (background && pipe === undefined) process.exit(startInBackground(reporter));
  const { Start } = await import("./start.ts");
  await new Start(effective, prepared, reporter, background ? pipe : undefined).run(threads);
}

/** The file's `master-worker` is as good as `-W`. */
function withMaster(options: RunOptions): RunOptions {
  if (options.masterWorker !== "no") return options;
  return { ...options, masterWorker: "yes", notices: [...options.notices, noMasterNotice("master-worker")] };
}

/** stderr, written at once so that nothing is lost when the process exits. */
class StandardError {
  muted = false;

  write(text: string): void {
    if (this.muted) return;
    try {
      writeSync(2, text);
    } catch {
      // Nobody listens, or the terminal is busy: a message is not worth waiting or dying for.
    }
  }
}

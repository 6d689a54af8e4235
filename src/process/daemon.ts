// Owns going into the background. The reference forks once it is sure of itself; a runtime with threads cannot fork, so the program is
// started a second time in a session of its own, does all the work there, and says over a pipe when it serves. The first one waits for that,
// and ends with 0 or with what became of the second one. Management manual §3 ("-D").

import { PIPE_VARIABLE } from "./background-flag.ts";
import {
  closeFd,
  createInheritedPipe,
  openNull,
  replaceStandardStreams,
  spawnDetached,
  waitForByte,
  waitForExit,
  writeText,
} from "./libc.ts";
import type { Reporter } from "./report.ts";

/** Starts this same program in the background and waits until it serves. Returns the exit code of the foreground. */
export function startInBackground(reporter: Reporter): number {
  const pipe = createInheritedPipe();
  if (pipe === undefined) {
    reporter.report("alert", "[pointsman.main()] Cannot create a pipe to the background process.");
    return 1;
  }
  const env = { ...process.env, [PIPE_VARIABLE]: String(pipe.writeEnd) };
  const pid = spawnDetached(
    process.execPath,
    [process.argv0, ...process.execArgv, ...process.argv.slice(1)],
    Object.entries(env).map(([name, value]) => `${name}=${value ?? ""}`),
  );
  closeFd(pipe.writeEnd);
  if (pid < 0) {
    reporter.report("alert", "[pointsman.main()] Cannot fork.");
    return 1;
  }
  if (waitForByte(pipe.readEnd)) return 0;
  const code = waitForExit(pid);
  reporter.report("alert", `Process ${pid} exited with code ${code} (${code < 128 ? "Exit" : "Killed"})`);
  return code === 0 ? 1 : code;
}

/** The pipe to the foreground, where this process was started by {@link startInBackground}. */
export function daemonPipe(): number | undefined {
  const text = process.env[PIPE_VARIABLE];
  if (text === undefined) return undefined;
  delete process.env[PIPE_VARIABLE];
  const fd = Number(text);
  return Number.isSafeInteger(fd) ? fd : undefined;
}

export interface BackgroundOptions {
  /** To the foreground that waits; undefined when this is the foreground. */
  readonly pipe: number | undefined;
  /** `-q`: stays where it is, but says nothing from now on, log lines on stdout included. */
  readonly quiet: boolean;
}

/**
 * Returns what lets the foreground go, and the terminal with it. Called before chroot hides /dev/null; the result is called once the
 * process serves.
 */
export function prepareBackground({ pipe, quiet }: BackgroundOptions): () => void {
  if (pipe === undefined && !quiet) return () => {};
  const nothing = openNull();
  return () => {
    replaceStandardStreams(nothing);
    if (pipe === undefined) return;
    writeText(pipe, "R");
    closeFd(pipe);
  };
}

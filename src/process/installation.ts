// Owns where this program lies: sources in src/, or bundles in dist/, with bin/pointsman beside them.

/** Whether the sources run, and not the bundle made of them. */
export const RUNS_FROM_SOURCES: boolean = import.meta.url.endsWith(".ts");

/** The launcher that started this program, or would. */
export function launcherPath(): string {
  return Bun.fileURLToPath(new URL(RUNS_FROM_SOURCES ? "../../bin/pointsman" : "../bin/pointsman", import.meta.url));
}

/** The entry of worker threads: a source file beside this one, or a bundle beside the bundle that this is part of. */
export function workerEntry(): URL {
  return new URL(RUNS_FROM_SOURCES ? "./worker.ts" : "./worker.js", import.meta.url);
}

// Owns where this program lies: sources in src/, or bundles in dist/, with bin/pointsman beside them. A bundle cannot ask its own module for that
// (what the bundler writes there is the path on the machine that made it), so the program's entry is asked.

/** Whether the bundles run, and not the sources. */
const BUNDLED = Bun.main.endsWith("/dist/main.js");

function beside(sources: string, bundle: string): URL {
  return BUNDLED ? new URL(bundle, Bun.pathToFileURL(Bun.main)) : new URL(sources, import.meta.url);
}

/** The launcher that started this program, or would. */
export function launcherPath(): string {
  return Bun.fileURLToPath(beside("../../bin/pointsman", "../bin/pointsman"));
}

/** The folder of the pages about each diagnostic, with a final slash. */
export function diagnosticPages(): URL {
  return beside("../../docs/diagnostics/", "../docs/diagnostics/");
}

/** The entry of worker threads. */
export function workerEntry(): URL {
  return beside("./worker.ts", "./worker.js");
}

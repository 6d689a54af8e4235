// Owns finding a Python with Flask for the tests that run the tutorial's real applications.

/** Path of a python3 that can import flask, or undefined: then the test says that it was skipped. */
export function findFlask(): string | undefined {
  for (const python of [process.env["PYTHON"], "/usr/bin/python3", "python3"]) {
    if (!python || !Bun.which(python)) continue;
    if (Bun.spawnSync([python, "-c", "import flask"], { stderr: "ignore" }).exitCode === 0) return python;
  }
  return undefined;
}

// Owns the launcher: that it finds Bun the way npm, and others, lay packages out, passes everything on, and says plainly when there is none.

import { afterAll, describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runPointsman, startPointsman } from "../support/pointsman.ts";

const root = resolve(import.meta.dir, "../..");
const work = mkdtempSync(join(tmpdir(), "pointsman-launcher-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What npm calls the package with the Bun for this machine. */
const mine = `bun-${process.platform}-${process.arch === "x64" ? "x64" : "aarch64"}${musl() ? "-musl" : ""}`;

function musl(): boolean {
  return readdirSync("/lib").some((name) => name.startsWith("ld-musl-"));
}

/** Puts the Bun that runs this test where npm would put the package with it. */
function installBun(modules: string): void {
  mkdirSync(join(modules, "@oven", mine, "bin"), { recursive: true });
  symlinkSync(process.execPath, join(modules, "@oven", mine, "bin/bun"));
}

const VERSION = /^HAProxy version 3\.2\.\d+-pointsman-/;

/** A copy of the package as it is published, without its dependencies. */
function installPackage(at: string): void {
  mkdirSync(at, { recursive: true });
  for (const name of ["bin", "dist", "src", "package.json"]) {
    if (existsSync(join(root, name)))
      cpSync(join(root, name), join(at, name), { recursive: true, preserveTimestamps: true });
  }
}

describe("bin/pointsman finds Bun", () => {
  test("hoisted beside the package, started through node_modules/.bin", async () => {
    const project = join(work, "hoisted");
    installPackage(join(project, "node_modules/pointsman"));
    installBun(join(project, "node_modules"));
    mkdirSync(join(project, "node_modules/.bin"));
    symlinkSync("../pointsman/bin/pointsman", join(project, "node_modules/.bin/pointsman"));
    const started = await runPointsman(["-v"], {
      program: join(project, "node_modules/.bin/pointsman"),
      env: { PATH: "/usr/bin:/bin" },
    });
    expect(started.stdout).toMatch(VERSION);
    expect(started.code).toBe(0);
  });

  test("moved over the placeholder, as the npm package's install script does", async () => {
    const project = join(work, "moved-binary");
    installPackage(join(project, "node_modules/pointsman"));
    mkdirSync(join(project, "node_modules/bun/bin"), { recursive: true });
    mkdirSync(join(project, "node_modules/@oven"));
    symlinkSync(process.execPath, join(project, "node_modules/bun/bin/bun.exe"));
    const program = join(project, "node_modules/pointsman/bin/pointsman");
    expect((await runPointsman(["-v"], { program, env: { PATH: "/usr/bin:/bin" } })).stdout).toMatch(VERSION);
  });

  test("in a folder of links, as pnpm lays packages out", async () => {
    const store = join(work, "linked/node_modules/.pnpm");
    installPackage(join(store, "pointsman@0.1.0/node_modules/pointsman"));
    mkdirSync(join(store, "bun@1.4.5/node_modules/bun"), { recursive: true });
    installBun(join(store, "bun@1.4.5/node_modules"));
    symlinkSync("../../bun@1.4.5/node_modules/bun", join(store, "pointsman@0.1.0/node_modules/bun"));
    symlinkSync(".pnpm/pointsman@0.1.0/node_modules/pointsman", join(work, "linked/node_modules/pointsman"));
    const program = join(work, "linked/node_modules/pointsman/bin/pointsman");
    expect((await runPointsman(["-v"], { program, env: { PATH: "/usr/bin:/bin" } })).stdout).toMatch(VERSION);
  });

  test("the variant for this machine where several are installed", async () => {
    const project = join(work, "several");
    installPackage(join(project, "node_modules/pointsman"));
    for (const name of ["bun-freebsd-x64", "bun-windows-x64", "bun-linux-ppc64"]) {
      mkdirSync(join(project, "node_modules/@oven", name, "bin"), { recursive: true });
      writeFileSync(join(project, "node_modules/@oven", name, "bin/bun"), "#!/bin/sh\necho the wrong one\n", {
        mode: 0o755,
      });
    }
    installBun(join(project, "node_modules"));
    const program = join(project, "node_modules/pointsman/bin/pointsman");
    expect((await runPointsman(["-v"], { program, env: { PATH: "/usr/bin:/bin" } })).stdout).toMatch(VERSION);
  });

  test("on PATH as a last resort, but never the placeholder script of the npm package", async () => {
    const project = join(work, "path");
    installPackage(join(project, "pointsman"));
    const program = join(project, "pointsman/bin/pointsman");
    const binary = join(project, "binary");
    mkdirSync(binary);
    symlinkSync(process.execPath, join(binary, "bun"));
    expect((await runPointsman(["-v"], { program, env: { PATH: `${binary}:/usr/bin:/bin` } })).stdout).toMatch(VERSION);
    const placeholder = join(project, "placeholder");
    mkdirSync(placeholder);
    writeFileSync(join(placeholder, "bun"), 'echo "Error: install scripts did not run." >&2\nexit 1\n', {
      mode: 0o755,
    });
    const failed = await runPointsman(["-v"], { program, env: { PATH: `${placeholder}:/usr/bin:/bin` } });
    expect(failed.code).toBe(127);
    expect(failed.stderr).toContain("the Bun runtime is missing");
    expect(failed.stderr).toContain("npm ci");
  });

  test("words with spaces and empty words arrive as they are, and the working directory stays", async () => {
    const finished = await runPointsman(["-c", "-f", "a b.cfg"], { cwd: work });
    expect(finished.stderr).toContain("Cannot open configuration file/directory a b.cfg : No such file or directory");
    writeFileSync(join(work, "a b.cfg"), "global\n");
    expect((await runPointsman(["-c", "-f", "a b.cfg"], { cwd: work })).code).toBe(2);
    const empty = await runPointsman(["-c", "-f", ""], { cwd: work });
    expect(empty.stderr).toContain("Cannot open configuration file/directory  : No such file or directory");
  });
});

describe("sources and bundle", () => {
  const bun = process.execPath;
  const text = `defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend fe
  bind 127.0.0.1:{{port:fe}}
  http-request deny deny_status 429 if { path,sha1,hex -m found }
`;

  /** Serves with `entry` as the program, workers and lazily loaded built-in modules included. */
  async function serves(entry: string): Promise<void> {
    const program = join(work, "start");
    writeFileSync(program, `#!/bin/sh\nexec "${bun}" "${entry}" "$@"\n`, { mode: 0o755 });
    const running = await startPointsman(text, { program });
    try {
      expect((await fetch(running.url("fe"))).status).toBe(429);
      running.signal("SIGUSR1");
      expect(await running.exited()).toBe(0);
    } finally {
      await running.stop();
    }
  }

  test("the sources serve", () => serves(join(root, "src/cli/main.ts")));

  test("a bundle serves, wherever it lies", async () => {
    const made = await runPointsman(["scripts/bundle.ts", join(work, "made/dist")], { program: bun, cwd: root });
    expect(made.code).toBe(0);
    mkdirSync(join(work, "moved"));
    renameSync(join(work, "made/dist"), join(work, "moved/dist"));
    await serves(join(work, "moved/dist/main.js"));
  });
});

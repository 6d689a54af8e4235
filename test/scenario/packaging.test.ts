// Owns what can be shown of packaging without a Docker engine and without systemd: the entry point does what the official image's does, the
// files are well-formed, and they name things that exist.

import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");
const episodes = readdirSync(join(root, "examples")).filter((name) => name.startsWith("ep"));

describe("the image's entry point", () => {
  /** Runs the entry point with a `haproxy` that only prints its arguments. */
  function run(...words: string[]): string {
    const folder = mkdtempSync(join(tmpdir(), "pointsman-entry-"));
    try {
      for (const name of ["haproxy", "pointsman"]) {
        writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} "$@"\n`);
        chmodSync(join(folder, name), 0o755);
      }
      const command = [join(root, "packaging/docker-entrypoint.sh"), ...words];
      return Bun.spawnSync(command, { env: { PATH: `${folder}:/usr/bin:/bin` } }).stdout.toString();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  test("stays in the foreground whatever the file says", () => {
    expect(run("haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg")).toBe(
      "haproxy -db -f /usr/local/etc/haproxy/haproxy.cfg\n",
    );
    expect(run("pointsman", "-f", "a.cfg")).toBe("pointsman -db -f a.cfg\n");
  });
  test("takes options alone as options of the balancer", () => {
    expect(run("-c", "-f", "a.cfg")).toBe("haproxy -db -c -f a.cfg\n");
  });
  test("runs any other command as it is", () => {
    expect(run("echo", "hello", "two words")).toBe("hello two words\n");
  });
});

describe("the Dockerfile", () => {
  const text = readFileSync(join(root, "Dockerfile"), "utf8");
  test("copies only what is there", () => {
    const sources = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => (match[1] ?? "").split(" "));
    expect(sources.length).toBeGreaterThan(3);
    expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
  test("reads the usual file, is unprivileged, stops softly", () => {
    expect(text).toContain("USER haproxy");
    expect(text).toContain("STOPSIGNAL SIGUSR1");
    expect(text).toContain('CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]');
  });
  test("does not send the repository's rest to the engine, but all that is copied", () => {
    const ignored = readFileSync(join(root, ".dockerignore"), "utf8").split("\n").filter(Boolean);
    for (const name of ["src", "bin", "packaging", "package.json", "package-lock.json"])
      expect(ignored).not.toContain(name);
  });
});

describe.each(episodes)("examples/%s", (episode) => {
  const folder = join(root, "examples", episode);
  const compose = Bun.YAML.parse(readFileSync(join(folder, "docker-compose.yml"), "utf8")) as {
    services: Record<
      string,
      { build: string | { context: string; dockerfile: string }; volumes?: string[]; depends_on?: string[] }
    >;
  };
  test("docker-compose.yml builds Pointsman in place of the image, and files that exist", () => {
    expect(resolve(folder, compose.services["haproxy"]?.build as string)).toBe(root);
    for (const service of Object.values(compose.services)) {
      if (typeof service.build === "object")
        expect(existsSync(join(folder, service.build.context, service.build.dockerfile))).toBe(true);
      for (const name of service.depends_on ?? []) expect(compose.services[name]).toBeDefined();
    }
    expect(compose.services["haproxy"]?.volumes).toEqual(["./haproxy.cfg:/usr/local/etc/haproxy/haproxy.cfg:ro"]);
  });
  test("the Dockerfiles copy and start files that exist", () => {
    for (const file of readdirSync(folder).filter((name) => name.startsWith("Dockerfile."))) {
      const text = readFileSync(join(folder, file), "utf8");
      for (const match of text.matchAll(/^COPY (\S+) /gm)) expect(existsSync(join(folder, match[1] ?? ""))).toBe(true);
      expect(existsSync(join(folder, /^CMD \["python", "(.+)"\]$/m.exec(text)?.[1] ?? "none"))).toBe(true);
    }
  });
  test("run.sh is a sound script", () => {
    expect(Bun.spawnSync(["sh", "-n", join(folder, "run.sh")]).exitCode).toBe(0);
    expect(Bun.spawnSync(["sh", "-n", join(root, "examples/run-episode")]).exitCode).toBe(0);
  });
});

test("the systemd unit starts and checks the same file", () => {
  const lines = readFileSync(join(root, "packaging/pointsman.service"), "utf8").split("\n");
  const value = (name: string) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  expect(value("ExecStartPre")).toContain("-c -q -f $CONFIG");
  expect(value("ExecStart")).toContain("-db -f $CONFIG");
  expect(value("KillSignal")).toBe("SIGUSR1");
});

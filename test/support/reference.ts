// Owns the reference program in tests: where it is installed, and starting it on free ports with a config of one's own.
// A test that needs it and does not find it skips and says why. Every start must be paired with a stop.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** The program's path, or why there is none. `POINTSMAN_REFERENCE` names it; else the installer's folder is looked at. */
export function findReference(): { readonly path: string } | { readonly path: undefined; readonly reason: string } {
  const named = process.env["POINTSMAN_REFERENCE"];
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return { path: named };
    return { path: undefined, reason: `POINTSMAN_REFERENCE names ${named}, which does not exist` };
  }
  const installed = join(homedir(), ".cache/reference-haproxy/haproxy");
  if (existsSync(installed)) return { path: installed };
  return { path: undefined, reason: `the reference is not installed (${installed}); set POINTSMAN_REFERENCE` };
}

/** A running reference. */
export interface Reference {
  /** The free port that stands where the config said `{{port:name}}`. */
  port(name: string): number;
  /** A folder for sockets and files: `{{dir}}` in the config. Gone after `stop`. */
  readonly dir: string;
  readonly pid: number;
  /** What it printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/**
 * Starts the reference with `configText`, in which `{{port:name}}` becomes a free TCP port on loopback and `{{dir}}` a
 * fresh folder, and waits until every such port that a `bind` line names accepts. Throws with its output when it exits.
 */
export async function startReference(configText: string): Promise<Reference> {
  const found = findReference();
  if (found.path === undefined) throw new Error(found.reason);
  const dir = mkdtempSync(join(tmpdir(), "pointsman-reference-"));
  const names = [...new Set([...configText.matchAll(/\{\{port:([\w-]+)\}\}/g)].map((match) => match[1]!))];
  const free = await freePorts(names.length);
  const ports = new Map(names.map((name, i) => [name, free[i]!]));
  const text = configText
    .replaceAll("{{dir}}", dir)
    .replace(/\{\{port:([\w-]+)\}\}/g, (_, name: string) => String(ports.get(name)));
  const file = join(dir, "reference.cfg");
  writeFileSync(file, text);
  const child = Bun.spawn([found.path, "-db", "-f", file], { stdout: "pipe", stderr: "pipe", cwd: dir });
  const output: string[] = [];
  void collect(child.stdout, output);
  void collect(child.stderr, output);
  const stop = async () => {
    child.kill("SIGKILL");
    await child.exited;
    rmSync(dir, { recursive: true, force: true });
  };
  const bound = [...text.matchAll(/^\s*bind\s+(?:127\.0\.0\.1)?:(\d+)/gm)].map((match) => Number(match[1]));
  for (const port of bound) {
    if (await accepts(port, () => child.exitCode !== null)) continue;
    await stop();
    throw new Error(`the reference did not start:\n${output.join("")}\n${text}`);
  }
  return {
    port: (name) => {
      const port = ports.get(name);
      if (port === undefined) throw new Error(`the config has no {{port:${name}}}`);
      return port;
    },
    dir,
    pid: child.pid,
    output: () => output.join(""),
    stop,
  };
}

/** `count` TCP ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

async function collect(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) into.push(decoder.decode(chunk, { stream: true }));
}

/** Tries for up to five seconds to connect; false when that never worked or `gone` says that nobody will listen. */
async function accepts(port: number, gone: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 250 && !gone(); tries++) {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).catch(() => undefined);
    if (socket !== undefined) {
      socket.end();
      return true;
    }
    await Bun.sleep(20);
  }
  return false;
}

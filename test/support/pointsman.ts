// Owns running the built program in tests: with a configuration of the test's own on free ports, or with a whole command line. Whatever is
// started must be stopped; a test that forgets it leaves a process behind.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { accepts, freePorts } from "./ports.ts";

/** The launcher: tests start what a user starts. */
export const POINTSMAN: string = resolve(import.meta.dir, "../../bin/pointsman");

export interface PointsmanOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags in front of `-f`; `-db` when unset. */
  readonly flags?: readonly string[];
  /** What is started in place of bin/pointsman: to run a test against the reference as well. */
  readonly program?: string;
  /** Do not wait until it accepts. */
  readonly waitForReady?: boolean;
}

/** A running balancer. */
export interface Pointsman {
  /** The free port that stands where the configuration said `{{port:name}}`. */
  port(name: string): number;
  url(name: string, path?: string): string;
  /** A folder for sockets and files: `{{dir}}` in the configuration. Gone after `stop`. */
  readonly dir: string;
  readonly file: string;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  /** The exit code, 128 + number after a signal, once it has ended and its output is complete. */
  exited(): Promise<number>;
  /** Ends it at once if it still runs. */
  stop(): Promise<void>;
}

/** What a command line printed and how it ended. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line to its end. `{{dir}}` is not replaced: the words are given as they are. */
export async function runPointsman(
  words: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly program?: string; readonly cwd?: string } = {},
): Promise<Finished> {
  const child = Bun.spawn([options.program ?? POINTSMAN, ...words], {
    env: { ...process.env, ...options.env },
    stdout: "pipe",
    stderr: "pipe",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await exitCode(child), stdout, stderr };
}

/** Replaces `{{port:name}}` and `{{dir}}`. */
export async function fillTemplate(
  text: string,
  dir: string,
): Promise<{ readonly text: string; readonly ports: ReadonlyMap<string, number> }> {
  const names = [...new Set([...text.matchAll(/\{\{port:([\w-]+)\}\}/g)].map((match) => match[1] ?? ""))];
  const free = await freePorts(names.length);
  const ports = new Map(names.map((name, i) => [name, free[i] ?? 0]));
  const filled = text
    .replaceAll("{{dir}}", dir)
    .replace(/\{\{port:([\w-]+)\}\}/g, (_, name: string) => String(ports.get(name)));
  return { text: filled, ports };
}

/**
 * Starts Pointsman with `configuration`, in which `{{port:name}}` becomes a free TCP port of 127.0.0.1 and `{{dir}}` a fresh folder, and waits until
 * every `bind` line with a port accepts. Throws with its output when it ends instead.
 */
export async function startPointsman(configuration: string, options: PointsmanOptions = {}): Promise<Pointsman> {
  const dir = mkdtempSync(join(tmpdir(), "pointsman-test-"));
  const { text, ports } = await fillTemplate(configuration, dir);
  const file = join(dir, "haproxy.cfg");
  writeFileSync(file, text);
  const child = Bun.spawn([options.program ?? POINTSMAN, ...(options.flags ?? ["-db"]), "-f", file], {
    env: { ...process.env, ...options.env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const output = { stdout: "", stderr: "" };
  const complete = Promise.all([
    collect(child.stdout, (piece) => {
      output.stdout += piece;
    }),
    collect(child.stderr, (piece) => {
      output.stderr += piece;
    }),
  ]);
  const exited = async () => {
    const code = await exitCode(child);
    await complete;
    return code;
  };
  const running: Pointsman = {
    port: (name) => {
      const port = ports.get(name);
      if (port === undefined) throw new Error(`the configuration has no {{port:${name}}}`);
      return port;
    },
    url: (name, path = "/") => `http://127.0.0.1:${running.port(name)}${path}`,
    dir,
    file,
    pid: child.pid,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    signal: (name) => child.kill(name),
    exited,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  if (options.waitForReady !== false) await waitUntilReady(running, text, () => child.exitCode !== null);
  return running;
}

/** Waits until `condition` holds; throws with `what` after `timeoutMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await Bun.sleep(5);
  }
}

async function waitUntilReady(running: Pointsman, text: string, ended: () => boolean): Promise<void> {
  const fail = async (why: string) => {
    await running.stop();
    return new Error(`${why}:\n${running.stderr()}${running.stdout()}\n${text}`);
  };
  const ports = [...text.matchAll(/^\s*bind\s+(?:127\.0\.0\.1|\*)?:(\d+)/gm)].map((match) => Number(match[1]));
  const sockets = [...text.matchAll(/^\s*stats socket (\/\S+)/gm)].map((match) => match[1] ?? "");
  const deadline = performance.now() + 20_000;
  const ready = async () =>
    (await Promise.all(ports.map((port) => accepts(port)))).every(Boolean) && sockets.every((path) => existsSync(path));
  while (!(await ready())) {
    if (ended()) throw await fail("Pointsman ended instead of serving");
    if (performance.now() > deadline) throw await fail("Pointsman does not accept");
    await Bun.sleep(5);
  }
}

async function collect(stream: ReadableStream<Uint8Array>, take: (piece: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGUSR1: 10, SIGTERM: 15 };

async function exitCode(child: Bun.Subprocess): Promise<number> {
  await child.exited;
  if (child.signalCode !== null) return 128 + (SIGNAL_NUMBERS[child.signalCode] ?? 0);
  return child.exitCode ?? -1;
}

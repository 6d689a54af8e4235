// Owns `pointsman demo`: starts the sample applications, the balancer as a process of its own, the built-in client and the live view, and ends
// all of them, however it is left. The README's "npm start" is this.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers, freePort, RunningApp } from "./apps.ts";
import { type DemoPorts, demoConfiguration, type Episode, episodes } from "./episodes.ts";
import { renderPlain, renderScreen, type ScreenState } from "./screen.ts";
import { readServers, runCommand, type ServerLine } from "./statistics.ts";
import { Traffic } from "./traffic.ts";

const usage = `usage: pointsman demo [--episode ${episodes.map((one) => one.name).join("|")}] [--port 8080] [--seconds N]
  Starts sample applications, the balancer in front of them and a small client, and shows live how requests are spread.
  --seconds N   ends by itself after N seconds
`;

export interface DemoOptions {
  readonly episode: Episode;
  readonly port: number;
  readonly seconds: number | undefined;
}

/** Runs the demo until a key, a signal or `--seconds` ends it; returns the exit code. `launcher` is how this program was started. */
export async function runDemo(words: readonly string[], launcher: string): Promise<number> {
  const options = readOptions(words);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n${usage}`);
    return 1;
  }
  if (options === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  const demo = new Demo(options, launcher);
  try {
    return await demo.run();
  } finally {
    await demo.end();
  }
}

function readOptions(words: readonly string[]): DemoOptions | string | undefined {
  let episode = episodes[0] as Episode;
  let port = 8080;
  let seconds: number | undefined;
  for (let at = 0; at < words.length; at += 2) {
    const [name, value] = [words[at], words[at + 1]];
    if (name === "--help" || name === "-h") return undefined;
    if (value === undefined) return `pointsman demo: '${name}' needs a value`;
    const number = Number(value);
    if (name === "--episode") {
      const found = episodes.find((one) => one.name === value);
      if (!found) return `pointsman demo: there is no episode '${value}'`;
      episode = found;
    } else if (name === "--port" && Number.isInteger(number) && number > 0 && number < 65_536) port = number;
    else if (name === "--seconds" && number > 0) seconds = number;
    else return `pointsman demo: '${name} ${value}' is not understood`;
  }
  return { episode, port, seconds };
}

class Demo {
  readonly #options: DemoOptions;
  readonly #launcher: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "pointsman-demo-"));
  readonly #live = Boolean(process.stdout.isTTY && process.stdin.isTTY);
  readonly #logLines: string[] = [];
  #apps: RunningApp[] = [];
  #balancer: ChildProcess | undefined;
  #traffic: Traffic | undefined;
  #ports: DemoPorts | undefined;
  #configuration = "";
  #servers: ServerLine[] = [];
  #rates: number[] = [];
  #lookedAt = 0;
  #finish: ((code: number) => void) | undefined;
  #showConfiguration = false;

  constructor(options: DemoOptions, launcher: string) {
    this.#options = options;
    this.#launcher = launcher;
  }

  async run(): Promise<number> {
    const ended = new Promise<number>((done) => {
      this.#finish = done;
    });
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => this.#finish?.(0));
    await this.#startApps();
    this.#print(this.#configuration);
    if (!(await this.#startBalancer())) return 1;
    this.#print(this.#where());
    this.#traffic = new Traffic(this.#options.episode, this.#ports?.frontend ?? 0);
    this.#traffic.start();
    if (this.#live) this.#listenToKeys();
    const timer = setInterval(() => void this.#look(), this.#live ? 500 : 1000);
    const end =
      this.#options.seconds === undefined
        ? undefined
        : setTimeout(() => this.#finish?.(0), this.#options.seconds * 1000);
    const code = await ended;
    clearInterval(timer);
    clearTimeout(end);
    return code;
  }

  /** Ends everything that was started, and returns when it is gone. */
  async end(): Promise<void> {
    this.#traffic?.stop();
    for (const app of this.#apps) app.stop();
    if (this.#live) process.stdout.write("\x1b[?25h\x1b[?1049l");
    if (this.#live) process.stdin.setRawMode(false);
    process.stdin.pause();
    if (this.#balancer) await endProcess(this.#balancer);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #startApps(): Promise<void> {
    const episode = this.#options.episode;
    for (const [at, app] of episode.apps.entries()) {
      const running = new RunningApp(app, await freePort(5001 + at));
      await running.start();
      this.#apps.push(running);
    }
    const ports = {
      frontend: await freePort(this.#options.port),
      stats: await freePort(8404),
      apps: this.#apps.map((app) => app.port),
      socket: join(this.#folder, "stats.sock"),
    };
    this.#ports = ports;
    this.#configuration = demoConfiguration(episode, ports);
  }

  async #startBalancer(): Promise<boolean> {
    const file = join(this.#folder, "haproxy.cfg");
    writeFileSync(file, this.#configuration);
    const child = spawn(this.#launcher, ["-db", "-f", file], { stdio: ["ignore", "pipe", "pipe"] });
    this.#balancer = child;
    const keep = (bytes: Buffer) => {
      this.#logLines.push(...bytes.toString("utf8").split("\n").filter(Boolean));
      this.#logLines.splice(0, Math.max(0, this.#logLines.length - 20));
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    child.on("error", () => undefined);
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await answers(this.#ports?.frontend ?? 0)) {
        child.on("exit", () => this.#finish?.(1));
        return true;
      }
      if (child.exitCode !== null) break;
      await new Promise((done) => setTimeout(done, 25));
    }
    process.stderr.write(`pointsman demo: the balancer did not start\n${this.#logLines.join("\n")}\n`);
    return false;
  }

  #where(): string {
    const ports = this.#ports;
    const apps = this.#apps.map((app) => `${app.app.server} 127.0.0.1:${app.port}`).join(", ");
    return `${this.#options.episode.title}: ${this.#options.episode.watch}
applications: ${apps}
balancer:     http://127.0.0.1:${ports?.frontend}/
stats page:   http://127.0.0.1:${ports?.stats}/
stats socket: ${ports?.socket}
Ctrl-C ends everything.`;
  }

  #print(text: string): void {
    if (!this.#live) process.stdout.write(`${text}\n`);
  }

  #listenToKeys(): void {
    process.stdout.write("\x1b[?1049h\x1b[?25l");
    process.stdin.setRawMode(true);
    process.stdin.resume();
    process.stdin.on("data", (bytes: Buffer) => {
      for (const key of bytes.toString("latin1")) this.#press(key);
    });
  }

  #press(key: string): void {
    if (key === "q" || key === "\x03" || key === "\x04") {
      this.#finish?.(0);
      return;
    }
    if (key === "c") this.#showConfiguration = !this.#showConfiguration;
    const app = this.#apps[Number(key) - 1];
    if (app?.running) app.stop();
    else if (app) app.start().catch(() => app.stop());
    void this.#look();
  }

  async #look(): Promise<void> {
    const csv = await runCommand(this.#ports?.socket ?? "", "show stat");
    if (csv === undefined) return;
    const servers = readServers(csv).filter((line) => line.backend !== "stats");
    const now = performance.now();
    const seconds = Math.max(0.001, (now - this.#lookedAt) / 1000);
    this.#rates = servers.map((server, at) => Math.max(0, (server.total - (this.#servers[at]?.total ?? 0)) / seconds));
    this.#lookedAt = now;
    this.#servers = servers;
    this.#draw();
  }

  #draw(): void {
    const state = this.#state();
    if (!this.#live) {
      this.#print(renderPlain(state));
      return;
    }
    const lines = this.#showConfiguration
      ? [...this.#configuration.split("\n").slice(0, state.rows - 3), "", "c: back"]
      : renderScreen(state);
    process.stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`);
  }

  #state(): ScreenState {
    return {
      episode: this.#options.episode,
      url: `http://127.0.0.1:${this.#ports?.frontend}/`,
      statsUrl: `http://127.0.0.1:${this.#ports?.stats}/`,
      configuration: this.#configuration,
      servers: this.#servers,
      rates: this.#rates,
      traffic: this.#traffic?.count ?? { sent: 0, answered: 0, failed: 0, inFlight: 0 },
      logLines: this.#logLines,
      columns: process.stdout.columns ?? 100,
      rows: process.stdout.rows ?? 24,
    };
  }
}

/** SIGTERM, and SIGKILL for a process that does not obey within two seconds. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 2000);
  await gone;
  clearTimeout(late);
}

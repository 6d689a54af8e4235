// Owns starting and ending what is measured: the reference, Pointsman, nginx as a proxy, and a node:http proxy. Every process is ended by its own id.

import { writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join, resolve } from "node:path";
import { haproxyConfiguration, nginxConfiguration, type Ports, type Scenario } from "./scenarios.ts";

export interface Running {
  /** Processes whose CPU time counts. */
  pids(): number[];
  stop(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  start(scenario: Scenario, ports: Ports, folder: string, certificate: string, threads: number): Promise<Running>;
}

const root = resolve(import.meta.dir, "../..");

/** Where the reference is, or undefined. */
export function findReference(): string | undefined {
  const named = process.env["POINTSMAN_REFERENCE"] ?? `${process.env["HOME"]}/.cache/reference-haproxy/haproxy`;
  return Bun.which(named) ?? undefined;
}

export function contenders(): Contender[] {
  const list: Contender[] = [];
  const reference = findReference();
  if (reference) list.push(haproxyLike("reference", [reference, "-db"]));
  list.push(haproxyLike("pointsman", [join(root, "bin/pointsman"), "-db"]));
  if (Bun.which("nginx")) list.push(nginx);
  if (Bun.which("node")) list.push(nodeProxy);
  return list;
}

function haproxyLike(name: string, command: readonly string[]): Contender {
  return {
    name,
    async start(scenario, ports, folder, certificate, threads) {
      const file = join(folder, `${name}.cfg`);
      writeFileSync(file, haproxyConfiguration(scenario, ports, certificate, threads));
      return await startProcess([...command, "-f", file], ports.frontend);
    },
  };
}

const nginx: Contender = {
  name: "nginx",
  async start(scenario, ports, folder, certificate) {
    const file = join(folder, "nginx-proxy.conf");
    writeFileSync(file, nginxConfiguration(scenario, ports, certificate, folder));
    return await startNginx(file, folder, ports.frontend);
  },
};

const nodeProxy: Contender = {
  name: "node:http",
  async start(scenario, ports, folder, certificate) {
    const file = join(folder, "proxy.mjs");
    writeFileSync(file, nodeProxySource(ports, scenario.scheme === "https" ? certificate : undefined));
    return await startProcess([Bun.which("node") ?? "node", file], ports.frontend);
  },
};

function nodeProxySource(ports: Ports, certificate: string | undefined): string {
  return `import http from "node:http"; import https from "node:https"; import { readFileSync } from "node:fs";
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
const ports = ${JSON.stringify(ports.backends)};
let turn = 0;
function handle(request, response) {
  const port = ports[turn++ % ports.length];
  const out = http.request({ host: "127.0.0.1", port, path: request.url, method: request.method, headers: request.headers, agent }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers); answer.pipe(response);
  });
  out.on("error", () => response.destroy());
  request.pipe(out);
}
const certificate = ${JSON.stringify(certificate ?? "")};
const server = certificate ? https.createServer({ key: readFileSync(certificate), cert: readFileSync(certificate) }, handle) : http.createServer(handle);
server.listen(${ports.frontend}, "127.0.0.1");
`;
}

/** Starts nginx in the foreground; the CPU of its workers counts. */
export async function startNginx(file: string, folder: string, port: number): Promise<Running> {
  const running = await startProcess(["nginx", "-p", folder, "-c", file, "-g", "daemon off;"], port);
  const master = running.pids()[0] ?? 0;
  return { pids: () => [master, ...childrenOf(master)], stop: running.stop };
}

function childrenOf(pid: number): number[] {
  const text = Bun.spawnSync(["cat", `/proc/${pid}/task/${pid}/children`]).stdout.toString();
  return text.split(" ").filter(Boolean).map(Number);
}

/** Starts a program and waits until its port answers. */
export async function startProcess(command: readonly string[], port: number): Promise<Running> {
  const child = Bun.spawn([...command], { stdout: "ignore", stderr: "pipe", stdin: "ignore" });
  const deadline = performance.now() + 10_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${command.join(" ")} did not start: ${await new Response(child.stderr).text()}`);
    }
    await Bun.sleep(20);
  }
  return {
    pids: () => [child.pid],
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 5000);
      await child.exited;
      clearTimeout(late);
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}

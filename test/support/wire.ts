// Owns the wire comparison: the same configuration, the same client bytes and the same scripted server for the reference and for Pointsman; what
// the server received, what the client received and the log line come back as text that can be compared to the letter.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findReference, freePorts } from "./reference.ts";

/** One exchange: what the client sends (a pause between the parts), and what the server answers to each request head it sees. */
export interface WireCase {
  readonly name: string;
  /** Parts sent one after the other; "\x00FIN" half-closes, "\x00RST" resets. */
  readonly client: readonly string[];
  /** Answers in order, on whatever connection the request comes; "\x00FIN" ends the connection, "\x00RST" resets it, "\x00NONE" stays silent. */
  readonly server?: readonly (readonly string[])[];
  /** Which frontend of the configuration is used; the first by default. */
  readonly frontend?: string;
  /** How long the client waits for the end, in ms; after that it closes. */
  readonly patienceMs?: number;
  /** Why Pointsman's outcome differs, and then the case must differ. */
  readonly differs?: string;
}

export interface WireOutcome {
  /** What the client received, and how its connection ended: "FIN", "RST" or "open". */
  readonly client: string;
  readonly clientEnd: string;
  /** What arrived at the server on each connection, in the order they were made. */
  readonly server: readonly string[];
  readonly log: readonly string[];
}

const root = resolve(import.meta.dir, "../..");

/** The command that starts each program, by name; the reference is missing where it is not installed. */
export function programs(): Readonly<Record<string, readonly string[]>> {
  const found = findReference();
  return {
    ...(found.path === undefined ? {} : { reference: [found.path] }),
    pointsman: [join(root, "bin/pointsman")],
  };
}

/** A balancer under test with its scripted server and log sink. */
export class WireBench {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #folder: string;
  readonly #server: ScriptedServer;
  readonly #log: { readonly lines: string[]; readonly socket: Bun.udp.Socket<"buffer"> };
  output = "";

  private constructor(
    child: Bun.Subprocess<"ignore", "pipe", "pipe">,
    ports: ReadonlyMap<string, number>,
    folder: string,
    server: ScriptedServer,
    log: { readonly lines: string[]; readonly socket: Bun.udp.Socket<"buffer"> },
  ) {
    this.#child = child;
    this.#ports = ports;
    this.#folder = folder;
    this.#server = server;
    this.#log = log;
  }

  /**
   * Starts `command` on the configuration: `{{port:NAME}}` becomes a free port, `{{server}}` the scripted server's, `{{log}}` the log sink's,
   * `{{dead}}` a port on which nobody listens, `{{dir}}` a folder.
   */
  static async start(command: readonly string[], configuration: string): Promise<WireBench> {
    const folder = mkdtempSync(join(tmpdir(), "pointsman-wire-"));
    const names = [...new Set([...configuration.matchAll(/\{\{port:([\w-]+)\}\}/g)].map((match) => match[1] ?? ""))];
    const free = await freePorts(names.length + 1);
    const ports = new Map(names.map((name, at) => [name, free[at] ?? 0]));
    const lines: string[] = [];
    const socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      socket: {
        data(_socket, bytes) {
          lines.push(bytes.toString("latin1"));
        },
      },
    });
    const server = await ScriptedServer.start();
    const text = configuration
      .replaceAll("{{server}}", String(server.port))
      .replaceAll("{{log}}", String(socket.port))
      .replaceAll("{{dead}}", String(free[names.length]))
      .replaceAll("{{dir}}", folder)
      .replace(/\{\{port:([\w-]+)\}\}/g, (_, name: string) => String(ports.get(name)));
    writeFileSync(join(folder, "haproxy.cfg"), text);
    const child = Bun.spawn([...command, "-db", "-f", join(folder, "haproxy.cfg")], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const bench = new WireBench(child, ports, folder, server, { lines, socket });
    void bench.#collect(child.stdout);
    void bench.#collect(child.stderr);
    for (const port of ports.values()) await bench.#ready(port);
    // Whatever starting has logged (a server that is down, the probes of readiness) is not part of a case: silence is waited for.
    for (let seen = -1; seen !== lines.length; await Bun.sleep(300)) seen = lines.length;
    return bench;
  }

  async run(one: WireCase): Promise<WireOutcome> {
    const port = one.frontend === undefined ? [...this.#ports.values()][0] : this.#ports.get(one.frontend);
    this.#server.script(one.server ?? []);
    this.#log.lines.length = 0;
    const { text, end } = await runClient(port ?? 0, one);
    // A log line follows the end of the stream; a case without one costs this wait.
    for (let waited = 0; waited < 100 && this.#log.lines.length === 0; waited++) await Bun.sleep(10);
    await Bun.sleep(10);
    const outcome = { client: text, clientEnd: end, server: this.#server.received(), log: [...this.#log.lines] };
    return JSON.parse(this.#normalise(JSON.stringify(outcome))) as WireOutcome;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.exited;
    this.#log.socket.close();
    this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Takes out what differs from run to run: ports, times, pids, dates. A timer keeps its sign: -1 says which phase was not reached. */
  #normalise(text: string): string {
    let out = text;
    for (const [name, port] of this.#ports) out = out.replaceAll(String(port), `PORT(${name})`);
    return out
      .replaceAll(String(this.#server.port), "PORT(server)")
      .replace(/127\.0\.0\.1:\d+/g, "CLIENT")
      .replace(/\[\d\d\/\w{3}\/\d{4}:[\d:.]+\]/g, "[DATE]")
      .replace(/<(\d+)>\w{3} [ \d]\d \d\d:\d\d:\d\d \w+\[\d+\]/g, "<$1>HEADER")
      .replace(
        /(\[DATE\] \S+ \S+ )(\S+)/g,
        (_, head: string, timers: string) => head + timers.replace(/(^|\/)(\+?)\d+/g, "$1$2T"),
      );
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.output += decoder.decode(chunk, { stream: true });
  }

  async #ready(port: number): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).catch(() => undefined);
      if (socket) {
        socket.end();
        return;
      }
      if (this.#child.exitCode !== null) break;
      await Bun.sleep(20);
    }
    await this.stop();
    throw new Error(`did not start:\n${this.output}`);
  }
}

/** A TCP server that records what it gets and plays answers from a list, one for each request head that is complete. */
class ScriptedServer {
  readonly port: number;
  readonly #server: Server;
  #answers: (readonly string[])[] = [];
  #records: { text: string; socket: Socket }[] = [];

  private constructor(server: Server) {
    this.#server = server;
    const address = server.address();
    this.port = typeof address === "object" && address ? address.port : 0;
    server.on("connection", (socket) => this.#accept(socket));
  }

  static async start(): Promise<ScriptedServer> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
    return new ScriptedServer(server);
  }

  /** Forgets all connections and starts a new list of answers. */
  script(answers: readonly (readonly string[])[]): void {
    for (const record of this.#records) record.socket.destroy();
    this.#records = [];
    this.#answers = [...answers];
  }

  /** What each connection brought; health checks (connections without a byte) are left out. */
  received(): string[] {
    return this.#records.map((record) => record.text).filter((text) => text !== "");
  }

  stop(): void {
    for (const record of this.#records) record.socket.destroy();
    this.#server.close();
  }

  #accept(socket: Socket): void {
    const record = { text: "", socket };
    this.#records.push(record);
    let seen = 0;
    let playing: Promise<void> = Promise.resolve();
    socket.on("data", (bytes) => {
      record.text += bytes.toString("latin1");
      const end = record.text.indexOf("\r\n\r\n", seen);
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(record.text.slice(seen, end))?.[1] ?? 0);
      if (record.text.length < end + 4 + length) return;
      seen = end + 4 + length;
      playing = play(socket, this.#answers.shift() ?? ["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"]);
    });
    // A peer's end is answered with ours, but not before the script has been played.
    socket.on("end", () => void playing.then(() => socket.end()));
    socket.on("error", () => undefined);
  }
}

/** Writes the parts with a short pause between them; the marks end or reset the connection. */
async function play(socket: Socket, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    if (part === "\x00FIN") socket.end();
    else if (part === "\x00RST") socket.resetAndDestroy();
    else if (part !== "\x00NONE") socket.write(Buffer.from(part, "latin1"));
    await Bun.sleep(15);
  }
}

async function runClient(port: number, one: WireCase): Promise<{ text: string; end: string }> {
  let text = "";
  let end = "open";
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  const ended = new Promise<void>((done) => {
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
    });
    socket.on("end", () => {
      end = "FIN";
      socket.end();
      done();
    });
    socket.on("error", (error: Error & { code?: string }) => {
      if (end === "open") end = error.code === "ECONNRESET" ? "RST" : (error.code ?? "error");
      done();
    });
  });
  await new Promise((done) => socket.once("connect", done));
  await play(socket, one.client);
  await Promise.race([ended, Bun.sleep(one.patienceMs ?? 250)]);
  socket.destroy();
  return { text, end };
}

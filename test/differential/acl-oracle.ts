// Owns the way to ask the reference for the value of an expression or the truth of a condition: a frontend that answers every request itself
// with one header field per question. Skips plainly where the reference is not installed.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Where the reference was installed, or undefined. */
export const referencePath: string | undefined = [
  process.env["REFERENCE_HAPROXY"],
  join(homedir(), ".cache/reference-haproxy/haproxy"),
].find((path) => path !== undefined && existsSync(path));

/** One word of a configuration line, quoted so that the line's own rules leave it alone. */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A running reference; `stop` ends it and removes its files. */
export interface Oracle {
  ask(request: string): Promise<readonly (string | undefined)[]>;
  stop(): Promise<void>;
}

/** Starts the reference with these lines in its only frontend; the answers are the fields x-0, x-1, … of its response. */
async function start(lines: readonly string[], count: number): Promise<Oracle> {
  const folder = mkdtempSync(join(tmpdir(), "pointsman-oracle-"));
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  const path = join(folder, "oracle.cfg");
  const config = [
    "global",
    "  tune.maxrewrite 8192",
    "  tune.bufsize 131072",
    "  tune.http.maxhdr 3000",
    "defaults",
    "  mode http",
    "  timeout client 5s",
    "  timeout server 5s",
    "  timeout connect 5s",
    "frontend f",
    `  bind 127.0.0.1:${port}`,
    ...lines,
    "  http-request return status 200",
    "",
  ].join("\n");
  writeFileSync(path, config, "latin1");
  const child = Bun.spawn([referencePath ?? "", "-db", "-f", path], { stdout: "ignore", stderr: "pipe" });
  await listening(port, child);
  return {
    ask: (request) => ask(port, request, count),
    stop: async () => {
      child.kill("SIGTERM");
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: Bun.Subprocess<"ignore", "ignore", "pipe">): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`the reference refused: ${await new Response(child.stderr).text()}`);
    const open = await new Promise<boolean>((resolve) => {
      Bun.connect({
        hostname: "127.0.0.1",
        port,
        socket: {
          open(socket) {
            socket.end();
            resolve(true);
          },
          data() {},
          connectError: () => resolve(false),
        },
      }).catch(() => resolve(false));
    });
    if (open) return;
    await Bun.sleep(20);
  }
  throw new Error("the reference did not start");
}

async function ask(port: number, request: string, count: number): Promise<readonly (string | undefined)[]> {
  const text = await new Promise<string>((resolve, reject) => {
    let received = "";
    Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open(socket) {
          socket.write(Buffer.from(request, "latin1"));
        },
        data(socket, data) {
          received += data.toString("latin1");
          if (received.includes("\r\n\r\n")) {
            socket.end();
            resolve(received);
          }
        },
        close: () => resolve(received),
        connectError: (_socket, error) => reject(error),
      },
    }).catch(reject);
  });
  const out: (string | undefined)[] = new Array(count).fill(undefined);
  for (const line of text.split("\r\n")) {
    const match = /^x-(\d+): ?\[(.*)\]$/s.exec(line);
    if (match !== null) out[Number(match[1])] = match[2] ?? "";
  }
  if (!text.startsWith("HTTP/1.1 200")) throw new Error(`the reference answered ${text.slice(0, 60)}`);
  return out;
}

/** An oracle for the values of expressions, as text; undefined where the expression fails. */
export function startValueOracle(expressions: readonly string[], before: readonly string[] = []): Promise<Oracle> {
  const lines = [...before];
  for (const [i, expression] of expressions.entries()) {
    lines.push(`  http-request set-var(txn.v${i}) ${quoteWord(expression)}`);
    lines.push(`  http-after-response set-header x-${i} [%[var(txn.v${i})]] if { var(txn.v${i}) -m found }`);
  }
  return start(lines, expressions.length);
}

/** An oracle for conditions: "1" where it holds. */
export function startConditionOracle(
  conditions: readonly (readonly string[])[],
  before: readonly string[] = [],
): Promise<Oracle> {
  const lines = [...before];
  for (const [i, words] of conditions.entries()) {
    lines.push(`  http-request set-var(txn.c${i}) int(1) if { ${words.map(quoteWord).join(" ")} }`);
    lines.push(`  http-after-response set-header x-${i} [%[var(txn.c${i})]] if { var(txn.c${i}) -m found }`);
  }
  return start(lines, conditions.length);
}

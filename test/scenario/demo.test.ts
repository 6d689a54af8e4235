// Owns the promise of `npm start`: every episode runs without a terminal as plain lines, with one as a live screen with keys, and whatever ends it,
// nothing that it started is left.

import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { resolve } from "node:path";
import { freePorts } from "../support/reference.ts";

const root = resolve(import.meta.dir, "../..");
const program = `${root}/bin/pointsman`;

describe.each(["roundrobin", "random", "source", "uri", "leastconn", "l7"])("episode %s", (episode) => {
  test("shows its configuration, spreads requests, and ends all it started", async () => {
    const [port] = (await freePorts(1)) as [number];
    const demo = Bun.spawn([program, "demo", "--episode", episode, "--port", String(port), "--seconds", "4"], {
      stdout: "pipe",
      stderr: "pipe",
    });
    const [text, errors] = await Promise.all([new Response(demo.stdout).text(), new Response(demo.stderr).text()]);
    expect(errors).toBe("");
    expect(await demo.exited).toBe(0);
    expect(text).toContain(`bind 127.0.0.1:${port}`);
    expect(text).toMatch(/stats page: +http:\/\/127\.0\.0\.1:\d+\//);
    const last = text.trimEnd().split("\n").at(-1) ?? "";
    const counts = [...last.matchAll(/(\w+\d) (?:UP|no check)\S*(?: \d+\/\d+)? (\d+) \(/g)].map((match) =>
      Number(match[2]),
    );
    expect(counts.length).toBe(episode === "l7" ? 2 : 3);
    for (const count of counts) expect(count).toBeGreaterThan(0);
    expect(last).toMatch(/failed 0$/);
    expect(await accepts(port)).toBe(false);
    const named = [...new Set([...text.matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1])))];
    const open = (await Promise.all(named.map(async (one) => ((await accepts(one)) ? [one] : [])))).flat();
    expect(open).toEqual([]);
  }, 30_000);
});

test("Ctrl-C ends everything it started", async () => {
  const [port] = (await freePorts(1)) as [number];
  const demo = Bun.spawn([program, "demo", "--port", String(port)], { stdout: "pipe", stderr: "pipe" });
  for (let tries = 0; tries < 200 && !(await accepts(port)); tries++) await Bun.sleep(50);
  expect(await accepts(port)).toBe(true);
  demo.kill("SIGINT");
  await demo.exited;
  for (let tries = 0; tries < 40 && (await accepts(port)); tries++) await Bun.sleep(50);
  expect(await accepts(port)).toBe(false);
}, 30_000);

test("on a terminal: a live screen, a key stops an application, the check takes it out, q ends", async () => {
  const [port] = (await freePorts(1)) as [number];
  const command = `stty cols 110 rows 30; exec ${program} demo --port ${port}`;
  const demo = Bun.spawn(["script", "-qec", command, "/dev/null"], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  let text = "";
  const read = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of demo.stdout) text += decoder.decode(chunk, { stream: true });
  })();
  try {
    await until(
      () => /server3 .*█.*mUP/.test(text),
      "the bars",
      () => text,
    );
    demo.stdin.write("2");
    demo.stdin.flush();
    await until(
      () => /server2 .*mDOWN/.test(text),
      "server2 is taken out",
      () => text,
    );
    text = "";
    demo.stdin.write("2");
    demo.stdin.flush();
    await until(
      () => /server2 .*\x1b\[32mUP/.test(text),
      "server2 comes back",
      () => text,
    );
  } finally {
    demo.stdin.write("q");
    demo.stdin.end();
    await demo.exited;
    await read;
  }
  expect(await accepts(port)).toBe(false);
}, 60_000);

test("mistakes are answered with the usage", async () => {
  const demo = Bun.spawnSync([program, "demo", "--episode", "quantum"]);
  expect(demo.exitCode).toBe(1);
  expect(demo.stderr.toString()).toContain("there is no episode 'quantum'");
  expect(demo.stderr.toString()).toContain("usage: pointsman demo");
});

async function accepts(port: number): Promise<boolean> {
  return await new Promise((done) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

async function until(holds: () => boolean, what: string, seen: () => string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}\n${seen().slice(-2000)}`);
    await Bun.sleep(50);
  }
}

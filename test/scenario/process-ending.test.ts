// Owns how the process ends and what it says then: signals, soft stop, hard stop, exit codes; beside the reference where it is installed.

import { describe, expect, test } from "bun:test";
import { type Pointsman, startPointsman, until } from "../support/pointsman.ts";
import { accepts } from "../support/ports.ts";
import { findReference } from "../support/reference.ts";

const reference = findReference();

const PLAIN = `global
  log stdout format raw local0
  stats socket {{dir}}/admin.sock level admin
defaults
  log global
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend fe
  bind 127.0.0.1:{{port:fe}}
  default_backend be
listen both
  bind 127.0.0.1:{{port:both}}
  server s1 127.0.0.1:{{port:gone}}
backend be
  server s1 127.0.0.1:{{port:app}}
  server s2 127.0.0.1:{{port:app}} backup
backend nobody
`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts, does something, sends signals one after the other, and waits for the end. Pids and the program's own paths are levelled. */
async function endWith(signals: readonly NodeJS.Signals[], flags: readonly string[], program?: string): Promise<Ended> {
  const running = await startPointsman(PLAIN, { flags, ...(program === undefined ? {} : { program }) });
  try {
    for (const signal of signals) {
      running.signal(signal);
      // What is said is waited for: under load the program may still be starting, and a signal that ends it would come too early.
      if (signal === "SIGHUP")
        await until(() => running.stderr().includes("Proxy nobody has no servers"), "the states");
      else await Bun.sleep(100);
    }
    const code = await running.exited();
    return { code, stdout: running.stdout(), stderr: level(running.stderr()) };
  } finally {
    await running.stop();
  }
}

function level(text: string): string {
  return text
    .replaceAll(/\((\d+)\)/g, "(PID)")
    .split("\n")
    .filter((line) => !/version is|path to executable/.test(line))
    .join("\n");
}

/** The test's own look at readiness connects to the frontends: that many connections stand in the counts. */
function uncounted(text: string): string {
  return text.replaceAll(/FE: \d+/g, "FE: N");
}

const STOPPED = ["fe", "both", "be", "nobody"].map((name) => `Proxy ${name} stopped (cumulated conns: FE: N, BE: 0).`);

const CASES: readonly (readonly [
  name: string,
  signals: readonly NodeJS.Signals[],
  flags: readonly string[],
  code: number,
  stopped: boolean,
])[] = [
  ["SIGTERM ends it at once, by the signal", ["SIGTERM"], [], 143, false],
  ["SIGINT ends it at once, by the signal", ["SIGINT"], ["-db"], 130, false],
  ["SIGUSR1 stops it softly", ["SIGUSR1"], [], 0, true],
  ["SIGUSR1 says nothing in quiet mode", ["SIGUSR1"], ["-q"], 0, false],
  ["SIGUSR2 is ignored without a master", ["SIGUSR2", "SIGTERM"], [], 143, false],
  ["SIGPIPE is ignored", ["SIGPIPE", "SIGUSR1"], [], 0, true],
];

describe("signals", () => {
  for (const [name, signals, flags, code, stopped] of CASES) {
    test(name, async () => {
      const ended = await endWith(signals, flags);
      const expected = stopped ? `${STOPPED.map((line) => `[WARNING]  (PID) : ${line}`).join("\n")}\n` : "";
      expect({ ...ended, stdout: "", stderr: uncounted(ended.stderr) }).toEqual({ code, stdout: "", stderr: expected });
      if (stopped) expect(uncounted(ended.stdout)).toBe(`${STOPPED.join("\n")}\n`);
    });

    test.skipIf(reference.path === undefined)(`${name}: the reference does the same`, async () => {
      const ours = await endWith(signals, flags);
      const theirs = await endWith(signals, flags, reference.path);
      expect({ ...ours, stdout: uncounted(ours.stdout), stderr: uncounted(ours.stderr) }).toEqual({
        ...theirs,
        stdout: uncounted(theirs.stdout),
        stderr: uncounted(theirs.stderr),
      });
    });
  }

  test("SIGHUP dumps the states of the servers", async () => {
    const { stderr, stdout } = await endWith(["SIGHUP", "SIGTERM"], []);
    const lines = uncountedTotals(stderr);
    expect(lines).toContain("[WARNING]  (PID) : SIGHUP received, dumping servers states.");
    expect(lines).toContain("[WARNING]  (PID) : SIGHUP: Server be/s1 is UP. Conn: 0 act, 0 pend, 0 tot.");
    expect(lines).toContain("[WARNING]  (PID) : SIGHUP: Proxy be has 1 active servers and 1 backup servers available.");
    expect(lines).toContain("[WARNING]  (PID) : SIGHUP: Proxy nobody has no servers.");
    expect(stdout).toContain("SIGHUP received, dumping servers states for proxy fe.\n");
  });

  test.skipIf(reference.path === undefined)("SIGHUP: the reference dumps the same", async () => {
    const own = (text: string) =>
      uncountedTotals(text)
        .split("\n")
        .filter((line) => !/OCSP-UPDATE|HTTPCLIENT/.test(line));
    const ours = await endWith(["SIGHUP", "SIGTERM"], []);
    const theirs = await endWith(["SIGHUP", "SIGTERM"], [], reference.path);
    expect(own(ours.stderr)).toEqual(own(theirs.stderr));
    expect(own(ours.stdout)).toEqual(own(theirs.stdout));
  });
});

function uncountedTotals(text: string): string {
  return text.replaceAll(/act\(FE\+BE\): \d+/g, "act(FE+BE): N").replaceAll(/tot\(FE\+BE\): \d+/g, "tot(FE+BE): N");
}

/** A server that answers after `delayMs`, and tells when it has been asked. */
function slowApp(
  port: number,
  delayMs: number,
): { readonly server: Bun.Server<undefined>; readonly asked: Promise<void> } {
  const asked = Promise.withResolvers<void>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    fetch: async () => {
      asked.resolve();
      await Bun.sleep(delayMs);
      return new Response("late but whole");
    },
  });
  return { server, asked: asked.promise };
}

async function withApp(
  configuration: string,
  delayMs: number,
  body: (running: Pointsman, asked: Promise<void>) => Promise<void>,
): Promise<void> {
  const running = await startPointsman(configuration);
  const { server, asked } = slowApp(running.port("app"), delayMs);
  try {
    await body(running, asked);
  } finally {
    await running.stop();
    server.stop(true);
  }
}

describe("soft stop", () => {
  test("finishes a running request, accepts no new one, then exits with 0", async () => {
    await withApp(PLAIN, 600, async (running, asked) => {
      const answer = fetch(running.url("fe"), { headers: { connection: "close" } });
      await asked;
      running.signal("SIGUSR1");
      await until(async () => !(await accepts(running.port("fe"))), "the listener to close");
      expect(await (await answer).text()).toBe("late but whole");
      expect(await running.exited()).toBe(0);
      expect(running.stderr()).toContain("Proxy be stopped (cumulated conns: FE: 0, BE: 1).");
    });
  });

  test("hard-stop-after ends what does not want to end", async () => {
    const configuration = PLAIN.replace("global\n", "global\n  hard-stop-after 300ms\n");
    await withApp(configuration, 5000, async (running, asked) => {
      const answer = fetch(running.url("fe")).then(
        () => "answered",
        () => "cut off",
      );
      await asked;
      running.signal("SIGUSR1");
      expect(await running.exited()).toBe(0);
      expect(await answer).toBe("cut off");
      expect(running.stderr()).toContain("soft-stop running for too long, performing a hard-stop.");
      expect(running.stderr()).toContain("Proxy fe hard-stopped (1 remaining conns will be closed).");
    });
  });

  test("a second signal of the hard kind ends it at once", async () => {
    await withApp(PLAIN, 5000, async (running, asked) => {
      const answer = fetch(running.url("fe")).catch(() => undefined);
      await asked;
      running.signal("SIGUSR1");
      await Bun.sleep(100);
      running.signal("SIGTERM");
      expect(await running.exited()).toBe(143);
      await answer;
    });
  });
});

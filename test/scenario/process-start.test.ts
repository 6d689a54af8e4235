// Owns how the process starts: sockets of every kind, what is said when one cannot be had, threads, privileges, the pid file, the background,
// and log sockets. On real sockets; what needs root or the reference says so when it is skipped.

import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillTemplate, POINTSMAN, type Pointsman, runPointsman, startPointsman, until } from "../support/pointsman.ts";
import { accepts, freePort } from "../support/ports.ts";
import { findReference } from "../support/reference.ts";
import { receiveDatagrams } from "../support/unix-datagram.ts";

const reference = findReference();
const root = process.getuid?.() === 0;
const noRoot = root ? "" : " (skipped: needs root)";
const dir = mkdtempSync(join(tmpdir(), "pointsman-start-"));
chmodSync(dir, 0o755);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const DEFAULTS = `defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
`;

/** Answers every request itself, so that no test needs a server. */
const ANSWER = "  http-request deny deny_status 429\n";

function configuration(global: string, binds: string): string {
  return `global\n${global}${DEFAULTS}frontend fe\n${binds}${ANSWER}`;
}

async function withPointsman(
  text: string,
  flags: readonly string[],
  body: (running: Pointsman) => Promise<void>,
): Promise<void> {
  const running = await startPointsman(text, { flags });
  try {
    await body(running);
  } finally {
    await running.stop();
  }
}

/** Runs a configuration that cannot start; each line without pid, program name and the product's own hints. */
async function refusal(name: string, text: string, program?: string): Promise<{ code: number; lines: string[] }> {
  const file = join(dir, name);
  writeFileSync(file, text);
  const finished = await runPointsman(["-f", file], program === undefined ? {} : { program });
  const lines = finished.stderr
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("   |") && !/version is|path to executable/.test(line))
    .map((line) => line.replace(/\(\d+\)/, "(PID)").replace(/\[(haproxy|pointsman)\.main\(\)\]/, "[main]"));
  return { code: finished.code, lines };
}

function occupy(port: number): Promise<Server> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(port, "127.0.0.1", () => done(server));
  });
}

describe("sockets that cannot be had", () => {
  const exits = "[ALERT]    (PID) : [main] Some protocols failed to start their listeners! Exiting.";

  async function check(name: string, text: string, expected: string): Promise<void> {
    const ours = await refusal(name, text);
    expect(ours.code).toBe(1);
    expect(ours.lines.join("\n")).toBe(`[ALERT]    (PID) : Binding [${join(dir, name)}:${expected}\n${exits}`);
    if (reference.path === undefined) return;
    expect(ours).toEqual(await refusal(name, text, reference.path));
  }

  test("a port in use", async () => {
    const port = await freePort();
    const holder = await occupy(port);
    try {
      const text = configuration("", `  bind 127.0.0.1:${port}\n`);
      await check(
        "in-use.cfg",
        text,
        `8] for frontend fe: protocol tcpv4: cannot bind socket (Address already in use) for [127.0.0.1:${port}].`,
      );
      const { stderr } = await runPointsman(["-f", join(dir, "in-use.cfg")]);
      expect(stderr).toContain(`   | Another program already listens on port ${port}`);
    } finally {
      holder.close();
    }
  });

  test("an address of another machine", async () => {
    const text = configuration("", "  bind 192.0.2.77:8080\n");
    await check(
      "elsewhere.cfg",
      text,
      "8] for frontend fe: protocol tcpv4: cannot bind socket (Cannot assign requested address) for [192.0.2.77:8080].",
    );
  });

  test("a unix socket in a folder that is not there", async () => {
    const text = configuration("", `  bind ${dir}/missing/s.sock\n`);
    await check(
      "folder.cfg",
      text,
      `8] for frontend fe: protocol unix_stream: cannot bind UNIX socket (No such file or directory) [${dir}/missing/s.sock].`,
    );
  });

  test("a stats socket in a folder that is not there", async () => {
    const text = configuration(`  stats socket ${dir}/missing/admin.sock\n`, `  bind 127.0.0.1:${await freePort()}\n`);
    await check(
      "stats.cfg",
      text,
      `2] for frontend GLOBAL: protocol unix_stream: cannot bind UNIX socket (No such file or directory) [${dir}/missing/admin.sock].`,
    );
  });

  test("every socket that cannot be had is named, and none is kept", async () => {
    const port = await freePort();
    const holder = await occupy(port);
    try {
      const text = configuration("", `  bind 127.0.0.1:${port}\n  bind 192.0.2.77:8080\n`);
      const { code, lines } = await refusal("several.cfg", text);
      expect(code).toBe(1);
      expect(lines.filter((line) => line.includes("cannot bind socket"))).toHaveLength(2);
    } finally {
      holder.close();
    }
  });

  test.skipIf(!root || !Bun.which("setpriv"))(`a port below 1024 without privileges${noRoot}`, async () => {
    const file = join(dir, "low.cfg");
    writeFileSync(file, configuration("", "  bind 127.0.0.1:81\n"));
    const words = ["--reuid", "65534", "--clear-groups", POINTSMAN, "-f", file];
    const { code, stderr } = await runPointsman(words, { program: "setpriv" });
    if (stderr.includes("/bin/pointsman: Permission denied")) return;
    // A kernel may let everyone have low ports (net.ipv4.ip_unprivileged_port_start).
    if (readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8").trim() !== "1024") return;
    expect(code).toBe(1);
    expect(stderr).toContain("protocol tcpv4: cannot bind socket (Permission denied) for [127.0.0.1:81].");
    expect(stderr).toContain("Ports below 1024 need root or the capability CAP_NET_BIND_SERVICE");
  });
});

/** How many sockets listen on a port of 127.0.0.1. */
function listenersOn(port: number): number {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A`;
  return readFileSync("/proc/net/tcp", "latin1").split(wanted).length - 1;
}

describe("sockets", () => {
  test("each thread has a listening socket of its own, and all of them serve", async () => {
    await withPointsman(configuration("  nbthread 3\n", "  bind 127.0.0.1:{{port:fe}}\n"), ["-db"], async (running) => {
      expect(listenersOn(running.port("fe"))).toBe(3);
      // The kernel spreads connections over the three sockets: one that nobody serves would leave requests hanging.
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => fetch(running.url("fe"), { headers: { connection: "close" } })),
      );
      expect(answers.map((answer) => answer.status)).toEqual(new Array(40).fill(429));
    });
  });

  test("-dR shares one socket among the threads", async () => {
    const text = configuration("  nbthread 2\n", "  bind 127.0.0.1:{{port:fe}}\n");
    await withPointsman(text, ["-db", "-dR"], async (running) => {
      expect(listenersOn(running.port("fe"))).toBe(1);
      expect((await fetch(running.url("fe"))).status).toBe(429);
    });
  });

  test("unix sockets with a mode, abstract sockets, IPv6", async () => {
    const binds = "  bind {{dir}}/fe.sock mode 640\n  bind abns@pointsman-test-{{port:n}}\n  bind [::1]:{{port:six}}\n";
    await withPointsman(configuration("", `${binds}  bind 127.0.0.1:{{port:fe}}\n`), ["-db"], async (running) => {
      expect(statSync(join(running.dir, "fe.sock")).mode & 0o777).toBe(0o640);
      for (const unix of [join(running.dir, "fe.sock"), `\0pointsman-test-${running.port("n")}`]) {
        expect((await fetch("http://a/", { unix })).status).toBe(429);
      }
      expect((await fetch(`http://[::1]:${running.port("six")}/`)).status).toBe(429);
    });
  });

  test("an inherited descriptor: bind fd@N", async () => {
    const python = Bun.which("python3");
    if (python === null) return;
    // Python makes the socket, since Bun's spawn hands descriptors on under numbers of its own choice.
    const script = `
import os, socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
os.dup2(s.fileno(), 50, inheritable=True)
print(s.getsockname()[1], flush=True)
os.execv(sys.argv[1], [sys.argv[1], "-db", "-f", sys.argv[2]])`;
    const file = join(dir, "inherited.cfg");
    writeFileSync(file, configuration("  nbthread 2\n", "  bind fd@50\n"));
    const child = Bun.spawn([python, "-c", script, POINTSMAN, file], { stdout: "pipe", stderr: "inherit" });
    try {
      const { value } = await child.stdout.getReader().read();
      const port = Number(new TextDecoder().decode(value));
      const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(`http://127.0.0.1:${port}/`)));
      expect(answers.map((answer) => answer.status)).toEqual(new Array(10).fill(429));
    } finally {
      child.kill("SIGTERM");
      await child.exited;
    }
  });
});

/** The values of one line of /proc/<pid>/status. */
function statusOf(pid: number, name: string): string[] {
  const line = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${name}:`));
  return (line ?? "").split(/\s+/).slice(1).filter(Boolean);
}

describe("privileges, pid file and background", () => {
  test.skipIf(!root)(
    `user, group and chroot hold for every thread, and the log socket still works${noRoot}`,
    async () => {
      const jail = join(dir, "jail");
      mkdirSync(jail);
      const log = receiveDatagrams(join(dir, "log.sock"));
      chmodSync(join(dir, "log.sock"), 0o666);
      const global = `  user nobody\n  group nogroup\n  chroot ${jail}\n  log ${dir}/log.sock local0\n  stats socket {{dir}}/admin.sock mode 600 level admin\n`;
      const text = configuration(global, "  log global\n  option httplog\n  bind 127.0.0.1:{{port:fe}}\n");
      try {
        await withPointsman(text, ["-db"], async (running) => {
          await until(() => readlinkSync(`/proc/${running.pid}/root`) === jail, "the chroot");
          expect((await fetch(running.url("fe", "/hello"))).status).toBe(429);
          expect(statusOf(running.pid, "Uid")).toEqual(["65534", "65534", "65534", "65534"]);
          expect(statusOf(running.pid, "Gid")).toEqual(["65534", "65534", "65534", "65534"]);
          expect(statusOf(running.pid, "Groups")).toEqual([]);
          expect(statusOf(running.pid, "NoNewPrivs")).toEqual(["1"]);
          const threads = [...new Bun.Glob("*").scanSync({ cwd: `/proc/${running.pid}/task`, onlyFiles: false })];
          for (const thread of threads) {
            expect(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${running.pid}/task/${thread}/status`, "utf8"))?.[1]).toBe(
              "65534",
            );
          }
          const lines: string[] = [];
          await until(() => {
            lines.push(...log.take().filter((line) => line.includes("/hello")));
            return lines.length > 0;
          }, "a log line");
          expect(lines[0]).toMatch(
            /^<134>\w{3} [ \d]\d \d\d:\d\d:\d\d haproxy\[\d+\]: 127\.0\.0\.1:\d+ .*"GET \/hello HTTP\/1\.1"\n$/,
          );
          expect(lines[0]).toContain(`haproxy[${running.pid}]`);
        });
      } finally {
        log.close();
      }
    },
  );

  test.skipIf(!root)(`a log daemon that is started again is found again${noRoot}`, async () => {
    const path = join(dir, "restarted.sock");
    const first = receiveDatagrams(path);
    const text = configuration(
      `  log ${path} local0\n`,
      "  log global\n  option httplog\n  bind 127.0.0.1:{{port:fe}}\n",
    );
    await withPointsman(text, ["-db"], async (running) => {
      await fetch(running.url("fe"));
      await until(() => first.take().length > 0, "a log line");
      first.close();
      await fetch(running.url("fe"));
      const second = receiveDatagrams(path);
      const lines: string[] = [];
      await until(async () => {
        await fetch(running.url("fe"));
        await Bun.sleep(50);
        return lines.push(...second.take()) > 0;
      }, "a log line at the new socket");
      second.close();
    });
  });

  test("a log target that is not there is reported once, and requests are served", async () => {
    const text = configuration(
      "  log {{dir}}/nobody.sock local0\n",
      "  log global\n  option httplog\n  bind 127.0.0.1:{{port:fe}}\n",
    );
    await withPointsman(text, ["-db"], async (running) => {
      for (let i = 0; i < 5; i++) expect((await fetch(running.url("fe"))).status).toBe(429);
      await until(() => running.stderr().includes("failed in logger #1"), "the alert");
      expect(running.stderr().split("failed in logger").length).toBe(2);
      expect(running.stderr()).toContain("sendmsg()/writev() failed in logger #1: No such file or directory (errno=2)");
    });
  });

  test.skipIf(!root)(`a chroot that is not there${noRoot}`, async () => {
    const text = configuration(`  chroot ${dir}/nowhere\n`, `  bind 127.0.0.1:${await freePort()}\n`);
    const ours = await refusal("chroot.cfg", text);
    expect(ours).toEqual({ code: 1, lines: [`[ALERT]    (PID) : [main] Cannot chroot(${dir}/nowhere).`] });
    if (reference.path !== undefined) expect(ours).toEqual(await refusal("chroot.cfg", text, reference.path));
  });

  test("ulimit-n beyond what the system gives", async () => {
    const text = configuration("  ulimit-n 2000000000\n", `  bind 127.0.0.1:${await freePort()}\n`);
    const { code, lines } = await refusal("ulimit.cfg", text);
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^\[ALERT\] {4}\(PID\) : \[main\] Cannot raise FD limit to 2000000000, limit is \d+\.$/);
    if (reference.path !== undefined)
      expect({ code, lines }).toEqual(await refusal("ulimit.cfg", text, reference.path));
  });

  test("maxconn beyond what the descriptors allow", async () => {
    const text = configuration("  maxconn 900000000\n", `  bind 127.0.0.1:${await freePort()}\n`);
    const { code, lines } = await refusal("maxconn.cfg", text);
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^\[ALERT\] {4}\(PID\) : \[main\] Cannot raise FD limit to 18\d{8}, limit is \d+\.$/);
  });

  test("-D: the command ends with 0 when the program serves, and the pid file names who serves", async () => {
    const { text, ports } = await fillTemplate(configuration("", "  bind 127.0.0.1:{{port:fe}}\n"), dir);
    const file = join(dir, "daemon.cfg");
    const pidfile = join(dir, "daemon.pid");
    writeFileSync(file, text);
    const finished = await runPointsman(["-D", "-p", pidfile, "-f", file]);
    const pid = Number(readFileSync(pidfile, "utf8"));
    try {
      expect(finished).toEqual({ code: 0, stdout: "", stderr: "" });
      expect((await fetch(`http://127.0.0.1:${ports.get("fe")}/`)).status).toBe(429);
      for (const fd of [0, 1, 2]) expect(readlinkSync(`/proc/${pid}/fd/${fd}`)).toBe("/dev/null");
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ");
      expect(stat?.[3]).toBe(String(pid)); // A session of its own.
    } finally {
      process.kill(pid, "SIGTERM");
      await until(async () => !(await accepts(ports.get("fe") ?? 0)), "the end of the daemon");
    }
  });

  test("a background process that cannot start is reported by the foreground, with its exit code", async () => {
    const port = await freePort();
    const holder = await occupy(port);
    try {
      const file = join(dir, "daemon-in-use.cfg");
      writeFileSync(file, configuration("  daemon\n", `  bind 127.0.0.1:${port}\n`));
      const { code, stderr } = await runPointsman(["-f", file]);
      expect(code).toBe(1);
      expect(stderr).toContain("cannot bind socket (Address already in use)");
      expect(stderr).toMatch(/\[ALERT\] {4}\(\d+\) : Process \d+ exited with code 1 \(Exit\)\n$/);
    } finally {
      holder.close();
    }
  });

  test("without -D or -W there is no pid file, and -db wins over the file's daemon", async () => {
    const pidfile = join(dir, "never.pid");
    const text = configuration(`  daemon\n  pidfile ${pidfile}\n`, "  bind 127.0.0.1:{{port:fe}}\n");
    await withPointsman(text, ["-db"], async (running) => {
      expect((await fetch(running.url("fe"))).status).toBe(429);
      expect(existsSync(pidfile)).toBe(false);
    });
  });

  test("-W serves in the foreground, says so, writes the pid file and ends with 0 on SIGTERM", async () => {
    const pidfile = join(dir, "w.pid");
    await withPointsman(configuration("", "  bind 127.0.0.1:{{port:fe}}\n"), ["-W", "-p", pidfile], async (running) => {
      await until(() => running.stderr().includes("without a master for now"), "the notice");
      expect(readFileSync(pidfile, "utf8")).toBe(`${running.pid}\n`);
      running.signal("SIGTERM");
      expect(await running.exited()).toBe(0);
    });
  });

  test("-Ws tells systemd when it serves", async () => {
    const path = join(dir, "notify.sock");
    const systemd = receiveDatagrams(path);
    const running = await startPointsman(configuration("", "  bind 127.0.0.1:{{port:fe}}\n"), {
      flags: ["-Ws"],
      env: { NOTIFY_SOCKET: path },
    });
    try {
      const messages: string[] = [];
      await until(() => messages.push(...systemd.take()) > 0, "the message");
      expect(messages[0]).toContain(`READY=1\nMAINPID=${running.pid}\n`);
    } finally {
      await running.stop();
      systemd.close();
    }
  });

  test("-sf lets the old process finish once the new one serves", async () => {
    const text = configuration("", "  bind 127.0.0.1:{{port:fe}}\n");
    const old = await startPointsman(text);
    const port = old.port("fe");
    const next = await startPointsman(configuration("", `  bind 127.0.0.1:${port}\n`), {
      flags: ["-db", "-sf", String(old.pid)],
    });
    try {
      expect(await old.exited()).toBe(0);
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(429);
    } finally {
      await next.stop();
      await old.stop();
    }
  });
});

describe("the start", () => {
  test("time from exec to the first answer (printed, not judged)", async () => {
    const times: number[] = [];
    const port = await freePort();
    const file = join(dir, "time.cfg");
    writeFileSync(file, configuration("", `  bind 127.0.0.1:${port}\n`));
    for (let round = 0; round < 5; round++) {
      const begin = performance.now();
      const child = Bun.spawn([POINTSMAN, "-db", "-f", file], { stdout: "ignore", stderr: "ignore" });
      while (!(await accepts(port))) await Bun.sleep(1);
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(429);
      times.push(Math.round(performance.now() - begin));
      const command = readFileSync(`/proc/${child.pid}/cmdline`, "latin1");
      const from = command.includes("/dist/main.js") ? "from the bundle" : "from the sources";
      const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
      if (round === 4)
        console.log(
          `start to first answer ${from}: ${times.join(", ")} ms; resident ${Math.round(Number(rss) / 1024)} MB`,
        );
      child.kill("SIGTERM");
      await child.exited;
    }
  });
});

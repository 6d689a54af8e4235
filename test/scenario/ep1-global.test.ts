// Owns EP1's whole global section on a real machine: log /dev/log, chroot, stats socket mode 660, user, group, daemon. Needs root and a user
// haproxy (both are there in CI and in the image); only the port and the servers' addresses of the episode's file are replaced.

import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePorts } from "./../support/reference.ts";

const root = resolve(import.meta.dir, "../..");
const reason = whyNot();

test.skipIf(reason !== "")(
  `EP1's global section works as written${reason}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "pointsman-ep1-"));
    chmodSync(folder, 0o755);
    const [port, app1, app2, app3] = (await freePorts(4)) as [number, number, number, number];
    const servers = [app1, app2, app3].map((at) =>
      Bun.serve({ port: at, hostname: "127.0.0.1", fetch: () => new Response(`app on ${at}`) }),
    );
    mkdirSync("/run/haproxy", { recursive: true });
    mkdirSync("/var/lib/haproxy", { recursive: true });
    const syslog = await startSyslog(folder);
    const file = join(folder, "haproxy.cfg");
    const pidfile = join(folder, "pid");
    writeFileSync(file, episodeFile(port, [app1, app2, app3]));
    const started = Bun.spawnSync([join(root, "bin/pointsman"), "-f", file, "-p", pidfile]);
    const pid = existsSync(pidfile) ? Number(readFileSync(pidfile, "utf8").trim()) : 0;
    try {
      // daemon: the command ends with 0 when the balancer serves.
      expect(started.stderr.toString()).toContain("Falling back to 'option tcplog'");
      expect(started.exitCode).toBe(0);
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toMatch(/^app on/);
      // user, group, chroot: of every thread.
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const uid = Bun.spawnSync(["id", "-u", "haproxy"]).stdout.toString().trim();
      expect(/^Uid:\s+(\d+)\s+(\d+)/m.exec(status)?.slice(1)).toEqual([uid, uid]);
      expect(readlinkSync(`/proc/${pid}/root`)).toBe("/var/lib/haproxy");
      // stats socket … mode 660, and it answers from inside the chroot.
      expect(statSync("/run/haproxy/admin.sock").mode & 0o777).toBe(0o660);
      expect(await command("/run/haproxy/admin.sock", "show servers state")).toContain("http_back 1 app1 127.0.0.1");
      // log /dev/log local0 and local1 notice: the connection's line by the first only (info), state lines by both.
      servers[0]?.stop(true);
      await until(() => syslog.text().includes("Server http_back/app1 is DOWN"), "the state line");
      expect(syslog.text()).toMatch(/<134>.* haproxy\[\d+\]: 127\.0\.0\.1:\d+ .* http_front http_back\/app\d /);
      expect(syslog.text()).toMatch(/<129>.*Server http_back\/app1 is DOWN/);
      expect(syslog.text()).toMatch(/<137>.*Server http_back\/app1 is DOWN/);
    } finally {
      if (pid > 0) process.kill(pid, "SIGTERM");
      await until(() => pid === 0 || !existsSync(`/proc/${pid}`), "the end of the daemon");
      for (const server of servers) server.stop(true);
      await syslog.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000,
);

function whyNot(): string {
  if (process.getuid?.() !== 0) return " (skipped: needs root for chroot and setuid)";
  if (Bun.spawnSync(["id", "haproxy"], { stderr: "ignore" }).exitCode !== 0)
    return " (skipped: there is no user haproxy)";
  if (!Bun.which("socat")) return " (skipped: socat is not installed)";
  if (existsSync("/dev/log")) return " (skipped: this machine's own syslog listens on /dev/log)";
  if (existsSync("/run/haproxy/admin.sock") && isAlive("/run/haproxy/admin.sock"))
    return " (skipped: an HAProxy is running here)";
  return "";
}

/** Whether the path is a socket that somebody listens on. */
function isAlive(path: string): boolean {
  if (!lstatSync(path).isSocket()) return false;
  return Bun.spawnSync(["socat", "-u", "OPEN:/dev/null", `UNIX-CONNECT:${path}`], { stderr: "ignore" }).exitCode === 0;
}

function episodeFile(port: number, apps: readonly number[]): string {
  let text = readFileSync(join(root, "examples/ep1-roundrobin/haproxy.cfg"), "utf8").replace(
    "bind *:80",
    `bind *:${port}`,
  );
  apps.forEach((app, at) => {
    text = text.replace(`192.168.1.${at + 2}:5000 check`, `127.0.0.1:${app} check inter 200`);
  });
  return text;
}

/** A syslog on /dev/log: socat writes what it gets into a file. */
async function startSyslog(folder: string): Promise<{ text(): string; stop(): Promise<void> }> {
  const file = join(folder, "syslog");
  writeFileSync(file, "");
  const child = Bun.spawn(["socat", "-u", "UNIX-RECV:/dev/log,mode=666", `OPEN:${file},append`], { stderr: "ignore" });
  await until(() => existsSync("/dev/log"), "/dev/log");
  return {
    text: () => readFileSync(file, "latin1"),
    async stop() {
      child.kill();
      await child.exited;
      rmSync("/dev/log", { force: true });
    },
  };
}

function command(path: string, words: string): Promise<string> {
  return new Promise((done, fail) => {
    let text = "";
    const socket = connect({ path }, () => socket.write(`${words}\n`));
    socket.on("data", (bytes) => {
      text += bytes.toString("utf8");
    });
    socket.on("error", fail);
    socket.on("close", () => done(text));
  });
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await Bun.sleep(50);
  }
}

// Owns the promise of examples/: every episode of the series, with its own haproxy.cfg and the real Flask applications, does what its text says.

import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type RunningEpisode, startEpisode } from "../support/episode.ts";
import { findFlask } from "../support/flask.ts";
import { freePorts } from "../support/reference.ts";

const python = findFlask();
const because = python ? "" : " (skipped: python3-flask is not installed)";
const episodeTest = (
  title: string,
  name: string,
  check: (episode: RunningEpisode) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
) =>
  test.skipIf(!python)(
    `${title}${because}`,
    async () => {
      const episode = await startEpisode(name, python ?? "", environment);
      try {
        await check(episode);
      } finally {
        await episode.stop();
      }
    },
    90_000,
  );

episodeTest("EP1: strictly in turn", "ep1-roundrobin", async (episode) => {
  const seen = [];
  for (let at = 0; at < 12; at++) seen.push(await appOf(episode, "/"));
  const first = seen.slice(0, 3);
  expect([...first].sort()).toEqual(["1", "2", "3"]);
  expect(seen).toEqual([...first, ...first, ...first, ...first]);
  await endApp(episode, 1, "app");
  const without = [];
  for (let at = 0; at < 6; at++) without.push(await appOf(episode, "/"));
  expect(without.sort()).toEqual(["2", "2", "2", "3", "3", "3"]);
  const again = startApp(episode, 1);
  try {
    await until(() => /Server http_back\/app1 is UP/.test(episode.output()), "app1 comes back");
    const back = [];
    for (let at = 0; at < 6; at++) back.push(await appOf(episode, "/"));
    expect(back.sort()).toEqual(["1", "1", "2", "2", "3", "3"]);
  } finally {
    again.kill();
    await again.exited;
  }
});

episodeTest("EP3: /static and the rest reach their backends, files byte for byte", "ep3-l7", async (episode) => {
  const logo = new Uint8Array(await (await fetch(`${episode.url}/static/logo.png`)).arrayBuffer());
  expect(logo).toEqual(new Uint8Array(readFileSync(resolve(import.meta.dir, "../../examples/ep3-l7/static/logo.png"))));
  expect(await (await fetch(`${episode.url}/`)).text()).toBe("Welcome to FitGuru!");
  expect(await (await fetch(`${episode.url}/api/data`)).json()).toEqual({ data: "Some dynamic data" });
  // The path decides, not whether the file exists there: a 404 from the static application is its own.
  expect((await fetch(`${episode.url}/static/none`)).status).toBe(404);
  await until(() => /static_backend\/static1 .* 404 /.test(episode.output()), "the log line");
});

const certificate = makeCertificate();
const [tlsPort] = (await freePorts(1)) as [number];
episodeTest(
  "EP3: TLS is terminated when a certificate is given",
  "ep3-l7",
  async () => {
    const curl = (path: string) =>
      Bun.spawnSync([
        "curl",
        "-s",
        "--cacert",
        certificate,
        "-w",
        "%{http_code} %{ssl_verify_result}",
        `https://localhost:${tlsPort}${path}`,
      ]);
    expect(curl("/").stdout.toString()).toBe("Welcome to FitGuru!200 0");
    expect(curl("/static/style.css").stdout.toString()).toStartWith("body {");
  },
  { CERT: certificate, TLS_PORT: String(tlsPort) },
);

episodeTest(
  "EP6: the fast server gets nearly all requests while the slow ones are busy",
  "ep6-leastconn",
  async (episode) => {
    // Two requests meet the sleeping applications, one the fast one; from then on the fast one is the least busy.
    const slow = Array.from({ length: 3 }, () => get(episode.port, "/"));
    await Bun.sleep(300);
    const answers = [];
    for (let at = 0; at < 20; at++) answers.push(/App (\d)/.exec(await get(episode.port, "/"))?.[1]);
    expect(answers.filter((app) => app === "2").length).toBeGreaterThanOrEqual(19);
    await Promise.all(slow);
  },
);

episodeTest(
  "EP7 source: one client address, one server; its server's end moves it, the rest stay",
  "ep7-source",
  async (episode) => {
    const clients = Array.from({ length: 24 }, (_, at) => `127.0.0.${at + 1}`);
    const where = async () =>
      new Map(await Promise.all(clients.map(async (client) => [client, await appFrom(episode, client)] as const)));
    const before = await where();
    expect(await where()).toEqual(before);
    expect(new Set(before.values()).size).toBe(3);
  },
);

episodeTest("EP7 uri: one URI, one server", "ep7-uri", async (episode) => {
  const paths = Array.from({ length: 30 }, (_, at) => `/page/${at}`);
  const where = async () => await Promise.all(paths.map((path) => appOf(episode, path)));
  const before = await where();
  expect(await where()).toEqual(before);
  expect(new Set(before).size).toBe(3);
  await endApp(episode, 1);
  const after = await where();
  for (const [at, app] of before.entries()) {
    if (app === "1") expect(after[at]).toMatch(/^[23]$/);
    else expect(after[at]).toBe(app);
  }
});

episodeTest("EP8: 'random draw 2' is taken with a notice and spreads evenly", "ep8-random", async (episode) => {
  expect(episode.output()).toMatch(/\[NOTICE\].*random\(2\)/);
  const counts = new Map<string, number>();
  for (let at = 0; at < 300; at++) {
    const app = await appOf(episode, "/data");
    counts.set(app, (counts.get(app) ?? 0) + 1);
  }
  expect(counts.size).toBe(3);
  // 300 draws: each share is 100 ± 5 standard deviations of a plain draw, which is looser than two draws need.
  for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(41);
});

/** Ends the Flask application N and waits until the health check has said so. */
async function endApp(episode: RunningEpisode, n: number, prefix = "server"): Promise<void> {
  const pid = Number(new RegExp(`# app${n}\\.py: .* pid (\\d+)`).exec(episode.output())?.[1]);
  process.kill(pid, "SIGKILL");
  await until(() => new RegExp(`Server \\w+/${prefix}${n} is DOWN`).test(episode.output()), `app${n} is taken out`);
}

function startApp(episode: RunningEpisode, n: number): Bun.Subprocess {
  const command = [python ?? "", "-m", "flask", "--app", `app${n}`, "run", "--port", String(episode.appPorts[n - 1])];
  const cwd = resolve(import.meta.dir, "../../examples/ep1-roundrobin");
  return Bun.spawn(command, { cwd, stdout: "ignore", stderr: "ignore" });
}

/** A certificate for localhost and its key in one file, as `crt` wants it. */
function makeCertificate(): string {
  const folder = mkdtempSync(join(tmpdir(), "pointsman-cert-"));
  const [key, chain] = [join(folder, "key"), join(folder, "chain")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = Bun.spawnSync([
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    ...subject,
    "-keyout",
    key,
    "-out",
    chain,
  ]);
  const file = join(folder, "site.pem");
  if (made.exitCode === 0) writeFileSync(file, readFileSync(chain, "utf8") + readFileSync(key, "utf8"));
  return file;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await Bun.sleep(50);
  }
}

async function appOf(episode: RunningEpisode, path: string): Promise<string> {
  return /App (\d)/.exec(await get(episode.port, path))?.[1] ?? "none";
}

async function appFrom(episode: RunningEpisode, localAddress: string): Promise<string> {
  return /App (\d)/.exec(await get(episode.port, "/", localAddress))?.[1] ?? "none";
}

/** A request on a connection of its own; the whole answer as text. */
function get(port: number, path: string, localAddress = "127.0.0.1"): Promise<string> {
  return new Promise((done, fail) => {
    let text = "";
    const socket = connect({ host: "127.0.0.1", port, localAddress }, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
    });
    socket.on("error", fail);
    socket.on("close", () => done(text));
  });
}

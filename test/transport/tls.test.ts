// Contract tests of TLS on real sockets, with openssl and curl as clients: what Bun's undocumented server-side upgrade must go
// on doing, and the way from an accepted connection to plaintext that `tls/` owns.

import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { createTlsBinding, resolveVersions } from "../../src/tls/index.ts";
import { createBunTlsEngine } from "../../src/transport/bun/index.ts";
import type { Connection } from "../../src/transport/types.ts";
import { opensslMissing } from "../support/certificates.ts";
import { pattern, Sender, sha, text } from "./harness.ts";

import {
  answerHttp,
  capturedHello,
  finishServers,
  HTTP_OK,
  loadOf,
  nodeClient,
  plainClient,
  relayTo,
  run,
  sClient,
  serve,
  site,
  title,
  until,
} from "./tls-support.ts";

afterEach(finishServers);

describe.skipIf(opensslMissing !== undefined)(title("TLS handshakes"), () => {
  test.skipIf(Bun.which("curl") === null)("curl over TLS 1.2 and 1.3", async () => {
    const server = serve({ script: answerHttp });
    for (const version of ["1.2", "1.3"]) {
      const out = await run(
        `curl -sk --tlsv${version} --tls-max ${version} --resolve site.example:${server.port}:127.0.0.1 https://site.example:${server.port}/`,
      );
      expect(out).toBe("yes");
    }
    expect(server.ready.map(({ connection }) => connection.tls?.version)).toEqual(["TLSv1.2", "TLSv1.3"]);
    expect(server.ready[0]?.connection.tls).toMatchObject({ serverName: "site.example", alpn: "", resumed: false });
    expect(server.ready[0]?.connection.tls?.cipher).toStartWith("ECDHE-ECDSA-");
    expect(server.ready[0]?.hello.serverName).toBe("site.example");
    await until(() => server.ready.every(({ recorder }) => recorder.closed));
    expect(server.ready.map(({ recorder }) => recorder.events)).toEqual([
      ["data", "close"],
      ["data", "close"],
    ]);
  });

  test("the certificate follows the name, and its key type the client's abilities", async () => {
    const server = serve({ serve: (connection) => connection.close() });
    const subject = async (options: string): Promise<string> =>
      /subject=(.*)/.exec(await sClient(server.port, options))?.[1]?.replaceAll(" ", "") ?? "";
    expect(await subject("-servername site.example")).toBe("CN=site");
    expect(await subject("-servername A.wild.example")).toBe("CN=wild");
    expect(await subject("-servername a.wild.example -sigalgs RSA-PSS+SHA256")).toBe("CN=rsa");
    expect(await subject("-servername a.wild.example -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256")).toBe("CN=rsa");
    expect(await subject("-servername nobody.example")).toBe("CN=site");
    expect(await subject("-noservername")).toBe("CN=site");
  });

  test("ALPN: agreed when shared, none and no error when not", async () => {
    const server = serve({ alpn: ["http/1.1"], serve: (connection) => connection.close() });
    expect(await sClient(server.port, "-alpn h2,http/1.1")).toContain("ALPN protocol: http/1.1");
    expect(await sClient(server.port, "-alpn h2")).toContain("No ALPN negotiated");
    expect(await sClient(server.port, "")).toContain("No ALPN negotiated");
    expect(server.ready.map(({ connection }) => connection.tls?.alpn)).toEqual(["http/1.1", "", ""]);
    expect(server.failures).toEqual([]);
  });

  test("version limits and cipher lists hold", async () => {
    const newOnly = resolveVersions({ minVersion: "TLSv1.3" });
    const oldOnly = resolveVersions({ maxVersion: "TLSv1.2" });
    if (newOnly === undefined || oldOnly === undefined) throw new Error("no versions");
    const close = (connection: Connection): void => connection.close();
    const newServer = serve({ versions: newOnly, serve: close });
    const oldServer = serve({ versions: oldOnly, ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256", serve: close });
    expect(await sClient(newServer.port, "-tls1_2")).toContain("alert protocol version");
    expect(await sClient(newServer.port, "-tls1_3")).toContain("New, TLSv1.3");
    expect(await sClient(oldServer.port, "-tls1_3")).toContain("alert");
    expect(await sClient(oldServer.port, "-tls1_2")).toContain("Cipher is ECDHE-ECDSA-AES128-GCM-SHA256");
    expect(await sClient(oldServer.port, "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384")).toContain("alert");
    await until(() => newServer.failures.length === 1 && oldServer.failures.length === 2);
    expect(newServer.failures).toEqual([{ cause: "handshake", fault: "UNSUPPORTED_PROTOCOL" }]);
    expect(oldServer.failures[1]).toEqual({ cause: "handshake", fault: "NO_SHARED_CIPHER" });
  });

  test("a session is resumed by its ticket", async () => {
    const server = serve({ serve: (connection) => connection.close() });
    const out = await run(`echo | openssl s_client -connect 127.0.0.1:${server.port} -tls1_2 -reconnect`);
    expect(out.match(/Reused, TLSv1.2/g)?.length).toBe(5);
    expect(server.ready.map(({ connection }) => connection.tls?.resumed)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  test("strict-sni refuses unknown and missing names with the reference's alert", async () => {
    const server = serve({ strictSni: true, serve: (connection) => connection.close() });
    expect(await sClient(server.port, "-servername nobody.example")).toContain("alert number 112");
    expect(await sClient(server.port, "-noservername")).toContain("alert number 112");
    expect(await sClient(server.port, "-servername site.example")).toContain("Cipher is TLS_");
    expect(server.failures.map(({ cause }) => cause)).toEqual(["no-certificate", "no-certificate"]);
  });

  test("contexts that the library refuses say which part", () => {
    const versions = resolveVersions({});
    if (versions === undefined) throw new Error("no versions");
    const base = { loads: [loadOf(site)], versions, alpn: [], strictSni: false };
    const parts = [{ ciphers: "FOO" }, { curves: "FOO" }, { signatureAlgorithms: "FOO" }].map((wrong) => {
      const made = createTlsBinding(createBunTlsEngine(), { ...base, ...wrong });
      return "fault" in made ? made.fault.part : "none";
    });
    expect(parts).toEqual(["ciphers", "curves", "signatureAlgorithms"]);
  });
});

describe.skipIf(opensslMissing !== undefined)(title("TLS handshakes that fail"), () => {
  async function failureOf(bytes: Uint8Array | undefined, end: "fin" | "reset" | "stay"): Promise<[string, number[]]> {
    const server = serve();
    const client = await plainClient(server.port);
    if (bytes !== undefined) client.socket.write(bytes);
    if (end === "fin") client.socket.shutdown();
    if (end === "reset") {
      await until(() => server.accepting.length === 1);
      client.socket.terminate();
    }
    await until(() => server.failures.length === 1);
    await until(client.closed);
    expect(server.ready).toEqual([]);
    return [server.failures[0]?.cause ?? "", client.received];
  }

  test("what is not TLS is closed without a word", async () => {
    expect(await failureOf(text("GET / HTTP/1.1\r\n\r\n"), "stay")).toEqual(["not-tls", []]);
  });

  test("a broken ClientHello gets an alert", async () => {
    const broken = Uint8Array.of(22, 3, 1, 0, 5, 1, 0, 0, 1, 3);
    expect(await failureOf(broken, "stay")).toEqual(["bad-hello", [21, 3, 3, 0, 2, 2, 50]]);
  });

  test("half a ClientHello and then FIN, RST, or nothing at all", async () => {
    const half = Uint8Array.of(22, 3, 1, 1, 0, 1, 0, 0);
    expect((await failureOf(half, "fin"))[0]).toBe("closed");
    expect((await failureOf(half, "reset"))[0]).toBe("reset");
    expect((await failureOf(undefined, "fin"))[0]).toBe("closed");
  });

  test("the owner's timer ends a handshake that goes nowhere", async () => {
    const server = serve();
    const client = await plainClient(server.port);
    await until(() => server.accepting.length === 1);
    server.accepting[0]?.cancel();
    server.accepting[0]?.cancel();
    await until(() => client.closed() && server.failures.length === 1);
    expect(server.failures).toEqual([{ cause: "timeout", fault: "" }]);
  });

  test("a client that leaves after the ClientHello, and one that the timer ends there", async () => {
    const hello = await capturedHello();
    const server = serve();
    const leaving = await plainClient(server.port);
    leaving.socket.write(hello);
    await until(() => leaving.received.length > 0);
    leaving.socket.shutdown();
    await until(() => server.failures.length === 1);
    const staying = await plainClient(server.port);
    staying.socket.write(hello);
    await until(() => staying.received.length > 0);
    server.accepting[1]?.cancel();
    await until(() => server.failures.length === 2 && staying.closed());
    expect(server.failures).toEqual([
      { cause: "closed", fault: "" },
      { cause: "timeout", fault: "" },
    ]);
  });

  test("a handshake in single bytes succeeds", async () => {
    const server = serve();
    const relay = relayTo(server.port, async (up, bytes) => {
      for (const byte of bytes) {
        up.write(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const client = await nodeClient(relay.port);
    expect(client.getProtocol()).toBe("TLSv1.3");
    await until(() => server.ready.length === 1);
    client.destroy();
    relay.stop();
  });
});

describe.skipIf(opensslMissing !== undefined)(title("TLS connections"), () => {
  test("large transfers both ways, with backpressure, byte for byte", async () => {
    const bytes = pattern(8_000_000);
    const down = new Sender(
      bytes,
      () => 1 << 20,
      (connection) => connection.shutdown(),
    );
    const server = serve({ script: { onDrain: down.go } });
    const client = await nodeClient(server.port, true);
    await until(() => server.ready.length === 1);
    const { connection, recorder } = server.ready[0] ?? {};
    if (connection === undefined || recorder === undefined) throw new Error("not ready");
    client.pause();
    down.go(connection);
    await Bun.sleep(30);
    expect(down.shortWrites).toBeGreaterThan(0);
    const hash = new Bun.CryptoHasher("sha256");
    client.on("data", (chunk: Buffer) => void hash.update(chunk));
    client.resume();
    const ended = new Promise<void>((resolve) => client.on("end", () => resolve()));
    connection.pause();
    client.write(bytes);
    await Bun.sleep(30);
    const before = recorder.received;
    await Bun.sleep(30);
    expect(recorder.received).toBe(before);
    connection.resume();
    client.end();
    await ended;
    await until(() => recorder.closed);
    expect(hash.digest("hex")).toBe(sha(bytes));
    expect(recorder.received).toBe(bytes.length);
    expect(recorder.hash.digest("hex")).toBe(sha(bytes));
    expect(recorder.events.at(-1)).toBe("close");
    client.destroy();
  });

  test("close sends what was taken and close_notify, and waits for nobody", async () => {
    const server = serve({
      serve: (connection) => {
        connection.write(HTTP_OK, 0, HTTP_OK.length);
        connection.close();
      },
    });
    const out = await run(`sleep 0.3 | openssl s_client -connect 127.0.0.1:${server.port} -msg -quiet`);
    expect(out).toContain("yes");
    expect(out).toMatch(/<<< TLS 1.3, Alert.*warning close_notify/);
    await until(() => server.ready[0]?.recorder.closed === true);
  });

  test("abort is a reset, also after close could not finish", async () => {
    const before = readdirSync("/proc/self/fd").length;
    const server = serve();
    const client = await nodeClient(server.port, true);
    client.on("error", () => {});
    await until(() => server.ready.length === 1);
    const { connection, recorder } = server.ready[0] ?? {};
    if (connection === undefined || recorder === undefined) throw new Error("not ready");
    client.pause();
    const bytes = pattern(8_000_000);
    expect(connection.write(bytes, 0, bytes.length)).toBeLessThan(bytes.length);
    connection.close();
    await Bun.sleep(30);
    expect(recorder.closed).toBe(false);
    connection.abort();
    await until(() => recorder.closed);
    expect(recorder.events).toEqual(["close"]);
    client.destroy();
    server.listener.close();
    await until(() => readdirSync("/proc/self/fd").length <= before);
  });

  test("the peer's reset and a broken record are faults, its FIN is an end", async () => {
    const server = serve();
    const clients = [await nodeClient(server.port), await nodeClient(server.port)];
    await until(() => server.ready.length === 2);
    const [first, second] = server.ready;
    clients[0]?.destroy();
    clients[1]?.end();
    await until(() => second?.recorder.events.includes("end") === true);
    second?.connection.close();
    await until(() => first?.recorder.events.length !== 0 && second?.recorder.closed === true);
    expect(second?.recorder.events).toEqual(["end", "close"]);
  });

  test("garbage in an established session is a fault of the peer, no defect of ours", async () => {
    const server = serve();
    let carrier: Bun.Socket<undefined> | undefined;
    const relay = relayTo(server.port, (up, bytes) => {
      carrier = up;
      up.write(bytes);
    });
    const client = await nodeClient(relay.port);
    client.on("error", () => {});
    await until(() => server.ready.length === 1);
    carrier?.write(Uint8Array.of(23, 3, 3, 0, 20, ...new Uint8Array(20)));
    await until(() => server.ready[0]?.recorder.closed === true);
    expect(server.ready[0]?.recorder.events.at(-1)).toBe("close:tls");
    expect(server.ready[0]?.connection.tlsFault).not.toBe("");
    client.destroy();
    relay.stop();
  });
});

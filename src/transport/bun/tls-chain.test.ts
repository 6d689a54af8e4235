// Holds that a server sends the certificates of its file and no others. Left to itself BoringSSL completes a chain of one from the
// system's trust store: other bytes than the reference sends, and files searched for in the middle of every handshake.

import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBunTlsEngine } from "./tls.ts";
import { createBunTransport } from "./transport.ts";

const missing = Bun.which("openssl") === null ? "the openssl program is not installed" : undefined;
const title = "a chain is not completed from the system's trust store";

function openssl(folder: string, words: string): void {
  const run = Bun.spawnSync(["openssl", ...words.split(" ")], { cwd: folder, stdout: "ignore", stderr: "pipe" });
  if (run.exitCode !== 0) throw new Error(`openssl: ${run.stderr.toString()}`);
}

/** Started as a program, this file is the server: the trust store is looked for in the environment when a context is made. */
async function serve(folder: string): Promise<void> {
  const read = (name: string) => readFileSync(join(folder, name), "latin1");
  const certificate = { chain: read("leaf.pem"), key: read("leaf.key") };
  const context = createBunTlsEngine().serverContext({ certificate, minVersion: "TLSv1.2", maxVersion: "TLSv1.3" });
  if (!("kind" in context)) throw new Error(context.detail);
  const transport = createBunTransport();
  const ignore = { onOpen: () => {}, onDrain: () => {}, onEnd: () => {}, onClose: () => {} };
  const listener = transport.listen(
    { address: { family: "ipv4", host: "127.0.0.1", port: 0 }, backlog: 4 },
    {
      onAccept: (connection) => {
        const onData = (_: unknown, bytes: Uint8Array) => transport.acceptTls(connection, context, bytes);
        connection.handler = { ...ignore, onData, onOpen: (opened) => opened.close() };
      },
    },
  );
  if ("fault" in listener) throw new Error(listener.fault);
  console.log(listener.address.port);
  await new Response(Bun.stdin.stream()).text();
  process.exit(0);
}

if (import.meta.main && process.argv[2] === "serve") await serve(process.argv[3] ?? "");
else if (missing !== undefined) test.skip(`${title} (${missing})`, () => {});
else {
  test(title, async () => {
    const folder = mkdtempSync(join(tmpdir(), "pointsman-chain-"));
    const key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(folder, `req -x509 ${key} -subj /CN=authority -days 2 -keyout ca.key -out ca.pem`);
    openssl(folder, `req ${key} -subj /CN=leaf -keyout leaf.key -out leaf.csr`);
    openssl(folder, "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 2 -out leaf.pem");
    writeFileSync(join(folder, "empty"), "");
    const server = Bun.spawn([process.execPath, import.meta.path, "serve", folder], {
      env: { ...process.env, SSL_CERT_FILE: join(folder, "ca.pem") },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    try {
      const { value } = await server.stdout.getReader().read();
      const port = new TextDecoder().decode(value).trim();
      const words = ["openssl", "s_client", "-connect", `127.0.0.1:${port}`, "-showcerts"];
      const client = Bun.spawn(words, { stdin: Bun.file(join(folder, "empty")), stdout: "pipe", stderr: "ignore" });
      const shown = await new Response(client.stdout).text();
      expect(shown.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    } finally {
      server.stdin.end();
      await server.exited;
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

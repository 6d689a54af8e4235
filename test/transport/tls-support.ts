// What the TLS tests are made of: a server over `tls/` on real sockets, clients (openssl, node:tls, plain), and a relay that
// plays tricks with the ciphertext.

import { expect } from "bun:test";
import { connect as connectTls, type TLSSocket } from "node:tls";
import {
  type ClientHello,
  createTlsBinding,
  loadCertificates,
  resolveVersions,
  startTlsAccept,
  type TlsAcceptFailure,
  type TlsAccepting,
  type TlsBindSpec,
} from "../../src/tls/index.ts";
import { createBunTlsEngine, createBunTransport } from "../../src/transport/bun/index.ts";
import type { Connection, ConnectionHandler, Listener, SocketAddress } from "../../src/transport/types.ts";
import { makeCertificate, opensslMissing, type TestCertificate } from "../support/certificates.ts";
import { Recorder, text } from "./harness.ts";

export const LOOPBACK: SocketAddress = { family: "ipv4", host: "127.0.0.1", port: 0 };
const NONE: TestCertificate = { certificate: "", key: "" };
export const site = opensslMissing
  ? NONE
  : makeCertificate({ key: "ecdsa", commonName: "site", altNames: ["site.example"] });
export const wild = opensslMissing
  ? NONE
  : makeCertificate({ key: "ecdsa", commonName: "wild", altNames: ["*.wild.example"] });
export const rsa = opensslMissing
  ? NONE
  : makeCertificate({ key: "rsa", commonName: "rsa", altNames: ["*.wild.example"] });

export function loadOf(certificate: TestCertificate): TlsBindSpec["loads"][number] {
  const bytes = new TextEncoder().encode(certificate.certificate + certificate.key);
  return loadCertificates("x.pem", { readFile: () => bytes, listDirectory: () => undefined });
}

export interface ServerOptions extends Partial<TlsBindSpec> {
  /** Plays the owner of a ready connection. */
  readonly serve?: (connection: Connection, recorder: Recorder) => void;
  readonly script?: Partial<ConnectionHandler>;
}

export interface Server {
  readonly port: number;
  readonly listener: Listener;
  readonly ready: { connection: Connection; hello: ClientHello; recorder: Recorder }[];
  readonly failures: { cause: TlsAcceptFailure; fault: string }[];
  readonly accepting: TlsAccepting[];
  readonly defects: unknown[];
}

export const servers: Server[] = [];

export function serve(options: ServerOptions = {}): Server {
  const defects: unknown[] = [];
  const transport = createBunTransport({ onDefect: (error) => defects.push(error) });
  const versions = resolveVersions({});
  if (versions === undefined) throw new Error("no versions");
  const spec: TlsBindSpec = { loads: [site, wild, rsa].map(loadOf), versions, alpn: [], strictSni: false, ...options };
  const binding = createTlsBinding(createBunTlsEngine(), spec);
  if ("fault" in binding) throw new Error(JSON.stringify(binding.fault));
  const ready: Server["ready"] = [];
  const failures: Server["failures"] = [];
  const accepting: TlsAccepting[] = [];
  const listener = transport.listen(
    { address: LOOPBACK, backlog: 64 },
    {
      onAccept: (connection) => {
        const started = startTlsAccept(transport, connection, binding, {
          onReady: (opened, hello) => {
            const recorder = new Recorder(options.script);
            opened.handler = recorder;
            ready.push({ connection: opened, hello, recorder });
            options.serve?.(opened, recorder);
          },
          onFailure: (failed, cause) => failures.push({ cause, fault: failed.tlsFault }),
        });
        accepting.push(started);
      },
    },
  );
  if ("fault" in listener) throw new Error(listener.fault);
  const server = { port: listener.address.port, listener, ready, failures, accepting, defects };
  servers.push(server);
  return server;
}

export const HTTP_OK = text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes");
export const answerHttp: Partial<ConnectionHandler> = {
  onData: (connection) => {
    connection.write(HTTP_OK, 0, HTTP_OK.length);
    connection.close();
  },
};

export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error("it never came to hold");
    await Bun.sleep(1);
  }
}

export async function run(command: string): Promise<string> {
  const child = Bun.spawn(["sh", "-c", `${command} 2>&1`], { stdin: "ignore", stdout: "pipe" });
  return await new Response(child.stdout).text();
}

/** What s_client reports of a connection that it ends at once. */
export function sClient(port: number, options: string): Promise<string> {
  return run(`echo | openssl s_client -connect 127.0.0.1:${port} ${options}`);
}

export function nodeClient(port: number, allowHalfOpen = false): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const options = { port, host: "127.0.0.1", rejectUnauthorized: false, allowHalfOpen };
    const socket = connectTls(options, () => resolve(socket));
    socket.on("error", reject);
  });
}

/** Opens a plain TCP connection that collects what comes. */
export async function plainClient(
  port: number,
): Promise<{ socket: Bun.Socket<undefined>; received: number[]; closed: () => boolean }> {
  const received: number[] = [];
  let closed = false;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    allowHalfOpen: true,
    socket: {
      data: (_socket, bytes) => {
        received.push(...bytes);
      },
      close: () => {
        closed = true;
      },
      end: (ended) => {
        closed = true;
        ended.end();
      },
    },
  });
  return { socket, received, closed: () => closed };
}

export const title = (name: string): string => (opensslMissing ? `${name} (${opensslMissing})` : name);

/** A relay between a client and the server under test; `forward` plays tricks with what the client sends. */
export function relayTo(
  port: number,
  forward: (up: Bun.Socket<undefined>, bytes: Uint8Array) => void | Promise<void>,
): { port: number; stop: () => void } {
  let sending = Promise.resolve();
  let up: Promise<Bun.Socket<undefined>> | undefined;
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (down) => {
        up = Bun.connect({
          hostname: "127.0.0.1",
          port,
          socket: {
            data: (_up, bytes) => {
              down.write(bytes);
            },
            close: () => {
              down.end();
            },
          },
        });
      },
      data: (_down, bytes) => {
        const kept = Uint8Array.from(bytes);
        sending = sending.then(async () => {
          const socket = await up;
          if (socket !== undefined) await forward(socket, kept);
        });
      },
    },
  });
  const stop = (): void => {
    listener.stop(true);
    void up?.then((socket) => socket.terminate());
  };
  return { port: listener.port, stop };
}

/** The first flight of a real client. */
export async function capturedHello(): Promise<Uint8Array> {
  let hello: Uint8Array | undefined;
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data: (socket, bytes) => {
        hello = Uint8Array.from(bytes);
        socket.end();
      },
    },
  });
  await sClient(listener.port, "");
  listener.stop(true);
  if (hello === undefined) throw new Error("no ClientHello came");
  return hello;
}

/** Ends all servers of a test, and insists that nothing of ours went wrong. */
export async function finishServers(): Promise<void> {
  for (const server of servers.splice(0)) {
    server.listener.close();
    for (const { connection } of server.ready) connection.abort();
    await until(() => server.ready.every(({ recorder }) => recorder.closed));
    expect(server.defects).toEqual([]);
  }
}

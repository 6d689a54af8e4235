// Owns the one place that names BoringSSL: contexts from PEM texts, and the turning of an accepted connection into a
// TLS connection (`Socket.upgradeTLS`, which Bun's types do not document for servers; test/transport/tls.test.ts holds
// what is used of it). Which context a ClientHello gets is decided in `tls/`. Knows no certificates beyond their text.
//
// How Bun 1.4.5 behaves here:
// - The upgrade gives two sockets: one for ciphertext, one for plaintext. The handlers of the old one go on being called with
//   ciphertext; `BunConnection.socket` tells which socket is the connection's.
// - `open`, and a `handshake` that fails, may be called from inside `upgradeTLS`.
// - A list of ALPN protocols that has nothing in common with the client's is fatal, unlike in the reference. So the one protocol
//   to agree on is chosen beforehand, and with none in common no ALPN is configured.
// - The context must be the inner `.context` of `tls.createSecureContext`, and ALPN is in wire form.

import { createSecureContext } from "node:tls";
import type { TlsCaps, TlsContextFault, TlsEngine, TlsServerSpec, TlsVersion } from "../tls.ts";
import type { Connection, TlsServerContext } from "../types.ts";
import { BunConnection, type BunSocket, deferringClose, FLAG, onError, PLAIN_EVENTS } from "./connection.ts";

const CAPS: TlsCaps = {
  library: "BoringSSL",
  versions: ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
  ciphers: true,
  ciphersuites: false,
  curves: true,
  signatureAlgorithms: true,
  dhParameters: false,
  ticketKeys: false,
  ocspStapling: false,
  earlyData: false,
};

const NODE_VERSIONS = {
  SSLv3: "TLSv1",
  "TLSv1.0": "TLSv1",
  "TLSv1.1": "TLSv1.1",
  "TLSv1.2": "TLSv1.2",
  "TLSv1.3": "TLSv1.3",
} as const satisfies Record<TlsVersion, string>;

class BunTlsContext implements TlsServerContext {
  readonly kind = "tls-server-context";
  /** The library's own object. */
  readonly native: unknown;

  constructor(native: unknown) {
    this.native = native;
  }
}

/** BoringSSL as Bun offers it. */
export function createBunTlsEngine(): TlsEngine {
  return { caps: CAPS, serverContext: makeContext };
}

function makeContext(spec: TlsServerSpec): TlsServerContext | TlsContextFault {
  if (CAPS.versions.indexOf(spec.maxVersion) < Math.max(CAPS.versions.indexOf(spec.minVersion), 0)) {
    return { part: "versions", detail: "no version is left" };
  }
  try {
    const made = createSecureContext({
      cert: spec.certificate.chain,
      key: spec.certificate.key,
      // Else BoringSSL completes a chain of one from the system's trust store in every handshake: it opens files (a tenth of the
      // handshake's time, and there are none in a chroot) and sends more than the file has. Nothing is trusted by it: no client is verified.
      ca: spec.certificate.chain,
      minVersion: NODE_VERSIONS[spec.minVersion],
      maxVersion: NODE_VERSIONS[spec.maxVersion],
      ...(spec.ciphers === undefined ? {} : { ciphers: spec.ciphers }),
      ...(spec.curves === undefined ? {} : { ecdhCurve: spec.curves }),
      ...(spec.signatureAlgorithms === undefined ? {} : { sigalgs: spec.signatureAlgorithms }),
    });
    return new BunTlsContext(made.context);
  } catch (error) {
    return contextFault(error);
  }
}

function contextFault(error: unknown): TlsContextFault {
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.includes("SIGNATURE_ALGORITHM") || code.includes("SIGALG")) return { part: "signatureAlgorithms", detail };
  if (code.startsWith("ERR_SSL_")) return { part: "ciphers", detail };
  if (detail.includes("ECDH")) return { part: "curves", detail };
  return { part: "certificate", detail };
}

const alpnWire = new Map<string, Buffer>();

/** A protocol list of one, as the TLS extension writes it (RFC 7301 §3.1). */
function wireOf(protocol: string): Buffer {
  const known = alpnWire.get(protocol);
  if (known !== undefined) return known;
  const name = Buffer.from(protocol, "latin1");
  const wire = Buffer.concat([Buffer.of(name.length), name]);
  alpnWire.set(protocol, wire);
  return wire;
}

/** See {@link import("../types.ts").Transport.acceptTls}. */
export function acceptTls(connection: Connection, context: TlsServerContext, initialData: Uint8Array, alpn = ""): void {
  if (!(connection instanceof BunConnection) || !(context instanceof BunTlsContext)) return;
  const plain = connection.socket;
  if (plain === undefined || (connection.flags & (FLAG.closing | FLAG.gone)) !== 0) return;
  connection.flags = (connection.flags & ~FLAG.open) | FLAG.handshaking;
  const tls = {
    secureContext: context.native,
    requestCert: false,
    rejectUnauthorized: false,
    ...(alpn === "" ? {} : { ALPNProtocols: wireOf(alpn) }),
  };
  const options = { isServer: true, data: connection, tls, initialData, socket: TLS_EVENTS };
  deferringClose(() => {
    try {
      const [carrier] = plain.upgradeTLS(options as unknown as Bun.TLSUpgradeOptions<unknown>);
      if ((connection.flags & FLAG.gone) === 0) connection.carrier = carrier as BunSocket;
    } catch (error) {
      connection.tlsFault = error instanceof Error ? error.message : "upgrade";
      connection.fail("tls");
      plain.terminate();
    }
  });
}

/** The plaintext socket exists: it is the connection's from here on. */
function onTlsSocket(socket: Bun.Socket<unknown>): void {
  const connection = socket.data as BunConnection;
  connection.socket = socket as BunSocket;
}

function onHandshake(socket: Bun.Socket<unknown>, success: boolean, error: Error | null): void {
  const connection = socket.data as BunConnection;
  if (connection.socket !== socket || (connection.flags & FLAG.handshaking) === 0) return;
  if (!success) {
    // Bun closes it right after this. A client that went away is no failure of TLS, though Bun words it as one.
    if (!leftByPeer(error)) connection.tlsFault = reasonOf(error);
    return;
  }
  const alpn = socket.alpnProtocol;
  connection.tls = {
    version: renderVersion(socket.getTLSVersion()),
    cipher: socket.getCipher().name,
    serverName: socket.getServername() ?? "",
    alpn: typeof alpn === "string" ? alpn : "",
    resumed: socket.isSessionReused(),
  };
  connection.opened();
}

function leftByPeer(error: Error | null): boolean {
  return error !== null && error !== undefined && "code" in error && error.code === "ECONNRESET";
}

/** "TLSv1" is "TLSv1.0" in the reference's logs. */
function renderVersion(version: string): string {
  return version === "TLSv1" ? "TLSv1.0" : version;
}

/** The library's own name of a reason, out of "error:10000133:SSL routines:OPENSSL_internal:NO_APPLICATION_PROTOCOL". */
function reasonOf(error: Error | null): string {
  if (error === null || error === undefined) return "handshake failure";
  const text = error.message;
  const last = text.slice(text.lastIndexOf(":") + 1).trim();
  return last === "" ? "handshake failure" : last;
}

/** An established session broke (a record that does not decrypt, a fatal alert), or a handler of ours threw. */
function onTlsError(socket: Bun.Socket<unknown>, error: Error): void {
  const connection = socket.data;
  const code = "code" in error ? String(error.code) : "";
  if (connection instanceof BunConnection && (code.startsWith("ERR_SSL") || code === "EPROTO")) {
    connection.tlsFault = reasonOf(error);
    return;
  }
  onError(socket, error);
}

const TLS_EVENTS = { ...PLAIN_EVENTS, open: onTlsSocket, handshake: onHandshake, error: onTlsError };

// Owns the short form for a thread: from what the model holds of a `bind … ssl` (texts that the front end has read and checked) to
// something that takes accepted connections. The engine keeps the handshake's time and aborts the connection when it is over.

import type { TlsEngine } from "../transport/tls.ts";
import type { Connection, ConnectionFault, Transport } from "../transport/types.ts";
import { startTlsAccept, type TlsAcceptFailure, type TlsAcceptOutcome } from "./accept.ts";
import { createTlsBinding, parseTlsVersion, renderContextFault, resolveVersions, type TlsBindSpec } from "./binding.ts";
import { certificateFromPem, type LoadedCertificate } from "./certificates.ts";

/** A TLS bind as text. The first certificate is the default. */
export interface TlsBindText {
  readonly certificates: readonly { readonly path: string; readonly pem: string }[];
  readonly alpn: readonly string[];
  readonly minVersion: string | undefined;
  readonly maxVersion: string | undefined;
  readonly ciphers: string | undefined;
  readonly strictSni: boolean;
}

/** Does handshakes on accepted connections, each ending in one of the two calls. */
export interface TlsAcceptorLike {
  accept(
    connection: Connection,
    onReady: (connection: Connection) => void,
    onFailure: (connection: Connection, fault: ConnectionFault | undefined) => void,
  ): void;
}

const FAULTS = {
  "not-tls": "tls",
  "bad-hello": "tls",
  "no-certificate": "tls",
  handshake: "tls",
  closed: undefined,
  reset: "reset",
  timeout: "timeout",
} as const satisfies Record<TlsAcceptFailure, ConnectionFault | undefined>;

/** Makes the contexts of a bind once, for all its connections on this thread; a text when they cannot be made. */
export function createTlsAcceptor(
  transport: Transport,
  engine: TlsEngine,
  bind: TlsBindText,
): TlsAcceptorLike | { readonly fault: string } {
  const certificates: LoadedCertificate[] = [];
  for (const { path, pem } of bind.certificates) {
    const loaded = certificateFromPem(path, pem);
    if (typeof loaded === "string") return { fault: loaded };
    certificates.push(loaded);
  }
  const versions = resolveVersions({
    minVersion: bind.minVersion === undefined ? undefined : parseTlsVersion(bind.minVersion),
    maxVersion: bind.maxVersion === undefined ? undefined : parseTlsVersion(bind.maxVersion),
  });
  if (versions === undefined) return { fault: "all SSL/TLS versions are disabled" };
  const spec: TlsBindSpec = {
    loads: [{ certificates, bundle: false, fault: undefined }],
    versions,
    ciphers: bind.ciphers,
    alpn: bind.alpn,
    strictSni: bind.strictSni,
  };
  const binding = createTlsBinding(engine, spec);
  if ("fault" in binding) return { fault: renderContextFault(binding.fault, spec) };
  return {
    accept: (connection, onReady, onFailure) => {
      const outcome: TlsAcceptOutcome = {
        onReady,
        onFailure: (failed, cause) => onFailure(failed, FAULTS[cause]),
      };
      startTlsAccept(transport, connection, binding, outcome);
    },
  };
}

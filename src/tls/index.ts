// The door of tls: from `bind … ssl` to connections that carry plaintext. It names no TLS library; the transport's engine is
// handed in.

export { startTlsAccept, type TlsAcceptFailure, type TlsAccepting, type TlsAcceptOutcome } from "./accept.ts";
export { createTlsAcceptor, type TlsAcceptorLike, type TlsBindText } from "./acceptor.ts";
export {
  createTlsBinding,
  parseTlsVersion,
  renderContextFault,
  resolveVersions,
  type TlsBinding,
  type TlsBindSpec,
  type TlsVersionRange,
  type TlsVersionWishes,
} from "./binding.ts";
export {
  type CertificateFiles,
  type CertificateKey,
  type CertificateKeyType,
  type CertificateLoad,
  certificateFromPem,
  type LoadedCertificate,
  loadCertificates,
} from "./certificates.ts";
export {
  CLIENT_HELLO_BYTES_MAX,
  type ClientHello,
  ClientHelloCollector,
  type ClientHelloResult,
  parseClientHello,
} from "./client-hello.ts";
export { chooseAlpn, createSniTable, type SniEntry, type SniTable } from "./select.ts";

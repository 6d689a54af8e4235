// The door of the production transport: real sockets, real time, real chance, and the few things that only the process
// needs (descriptors to inherit and hand over, datagrams for log lines).

export { createBunClock, createBunRandom } from "./clock.ts";
export {
  closeDescriptor,
  createListeningSocket,
  duplicateDescriptor,
  type ListeningSocketOptions,
  listenAgain,
  localAddressOf,
  type SocketFault,
  setInherited,
} from "./sockets.ts";
export { createBunTlsEngine } from "./tls.ts";
export { type BunTransportOptions, createBunTransport } from "./transport.ts";

// Owns the meaning of `option forwardfor`: which header, and for which clients not. Configuration manual §4.2 "option forwardfor".

import type { ForwardForModel } from "../config/model/index.ts";
import type { SocketAddress } from "../transport/types.ts";
import { bytesOfAddress } from "./address.ts";

/** The option, ready for use. */
export interface ForwardFor {
  /** Lower case. */
  readonly header: string;
  readonly ifNone: boolean;
  /** Whether this client is left out. */
  readonly excepts: ((source: SocketAddress) => boolean) | undefined;
}

/** The option of a proxy, compiled. */
export function compileForwardFor(model: ForwardForModel): ForwardFor {
  return {
    header: model.header.toLowerCase(),
    ifNone: model.ifNone,
    excepts: model.except === undefined ? undefined : compileExcept(model.except),
  };
}

/** A network "address[/bits]". An address that cannot be read excepts nobody: the configuration checker has refused it already. */
function compileExcept(network: string): (source: SocketAddress) => boolean {
  const slash = network.indexOf("/");
  const address = bytesOfAddress(slash < 0 ? network : network.slice(0, slash));
  if (address === undefined) return () => false;
  const bits = slash < 0 ? address.length * 8 : Number(network.slice(slash + 1));
  return (source) => {
    const bytes = source.family === "unix" ? undefined : bytesOfAddress(source.host);
    return bytes !== undefined && bytes.length === address.length && samePrefix(bytes, address, bits);
  };
}

function samePrefix(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  for (let at = 0; at * 8 < bits; at++) {
    const mask = bits - at * 8 >= 8 ? 0xff : 0xff & (0xff << (8 - (bits - at * 8)));
    if ((a[at]! & mask) !== (b[at]! & mask)) return false;
  }
  return true;
}

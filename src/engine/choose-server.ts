// Owns the choice of a server: a persistence cookie or a use-server rule first, else the backend's algorithm with the key that it hashes.
// It takes no slot and opens nothing. Configuration manual §4.2 "use-server", "balance", "hash-type".

import { NO_KEY } from "../balance/index.ts";
import { ByteRange } from "../protocol/http/range.ts";
import { urlParameter } from "../protocol/http/url-parameters.ts";
import { nextField, valueAt } from "../protocol/http/values.ts";
import { latin1Bytes } from "../stdx/index.ts";
import { bytesOfAddress } from "./address.ts";
import type { ProxyRuntime, ServerRuntime } from "./runtime.ts";
import type { Stream } from "./stream.ts";

const found = new ByteRange();

/** A server that is fixed before balancing, or undefined. */
export function chooseServer(stream: Stream, backend: ProxyRuntime): ServerRuntime | undefined {
  if (backend.model.options.preferLastServer) {
    const { lastServer } = stream.session!;
    if (
      lastServer !== undefined &&
      lastServer.proxy === backend &&
      stream.thread.state.servers.usable(lastServer.index)
    ) {
      return lastServer;
    }
  }
  if (backend.useServers.length === 0) return undefined;
  const { view, state } = stream.thread;
  for (const rule of backend.useServers) {
    if (!state.servers.willing(rule.server.index)) continue;
    if (rule.applies(view.of(stream, false))) return rule.server;
  }
  return undefined;
}

/** Position of a server in the backend, or the balancer's NO_SERVER or ALL_FULL. */
export function pickServer(stream: Stream, backend: ProxyRuntime, exclude: number): number {
  return backend.balancer.pick(hashOf(stream, backend), exclude);
}

/** The hash of what the algorithm looks at, or NO_KEY when the request has none of it. */
function hashOf(stream: Stream, backend: ProxyRuntime): number {
  const { request } = stream;
  switch (backend.model.balance.algorithm) {
    case "source": {
      const bytes = sourceBytes(stream);
      return bytes === undefined ? NO_KEY : backend.hasher.address(bytes, 0, bytes.length);
    }
    case "uri":
      return stream.requestMs < 0 ? NO_KEY : backend.hasher.uri(request.bytes, request.targetStart, request.targetEnd);
    case "url_param":
      return urlParameter(request, backend.parameterKey, found)
        ? backend.hasher.key(found.bytes, found.from, found.to)
        : NO_KEY;
    case "hdr": {
      const index = nextField(request, backend.fieldKey);
      if (index < 0) return NO_KEY;
      valueAt(request, index, found);
      return backend.hasher.key(found.bytes, found.from, found.to);
    }
    default:
      return backend.hashExpression === undefined ? NO_KEY : hashOfExpression(stream, backend);
  }
}

function sourceBytes(stream: Stream): Uint8Array | undefined {
  const session = stream.session!;
  if (session.sourceBytes === undefined) {
    const address = session.source;
    if (address.family !== "unix") session.sourceBytes = bytesOfAddress(address.host);
  }
  return session.sourceBytes;
}

function hashOfExpression(stream: Stream, backend: ProxyRuntime): number {
  const value = backend.hashExpression!(stream.thread.view.of(stream, false));
  if (value === undefined) return NO_KEY;
  const bytes = value instanceof Uint8Array ? value : latin1Bytes(String(value));
  return backend.hasher.key(bytes, 0, bytes.length);
}

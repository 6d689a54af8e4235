// Owns the step from frontend to backend. Configuration manual §4.2 "use_backend", "default_backend".

import type { ProxyRuntime } from "./runtime.ts";
import type { Stream } from "./stream.ts";

/** The first switching rule that holds and leads somewhere, else the default backend, else a `listen` itself. */
export function chooseBackend(stream: Stream, frontend: ProxyRuntime): ProxyRuntime | undefined {
  const { runtime, view } = stream.thread;
  for (const rule of frontend.switches) {
    if (!rule.applies(view.of(stream, false))) continue;
    if (rule.proxyIndex >= 0) return runtime.proxies[rule.proxyIndex];
    const found = runtime.proxiesByName.get(rule.nameOf!(view));
    // A computed name that is no backend falls through to the default, as the manual says.
    if (found !== undefined) return found;
    break;
  }
  const { defaultBackend } = frontend.model;
  if (defaultBackend !== undefined) return runtime.proxies[defaultBackend];
  return frontend.hasBackend ? frontend : undefined;
}

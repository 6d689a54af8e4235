// Owns the finding of proxies by name and side while the model is made.

import { hasBackend, type ProxyDraft } from "../directives/draft.ts";

/** Proxies of one run with their indices. */
export class ProxyNames {
  readonly #backends = new Map<string, number>();
  readonly drafts: readonly ProxyDraft[];

  constructor(drafts: readonly ProxyDraft[]) {
    this.drafts = drafts;
    for (const [index, draft] of drafts.entries()) {
      if (hasBackend(draft) && !this.#backends.has(draft.name)) this.#backends.set(draft.name, index);
    }
  }

  /** Index of the proxy of that name that has a backend side. */
  backend(name: string): number | undefined {
    return this.#backends.get(name);
  }

  /** Names of all proxies with a backend side. */
  get backendNames(): Iterable<string> {
    return this.#backends.keys();
  }
}

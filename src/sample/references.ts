// Owns what is wrong with the proxies and servers that an expression names, in the reference's words. The caller looks names up, once the whole
// configuration was read. Configuration manual §7.3.2.

import type { ExpressionReference } from "./availability.ts";

/** What a caller knows of a proxy by its name. */
export interface ReferencedProxy {
  readonly hasFrontend: boolean;
  readonly hasBackend: boolean;
  readonly servers: ReadonlySet<string>;
}

/** Where the expression stands: its proxy, and "http-request expression" or undefined in an ACL. */
export interface ReferencePlace {
  readonly proxy: string;
  readonly expressionKind: string | undefined;
}

/** The problem of one reference, or undefined. `find` looks a proxy up by name. References to tables and user lists are not looked at. */
export function referenceProblem(
  reference: ExpressionReference,
  place: ReferencePlace,
  find: (name: string) => ReferencedProxy | undefined,
): string | undefined {
  const where = placeText(reference, place);
  if (reference.kind === "server") return serverProblem(reference.value, where, place, find);
  if (reference.kind !== "frontend" && reference.kind !== "backend") return undefined;
  const proxy = find(reference.value);
  const fits = reference.kind === "frontend" ? proxy?.hasFrontend : proxy?.hasBackend;
  if (fits === true) return undefined;
  // Its own proxy was not named, so that it cannot be missing.
  if (proxy !== undefined && reference.value === place.proxy) {
    return `proxy '${reference.value}', referenced in ${where}, has not ${reference.kind} capability`;
  }
  return `unable to find ${reference.kind} '${reference.value}' referenced in ${where}`;
}

function placeText(reference: ExpressionReference, place: ReferencePlace): string {
  const keyword = place.expressionKind === undefined ? "ACL keyword" : reference.keywordKind;
  const kind = place.expressionKind === undefined ? "" : ` in ${place.expressionKind}`;
  return `arg ${reference.index} of ${keyword} '${reference.keyword}'${kind} in proxy '${place.proxy}'`;
}

function serverProblem(
  value: string,
  where: string,
  place: ReferencePlace,
  find: (name: string) => ReferencedProxy | undefined,
): string | undefined {
  if (value === "") return `missing server name in ${where}`;
  const slash = value.indexOf("/");
  const proxyName = slash < 0 ? place.proxy : value.slice(0, slash);
  const server = value.slice(slash + 1);
  const proxy = find(proxyName);
  if (proxy === undefined) return `unable to find proxy '${proxyName}' referenced in ${where}`;
  return proxy.servers.has(server)
    ? undefined
    : `unable to find server '${server}' in proxy '${proxyName}', referenced in ${where}`;
}

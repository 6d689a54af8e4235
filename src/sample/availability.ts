// Owns the question where a fetch can be evaluated at all, and what an expression refers to. Configuration manual §7.3.

import type { Parameter } from "./rows.ts";
import { sources } from "./rows.ts";
import { converterRow, fetchRow } from "./tables.ts";
import type { Argument, ExpressionContext, SampleExpression, SamplePhase } from "./types.ts";

/** Columns of a source's mask by phase: the frontend's and the backend's evaluation point. */
const points: Readonly<Record<SamplePhase, readonly [frontend: number, backend: number]>> = {
  "tcp-connection": [0, 0],
  "tcp-session": [1, 1],
  "tcp-request-content": [2, 6],
  "http-request": [3, 7],
  "tcp-response-content": [15, 11],
  "http-response": [16, 12],
  log: [18, 18],
  check: [19, 19],
};

/** The reference's names of the evaluation points, for its warning about conditions that never match. */
const pointNames: Readonly<Record<SamplePhase, readonly [frontend: string, backend: string]>> = {
  "tcp-connection": ["frontend tcp-request connection rule", "frontend tcp-request connection rule"],
  "tcp-session": ["frontend tcp-request session rule", "frontend tcp-request session rule"],
  "tcp-request-content": ["frontend tcp-request content rule", "backend tcp-request content rule"],
  "http-request": ["frontend http-request header rule", "backend http-request header rule"],
  "tcp-response-content": ["frontend tcp-response content rule", "backend tcp-response content rule"],
  "http-response": ["frontend http-response header rule", "backend http-response header rule"],
  log: ["logs", "logs"],
  check: ["backend tcp-check rule", "backend tcp-check rule"],
};

/** What the reference says an expression needs that does not exist in `context`: "HTTP response headers". undefined: it is available. */
export function missingSource(expression: SampleExpression, context: ExpressionContext): string | undefined {
  const row = fetchRow(expression.fetch.name);
  if (row === undefined) return undefined;
  const source = sources[row.source];
  const [frontend, backend] = points[context.phase];
  if (context.frontend !== false && source.mask[frontend] === "Y") return undefined;
  if (context.backend !== false && source.mask[backend] === "Y") return undefined;
  return source.label;
}

/** The reference's name for the place that `context` describes. */
export function evaluationPoint(context: ExpressionContext): string {
  return pointNames[context.phase][context.frontend !== false ? 0 : 1];
}

/** A proxy, server, table or user list that an expression names; the caller looks it up once the whole configuration is known. */
export interface ExpressionReference {
  readonly kind: "frontend" | "backend" | "server" | "table" | "userlist";
  /** Servers: "proxy/server". */
  readonly value: string;
  /** Counted from 1, as messages do. */
  readonly index: number;
  /** "sample fetch keyword" or "conversion keyword", and its name. */
  readonly keywordKind: "sample fetch keyword" | "conversion keyword";
  readonly keyword: string;
}

/** Everything that `expression` refers to. */
export function expressionReferences(expression: SampleExpression): readonly ExpressionReference[] {
  const out: ExpressionReference[] = [];
  const { fetch } = expression;
  collect(fetchRow(fetch.name)?.parameters, fetch.args, "sample fetch keyword", fetch.name, out);
  for (const { name, args } of expression.converters) {
    collect(converterRow(name)?.parameters, args, "conversion keyword", name, out);
  }
  return out;
}

function collect(
  parameters: readonly Parameter[] | undefined,
  args: readonly Argument[],
  keywordKind: ExpressionReference["keywordKind"],
  keyword: string,
  out: ExpressionReference[],
): void {
  for (const [i, argument] of args.entries()) {
    const kind = parameters?.[i]?.kind;
    if (kind !== "frontend" && kind !== "backend" && kind !== "server" && kind !== "table" && kind !== "userlist")
      continue;
    if (!("value" in argument) || typeof argument.value !== "string") continue;
    out.push({ kind, value: argument.value, index: i + 1, keywordKind, keyword });
  }
}

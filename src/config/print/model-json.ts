// Owns the model as JSON: keys in alphabetical order, so that the same configuration gives the same text in every version, and beside it where the
// values come from. Secrets that were read from files (private keys) are shown as their length and digest only.

import { createHash } from "node:crypto";
import { readable } from "../../diagnostics/index.ts";
import type { ConfigurationModel } from "../model/index.ts";
import { KEYS_WITH_PATH, modelPath } from "./families.ts";
import { type Origin, type ResolvedSection, variablesOf } from "./resolve.ts";

/** Counts up when a reader of the document could misunderstand it. */
const PRINT_VERSION = 1;

/** Paths of global values that have a line of their own in print. */
const GLOBAL_PATHS: Readonly<Record<string, string>> = {
  "tune.bufsize": "bufsize",
  "tune.maxrewrite": "maxrewrite",
  "tune.http.maxhdr": "maxHeaders",
  "spread-checks": "spreadChecks",
};

/** The whole document, with a final line feed. */
export function modelToJson(model: ConfigurationModel, sections: readonly ResolvedSection[]): string {
  const origins: Record<string, unknown> = {};
  for (const section of sections) addOrigins(origins, section);
  const document = { version: PRINT_VERSION, origins, model: ordered(model) };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function addOrigins(origins: Record<string, unknown>, section: ResolvedSection): void {
  const { proxy } = section;
  for (const { key, words, origin, remark } of section.lines) {
    if (remark) continue;
    if (section.header[0] === "global") {
      const path = GLOBAL_PATHS[key ?? words[0] ?? ""];
      if (path !== undefined) origins[`global.${path}`] = originOf(origin);
    } else if (proxy !== undefined && key !== undefined) {
      const path = modelPath(key);
      if (path !== undefined) origins[`proxies[${proxy.index}].${path}`] = originOf(origin);
    }
  }
  if (proxy === undefined) return;
  // What no line says is the language's default.
  for (const key of KEYS_WITH_PATH) origins[`proxies[${proxy.index}].${modelPath(key)}`] ??= { kind: "default" };
}

function originOf(origin: Origin): Record<string, unknown> {
  if (origin.kind === "default") return { kind: "default" };
  const { statement, defaults } = origin;
  const variables = variablesOf(statement.source);
  return {
    kind: defaults === undefined ? "line" : "defaults",
    file: readable(statement.file),
    line: statement.line,
    ...(defaults === undefined || defaults.name === "" ? {} : { defaults: readable(defaults.name) }),
    ...(variables.length === 0 ? {} : { variables }),
  };
}

/** The same data with its keys in order and its texts as they are meant. */
function ordered(value: unknown): unknown {
  if (typeof value === "string") return value.includes("-----BEGIN ") ? digestOf(value) : readable(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, ordered(part)]));
}

function digestOf(text: string): string {
  return `PEM, ${text.length} bytes, sha256 ${createHash("sha256").update(text, "latin1").digest("hex")}`;
}

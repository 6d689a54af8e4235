// Owns the configuration front end's view of this machine: environment variables, files, users, names. All of it is read while starting,
// before any privilege is dropped. Configuration manual §2.3 ("HAPROXY_*" variables) and §3.1.

import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import type { ConfigEnvironment } from "../config/index.ts";
import { resolveHostName } from "./libc.ts";
import { COMPATIBLE_VERSION, PRODUCT } from "./product.ts";
import { systemErrorText } from "./system-error.ts";

export interface EnvironmentOptions {
  readonly files: readonly string[];
  /** `-L`. */
  readonly localPeer: string | undefined;
  readonly masterWorker: boolean;
  readonly diagnosticMode: boolean;
  /** `-4`. */
  readonly ipv4Only: boolean;
}

/** The machine as the configuration sees it. */
export function createEnvironment(options: EnvironmentOptions): ConfigEnvironment {
  const users = lazily(() => parseAccounts("/etc/passwd"));
  const groups = lazily(() => parseAccounts("/etc/group"));
  const numeric = (text: string | undefined) => Number.parseInt(text ?? "", 10);
  return {
    env: environmentVariables(options),
    readFile: (path) => {
      try {
        return readFileSync(path);
      } catch (error) {
        return { error: systemErrorText(error) };
      }
    },
    listDirectory: (path) => {
      try {
        return readdirSync(path).sort();
      } catch {
        return undefined;
      }
    },
    lookupUser: (name) => {
      const fields = users().get(name);
      return fields === undefined ? undefined : { uid: numeric(fields[2]), gid: numeric(fields[3]) };
    },
    lookupGroup: (name) => {
      const fields = groups().get(name);
      return fields === undefined ? undefined : { gid: numeric(fields[2]) };
    },
    resolveName: (name) => resolveHostName(name, options.ipv4Only),
    cpuCount: availableParallelism(),
    hostname: hostname(),
    pid: process.pid,
    diagnosticMode: options.diagnosticMode,
  };
}

/** The process's own variables and those that the program defines. */
export function environmentVariables(
  options: Pick<EnvironmentOptions, "files" | "localPeer" | "masterWorker">,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith("POINTSMAN_INTERNAL_")) env[name] = value;
  }
  env["HAPROXY_STARTUP_VERSION"] = COMPATIBLE_VERSION;
  env["HAPROXY_BRANCH"] = PRODUCT.languageBranch;
  env["HAPROXY_CFGFILES"] = options.files.join(";");
  env["HAPROXY_LOCALPEER"] = options.localPeer ?? env["HAPROXY_LOCALPEER"] ?? hostname();
  if (options.masterWorker) env["HAPROXY_MWORKER"] = "1";
  return env;
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** /etc/passwd and /etc/group: fields by name; the first line of a name wins. */
function parseAccounts(path: string): ReadonlyMap<string, readonly string[]> {
  const accounts = new Map<string, readonly string[]>();
  let text = "";
  try {
    text = readFileSync(path, "latin1");
  } catch {
    return accounts;
  }
  for (const line of text.split("\n")) {
    const fields = line.split(":");
    const name = fields[0] ?? "";
    if (name !== "" && !accounts.has(name)) accounts.set(name, fields);
  }
  return accounts;
}

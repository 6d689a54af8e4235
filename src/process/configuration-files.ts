// Owns finding and reading the configuration files that the command line names: files, directories, and their order.
// Management manual §3 ("-f", "--").

import { readdirSync, readFileSync, statSync } from "node:fs";
import type { ConfigFile } from "../config/index.ts";
import { systemErrorText } from "./system-error.ts";

/** The files, or the alert's text (after the prefix) of the first one that cannot be used. */
export type ReadFiles = { readonly files: readonly ConfigFile[] } | { readonly alert: string };

/** Expands directories into their `*.cfg` files (not hidden, plain files, byte order) and reads everything. */
export function readConfigurationFiles(paths: readonly string[]): ReadFiles {
  const files: ConfigFile[] = [];
  for (const path of paths) {
    const expanded = expand(path);
    if ("alert" in expanded) return expanded;
    for (const name of expanded.names) {
      try {
        files.push({ path: name, text: readFileSync(name).toString("latin1") });
      } catch (error) {
        return { alert: `config : Could not open configuration file ${name} : ${systemErrorText(error)}` };
      }
    }
  }
  if (files.length === 0) return { alert: `config : No configuration file (*.cfg) in ${paths.join(", ")}` };
  return { files };
}

function expand(path: string): { readonly names: readonly string[] } | { readonly alert: string } {
  const refuse = (error: unknown) => ({
    alert: `config : Cannot open configuration file/directory ${path} : ${systemErrorText(error)}`,
  });
  try {
    if (path === "") return refuse(Object.assign(new Error(), { code: "ENOENT", errno: -2 }));
    if (!statSync(path).isDirectory()) return { names: [path] };
    const names = readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.name.endsWith(".cfg") && !entry.name.startsWith("."))
      .map((entry) => `${path.endsWith("/") ? path : `${path}/`}${entry.name}`)
      .filter((name) => statSync(name).isFile());
    return { names: names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) };
  } catch (error) {
    return refuse(error);
  }
}

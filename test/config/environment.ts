// The outside world of configuration tests: a few users, a few names, and the files beside the configuration. Nothing depends on the machine.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ConfigEnvironment } from "../../src/config/index.ts";

const USERS: Readonly<Record<string, { readonly uid: number; readonly gid: number }>> = {
  root: { uid: 0, gid: 0 },
  haproxy: { uid: 102, gid: 105 },
  nobody: { uid: 65534, gid: 65534 },
};

/** An environment whose relative paths are below `directory`. */
export function testEnvironment(directory: string, overrides: Partial<ConfigEnvironment> = {}): ConfigEnvironment {
  const place = (path: string) => (path.startsWith("/") ? path : join(directory, path));
  return {
    env: { FOO: "foov", LIST: "l1 l2  l3", EMPTY: "", HTTP: "http" },
    readFile: (path) => {
      const file = place(path);
      if (path === "/dev/null") return new Uint8Array();
      if (path.startsWith("/") || !existsSync(file)) return { error: "No such file or directory" };
      return new Uint8Array(readFileSync(file));
    },
    listDirectory: (path) => {
      const file = place(path);
      if (path.startsWith("/") || !existsSync(file) || !statSync(file).isDirectory()) return undefined;
      return readdirSync(file).sort();
    },
    lookupUser: (name) => USERS[name],
    lookupGroup: (name) => USERS[name],
    resolveName: (name) => (name === "localhost" ? ["127.0.0.1"] : undefined),
    cpuCount: 64,
    hostname: "testhost",
    pid: 1,
    diagnosticMode: false,
    ...overrides,
  };
}

// Owns what the command line prints about the program itself: usage, version, build. The first line of `-v` has the form that
// scripts look for ("HAProxy version X.Y…") and says in the same line and the next what really runs.

import { availableParallelism, machine, release, version as systemVersion, type } from "node:os";
import { COMPATIBLE_VERSION, PRODUCT } from "../process/index.ts";

/** `-v`. */
export function versionText(): string {
  return [
    `HAProxy version ${COMPATIBLE_VERSION} ${PRODUCT.releaseDate} - the language of HAProxy ${PRODUCT.languageBranch}, spoken by ${PRODUCT.name} ${PRODUCT.version}`,
    `Status: this is ${PRODUCT.name} ${PRODUCT.version}, an independent program in TypeScript; it is not HAProxy.`,
    `Running on: ${type()} ${release()} ${systemVersion()} ${machine()}`,
    "",
  ].join("\n");
}

/** What `-vv` adds. */
export function buildText(): string {
  const threads = availableParallelism();
  return [
    "Build options :",
    `  TARGET  = ${process.platform}-${process.arch}`,
    `  RUNTIME = Bun ${Bun.version} (${Bun.revision.slice(0, 9)})`,
    `  OPTIONS = USE_OPENSSL=BoringSSL USE_THREAD=1`,
    "",
    "Feature list : +EPOLL +GETADDRINFO -LUA +OPENSSL +POLL -PCRE2 -QUIC +SSL +THREAD",
    "",
    "Default settings :",
    "  bufsize = 16384, maxrewrite = 1024, maxpollevents = 200",
    "",
    `Built with multi-threading support (default=${threads}).`,
    `Running on SSL library version : BoringSSL ${process.versions["boringssl"] ?? ""}`.trimEnd(),
    "SSL library supports : TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3",
    "",
    "Available polling systems :",
    "      epoll : pref=300,  test result OK",
    "Total: 1 (1 usable), will use epoll.",
    "",
    "Available multiplexer protocols :",
    "         h1 : mode=HTTP  side=FE|BE  mux=H1    flags=HTX|NO_UPG",
    "       none : mode=TCP   side=FE|BE  mux=PASS  flags=NO_UPG",
    "",
    "Available services : none",
    "",
    "Available filters : none",
    "",
  ].join("\n");
}

/** The usage, as the reference lays out its own; only what Pointsman does is listed. */
export function usageText(program: string): string {
  return [
    `Usage : ${program} [-f <cfgfile|cfgdir>]* [ -vdVD ] [ -n <maxconn> ] [ -p <pidfile> ]`,
    "        [ -C <dir> ] [-- <cfgfile>*]",
    `        ${program} demo [--episode <name>]     shows load balancing live`,
    `        ${program} fmt [--check] [--write] <file>*   lays configuration files out`,
    `        ${program} print [--json] -f <cfgfile>*      shows what a configuration comes to`,
    "        -v displays version ; -vv shows known build options.",
    "        -d enters debug mode ; -db only disables background mode.",
    "        -V enters verbose mode (disables quiet mode)",
    "        -D goes daemon ; -C changes to <dir> before loading files.",
    "        -W, -Ws run in the foreground (no master process yet) ; -Ws tells systemd when ready.",
    "        -q quiet mode : don't display messages",
    "        -c check mode : only check config files and exit",
    "        --json, --sarif with -c : everything that was found, for machines, on stdout",
    "        -cc check condition : evaluate a condition and exit",
    "        -4 force name resolution to consider IPv4 addresses only",
    "        -n sets the maximum total # of connections",
    "        -L set local peer name (default to hostname)",
    "        -p writes the pid to this file (with -D or -W)",
    "        -dR disables SO_REUSEPORT usage",
    "        -dr ignores server address resolution failures",
    "        -dW fails if any warning is emitted",
    "        -dD diagnostic mode : warn about suspicious configuration statements",
    "        -sf/-st [pid ]* finishes/terminates old pids.",
    "",
    "",
  ].join("\n");
}

// One data table: commands of HAProxy 3.2 that Pointsman does not do yet. They are answered as such, never as unknown. A command that
// is built leaves this list in the same change. Management manual §9.3.

/** The words of each command. */
// biome-ignore format: one line per family reads as a table
export const unsupportedCommands: readonly string[] = [
  "abort ssl ca-file", "abort ssl cert", "abort ssl crl-file",
  "acme challenge_ready", "acme renew", "acme status",
  "add acl", "add map", "add server", "add ssl ca-file", "add ssl crt-list", "add ssl jwt",
  "clear acl", "clear map", "clear table",
  "commit acl", "commit map", "commit ssl ca-file", "commit ssl cert", "commit ssl crl-file",
  "debug counters", "debug dev",
  "del acl", "del map", "del server", "del ssl ca-file", "del ssl cert", "del ssl crl-file", "del ssl crt-list",
  "disable dynamic-cookie backend", "enable dynamic-cookie backend",
  "disable frontend", "enable frontend", "shutdown frontend",
  "dump ssl cert", "dump stats-file",
  "expert-mode", "experimental-mode", "mcli-debug-mode",
  "get acl", "get map", "get var",
  "new ssl ca-file", "new ssl cert", "new ssl crl-file",
  "prepare acl", "prepare map", "release",
  "set anon", "set dynamic-cookie-key backend", "set map", "set profiling", "set rate-limit", "set table", "set var",
  "set ssl ca-file", "set ssl cert", "set ssl crl-file", "set ssl ocsp-response", "set ssl tls-key",
  "show acl", "show activity", "show anon", "show cache", "show dev", "show errors", "show events", "show fd", "show libs", "show map",
  "show peers", "show pools", "show profiling", "show quic", "show resolvers", "show table", "show tasks", "show threads", "show tls-keys",
  "show ssl ca-file", "show ssl cert", "show ssl crl-file", "show ssl crt-list", "show ssl ocsp-response", "show ssl ocsp-updates",
  "show ssl providers", "show ssl sni", "show trace",
  "shutdown session", "shutdown sessions server",
  "trace", "update ssl ocsp-response", "wait",
];

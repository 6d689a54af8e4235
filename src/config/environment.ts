// Owns what the configuration front end is told about the outside world. It does no I/O of its own: the process hands it these functions,
// tests hand it literals. Manual §2.3 (environment) and §3.1 (users, groups, files).

/** Answer of a file reader. `error` is the operating system's text ("No such file or directory"). */
export type FileAnswer = Uint8Array | { readonly error: string };

/** Everything outside the text that lowering needs. All functions are synchronous and must not throw. */
export interface ConfigEnvironment {
  /** Environment variables; `setenv` and friends in the file work on a copy. */
  readonly env: Readonly<Record<string, string>>;
  readFile(path: string): FileAnswer;
  /** Names in a directory (sorted), or undefined when it is none. */
  listDirectory(path: string): readonly string[] | undefined;
  lookupUser(name: string): { readonly uid: number; readonly gid: number } | undefined;
  lookupGroup(name: string): { readonly gid: number } | undefined;
  /** Addresses of a host name, or undefined when it does not resolve. */
  resolveName(name: string): readonly string[] | undefined;
  readonly cpuCount: number;
  readonly hostname: string;
  readonly pid: number;
  /** `-dD`: `.diag` lines and diag warnings are reported. */
  readonly diagnosticMode: boolean;
}

/** One configuration file, already read. `bytes` decoded as latin1 keeps every byte; see loadConfiguration. */
export interface ConfigFile {
  readonly path: string;
  /** The file's text. */
  readonly text: string;
}

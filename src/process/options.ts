// Owns what the command line decides about a run, as plain data. Management manual §3.

/** One start of the product. */
export interface RunOptions {
  /** Files and directories of `-f` and `--`, in order. */
  readonly files: readonly string[];
  /** `-c`. */
  readonly check: boolean;
  /** `--json` and `--sarif`: what `-c` says, for machines and on stdout. */
  readonly output: "text" | "json" | "sarif";
  /** `-V`. */
  readonly verbose: boolean;
  /** `-q`. */
  readonly quiet: boolean;
  /** `-d`: foreground, talkative. */
  readonly debug: boolean;
  /** `-D`. */
  readonly daemon: boolean;
  /** `-db`. */
  readonly foreground: boolean;
  /** `-W` and `-Ws`. */
  readonly masterWorker: "no" | "yes" | "systemd";
  /** `-p`. */
  readonly pidfile: string | undefined;
  /** `-n`. */
  readonly maxconn: number | undefined;
  /** `-C`. */
  readonly directory: string | undefined;
  /** `-L`. */
  readonly localPeer: string | undefined;
  /** `-dD`. */
  readonly diagnosticMode: boolean;
  /** `-dW`. */
  readonly zeroWarning: boolean;
  /** `-dr`. */
  readonly ignoreResolution: boolean;
  /** `-dR` clears it. */
  readonly reusePort: boolean;
  /** `-4`. */
  readonly ipv4Only: boolean;
  /** `-sf` and `-st`: who is to leave once this process serves. */
  readonly oldPids: { readonly pids: readonly number[]; readonly signal: "finish" | "terminate" } | undefined;
  /** What is accepted but has no effect here; said in a notice when the process starts. */
  readonly notices: readonly string[];
}

/** The options of a plain `pointsman -f FILE…`. */
export const DEFAULT_RUN_OPTIONS: RunOptions = {
  files: [],
  check: false,
  output: "text",
  verbose: false,
  quiet: false,
  debug: false,
  daemon: false,
  foreground: false,
  masterWorker: "no",
  pidfile: undefined,
  maxconn: undefined,
  directory: undefined,
  localPeer: undefined,
  diagnosticMode: false,
  zeroWarning: false,
  ignoreResolution: false,
  reusePort: true,
  ipv4Only: false,
  oldPids: undefined,
  notices: [],
};

/** What is said where the reference would run a master process. `where`: the flag, or the keyword in the file. */
export function noMasterNotice(where: string): string {
  return `${where}: one process serves without a master for now; reload by starting a new one with -sf. The rest is as in master-worker mode.`;
}

// Owns the command line's grammar: the reference's flags, in the reference's manner (a missing argument or an unknown flag shows the usage).
// It decides nothing and starts nothing. Management manual §3.

import { DEFAULT_RUN_OPTIONS, noMasterNotice, type RunOptions } from "../process/index.ts";

/** What the command line asks for. */
export type Command =
  | { readonly kind: "run"; readonly options: RunOptions }
  | { readonly kind: "version"; readonly long: boolean }
  /** `-cc`. */
  | { readonly kind: "condition"; readonly text: string }
  /** `problem`: a sentence above the usage. */
  | { readonly kind: "usage"; readonly problem: string | undefined }
  /** A flag of the reference that would change what happens, and that Pointsman does not have yet. */
  | { readonly kind: "unsupported"; readonly flag: string; readonly why: string }
  | { readonly kind: "demo"; readonly args: readonly string[] }
  | { readonly kind: "fmt" | "print"; readonly args: readonly string[] };

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Where parsing is: the words, the next one, and what has been gathered. */
interface Cursor {
  readonly words: readonly string[];
  next: number;
  readonly files: string[];
  readonly notices: string[];
  readonly options: Mutable<RunOptions>;
}

type FlagHandler = (cursor: Cursor, flag: string) => Command | undefined;

function takeWord(cursor: Cursor): string | undefined {
  const word = cursor.words[cursor.next];
  if (word !== undefined) cursor.next += 1;
  return word;
}

/** A flag that is followed by one word. */
function withWord(apply: (cursor: Cursor, word: string) => Command | undefined): FlagHandler {
  return (cursor, flag) => {
    const word = takeWord(cursor);
    if (word === undefined) return { kind: "usage", problem: `The flag ${flag} needs an argument.` };
    return apply(cursor, word);
  };
}

function set(apply: (options: Mutable<RunOptions>) => void): FlagHandler {
  return (cursor) => {
    apply(cursor.options);
    return undefined;
  };
}

const noEffect: FlagHandler = () => undefined;

function unsupported(why: string): FlagHandler {
  return (_cursor, flag) => ({ kind: "unsupported", flag, why });
}

const FLAGS: Readonly<Record<string, FlagHandler>> = {
  "-f": withWord((cursor, word) => {
    cursor.files.push(word);
    return undefined;
  }),
  "--": (cursor) => {
    cursor.files.push(...cursor.words.slice(cursor.next));
    cursor.next = cursor.words.length;
    return undefined;
  },
  "-c": set((options) => {
    options.check = true;
  }),
  "--json": machineOutput("json"),
  "--sarif": machineOutput("sarif"),
  "-cc": withWord((_cursor, text) => ({ kind: "condition", text })),
  "-v": () => ({ kind: "version", long: false }),
  "-vv": () => ({ kind: "version", long: true }),
  "-V": set((options) => {
    options.verbose = true;
  }),
  "-q": set((options) => {
    options.quiet = true;
  }),
  "-d": set((options) => {
    options.debug = true;
  }),
  "-D": set((options) => {
    options.daemon = true;
  }),
  "-db": set((options) => {
    options.foreground = true;
  }),
  "-dD": set((options) => {
    options.diagnosticMode = true;
  }),
  "-dW": set((options) => {
    options.zeroWarning = true;
  }),
  "-dr": set((options) => {
    options.ignoreResolution = true;
  }),
  "-dR": set((options) => {
    options.reusePort = false;
  }),
  "-4": set((options) => {
    options.ipv4Only = true;
  }),
  "-W": masterWorker("yes"),
  "-Ws": masterWorker("systemd"),
  "-p": withWord((cursor, word) => {
    cursor.options.pidfile = word;
    return undefined;
  }),
  "-n": withWord((cursor, word) => {
    const value = Number.parseInt(word, 10);
    cursor.options.maxconn = Number.isNaN(value) || value <= 0 ? undefined : value;
    return undefined;
  }),
  "-C": withWord((cursor, word) => {
    cursor.options.directory = word;
    return undefined;
  }),
  "-L": withWord((cursor, word) => {
    cursor.options.localPeer = word;
    return undefined;
  }),
  "-sf": oldPids("finish"),
  "-st": oldPids("terminate"),
  "-x": takeSockets,
  "-S": withWord((cursor) => {
    cursor.notices.push("-S has no effect yet: there is no master process, so there is no master CLI.");
    return undefined;
  }),
  "-N": withWord(() => ({ kind: "unsupported", flag: "-N", why: "set 'maxconn' in a 'defaults' section instead" })),
  "-m": withWord(() => ({ kind: "unsupported", flag: "-m", why: "limit memory with cgroups or MemoryMax= instead" })),
};

/** Flags that begin with a known prefix and carry their argument in the same word. */
const PREFIXED: readonly (readonly [prefix: string, handler: FlagHandler])[] = [
  ["-dC", unsupported("dumping the configuration comes with a later version")],
  ["-dK", unsupported("dumping the keywords comes with a later version")],
  ["-dL", unsupported("there are no shared libraries of its own to list")],
  ["-dM", unsupported("there is no memory poisoning")],
  ["-dt", unsupported("there are no traces")],
  ["-dV", noEffect],
];

/** Poller and kernel switches: what they switch off does not exist here. */
const WITHOUT_EFFECT = new Set(["-dF", "-dG", "-dI", "-dS", "-dZ", "-dc", "-de", "-dk", "-dp", "-dv"]);

function machineOutput(output: "json" | "sarif"): FlagHandler {
  return set((options) => {
    options.output = output;
  });
}

function masterWorker(mode: RunOptions["masterWorker"]): FlagHandler {
  return (cursor, flag) => {
    cursor.options.masterWorker = mode;
    cursor.notices.push(noMasterNotice(flag));
    return undefined;
  };
}

function oldPids(signal: "finish" | "terminate"): FlagHandler {
  return (cursor) => {
    const pids: number[] = [];
    for (let word = cursor.words[cursor.next]; word !== undefined; word = cursor.words[cursor.next]) {
      // The list ends at the next flag; an empty list is fine, since it often comes from `$(cat pidfile)`.
      if (word.startsWith("-")) break;
      for (const part of word.split(/\s+/)) {
        const pid = Number(part);
        if (part === "") continue;
        if (!Number.isSafeInteger(pid) || pid <= 0) return { kind: "usage", problem: `'${part}' is not a pid.` };
        pids.push(pid);
      }
      cursor.next += 1;
    }
    cursor.options.oldPids = { pids, signal };
    return undefined;
  };
}

function takeSockets(cursor: Cursor): Command | undefined {
  const word = takeWord(cursor);
  if (word === undefined || word.startsWith("-")) {
    return { kind: "usage", problem: "Unix socket path expected with the -x flag" };
  }
  if (word === "/dev/null") return undefined;
  return {
    kind: "unsupported",
    flag: "-x",
    why: "listening sockets cannot be taken over yet; without -x the new process binds beside the old one",
  };
}

function handlerOf(flag: string): FlagHandler | undefined {
  const exact = Object.hasOwn(FLAGS, flag) ? FLAGS[flag] : undefined;
  if (exact !== undefined) return exact;
  if (WITHOUT_EFFECT.has(flag)) return noEffect;
  const prefixed = PREFIXED.find(([prefix]) => flag.startsWith(prefix));
  return prefixed?.[1];
}

/** Reads the words behind the program's name. */
export function parseArguments(words: readonly string[]): Command {
  const [command] = words;
  if (command === "demo" || command === "fmt" || command === "print") return { kind: command, args: words.slice(1) };
  const cursor: Cursor = { words, next: 0, files: [], notices: [], options: { ...DEFAULT_RUN_OPTIONS } };
  for (let word = takeWord(cursor); word !== undefined; word = takeWord(cursor)) {
    const handler = handlerOf(word);
    if (handler === undefined) return { kind: "usage", problem: unknownFlag(word) };
    const ended = handler(cursor, word);
    if (ended !== undefined) return ended;
  }
  if (cursor.options.output !== "text" && !cursor.options.check) {
    return { kind: "usage", problem: `The flag --${cursor.options.output} goes with -c.` };
  }
  if (cursor.files.length === 0) return { kind: "usage", problem: undefined };
  return { kind: "run", options: { ...cursor.options, files: cursor.files, notices: cursor.notices } };
}

function unknownFlag(word: string): string {
  if (word.startsWith("-")) return `Unknown flag ${word}.`;
  return `'${word}' is neither a flag nor a command; a configuration file is given with -f ${word}.`;
}

// Owns the rows of `global` that bind threads to processors and group them. Pointsman leaves both to the kernel: the lines are checked, accepted, and listed
// by `-c -V`. Configuration manual §3.1 "cpu-map", "cpu-set", "cpu-policy", "thread-group", "thread-groups".

import { checkValue, oneOf, type ValueTest } from "./global-values.ts";
import type { GlobalRow, GlobalScope } from "./rows.ts";
import type { Statement } from "./statement.ts";

const MOST_THREADS = 64;
const MOST_CPUS = 1024;
const MOST_GROUPS = 32;

interface NumberRange {
  readonly count: number;
}

/** `all`, `odd`, `even`, `3` or `1-4`, with an optional `auto:`; a text is what is wrong. */
function readThreads(text: string): NumberRange | string {
  const word = text;
  if (word === "all") return { count: MOST_THREADS };
  if (word === "odd" || word === "even") return { count: MOST_THREADS / 2 };
  const match = /^(\d+)(?:-(\d*))?$/.exec(word);
  if (match === null) return `'${text}' is not a valid number/range.`;
  const low = Number(match[1]);
  const high = match[2] === undefined ? low : match[2] === "" ? MOST_THREADS : Number(match[2]);
  const [from, to] = low <= high ? [low, high] : [high, low];
  if (from < 1 || to > MOST_THREADS) {
    return `'${text}' is not a valid number/range. It supports numbers from 1 to ${MOST_THREADS}.`;
  }
  return { count: to - from + 1 };
}

/** Numbers of processors, ranges and lists of them; undefined when one is none. */
function readCpus(words: readonly string[]): { readonly numbers: ReadonlySet<number> } | { readonly bad: string } {
  const numbers = new Set<number>();
  for (const word of words) {
    for (const part of word.split(",")) {
      const match = /^(\d+)(?:-(\d*))?$/.exec(part);
      if (match === null) return { bad: `'${part}' is not a CPU range.` };
      const low = Number(match[1]);
      const high = match[2] === undefined ? low : match[2] === "" ? MOST_CPUS - 1 : Number(match[2]);
      if (Math.max(low, high) >= MOST_CPUS) return { bad: `supports CPU numbers from 0 to ${MOST_CPUS - 1}.` };
      for (let one = Math.min(low, high); one <= Math.max(low, high); one++) numbers.add(one);
    }
  }
  return { numbers };
}

function parseCpuMap(statement: Statement, { run }: GlobalScope) {
  const fail = (message: string, word: number) => run.report.alert(statement, "PM1203", message, { word });
  const target = statement.word(1);
  if (target === "" || statement.word(2) === "") {
    const message = `cpu-map expects a thread group number  ('all', 'odd', 'even', a number from 1 to ${MOST_THREADS} or a range),  followed by a list of CPU ranges with numbers from 0 to ${MOST_THREADS - 1}.`;
    run.report.alert(statement, "PM1201", message, { word: target === "" ? 1 : 2 });
    return;
  }
  const automatic = target.startsWith("auto:");
  const [groups = "", threads] = target.replace(/^auto:/, "").split("/");
  const ranges: NumberRange[] = [];
  for (const text of threads === undefined ? [groups] : [groups, threads]) {
    const range = readThreads(text);
    if (typeof range === "string") return fail(`cpu-map : ${range}`, 1);
    ranges.push(range);
  }
  const cpus = readCpus(statement.texts.slice(2).filter((word) => word !== ""));
  if ("bad" in cpus) return fail(`cpu-map : ${cpus.bad}`, 2);
  const wanted = ranges.reduce((widest, { count }) => Math.max(widest, count), 1);
  if (automatic && wanted !== cpus.numbers.size) {
    return fail("cpu-map : TGROUP/THREAD range and CPU sets must have the same size to be automatically bound", 1);
  }
  run.noteNoEffect(statement, "cpu-map", 0);
}

const CPU_SETS =
  "reset only-cpu drop-cpu only-node drop-node only-cluster drop-cluster only-core drop-core only-thread drop-thread";

function parseCpuSet(statement: Statement, { run }: GlobalScope): void {
  const supported = `(only ${CPU_SETS.split(" ")
    .map((name) => `'${name}'`)
    .join(", ")} supported)`;
  if (statement.word(1) === "") {
    const message = `'cpu-set' requires a directive and an optional value ${supported}.`;
    run.report.alert(statement, "PM1201", message, { word: 1 });
    return;
  }
  for (let at = 1; statement.word(at) !== ""; at++) {
    const name = statement.word(at);
    if (!CPU_SETS.split(" ").includes(name)) {
      const message = `'cpu-set' passed an unknown directive '${name}' ${supported}.`;
      run.report.alert(statement, "PM1203", message, { word: at });
      return;
    }
    if (name === "reset") continue;
    const value = statement.word(++at);
    const cpus = value === "" ? { bad: "missing CPU set" } : readCpus([value]);
    if ("bad" in cpus) {
      run.report.alert(statement, "PM1203", `'cpu-set ${name}': ${cpus.bad}`, { word: at });
      return;
    }
  }
  run.noteNoEffect(statement, "cpu-set", 0);
}

/** The policies with the reference's own words on each. */
const POLICIES: readonly (readonly [name: string, what: string])[] = [
  ["none", "use all available CPUs"],
  ["first-usable-node", "use only first usable node if nbthreads not set"],
  ["group-by-ccx", "make one thread group per CCX"],
  ["group-by-2-ccx", "make one thread group per 2 CCX"],
  ["group-by-3-ccx", "make one thread group per 3 CCX"],
  ["group-by-4-ccx", "make one thread group per 4 CCX"],
  ["group-by-cluster", "make one thread group per core cluster"],
  ["group-by-2-clusters", "make one thread group per 2 core clusters"],
  ["group-by-3-clusters", "make one thread group per 3 core clusters"],
  ["group-by-4-clusters", "make one thread group per 4 core clusters"],
  ["performance", "make one thread group per perf. core cluster"],
  ["efficiency", "make one thread group per eff. core cluster"],
  ["resource", "make one thread group from the smallest cluster"],
];

const POLICY_LIST = POLICIES.map(
  ([name, what], index) => `${index === 0 || index === POLICIES.length - 1 ? "and " : ""}'${name}' (${what})`,
).join(", ");

const THREAD_NUMBER = "'%k' passed a missing or unparsable integer value in '%v'";

const groupCount: ValueTest = ({ text }) => {
  if (!/^[+-]?\d+$/.test(text)) return THREAD_NUMBER;
  const value = Number(text);
  const shown = value > 2 ** 63 ? "9223372036854775807" : text;
  return value < 1 || value > MOST_GROUPS
    ? `'%k' value must be between 1 and ${MOST_GROUPS} (was ${shown})`
    : undefined;
};

const hardLimit: ValueTest = ({ text }) => {
  if (!/^[+-]?\d+$/.test(text)) return THREAD_NUMBER;
  const value = Number(text);
  const shown = value > 2 ** 63 ? "9223372036854775807" : text;
  return value < 1 || value > 1024 ? `'%k' value must be at least 1 (was ${shown})` : undefined;
};

function parseThreadGroup(statement: Statement, { run, draft }: GlobalScope) {
  const text = statement.word(1);
  const fail = (message: string, word: number) => run.report.alert(statement, "PM1204", message, { word });
  if (!/^[+-]?\d+$/.test(text)) {
    return fail(`'thread-group' passed a missing or unparsable integer value in '${text}'`, 1);
  }
  const group = Number(text);
  if (group < 1 || group > MOST_GROUPS) {
    const shown = group > 2 ** 63 ? "9223372036854775807" : text;
    return fail(`'thread-group' thread-group number must be between 1 and ${MOST_GROUPS} (was ${shown})`, 1);
  }
  const seen = `thread-group ${group}`;
  if (draft.seen.has(seen)) {
    run.report.warn(statement, "PM1209", `'${seen}' was already defined and will be overridden.`, { word: 1 });
  }
  const mine = new Set<number>();
  for (let at = 2; statement.word(at) !== ""; at++) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(statement.word(at));
    const [low, high] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (match === null || low < 1 || Math.max(low, high) > 1024) {
      const message = `'${seen}' passed an unparsable or invalid thread number '${statement.word(at)}' (valid range is 1 to 1024)`;
      return fail(message, at);
    }
    for (let one = Math.min(low, high); one <= Math.max(low, high); one++) {
      if (mine.has(one)) {
        const message = `'${seen}': thread ${one} assigned more than once on the same line.`;
        run.report.warn(statement, "PM1209", message, { word: at });
      }
      mine.add(one);
    }
    draft.seen.add(seen);
  }
  run.noteNoEffect(statement, "thread-group", 0);
}

function row(name: string, syntax: string, parse: GlobalRow["parse"]): GlobalRow {
  const doc = "Binds threads to processors, which is the kernel's choice here.";
  return { name, sections: ["global"], syntax, since: "", status: "no-effect", doc, parse };
}

function checked(name: string, syntax: string, test: ValueTest): GlobalRow {
  return row(name, syntax, (statement, scope) => {
    if (checkValue(statement, scope, { test })) scope.run.noteNoEffect(statement, name, 0);
  });
}

/** Keywords about processors. */
export const GLOBAL_CPU_ROWS: readonly GlobalRow[] = [
  row("cpu-map", "<threads> <cpus>...", parseCpuMap),
  row("cpu-set", "<directive>...", parseCpuSet),
  checked(
    "cpu-policy",
    "<policy>",
    oneOf(
      POLICIES.map(([name]) => name).join(" "),
      `'%k' passed an unknown CPU policy '%v'. Supported values are: ${POLICY_LIST}.`,
    ),
  ),
  row("thread-group", "<group> [<threads>]", parseThreadGroup),
  checked("thread-groups", "<number>", groupCount),
  checked("thread-hard-limit", "<number>", hardLimit),
];

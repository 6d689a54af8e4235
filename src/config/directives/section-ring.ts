// Owns the section `ring`: a buffer of log lines in memory. Configuration manual §3.7.

import { readSize } from "./global-values.ts";
import type { Run } from "./run.ts";
import { checkTime, fail, nameMissing, openDraft, type SectionFamily } from "./section-rows.ts";
import type { Statement } from "./statement.ts";
import { badNameCharacter, looseInteger } from "./values.ts";

const FORMATS = /^(?:local|rfc3164|rfc5424|priority|short|timed|iso|raw)$/;

function parseSize(statement: Statement, run: Run): void {
  const text = statement.word(1);
  const size = readSize(text);
  if ("rest" in size || size.bytes === 0) fail(statement, run, `invalid size '${text}' for new sink buffer.`, 1);
}

function parseTimeout(statement: Statement, run: Run): void {
  const kind = statement.word(1);
  if (kind !== "connect" && kind !== "server") return;
  if (statement.word(2) === "") fail(statement, run, `'timeout ${kind}' expects <time> as argument.`, 2);
  else checkTime(statement, run, 2, `timeout ${kind}`);
}

/** `ring <name>`. */
export const RING: SectionFamily = {
  name: "ring",
  open: (statement, run) => {
    if (nameMissing(statement, run, "missing ring name.")) {
      run.aborted = false;
      return undefined;
    }
    const bad = badNameCharacter(statement.word(1));
    if (bad !== undefined) {
      const message = `invalid ring name '${statement.word(1)}' (character '${bad}' is not permitted).`;
      fail(statement, run, message, 1);
      return undefined;
    }
    if (run.sectionsByName.has(`ring ${statement.word(1)}`)) {
      fail(statement, run, `sink named '${statement.word(1)}' already exists.`, 1);
      return undefined;
    }
    return openDraft(statement, run);
  },
  keywords: {
    size: parseSize,
    maxlen: (statement, run) => {
      if (looseInteger(statement.word(1)) > 0) return;
      fail(statement, run, `invalid size '${statement.word(1)}' for new sink buffer.`, 1);
    },
    format: (statement, run) => {
      if (!FORMATS.test(statement.word(1))) fail(statement, run, `unknown format '${statement.word(1)}'.`, 1);
    },
    description: (statement, run) => {
      if (statement.word(1) === "") fail(statement, run, "missing ring description text.", 1);
    },
    server: (statement, run) => {
      if (statement.word(2) !== "") return;
      const message = "'server' expects <name> and <addr>[:<port>] as arguments.";
      const word = statement.word(1) === "" ? 1 : 2;
      run.report.alert(statement, "PM1201", message, { word, form: "place" });
    },
    timeout: parseTimeout,
    "backing-file": (statement, run) => {
      if (statement.word(1) !== "") return;
      const ring = run.sections.at(-1)?.name ?? "";
      const message = `cannot open backing-file '' for ring '${ring}': No such file or directory.`;
      fail(statement, run, message, 1);
    },
  },
  unknown: (statement, run) => fail(statement, run, `unknown statement '${statement.word(0)}'.`, 0),
};

// Owns the shape of sections that describe no proxy: how one is opened, which keywords it has, what is checked at its end and after everything was read.
// None of them works yet: a section is checked wholly, then answered "not supported yet" once, at its header. Configuration manual §3, §12; docs/adr/0004.

import type { SectionName } from "./rows.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";
import { badNameCharacter, parseTime } from "./values.ts";

/** One section while it is read. */
export interface SectionDraft {
  readonly kind: SectionName;
  readonly name: string;
  readonly statement: Statement;
  /** Names declared inside, with the line that did: "peer a", "group admins". */
  readonly names: Map<string, Statement>;
  /** Numbers that lines compare with each other. */
  readonly numbers: Map<string, number>;
}

export type SectionParser = (statement: Statement, run: Run, draft: SectionDraft) => void;

/** Everything about one kind of section. */
export interface SectionFamily {
  readonly name: SectionName;
  /** Undefined after an alert that leaves the lines without a place. */
  open(statement: Statement, run: Run): SectionDraft | undefined;
  readonly keywords: Readonly<Record<string, SectionParser>>;
  /** Answers a line whose keyword is unknown; the usual words by default. */
  readonly unknown?: SectionParser;
  /** Runs when the next section begins or the file ends. */
  readonly close?: (run: Run, draft: SectionDraft) => void;
  /** Runs behind the checks of all proxies. */
  readonly late?: (run: Run, draft: SectionDraft) => void;
}

/** A fresh draft, which other lines may refer to by its name from now on. */
export function openDraft(statement: Statement, run: Run, name = statement.word(1)): SectionDraft {
  const kind = statement.word(0) as SectionName;
  const draft: SectionDraft = { kind, name, statement, names: new Map(), numbers: new Map() };
  run.sections.push(draft);
  const key = `${kind} ${name}`;
  if (!run.sectionsByName.has(key)) run.sectionsByName.set(key, draft);
  return draft;
}

/** Stops the run, as the reference does after some headers. */
export function abort(run: Run): undefined {
  run.aborted = true;
  return undefined;
}

/** True, and an alert that ends the run, when there is no name. */
export function nameMissing(statement: Statement, run: Run, message: string, form?: "parsing-tight"): boolean {
  if (statement.word(1) !== "") return false;
  run.report.alert(statement, "PM1104", message, { word: 1, ...(form === undefined ? {} : { form }) });
  abort(run);
  return true;
}

/** True, and an alert, when the name has a character that names may not have. */
export function badName(statement: Statement, run: Run, form?: "parsing-tight"): boolean {
  const bad = badNameCharacter(statement.word(1));
  if (bad === undefined) return false;
  const message = `character '${bad}' is not permitted in '${statement.word(0)}' name '${statement.word(1)}'.`;
  run.report.alert(statement, "PM1104", message, { word: 1, ...(form === undefined ? {} : { form }) });
  return true;
}

/** The section of the same kind and name that was declared before. */
export function declaredBefore(statement: Statement, run: Run): Statement | undefined {
  return run.sectionsByName.get(`${statement.word(0)} ${statement.word(1)}`)?.statement;
}

/** "file:line" of a statement. */
export function placeOf(statement: Statement): string {
  return `${statement.file}:${statement.line}`;
}

/** How the reference answers a time inside a section. */
export function checkTime(
  statement: Statement,
  run: Run,
  word: number,
  what: string,
  shown = statement.word(word),
): boolean {
  const text = statement.word(word);
  const time = parseTime(text);
  if ("ms" in time) {
    if (time.tail === "") return true;
    const message = `unexpected character '${time.tail.charAt(0)}' after the timer value '${text}', only (us=microseconds,ms=milliseconds,s=seconds,m=minutes,h=hours,d=days) are supported. This will be reported as an error in next versions.`;
    run.report.warn(statement, "PM1205", message, { word, form: "config" });
    return true;
  }
  const message =
    "bad" in time
      ? `unexpected character '${time.bad}' in argument to <${what}>.`
      : `timer overflow in argument <${shown}> to <${what}>, maximum value is 2147483647 ms (~24.8 days).`;
  run.report.alert(statement, "PM1205", message, { word, form: "parsing-tight" });
  return false;
}

/** An alert on one word. */
export function fail(statement: Statement, run: Run, message: string, word = 1, form?: "parsing-tight"): undefined {
  const code = statement.word(word) === "" ? "PM1201" : "PM1203";
  run.report.alert(statement, code, message, { word, ...(form === undefined ? {} : { form }) });
  return undefined;
}

/** Nothing is checked. */
export const ANYTHING: SectionParser = () => undefined;

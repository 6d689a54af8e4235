// Owns the reading of files line by line: two passes over all files, conditional blocks, messages, sections, and the choice of the row for each line.
// The first pass takes what must be known before everything else (the environment, daemon…) and finds what is wrong with the text itself; when it finds
// anything, there is no second pass: HAProxy 3.2 does the same. Configuration manual §2.

import { nearestName } from "../diagnostics/index.ts";
import { ABSENT_GLOBAL_KEYWORDS } from "./directives/absent.ts";
import type { ProxyDraft } from "./directives/draft.ts";
import { REMOVED_GLOBAL_KEYWORDS, REMOVED_PROXY_KEYWORDS, removedMonitorNet } from "./directives/removed.ts";
import type { Run } from "./directives/run.ts";
import type { SectionDraft } from "./directives/section-rows.ts";
import { closeSection, openSection, sectionLine } from "./directives/section-tables.ts";
import { isProxySection, isSectionName, openProxySection } from "./directives/sections.ts";
import { Statement } from "./directives/statement.ts";
import { globalRow, keywordsOf, proxyRow, unknownGlobalMember, unknownMember } from "./directives/tables.ts";
import type { ConfigFile } from "./environment.ts";
import {
  ConditionalBlocks,
  type CutLine,
  cutLine,
  evaluateConfigCondition,
  type SourceLine,
  splitLines,
} from "./syntax/index.ts";

/** After so many alerts in one file the reference gives up on it. */
const MAX_ALERTS = 50;

const NEGATABLE = [
  "option",
  "log",
  "busy-polling",
  "set-dumpable",
  "strict-limits",
  "insecure-fork-wanted",
  "numa-cpu-mapping",
];
const NOT_NEGATABLE =
  "negation/default currently supported only for options, log, busy-polling, set-dumpable, strict-limits, insecure-fork-wanted and numa-cpu-mapping.";

export type Pass = "early" | "full";

/** A file cut into lines once; lines without variables are cut into words once for both passes. */
export interface PreparedFile {
  readonly path: string;
  readonly lines: readonly SourceLine[];
  readonly cuts: (CutLine | undefined)[];
}

/** Cuts a file into lines. */
export function prepareConfigFile(file: ConfigFile): PreparedFile {
  return { path: file.path, lines: splitLines(file.text), cuts: [] };
}

/** Reads one file in one pass into `run`. */
export function readConfigFile(run: Run, file: PreparedFile, pass: Pass): void {
  new FileReader(run, file, pass).read();
}

/** Where lines belong: a section, none yet, one whose lines are left out, or one whose header was wrong. */
type Place =
  | { readonly kind: "none" | "global" | "skipped" | "broken" | "refused"; readonly name: string }
  | { readonly kind: "proxy"; readonly name: string; readonly draft: ProxyDraft }
  | { readonly kind: "section"; readonly name: string; readonly draft: SectionDraft };

class FileReader {
  readonly #run: Run;
  readonly #file: PreparedFile;
  readonly #pass: Pass;
  readonly #blocks = new ConditionalBlocks();
  #place: Place = { kind: "none", name: "" };
  #line = 0;

  constructor(run: Run, file: PreparedFile, pass: Pass) {
    this.#run = run;
    this.#file = file;
    this.#pass = pass;
  }

  read(): void {
    const { report } = this.#run;
    const before = report.alerts;
    let last: SourceLine | undefined;
    for (const line of this.#file.lines) {
      this.#line = line.number;
      last = line;
      this.#readLine(line);
      if (this.#run.aborted) return;
      if (report.alerts - before >= MAX_ALERTS) {
        const message = `too many fatal errors (${MAX_ALERTS}), stopping now.`;
        report.alert(this.#bare({ ...line, number: line.number + 1 }), "PM1008", message, { form: "parsing-tight" });
        return;
      }
    }
    if (this.#pass === "full") this.#closePlace();
    if (last === undefined || this.#pass === "full") return;
    if (last.ending === "") {
      const message = `Missing LF on last line, file might have been truncated at position ${last.text.length + 1}.`;
      const hint = "End the file with a line feed.";
      const statement = this.#bare(last);
      const at = last.text.length + 1;
      const span = { file: this.#file.path, line: last.number, column: at, endColumn: at + 1 };
      report.alert(statement, "PM1005", message, { form: "parsing-tight", span, hint });
    }
    if (this.#blocks.depth > 0) this.#endOpenBlocks(last);
  }

  #bare(line: SourceLine): Statement {
    return new Statement(this.#file.path, line.number, line.text, [], undefined);
  }

  #endOpenBlocks(last: SourceLine): void {
    this.#run.report.alert(this.#bare(last), "PM1020", "non-terminated '.if' block.", { form: "parsing-tight" });
    this.#run.aborted = true;
  }

  readonly #lookup = (name: string): string | undefined => {
    if (name === ".FILE") return this.#file.path;
    if (name === ".LINE") return String(this.#line);
    if (name === ".SECTION") return this.#place.name;
    return this.#run.variables.get(name);
  };

  #cut(line: SourceLine): CutLine {
    const { cuts } = this.#file;
    const known = cuts[line.number];
    if (known !== undefined) return known;
    const cut = cutLine(line.text, this.#lookup);
    if (this.#pass === "early" && !line.text.includes("$")) cuts[line.number] = cut;
    return cut;
  }

  #readLine(line: SourceLine): void {
    const { report } = this.#run;
    const nul = line.text.indexOf("\0");
    if (nul >= 0) {
      const span = { file: this.#file.path, line: line.number, column: nul + 1, endColumn: nul + 2 };
      const message = `Stray NUL character at position ${nul + 1}.`;
      report.alert(this.#bare(line), "PM1006", message, { form: "parsing-tight", span });
      return;
    }
    const cut = this.#cut(line);
    const written = new Statement(this.#file.path, line.number, line.text, cut.words, undefined);
    if (cut.problem !== undefined) {
      const column = cut.problem.offset + 1;
      const span = { file: this.#file.path, line: line.number, column, endColumn: column + 1 };
      const tail = cut.problem.code === "PM1004" ? "" : ":";
      report.alert(written, cut.problem.code, cut.problem.message + tail, { form: "parsing-tight", span });
      return;
    }
    if (cut.words.length === 0) return;
    const first = written.word(0);
    if (first.startsWith(".")) {
      this.#directive(written);
      return;
    }
    if (!this.#blocks.active) return;
    if (this.#pass === "early") this.#warnEmptyWord(written);
    if (first === "") return;
    this.#statement(this.#withNegation(written, line));
  }

  /** An empty word ends the arguments of most lines, which is seldom meant. */
  #warnEmptyWord(statement: Statement): void {
    const index = statement.texts.indexOf("");
    if (index < 0) return;
    const position = (statement.words[index]?.start ?? 0) + 1;
    const message = `argument number ${index} at position ${position} is empty and marks the end of the argument list; all subsequent arguments will be ignored:`;
    this.#run.report.warn(statement, "PM1007", message, { word: index, form: "parsing-tight" });
  }

  #withNegation(written: Statement, line: SourceLine): Statement | undefined {
    const first = written.word(0);
    if (first !== "no" && first !== "default") return written;
    if (!NEGATABLE.includes(written.word(1))) {
      if (this.#pass === "early") {
        this.#run.report.alert(written, "PM1105", NOT_NEGATABLE, { word: 1, form: "parsing-tight" });
      }
      return undefined;
    }
    return new Statement(written.file, line.number, line.text, written.words.slice(1), first);
  }

  #directive(statement: Statement): void {
    const name = statement.word(0);
    if (name === ".if" || name === ".elif" || name === ".else" || name === ".endif") this.#block(statement, name);
    else if (!this.#blocks.active || this.#pass === "full") return;
    else if (name === ".notice" || name === ".warning" || name === ".alert" || name === ".diag")
      this.#message(statement, name);
    else this.#run.report.alert(statement, "PM1020", `unknown directive '${name}'.`, { form: "parsing-tight" });
  }

  #block(statement: Statement, name: ".if" | ".elif" | ".else" | ".endif"): void {
    const { report } = this.#run;
    const form = "parsing-tight";
    const extra = statement.word(1);
    if ((name === ".else" || name === ".endif") && extra !== "") {
      if (this.#pass === "early")
        report.alert(statement, "PM1202", `Unexpected argument '${extra}' for '${name}'.`, { word: 1, form });
      return;
    }
    let value = false;
    if ((name === ".if" || name === ".elif") && this.#blocks.wantsCondition(name)) {
      const text = statement.rest(1);
      const answer = evaluateConfigCondition(text, this.#lookup);
      if ("problem" in answer) {
        const message = `${answer.problem} in '${name}' at position ${answer.offset + 1}:`;
        const span = this.#conditionSpan(statement, text, answer.offset);
        if (this.#pass === "early") report.alert(statement, "PM1021", message, { span, form });
        this.#run.aborted = true;
        return;
      }
      value = answer.value;
    }
    const misplaced = this.#blocks.follow(name, value);
    if (misplaced === undefined) return;
    if (this.#pass === "early") report.alert(statement, "PM1020", misplaced, { form });
    this.#run.aborted = true;
  }

  /** Where a place in the reassembled condition stands in the line. */
  #conditionSpan(statement: Statement, text: string, offset: number): ReturnType<Statement["span"]> {
    let at = 0;
    for (let index = 1; index < statement.words.length; index++) {
      const length = statement.word(index).length;
      if (offset <= at + length) return statement.subspan(index, offset - at, offset - at + 1);
      at += length + 1;
    }
    return statement.span(Math.max(1, text === "" ? 0 : statement.words.length - 1));
  }

  #message(statement: Statement, name: ".notice" | ".warning" | ".alert" | ".diag"): void {
    const { report, environment } = this.#run;
    const extra = statement.word(2);
    const form = "parsing-tight";
    if (extra !== "") {
      const message = `Unexpected argument '${extra}' for '${name}'. Use quotes if the message should contain spaces.`;
      report.alert(statement, "PM1202", message, { word: 2, form });
      return;
    }
    const text = `'${statement.word(1)}'.`;
    if (name === ".diag") {
      if (environment.diagnosticMode) report.say("diag", statement, "PM1022", text, { word: 1, form });
      return;
    }
    const severity = name === ".notice" ? "notice" : name === ".warning" ? "warning" : "alert";
    report.say(severity, statement, "PM1022", text, { word: 1, form });
    if (severity === "alert") this.#run.aborted = true;
  }

  #statement(statement: Statement | undefined): void {
    if (statement === undefined) return;
    this.#run.watch?.(statement, this.#pass);
    const first = statement.word(0);
    if (statement.negation === undefined && isSectionName(first)) {
      this.#closePlace();
      if (this.#run.aborted) return;
      this.#place = this.#openSection(statement, first);
      return;
    }
    if (this.#place.kind === "global") this.#globalLine(statement);
    else if (this.#pass === "early" || this.#place.kind === "skipped" || this.#place.kind === "refused") return;
    else if (this.#place.kind === "proxy") this.#proxyLine(statement, this.#place.draft);
    else if (this.#place.kind === "section") sectionLine(this.#run, statement, this.#place.draft);
    else if (this.#place.kind === "broken") {
      const hint = "The header of this section is wrong; correct it first.";
      this.#run.report.alert(statement, "PM1104", "'listen' or 'defaults' expected.", { hint });
    } else {
      const hint = "A line belongs to a section such as 'global', 'defaults', 'frontend', 'backend' or 'listen'.";
      const message = `unknown keyword '${first}' out of section.`;
      this.#run.report.alert(statement, "PM1103", message, { form: "parsing-tight", hint });
    }
  }

  /** Some sections are checked as a whole once they end. */
  #closePlace(): void {
    if (this.#place.kind === "section") closeSection(this.#run, this.#place.draft);
  }

  #openSection(statement: Statement, section: string): Place {
    const { report } = this.#run;
    const name = statement.word(1) || section;
    if (section === "global") {
      const extra = statement.word(1);
      if (extra !== "" && this.#pass === "early") {
        report.alert(statement, "PM1202", `'global' cannot handle unexpected argument '${extra}'.`, { word: 1 });
      }
      return { kind: "global", name };
    }
    if (this.#pass === "early") return { kind: "skipped", name };
    if (isProxySection(section)) {
      const draft = openProxySection(this.#run, statement);
      return draft === undefined ? { kind: "broken", name } : { kind: "proxy", name, draft };
    }
    this.#declare(section, statement.word(1));
    const draft = openSection(this.#run, statement);
    return draft === undefined ? { kind: "refused", name } : { kind: "section", name, draft };
  }

  /** Keeps the name of a section for the lines that refer to it. */
  #declare(section: string, name: string): void {
    const { declared } = this.#run;
    const names = declared.get(section);
    if (names === undefined) declared.set(section, new Set([name]));
    else names.add(name);
  }

  #globalLine(statement: Statement): void {
    const run = this.#run;
    const row = globalRow(statement);
    const scope = { run, draft: run.global };
    if (row !== undefined) {
      if ((row.early === true) === (this.#pass === "early")) row.parse(statement, scope);
      return;
    }
    if (this.#pass === "early" || unknownGlobalMember(statement, scope)) return;
    const removed = REMOVED_GLOBAL_KEYWORDS.get(statement.word(0));
    if (removed !== undefined) run.report.alert(statement, "PM1106", removed.message);
    else this.#unknownKeyword(statement, "global");
  }

  #proxyLine(statement: Statement, draft: ProxyDraft): void {
    const run = this.#run;
    const scope = { run, draft };
    const row = proxyRow(statement);
    const first = statement.word(0);
    if (statement.negation !== undefined && first === "option" && row?.negatable !== true && statement.word(1) !== "") {
      const message = `negation/default is not supported for option '${statement.word(1)}'.`;
      run.report.alert(statement, "PM1105", message, { word: 1, form: "parsing-tight" });
      return;
    }
    if (row !== undefined) {
      row.parse(statement, scope);
      return;
    }
    if (unknownMember(statement, scope)) return;
    const removed = REMOVED_PROXY_KEYWORDS.get(first);
    if (removed !== undefined) {
      run.report.alert(statement, "PM1106", removed.message, removed.tight ? { form: "parsing-tight" } : {});
    } else if (first === "monitor-net") {
      run.report.alert(statement, "PM1106", removedMonitorNet(statement.word(1)));
    } else this.#unknownKeyword(statement, draft.section);
  }

  #unknownKeyword(statement: Statement, section: string): void {
    const word = statement.word(0);
    const guess = nearestName(word, keywordsOf(section));
    const tail = guess === undefined ? "" : `; did you mean '${guess}' maybe ?`;
    const hint = section === "global" ? ABSENT_GLOBAL_KEYWORDS.get(word) : undefined;
    this.#run.report.alert(statement, "PM1101", `unknown keyword '${word}' in '${section}' section${tail}`, { hint });
  }
}

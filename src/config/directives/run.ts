// Owns the state of one run over the files: what was said, the environment, and the drafts that the sections fill.

import type { Diagnostic } from "../../diagnostics/index.ts";
import type { ExpressionContext } from "../../sample/index.ts";
import type { ConfigEnvironment } from "../environment.ts";
import { type GlobalDraft, newGlobalDraft, type ProxyDraft } from "./draft.ts";
import { Report } from "./report.ts";
import type { SectionDraft } from "./section-rows.ts";
import type { Statement } from "./statement.ts";

/** Told of every line that counts, in each of the two passes, as it was understood; for commands that show the configuration. */
export type StatementWatcher = (statement: Statement, pass: "early" | "full") => void;

/** Everything that directives of one run share. */
export class Run {
  readonly environment: ConfigEnvironment;
  readonly report: Report;
  /** The environment variables as `setenv` and friends leave them. */
  readonly variables: Map<string, string>;
  readonly global: GlobalDraft = newGlobalDraft();
  /** Proxies in order of declaration, without defaults. */
  readonly proxies: ProxyDraft[] = [];
  /** At most one proxy of each side for a name, for clashes. */
  readonly proxiesByName = new Map<string, ProxyDraft[]>();
  /** defaults sections in order; the last one is the one that a section without `from` inherits. */
  readonly defaults: ProxyDraft[] = [];
  readonly defaultsByName = new Map<string, ProxyDraft[]>();
  /** Names of sections that are no proxies, by the kind of section: what lines of proxies refer to. */
  readonly declared = new Map<string, Set<string>>();
  /** Sections that describe no proxy, in order, and the first one of each "kind name". */
  readonly sections: SectionDraft[] = [];
  readonly sectionsByName = new Map<string, SectionDraft>();
  /** An error after which the reference stops reading. */
  aborted = false;
  watch: StatementWatcher | undefined;
  /** Lines that are accepted and have no effect here; `-c -V` lists them. */
  readonly withoutEffect: Diagnostic[] = [];

  constructor(environment: ConfigEnvironment, languageOnly = false) {
    this.environment = environment;
    this.report = new Report(languageOnly);
    this.variables = new Map(Object.entries(environment.env));
  }

  /** Notes that `keyword` was accepted without effect. */
  noteNoEffect(statement: Statement, keyword: string, word: number): void {
    this.withoutEffect.push({
      severity: "notice",
      code: "PM1902",
      form: "parsing",
      span: statement.span(word),
      message: `'${keyword}' has no effect in Pointsman.`,
      hint: undefined,
      related: [],
      sourceLine: statement.source,
    });
  }

  /** Reads a pattern file for ACLs, as latin1. */
  readonly readPatternFile: NonNullable<ExpressionContext["readFile"]> = (path) => {
    const answer = this.environment.readFile(path);
    return "error" in answer ? { fault: answer.error } : { text: latin1Text(answer) };
  };
}

/** Bytes as text with one code unit per byte. */
export function latin1Text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

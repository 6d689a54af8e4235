// Owns the gathering of the lines that count: sections in order, each with its lines, and which `defaults` section each inherits from. Conditions are
// decided and variables expanded when a line arrives here. Configuration manual §2.3, §2.4 and §4.

import type { StatementWatcher } from "../directives/run.ts";
import { isProxySection, isSectionName } from "../directives/sections.ts";
import type { Statement } from "../directives/statement.ts";
import { globalRow } from "../directives/tables.ts";

/** One section as it was read. */
export interface CollectedSection {
  readonly kind: string;
  /** "" when it has none. */
  readonly name: string;
  readonly header: Statement;
  readonly lines: Statement[];
  /** The `defaults` section that it inherits from. */
  readonly parent: CollectedSection | undefined;
}

/** Takes what a run reads. */
export class Collector {
  readonly sections: CollectedSection[] = [];
  /** Lines of global that are done in the first pass, by place: their variables had other values then. */
  readonly #early = new Map<string, Statement>();
  readonly #defaults = new Map<string, CollectedSection>();
  #lastDefaults: CollectedSection | undefined;
  #section: CollectedSection | undefined;
  #before: Statement | undefined;

  readonly watch: StatementWatcher = (statement, pass) => {
    const place = `${statement.line}:${statement.file}`;
    if (pass === "early") {
      if (globalRow(statement)?.early === true) this.#early.set(place, statement);
      return;
    }
    const { file, line } = this.#before ?? statement;
    // Every file begins outside of any section; the same file may be read twice.
    if (statement.file !== file || statement.line < line) this.#section = undefined;
    this.#before = statement;
    if (statement.negation === undefined && isSectionName(statement.word(0))) this.#open(statement);
    else if (this.#section?.kind === "global") this.#section.lines.push(this.#early.get(place) ?? statement);
    else this.#section?.lines.push(statement);
  };

  #open(header: Statement): void {
    const kind = header.word(0);
    const unnamed = kind === "global" || (kind === "defaults" && header.word(1) === "from");
    const name = unnamed ? "" : header.word(1);
    this.#section = { kind, name, header, lines: [], parent: this.#parentOf(header, kind, name) };
    this.sections.push(this.#section);
    if (kind !== "defaults") return;
    this.#defaults.set(name, this.#section);
    this.#lastDefaults = this.#section;
  }

  #parentOf(header: Statement, kind: string, name: string): CollectedSection | undefined {
    if (!isProxySection(kind)) return undefined;
    const at = kind === "defaults" && name === "" ? 1 : 2;
    const from = header.word(at) === "from" ? header.word(at + 1) : "";
    if (from !== "") return this.#defaults.get(from);
    return kind === "defaults" ? undefined : this.#lastDefaults;
  }
}

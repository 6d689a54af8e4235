// Owns what the rows of keywords that are not done yet share: their arguments are checked as the reference checks them, and only a line that is right in
// the language is then answered "not supported yet". docs/adr/0004.

import type { DiagnosticCode } from "../../diagnostics/index.ts";
import type { Remark } from "./report.ts";
import type { ProxyRow, ProxyScope, ProxySection } from "./rows.ts";
import type { Statement } from "./statement.ts";

/** What is wrong with a line, as a checker says it. */
export interface Fault {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly word: number;
  readonly form?: Remark["form"];
}

/** Checks the arguments of a line: false when the line was answered already, a fault, or undefined for a line that is right. */
export type LineCheck = (statement: Statement, scope: ProxyScope) => Fault | false | undefined;

/** A fault, shortly. */
export function fault(code: DiagnosticCode, word: number, message: string, form?: Remark["form"]): Fault {
  return form === undefined ? { code, message, word } : { code, message, word, form };
}

/** Says a fault as an alert. */
export function sayFault({ run }: ProxyScope, statement: Statement, { code, message, word, form }: Fault): void {
  run.report.alert(statement, code, message, form === undefined ? { word } : { word, form });
}

export interface LaterFacts {
  readonly name: string;
  readonly sections: readonly ProxySection[];
  readonly syntax: string;
  readonly since: string;
  readonly doc: string;
}

/** A row whose arguments are checked and whose work is not done yet. */
export function laterRow(facts: LaterFacts, check: LineCheck): ProxyRow {
  return {
    ...facts,
    status: "not-supported-yet",
    parse: (statement, scope) => {
      const answer = check(statement, scope);
      if (answer === false) return;
      if (answer !== undefined) {
        sayFault(scope, statement, answer);
        return;
      }
      const word = facts.name.includes(" ") ? 1 : 0;
      const message = `'${facts.name}' is not supported yet in '${scope.draft.section}' section`;
      scope.run.report.alert(statement, "PM1901", message, { word });
    },
  };
}

/** A row that is checked and has nothing to tune here. */
export function noEffectRow(facts: LaterFacts, check: LineCheck): ProxyRow {
  return {
    ...facts,
    status: "no-effect",
    parse: (statement, scope) => {
      const answer = check(statement, scope);
      if (answer === false) return;
      if (answer === undefined) scope.run.noteNoEffect(statement, facts.name, 0);
      else sayFault(scope, statement, answer);
    },
  };
}

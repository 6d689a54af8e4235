// Owns the table of sections that describe no proxy, and how their lines are answered. Configuration manual §3, §12.

import type { RowFacts, SectionName } from "./rows.ts";
import type { Run } from "./run.ts";
import { CACHE, HTTP_ERRORS, USERLIST } from "./section-lists.ts";
import { OTHER_SECTIONS } from "./section-others.ts";
import { PEERS } from "./section-peers.ts";
import { MAILERS, RESOLVERS } from "./section-resolvers.ts";
import { RING } from "./section-ring.ts";
import { fail, type SectionDraft, type SectionFamily } from "./section-rows.ts";
import type { Statement } from "./statement.ts";

const FAMILIES: ReadonlyMap<string, SectionFamily> = new Map(
  [RESOLVERS, MAILERS, USERLIST, CACHE, HTTP_ERRORS, PEERS, RING, ...OTHER_SECTIONS].map((one) => [one.name, one]),
);

/** The facts of every keyword of these sections, for the reference page. */
export const SECTION_ROWS: readonly RowFacts[] = [...FAMILIES.values()].flatMap(({ name, keywords }) =>
  Object.keys(keywords).map((keyword) => ({
    name: keyword,
    sections: [name],
    syntax: "",
    since: "",
    status: "not-supported-yet" as const,
    doc: "",
  })),
);

/** Opens the section of `statement`; undefined after an alert. The section as a whole is not supported yet, which is said once. */
export function openSection(run: Run, statement: Statement): SectionDraft | undefined {
  const draft = FAMILIES.get(statement.word(0))?.open(statement, run);
  if (draft === undefined) return undefined;
  run.report.alert(statement, "PM1901", `section '${draft.kind}' is not supported yet`, { word: 0 });
  return draft;
}

/** Checks one line of a section. */
export function sectionLine(run: Run, statement: Statement, draft: SectionDraft): void {
  const family = FAMILIES.get(draft.kind);
  const keyword = statement.word(0);
  const known = family?.keywords;
  const parse = known !== undefined && Object.hasOwn(known, keyword) ? known[keyword] : undefined;
  if (parse !== undefined) parse(statement, run, draft);
  else if (family?.unknown !== undefined) family.unknown(statement, run, draft);
  else fail(statement, run, `unknown keyword '${keyword}' in '${draft.kind}' section`, 0);
}

/** Runs the checks at the end of a section. */
export function closeSection(run: Run, draft: SectionDraft): void {
  FAMILIES.get(draft.kind)?.close?.(run, draft);
}

/** Runs the checks that come behind those of proxies. */
export function checkSections(run: Run): void {
  for (const draft of run.sections) FAMILIES.get(draft.kind)?.late?.(run, draft);
}

/** True when a section of this kind and name is declared; `resolvers default` always is. */
export function isDeclared(run: Run, kind: SectionName, name: string): boolean {
  return run.sectionsByName.has(`${kind} ${name}`) || (kind === "resolvers" && name === "default");
}

// Owns section headers: `global`, `defaults`, `frontend`, `backend`, `listen`, their names, inheritance and clashes. Configuration manual §2.1, §3, §4.

import { nearestName } from "../../diagnostics/index.ts";
import { hasBackend, hasFrontend, newProxyDraft, type ProxyDraft, sectionTitle } from "./draft.ts";
import { type ProxySection, SECTION_NAMES } from "./rows.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";
import { badNameCharacter } from "./values.ts";

const PROXY_SECTIONS: readonly string[] = ["defaults", "frontend", "listen", "backend"];

/** True when the word begins a section. */
export function isSectionName(word: string): boolean {
  return (SECTION_NAMES as readonly string[]).includes(word);
}

/** True when the word begins a section of proxies. */
export function isProxySection(word: string): word is ProxySection {
  return PROXY_SECTIONS.includes(word);
}

/** Opens the section of `statement`; undefined after an alert that leaves its lines without a place. */
export function openProxySection(run: Run, statement: Statement): ProxyDraft | undefined {
  const section = statement.word(0) as ProxySection;
  return section === "defaults" ? openDefaults(run, statement) : openProxy(run, statement, section);
}

function openProxy(run: Run, statement: Statement, section: ProxySection): ProxyDraft | undefined {
  const name = statement.word(1);
  const { report } = run;
  if (name === "") {
    report.alert(statement, "PM1104", `'${section}' expects an <id> argument`, { word: 1 });
    run.aborted = true;
    return undefined;
  }
  const bad = badNameCharacter(name);
  if (bad !== undefined) {
    const message = `character '${bad}' is not permitted in '${section}' name '${name}'.`;
    report.alert(statement, "PM1104", message, { word: 1 });
  }
  const named = statement.word(2) === "from" && statement.word(3) !== "";
  const extra = named ? 4 : 2;
  if (statement.word(extra) !== "") {
    const listens = section !== "backend" && !named;
    const message = listens
      ? "please use the 'bind' keyword for listening addresses."
      : `'${section}' cannot handle unexpected argument '${statement.word(extra)}'.`;
    report.alert(statement, listens ? "PM1106" : "PM1202", message, { word: extra });
    return undefined;
  }
  sayClashes(run, statement, section, name);
  const from = inherited(run, statement, 2);
  if (from === "missing" || (from.draft !== undefined && !canInherit(run, statement, section, from.draft)))
    return undefined;
  const draft = newProxyDraft(section, name, statement, from.draft);
  run.proxies.push(draft);
  return draft;
}

/** A defaults section with rules serves frontends or backends, not both. */
function canInherit(run: Run, statement: Statement, section: ProxySection, defaults: ProxyDraft): boolean {
  const { heirs, settings, statement: declared } = defaults;
  heirs.add(section);
  if (settings.rules.length === 0 || !heirs.has("frontend") || !heirs.has("backend")) return true;
  const message = `frontends and backends cannot inherit from the same defaults section if it defines TCP/HTTP rules (defaults section at ${declared.file}:${declared.line}).`;
  run.report.alert(statement, "PM1108", message, {
    form: "parsing-tight",
    related: [{ span: declared.span(0), message: "declared here" }],
  });
  run.aborted = true;
  return false;
}

function openDefaults(run: Run, statement: Statement): ProxyDraft | undefined {
  const named = statement.word(1) !== "from" && statement.word(1) !== "";
  const from = statement.word(named ? 2 : 1) === "from" ? inherited(run, statement, named ? 2 : 1) : undefined;
  if (from === "missing") return undefined;
  const name = named ? statement.word(1) : "";
  const draft = newProxyDraft("defaults", name, statement, from?.draft);
  run.defaults.push(draft);
  const sameName = run.defaultsByName.get(name);
  if (sameName === undefined) run.defaultsByName.set(name, [draft]);
  else sameName.push(draft);
  return draft;
}

interface Inherited {
  readonly draft: ProxyDraft | undefined;
  readonly explicit: boolean;
}

/** What `from <name>` at word `at` names; the last defaults section without it. */
function inherited(run: Run, statement: Statement, at: number): Inherited | "missing" {
  const name = statement.word(at + 1);
  if (statement.word(at) !== "from" || name === "") {
    const draft = run.defaults.at(-1);
    if (draft?.namedByOthers) sayMixedUse(run, statement, draft);
    return { draft, explicit: false };
  }
  const found = run.defaultsByName.get(name) ?? [];
  const who = `${statement.word(0)} '${at === 2 ? statement.word(1) : ""}'`;
  if (found.length === 0) {
    const guess = nearestName(name, run.defaultsByName.keys());
    const hint = guess === undefined || guess === "" ? undefined : `Did you mean '${guess}'?`;
    run.report.alert(statement, "PM1108", `defaults section '${name}' not found for ${who}.`, { word: at + 1, hint });
    run.aborted = true;
    return "missing";
  }
  const last = found.at(-1);
  const first = found.at(-2);
  if (first !== undefined && last !== undefined) {
    const place = (draft: ProxyDraft) => `${draft.statement.file}:${draft.statement.line}`;
    const message = `ambiguous defaults section name '${name}' referenced by ${who} exists at least at ${place(last)} and ${place(first)}.`;
    run.report.alert(statement, "PM1108", message, { word: at + 1 });
  }
  if (last !== undefined) last.namedByOthers = true;
  return { draft: last, explicit: true };
}

function sayMixedUse(run: Run, statement: Statement, { name, statement: declared }: ProxyDraft): void {
  const message = `defaults section '${name}' (declared at ${declared.file}:${declared.line}) is explicitly referenced by another proxy and implicitly used here. To avoid any ambiguity don't mix both usage. Add a last defaults section not explicitly used or always use explicit references.`;
  run.report.warn(statement, "PM1108", message, {
    related: [{ span: declared.span(0), message: "declared here" }],
  });
}

function sayClashes(run: Run, statement: Statement, section: ProxySection, name: string): void {
  const others = run.proxiesByName.get(name);
  const mine = newProxyDraft(section, name, statement, undefined);
  if (others === undefined) {
    run.proxiesByName.set(name, [mine]);
    return;
  }
  const [first] = others;
  const rival = others.find((one) => (hasFrontend(one) && hasFrontend(mine)) || (hasBackend(one) && hasBackend(mine)));
  const clash = (other: ProxyDraft) =>
    `${sectionTitle(mine)} has the same name as ${sectionTitle(other)} declared at ${other.statement.file}:${other.statement.line}.`;
  const related = (other: ProxyDraft) => [{ span: other.statement.span(1), message: "first declared here" }];
  if (rival !== undefined) {
    run.report.alert(statement, "PM1301", clash(rival), { word: 1, form: "section", related: related(rival) });
  }
  if (first !== undefined) {
    const message = `${clash(first)} This is dangerous and will not be supported anymore in version 3.3.`;
    run.report.warn(statement, "PM1301", message, { word: 1, form: "section", related: related(first) });
  }
  if (rival === undefined) others.push(mine);
}

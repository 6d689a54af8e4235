// Owns docs/keywords.md: the reference page of every keyword of the configuration, made from the rows and from nothing else.

import { BIND_OPTIONS } from "./directives/bind.ts";
import type { BindOptionRow } from "./directives/bind-options.ts";
import type { KeywordStatus, RowFacts } from "./directives/rows.ts";
import { SERVER_OPTIONS } from "./directives/server.ts";
import type { ServerOptionRow } from "./directives/server-options.ts";
import { GLOBAL_ROWS, PROXY_ROWS } from "./directives/tables.ts";

/** The facts of every keyword of the configuration's sections. */
export function configKeywords(): readonly RowFacts[] {
  return [...GLOBAL_ROWS, ...PROXY_ROWS];
}

type OptionFacts = Pick<BindOptionRow | ServerOptionRow, "name" | "syntax" | "since" | "status" | "doc">;

/** Options behind `bind <address>`. */
export function bindOptions(): readonly OptionFacts[] {
  return [...BIND_OPTIONS.values()];
}

/** Options behind `server <name> <address>`. */
export function serverOptions(): readonly OptionFacts[] {
  return [...SERVER_OPTIONS.values()];
}

const STATUS_TITLES: Readonly<Record<KeywordStatus, string>> = {
  done: "Works",
  "no-effect": "Accepted, without effect",
  "not-supported-yet": "Refused for now",
};

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);

/** The whole page. */
export function keywordsPage(): string {
  const parts = [
    "# Keywords of the configuration",
    "",
    "Made from the rows in `src/config/directives`; do not edit. `UPDATE_GOLDEN=1 bun test test/config` writes it, and a test fails when it is out of date.",
    'What HAProxy has and this page lists under "Refused for now" is answered with `not supported yet`.',
    "",
  ];
  parts.push(...keywordPart("Section `global`", GLOBAL_ROWS, false));
  parts.push(...keywordPart("Sections `defaults`, `frontend`, `listen`, `backend`", PROXY_ROWS, true));
  parts.push(...optionPart("Options of `bind` and `stats socket`", bindOptions()));
  parts.push(...optionPart("Options of `server` and `default-server`", serverOptions()));
  return `${parts.join("\n").trimEnd()}\n`;
}

function keywordPart(title: string, rows: readonly RowFacts[], withSections: boolean): string[] {
  const lines = [`## ${title}`, ""];
  const done = rows.filter((row) => row.status === "done").toSorted(byName);
  lines.push(`### ${STATUS_TITLES.done}`, "");
  lines.push(withSections ? "| keyword | where | since | what |" : "| keyword | since | what |");
  lines.push(withSections ? "|---|---|---|---|" : "|---|---|---|");
  for (const row of done) {
    const where = withSections ? ` ${row.sections.join(", ")} |` : "";
    lines.push(`| ${code(row.name, row.syntax)} |${where} ${row.since} | ${row.doc} |`);
  }
  lines.push("", ...nameLists(rows));
  return lines;
}

function optionPart(title: string, options: readonly OptionFacts[]): string[] {
  const lines = [`## ${title}`, "", `### ${STATUS_TITLES.done}`, "", "| option | since | what |", "|---|---|---|"];
  for (const row of options.filter((one) => one.status === "done").toSorted(byName)) {
    lines.push(`| ${code(row.name, row.syntax)} | ${row.since} | ${row.doc} |`);
  }
  lines.push("", ...nameLists(options));
  return lines;
}

function nameLists(rows: readonly Pick<RowFacts, "name" | "status">[]): string[] {
  const lines: string[] = [];
  for (const status of ["no-effect", "not-supported-yet"] as const) {
    const names = rows.filter((row) => row.status === status).map((row) => `\`${row.name}\``);
    if (names.length > 0) lines.push(`### ${STATUS_TITLES[status]}`, "", `${names.toSorted().join(", ")}.`, "");
  }
  return lines;
}

function code(name: string, syntax: string): string {
  return `\`${name}${syntax === "" ? "" : ` ${syntax}`}\``.replaceAll("|", "\\|");
}

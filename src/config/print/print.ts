// Owns `pointsman print`: the resolved configuration as a file that HAProxy and Pointsman read, with a comment on each line that says where it comes from,
// or the model as JSON. docs/print.md describes both. Configuration manual §2.

import type { ConfigEnvironment, ConfigFile } from "../environment.ts";
import { type LoadedConfiguration, loadConfiguration } from "../load.ts";
import { Collector } from "./collect.ts";
import { modelToJson } from "./model-json.ts";
import { quoteWord } from "./quote.ts";
import { type Origin, type ResolvedSection, resolveSections, variablesOf } from "./resolve.ts";

export interface PrintedConfiguration {
  readonly loaded: LoadedConfiguration;
  /** undefined when the configuration has errors. latin1, as configuration text is. */
  readonly text: string | undefined;
  /** The model with the origin of its values; undefined when the configuration has errors. */
  readonly json: string | undefined;
}

/** Loads `files` as `-c` does and prints what they come to. */
export function printConfiguration(files: readonly ConfigFile[], environment: ConfigEnvironment): PrintedConfiguration {
  const collector = new Collector();
  const loaded = loadConfiguration(files, environment, { languageOnly: true, watch: collector.watch });
  if (loaded.model === undefined) return { loaded, text: undefined, json: undefined };
  const sections = resolveSections(collector.sections, loaded.model);
  return { loaded, text: sections.map(renderSection).join("\n"), json: modelToJson(loaded.model, sections) };
}

const INDENT = "    ";
/** Comments stand in a column that is at most this far to the right. */
const WIDEST = 56;

function renderSection(section: ResolvedSection): string {
  const header = { text: section.header.map(quoteWord).join(" "), comment: section.note ?? originText(section.origin) };
  const lines = section.lines.map((line) => ({
    text: `${INDENT}${line.remark ? "# " : ""}${line.words.map(quoteWord).join(" ")}`,
    comment: originText(line.origin),
    remark: line.remark,
  }));
  let column = 0;
  for (const { text } of [header, ...lines]) if (text.length > column && text.length <= WIDEST) column = text.length;
  return [header, ...lines].map(({ text, comment }) => `${text.padEnd(column)}  # ${comment}\n`).join("");
}

/** Where a line comes from, for people: "haproxy.cfg:12", "haproxy.cfg:4, defaults 'base'", "default". */
function originText(origin: Origin): string {
  if (origin.kind === "default") return "default";
  const { statement, defaults } = origin;
  const parts = [`${statement.file}:${statement.line}`];
  if (defaults !== undefined) parts.push(defaults.name === "" ? "defaults" : `defaults '${defaults.name}'`);
  const variables = variablesOf(statement.source);
  if (variables.length > 0) parts.push(`with ${variables.map((name) => `$${name}`).join(" ")}`);
  return parts.join(", ").replace(/[\u0000-\u001f\u007f]/g, "?");
}

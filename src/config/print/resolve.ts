// Owns the resolving of sections: what a section inherits stands in it, the language's own defaults stand in it, and every line knows where it comes from.
// Lines of `defaults` sections that cannot be moved (rules and their ACLs, above all) stay there, and who inherits them says so with `from`.
// Configuration manual §3 and §4.

import { isProxySection } from "../directives/sections.ts";
import type { Statement } from "../directives/statement.ts";
import { proxyRow } from "../directives/tables.ts";
import type { ConfigurationModel, ProxyModel } from "../model/index.ts";
import { cutLine } from "../syntax/index.ts";
import type { CollectedSection } from "./collect.ts";
import { defaultServerWords, globalDefaults, proxyDefaults } from "./default-lines.ts";
import { familyOf } from "./families.ts";

/** Where a line comes from. */
export type Origin =
  | { readonly kind: "default" }
  | {
      readonly kind: "file";
      readonly statement: Statement;
      /** The `defaults` section that gave it. */
      readonly defaults: CollectedSection | undefined;
    };

export interface ResolvedLine {
  readonly words: readonly string[];
  readonly origin: Origin;
  /** What it sets, for the table of origins; undefined when that is not one value. */
  readonly key: string | undefined;
  /** Said of a `defaults` section that stays, in a section that inherits it: not to be written as a line. */
  readonly remark: boolean;
}

export interface ResolvedSection {
  readonly header: readonly string[];
  readonly origin: Origin;
  /** Why an empty section stands here. */
  readonly note: string | undefined;
  readonly lines: readonly ResolvedLine[];
  /** The proxy of the model that it became. */
  readonly proxy: ProxyModel | undefined;
}

/** Resolves what was collected. `model` is the one that the same run made. */
export function resolveSections(
  sections: readonly CollectedSection[],
  model: ConfigurationModel,
): readonly ResolvedSection[] {
  return new Resolver(sections, model).resolve();
}

const DEFAULT: Origin = { kind: "default" };

function wordsOf(statement: Statement): readonly string[] {
  return statement.negation === undefined ? statement.texts : [statement.negation, ...statement.texts];
}

/** The names of the variables that a line uses. */
export function variablesOf(source: string): readonly string[] {
  if (!source.includes("$")) return [];
  const names = new Set<string>();
  cutLine(source, (name) => {
    names.add(name);
    return "x";
  });
  return [...names];
}

class Resolver {
  readonly #sections: readonly CollectedSection[];
  readonly #model: ConfigurationModel;
  readonly #resolved: ResolvedSection[] = [];
  /** Names of the `defaults` sections that stay; undefined for those that do not. */
  readonly #kept = new Map<CollectedSection, string | undefined>();
  /** Names that no `defaults` section may be given any more: all that were written, and those given since. */
  readonly #names = new Set<string>();
  readonly #taken = new Set<string>();
  /** How many names were made of each stem. */
  readonly #counts = new Map<string, number>();
  /** First words, and first two words, of all lines of global. */
  readonly #globalWords = new Set<string>();
  /** The last `defaults` section that was written gives something that must not be inherited. */
  #exposed = false;
  #proxies = 0;

  constructor(sections: readonly CollectedSection[], model: ConfigurationModel) {
    this.#sections = sections;
    this.#model = model;
    for (const section of sections) {
      if (section.kind === "defaults") this.#names.add(section.name);
      if (section.kind !== "global") continue;
      for (const { texts } of section.lines) this.#globalWords.add(texts[0] ?? "").add(texts.slice(0, 2).join(" "));
    }
  }

  resolve(): readonly ResolvedSection[] {
    const globals = this.#sections.filter((section) => section.kind === "global");
    if (globals.length === 0) this.#pushGlobal(undefined, true);
    for (const section of this.#sections) {
      if (section.kind === "global") this.#pushGlobal(section, section === globals.at(-1));
      else if (section.kind === "defaults") this.#pushDefaults(section);
      else if (isProxySection(section.kind)) this.#pushProxy(section);
      else this.#push([...section.header.texts], this.#origin(section.header), section.lines.map(this.#own));
    }
    return this.#resolved;
  }

  #push(header: readonly string[], origin: Origin, lines: readonly ResolvedLine[], proxy?: ProxyModel): void {
    this.#resolved.push({ header, origin, lines, proxy, note: undefined });
  }

  #origin(statement: Statement, defaults?: CollectedSection): Origin {
    return { kind: "file", statement, defaults };
  }

  readonly #own = (statement: Statement): ResolvedLine => ({
    words: wordsOf(statement),
    origin: this.#origin(statement),
    key: familyOf(statement)?.key,
    remark: false,
  });

  #pushGlobal(section: CollectedSection | undefined, last: boolean): void {
    const lines = (section?.lines ?? []).map((statement) => ({ ...this.#own(statement), key: undefined }));
    const defaults = last ? globalDefaults(this.#model.global).filter(({ key }) => !this.#globalWords.has(key)) : [];
    const added = defaults.map(({ words, key }) => ({ words, origin: DEFAULT, key, remark: false }));
    this.#push(["global"], section === undefined ? DEFAULT : this.#origin(section.header), [...lines, ...added]);
  }

  #pushDefaults(section: CollectedSection): void {
    const staying = section.lines.filter((statement) => familyOf(statement) === undefined);
    const parent = section.parent === undefined ? undefined : this.#kept.get(section.parent);
    if (staying.length === 0 && parent === undefined) {
      this.#kept.set(section, undefined);
      return;
    }
    const name = this.#freeName(section);
    this.#kept.set(section, name);
    const from = parent === undefined ? [] : ["from", parent];
    this.#push(["defaults", name, ...from], this.#origin(section.header), staying.map(this.#own));
    this.#exposed = true;
  }

  /** Its own name, unless it has none or another section that stays has the same. */
  #freeName(section: CollectedSection): string {
    if (section.name !== "" && !this.#taken.has(section.name)) {
      this.#taken.add(section.name);
      return section.name;
    }
    const stem = section.name === "" ? "defaults" : section.name;
    for (let count = (this.#counts.get(stem) ?? 0) + 1; ; count++) {
      const name = `${stem}-${count}`;
      if (this.#names.has(name)) continue;
      this.#counts.set(stem, count);
      this.#names.add(name);
      return name;
    }
  }

  #pushProxy(section: CollectedSection): void {
    const proxy = this.#model.proxies[this.#proxies++];
    const kept = section.parent === undefined ? undefined : this.#kept.get(section.parent);
    if (kept === undefined && this.#exposed) {
      const note = "nothing is inherited below, unless 'from' says so";
      this.#resolved.push({ header: ["defaults"], origin: DEFAULT, note, lines: [], proxy: undefined });
      this.#exposed = false;
    }
    const header = [section.kind, section.name, ...(kept === undefined ? [] : ["from", kept])];
    const own = section.lines.map(this.#own);
    const inherited = this.#inherited(section, own);
    const lines = [...inherited, ...own];
    const defaults = proxy === undefined ? [] : this.#languageDefaults(proxy, lines);
    this.#push(header, this.#origin(section.header), [...defaults, ...lines], proxy);
  }

  /** The lines of its `defaults` sections, the farthest first, without those that something later overrides. */
  #inherited(section: CollectedSection, own: readonly ResolvedLine[]): readonly ResolvedLine[] {
    const overridden = new Set<string>();
    for (const { key } of own) if (key !== undefined) overridden.add(key);
    const found: ResolvedLine[] = [];
    for (let from = section.parent; from !== undefined; from = from.parent) {
      for (const statement of from.lines.toReversed()) {
        const line = this.#move(statement, from, section.kind);
        if (line === undefined) continue;
        const family = line.remark ? undefined : familyOf(statement);
        if (family?.overrides === true) {
          if (overridden.has(family.key)) continue;
          overridden.add(family.key);
        }
        found.push(line);
      }
    }
    return found.reverse();
  }

  /** A line of `defaults` as it counts in a section of `kind`; undefined when it does not. */
  #move(statement: Statement, from: CollectedSection, kind: string): ResolvedLine | undefined {
    const row = proxyRow(statement);
    const sections: readonly string[] | undefined = row?.sections;
    if (sections !== undefined && !sections.includes(kind)) return undefined;
    const origin = this.#origin(statement, from);
    const key = familyOf(statement)?.key;
    return { words: wordsOf(statement), origin, key, remark: key === undefined };
  }

  #languageDefaults(proxy: ProxyModel, lines: readonly ResolvedLine[]): readonly ResolvedLine[] {
    const given = new Set(lines.map((line) => line.key));
    const added: ResolvedLine[] = proxyDefaults(proxy)
      .filter(({ key }) => !given.has(key))
      .map(({ words, key }) => ({ words, origin: DEFAULT, key, remark: false }));
    if (proxy.servers.length > 0) {
      const said = lines.filter((line) => line.words[0] === "default-server").flatMap((line) => line.words);
      const words = defaultServerWords(new Set(said));
      if (words.length > 1) added.push({ words, origin: DEFAULT, key: undefined, remark: false });
    }
    return added;
  }
}

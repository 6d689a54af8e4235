// Owns the shape of a keyword's row: the one place that says what a keyword is. Rows drive parsing, checking, did-you-mean, `-dK` and
// docs/keywords.md. DESIGN rule 3.

import type { GlobalDraft, ProxyDraft } from "./draft.ts";
import type { Run } from "./run.ts";
import type { Statement } from "./statement.ts";

/** Every section of the language. */
export const SECTION_NAMES = [
  "global",
  "defaults",
  "frontend",
  "listen",
  "backend",
  "acme",
  "cache",
  "crt-store",
  "fcgi-app",
  "http-errors",
  "log-forward",
  "log-profile",
  "mailers",
  "peers",
  "program",
  "resolvers",
  "ring",
  "traces",
  "userlist",
] as const;

export type SectionName = (typeof SECTION_NAMES)[number];

/** The sections that describe proxies. */
export type ProxySection = "defaults" | "frontend" | "listen" | "backend";

/** done: works. no-effect: accepted, tunes something that Pointsman does not have. not-supported-yet: refused with these words. */
export type KeywordStatus = "done" | "no-effect" | "not-supported-yet";

/** What is known of a keyword without running it. */
export interface RowFacts {
  /** The keyword, or the sequence of words that selects it: "option httplog". */
  readonly name: string;
  /** Where it may stand. */
  readonly sections: readonly SectionName[];
  /** Its arguments as the manual writes them. */
  readonly syntax: string;
  /** The HAProxy version that brought it. */
  readonly since: string;
  readonly status: KeywordStatus;
  /** One line. */
  readonly doc: string;
}

/** A keyword of `global`. */
export interface GlobalRow extends RowFacts {
  /** Read in the first pass over all files, before anything else (the environment, daemon…). */
  readonly early?: true;
  /** `no <keyword>` is legal. */
  readonly negatable?: true;
  parse(statement: Statement, scope: GlobalScope): void;
}

/** A keyword of a proxy section. */
export interface ProxyRow extends RowFacts {
  /** `no <keyword>` and `default <keyword>` are legal. */
  readonly negatable?: true;
  parse(statement: Statement, scope: ProxyScope): void;
}

export interface GlobalScope {
  readonly run: Run;
  readonly draft: GlobalDraft;
}

export interface ProxyScope {
  readonly run: Run;
  readonly draft: ProxyDraft;
}

/** `frontend` and `listen`. */
export const FRONT: readonly ProxySection[] = ["frontend", "listen"];
/** `listen` and `backend`. */
export const BACK: readonly ProxySection[] = ["listen", "backend"];
/** All three kinds of proxy. */
export const PROXIES: readonly ProxySection[] = ["frontend", "listen", "backend"];
export const DEFAULTS_AND_FRONT: readonly ProxySection[] = ["defaults", ...FRONT];
export const DEFAULTS_AND_BACK: readonly ProxySection[] = ["defaults", ...BACK];
export const EVERYWHERE: readonly ProxySection[] = ["defaults", ...PROXIES];

// Owns the table of DESIGN's section 2 as data: which folder of src/ has which rank, and what may be imported past a folder's door.

/** A folder imports only folders of a lower rank. Folders of one rank do not see each other. */
export const ranks: Readonly<Record<string, number>> = {
  stdx: 0,
  diagnostics: 1,
  transport: 1,
  records: 1,
  protocol: 2,
  balance: 2,
  "stick-table": 2,
  tls: 2,
  sample: 3,
  acl: 4,
  log: 4,
  rules: 5,
  config: 6,
  engine: 7,
  checks: 8,
  stats: 8,
  peers: 8,
  filters: 8,
  "runtime-api": 9,
  dashboard: 9,
  process: 10,
  lsp: 10,
  tools: 11,
  cli: 12,
};

/** Imports within one rank that are wanted: [from, to, why]. */
export const sameRank: readonly (readonly [string, string, string])[] = [
  ["log", "acl", "log-format expressions may hold conditions of the when() family"],
  ["runtime-api", "stats", "rank 9 over rank 8, listed for completeness"],
];

/** Imports forbidden although the rank allows them. */
export const forbidden: readonly (readonly [string, string, string])[] = [
  ["sample", "transport", "fetches see a SampleView, never a connection"],
  ["config", "transport", "the front end does no I/O"],
  ["lsp", "engine", "the language server starts no engine"],
];

/** Folders whose files may be imported one by one from outside; all others only through index.ts. */
export const openDoors: readonly RegExp[] = [/^config\/model\//, /^protocol\//, /^transport\//];

/** Folders that may name Bun and the node: modules that reach outside. */
export const outside: readonly RegExp[] = [/^transport\/bun\//, /^process\//, /^cli\//, /^lsp\/stdio/];

/** node: modules of pure computation. */
export const pureModules: ReadonlySet<string> = new Set(["node:crypto", "node:zlib", "node:assert", "node:buffer"]);

/** Names banned outside of `outside`, with what to use instead. */
export const bannedNames: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, "Clock.wallMs"],
  [/\bperformance\.now\b/, "Clock.now"],
  [/\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b/, "Clock.setTimer or the engine's wheel"],
  [/\bMath\.random\b/, "Random.nextUint32"],
  [/\bconsole\./, "a diagnostic, a log line or a returned value"],
  [/\bprocess\.(?!\.)/, "an argument from process/ or cli/"],
  [/\bBun\./, "transport/bun"],
];

/** Files that are not the product's data path: the demo's sample applications are servers of their own. */
export const samplePrograms = /^cli\/demo\/apps\.ts$/;

/** Names banned everywhere in src/, with what to use instead. */
export const bannedEverywhere: readonly (readonly [RegExp, string])[] = [
  [/\bfrom "node:http2?"|\bfetch\(/, "our own codecs: they hide the framing that a proxy must control"],
  [/^export default\b/m, "a named export"],
  [/^export \* /m, "an explicit list of exports"],
  [/^(export )?(const )?enum\b/m, "a literal union or an `as const` table"],
  [/^(export )?namespace\b/m, "a module"],
  [/@ts-ignore|@ts-nocheck/, "a type that says the truth"],
];

/** Words that the field does not use (DESIGN section 3); matched in identifiers of exported things. */
export const bannedWords: readonly RegExp[] = [
  /^export (class|interface|type|function|const) \w*(Upstream|Manager|Middleware|Util)/m,
];

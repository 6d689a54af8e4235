// Owns the names of the language that have no row of their own yet: each is answered "not supported yet", never "unknown". Names are facts; this table is
// all that stands between them and a row. From the keyword list of HAProxy 3.5 and the manual of 3.2.

import type { ProxyRow, ProxySection } from "./rows.ts";

/** By where they may stand: defaults, frontend, listen, backend. */
const PROXY_NAMES: Readonly<Record<string, string>> = {
  XXXX: "be-unpublished filter-sequence force-be-switch ssl-f-use",
};

const OPTION_NAMES: Readonly<Record<string, string>> = {};

function sectionsOf(columns: string): readonly ProxySection[] {
  const all: readonly ProxySection[] = ["defaults", "frontend", "listen", "backend"];
  return all.filter((_, index) => columns.charAt(index) === "X");
}

function proxyRows(table: Readonly<Record<string, string>>, prefix: string): readonly ProxyRow[] {
  return Object.entries(table).flatMap(([columns, names]) =>
    names.split(" ").map(
      (word): ProxyRow => ({
        name: prefix + word,
        sections: sectionsOf(columns),
        syntax: "",
        since: "",
        status: "not-supported-yet",
        doc: "",
        negatable: true,
        parse: (statement, { run, draft }) => {
          // `no option x` of an option that is never on changes nothing.
          if (statement.negation !== undefined) return;
          const keyword = prefix + word;
          const at = prefix === "" ? 0 : 1;
          run.report.alert(statement, "PM1901", `'${keyword}' is not supported yet in '${draft.section}' section`, {
            word: at,
          });
        },
      }),
    ),
  );
}

/** Proxy keywords that are refused for now. */
export const PROXY_LATER_ROWS: readonly ProxyRow[] = [
  ...proxyRows(PROXY_NAMES, ""),
  ...proxyRows(OPTION_NAMES, "option "),
];

// Owns the reading of pattern files named by `-f`. It reads through the caller's hook and knows no file system. Configuration manual §2.7, §7.1.

import type { ExpressionContext } from "../sample/index.ts";

/** The patterns of a file, in order; with `asMap` only the first of two columns. "virt@name" is an empty list, "opt@path" may be absent. */
export function readPatternFile(
  path: string,
  asMap: boolean,
  context: ExpressionContext,
): { readonly patterns: readonly string[] } | { readonly fault: string } {
  const name = path.replace(/^(?:virt|opt|file)@/, "");
  if (path.startsWith("virt@")) return { patterns: [] };
  const read = name === "" ? { fault: "" } : context.readFile?.(name);
  if (read === undefined) return { fault: "pattern files are not supported here yet" };
  if ("fault" in read) {
    return path.startsWith("opt@") ? { patterns: [] } : { fault: `failed to open pattern file <${path}>` };
  }
  const patterns: string[] = [];
  for (const line of read.text.split("\n")) {
    if (line.startsWith("#")) continue;
    const pattern = line.replace(/^[ \t]+/, "").replace(/\r$/, "");
    if (pattern !== "") patterns.push(asMap ? pattern.replace(/[ \t].*$/s, "") : pattern);
  }
  return { patterns };
}

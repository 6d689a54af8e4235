// Owns the compilation of log formats into one straight-line function: readers and writers of all items called in turn by generated code. The
// code is made of parameter names and numbers only, never of text from a configuration. (A loop over the same items costs several times
// as much, see bench/micro/log.ts: its calls cannot be inlined.) Configuration manual §8.2.6.

import type { SampleView } from "../sample/index.ts";
import { compileExpression } from "../sample/index.ts";
import { latin1 } from "../stdx/index.ts";
import type { Item } from "./alias-writers.ts";
import { item as itemOf, textWriter } from "./alias-writers.ts";
import { aliasRow } from "./aliases.ts";
import { noEscapes, writeText } from "./encode.ts";
import type { LogFormatModel, LogItem, LogItemFlags, LogView } from "./types.ts";

/** Writes one line at `out[at…]` and returns the offset after it; it never writes past `out.length`. */
export type LogWriter = (view: LogView, out: Uint8Array, at: number) => number;

/** Compiles a format for log lines: blanks that follow each other are one. */
export function compileLogFormat(format: LogFormatModel): LogWriter {
  const steps: Step[] = [];
  let vanished = true;
  for (const item of format.items) {
    if (item.kind === "text") {
      const merged = item.text.replace(/ +/g, " ");
      const text = steps.length === 0 ? merged.replace(/^ /, "") : merged;
      if (text !== "") steps.push({ text, afterBlank: vanished });
      vanished = false;
    } else {
      steps.push(item.kind === "alias" ? aliasItem(item.alias, item.flags) : expressionItem(item));
      vanished = vanished || mayVanish(item);
    }
  }
  return generate(steps);
}

type Step = { readonly text: string; readonly afterBlank: boolean } | Item;

function mayVanish(item: Exclude<LogItem, { kind: "text" }>): boolean {
  return item.kind === "alias" ? aliasRow(item.alias)?.mayVanish === true : !item.flags.mandatory;
}

const modeItem = itemOf((view) => (view.termination.length > 2 ? "HTTP" : "TCP"), writeText);

function aliasItem(name: string, flags: LogItemFlags): Item {
  return aliasRow(name)?.compile(flags) ?? modeItem;
}

/** The value of an expression, its bytes as they are. */
function expressionItem(item: Extract<LogItem, { kind: "expression" }>): Item {
  const get = compileExpression(item.expression, "str");
  return itemOf((view) => (get(view) as string | undefined) ?? "", textWriter(item.flags, noEscapes));
}

/** Longest literal that is written byte by byte in the generated code. */
const inlineLimit = 24;

function generate(steps: readonly Step[]): LogWriter {
  const values: unknown[] = [];
  let body = "const start=at;";
  for (const step of steps) {
    if ("write" in step) {
      const at = values.push(step.write, step.read) - 2;
      body += `at=v${at}(v${at + 1}(view),out,at);`;
    } else body += literalCode(step.text, step.afterBlank, values);
  }
  const names = [...values.map((_value, index) => `v${index}`), "text"].join(",");
  const source = `return function write(view,out,at){${body}return at<out.length?at:out.length;}`;
  const make = new Function(names, source) as (...given: unknown[]) => LogWriter;
  return make(...values, writeText);
}

function literalCode(text: string, afterBlank: boolean, values: unknown[]): string {
  let code = "";
  let rest = text;
  if (afterBlank && rest.startsWith(" ")) {
    code += "if(at!==start&&out[at-1]!==32)out[at++]=32;";
    rest = rest.slice(1);
  }
  if (rest.length > inlineLimit) return `${code}at=text(v${values.push(rest) - 1},out,at);`;
  for (let i = 0; i < rest.length; i++) code += `out[at++]=${rest.charCodeAt(i) & 255};`;
  return code;
}

/** What header fields, replies and names must not contain becomes %XX: control characters but the tab. */
export function encodeForHttp(text: string): string {
  if (!/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return text;
  return text.replace(
    /[\x00-\x08\x0a-\x1f\x7f]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

type TextGetter = (view: SampleView) => string;

/** Compiles a format to a latin1 string, for rules and names. What a value lacks is nothing, blanks stay as they are. */
export function compileTextFormat(format: LogFormatModel): TextGetter {
  const [first] = format.items;
  if (first === undefined) return () => "";
  const parts = format.items.map(textPart);
  const [one, two] = parts;
  if (parts.length === 1 && one !== undefined) return one;
  if (parts.length === 2 && one !== undefined && two !== undefined) return (view) => one(view) + two(view);
  return (view) => {
    let text = "";
    for (const part of parts) text += part(view);
    return text;
  };
}

/** {@link compileTextFormat} for what stands in a head: literal control characters are encoded too, so that a value is one line. */
export function compileHeaderFormat(format: LogFormatModel): TextGetter {
  const items = format.items.map((item) => (item.kind === "text" ? { ...item, text: encodeForHttp(item.text) } : item));
  return compileTextFormat({ ...format, items });
}

function textPart(item: LogItem): TextGetter {
  if (item.kind === "text") return () => item.text;
  if (item.kind === "expression") {
    const get = compileExpression(item.expression, "str");
    if (item.flags.escape) {
      return (view) => encodeForHttp(((get(view) as string | undefined) ?? "").replace(/["\\\]]/g, "\\$&"));
    }
    return (view) => encodeForHttp((get(view) as string | undefined) ?? "");
  }
  const { read, write } = aliasItem(item.alias, item.flags);
  // The view of a rule is the stream itself, which is a LogView too; a test's plain view lacks what it does not set.
  return (view) => latin1(scratch, 0, Math.min(write(read(view as LogView) as never, scratch, 0), scratch.length));
}

const scratch = new Uint8Array(65_536);

// Owns a literal rule target for tests: a view whose heads are edited in place, as the engine's stream does it.

import { appendFieldText, removeField, replaceMethod, replaceTarget } from "../../src/protocol/http/edit.ts";
import type { HeadTable } from "../../src/protocol/http/head.ts";
import { fieldStride } from "../../src/protocol/http/head.ts";
import type { RuleTarget } from "../../src/rules/index.ts";
import type { SampleView } from "../../src/sample/index.ts";
import { viewOf } from "./view.ts";

/** A target over `given`'s heads. `log` notes what is not an edit of a head. */
export interface TestTarget extends RuleTarget {
  readonly log: string[];
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** The start line and fields of a head as text, for comparison. */
export function textOfHead(head: HeadTable): string {
  const read = (from: number, to: number): string => Buffer.from(head.bytes.subarray(from, to)).toString("latin1");
  const lines = [`${read(head.methodStart, head.methodEnd)} ${read(head.targetStart, head.targetEnd)}`];
  for (let i = 0; i < head.fieldCount; i++) {
    const slot = i * fieldStride;
    const name = read(head.fields[slot]!, head.fields[slot + 1]!);
    lines.push(`${name}: ${read(head.fields[slot + 2]!, head.fields[slot + 3]!)}`);
  }
  return lines.join("\n");
}

/** Makes a target; `onResponse` says which head header actions change. */
export function targetOf(given: Partial<SampleView>, onResponse = false): TestTarget {
  const view = viewOf(given);
  const log: string[] = [];
  const head = (): HeadTable => (onResponse ? view.response : view.request)!;
  const remove = (name: string): void => {
    const table = head();
    for (let i = table.fieldCount - 1; i >= 0; i--) {
      const slot = i * fieldStride;
      const field = Buffer.from(table.bytes.subarray(table.fields[slot]!, table.fields[slot + 1]!)).toString("latin1");
      if (field === name.toLowerCase()) removeField(table, i);
    }
  };
  const retarget = (value: string): void => {
    replaceTarget(view.request!, bytes(value), 0, value.length);
  };
  const url = (): string => textOfHead(view.request!).split("\n")[0]!.replace(/^\S+ /, "");
  return Object.assign(view, {
    log,
    setHeader(name: string, value: string) {
      remove(name);
      appendFieldText(head(), bytes(name.toLowerCase()), value);
    },
    addHeader(name: string, value: string) {
      appendFieldText(head(), bytes(name.toLowerCase()), value);
    },
    deleteHeader: remove,
    setMethod(value: string) {
      replaceMethod(view.request!, bytes(value), 0, value.length);
    },
    setPath(value: string) {
      const before = /^(?:[a-z]+:\/\/[^/?]*)?/.exec(url())?.[0] ?? "";
      retarget(`${before}${value}${/\?.*$/.exec(url())?.[0] ?? ""}`);
    },
    setQuery(value: string) {
      retarget(`${url().replace(/\?.*$/, "")}${value === "" ? "" : `?${value}`}`);
    },
    setUri: retarget,
    setStatus(status: number, reason: string | undefined) {
      log.push(`status ${status} ${reason ?? ""}`);
    },
    setLogLevel(level: string) {
      log.push(`level ${level}`);
    },
  });
}

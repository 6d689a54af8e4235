// Owns literal views of streams for the tests of samples, ACLs, rules and logs: a head table from text, and every getter with a plain value.

import { fieldIdOf } from "../../src/protocol/http/field-names.ts";
import { fieldStride, HeadTable } from "../../src/protocol/http/head.ts";
import { methodIdOf } from "../../src/protocol/http/methods.ts";
import type { SampleValue, SampleView } from "../../src/sample/index.ts";

/** A head table of a well-formed head in text; bytes are latin1. */
export function headOf(raw: string): HeadTable {
  const bytes = Buffer.from(raw, "latin1");
  const table = new HeadTable();
  table.bytes = bytes;
  const lineEnd = raw.indexOf("\r\n");
  const line = raw.slice(0, lineEnd);
  const [first = "", second = ""] = line.split(" ");
  if (first.startsWith("HTTP/")) {
    table.version = Number(first.slice(5).replace(".", ""));
    table.status = Number(second);
    table.statusStart = first.length + 1;
    table.reasonStart = Math.min(lineEnd, first.length + 5);
    table.reasonEnd = lineEnd;
  } else {
    table.methodEnd = first.length;
    table.method = methodIdOf(bytes, 0, first.length);
    table.targetStart = first.length + 1;
    table.targetEnd = table.targetStart + second.length;
    table.versionStart = table.targetEnd + 1;
    table.version = Number(line.slice(-3).replace(".", ""));
  }
  table.fieldsStart = lineEnd + 2;
  for (let at = lineEnd + 2; at < raw.length; ) {
    const end = raw.indexOf("\r\n", at);
    if (end <= at) break;
    const colon = raw.indexOf(":", at);
    for (let i = at; i < colon; i++) {
      const byte = bytes[i] ?? 0;
      if (byte >= 0x41 && byte <= 0x5a) bytes[i] = byte | 0x20;
    }
    const value = raw.slice(colon + 1, end);
    const start = colon + 1 + (value.length - value.trimStart().length);
    const slot = table.fieldCount++ * fieldStride;
    table.fields.set([at, colon, start, start + value.trim().length, fieldIdOf(bytes, at, colon)], slot);
    at = end + 2;
  }
  table.end = raw.length;
  return table;
}

/** A view with defaults for everything that `given` does not say. */
export function viewOf(
  given: Partial<SampleView> & { readonly variables?: Map<string, SampleValue> } = {},
): SampleView {
  const variables = given.variables ?? new Map<string, SampleValue>();
  let random = 12345;
  return {
    request: undefined,
    response: undefined,
    requestBuffer: new Uint8Array(0),
    source: { family: "ipv4", host: "127.0.0.1", port: 40000 },
    destination: { family: "ipv4", host: "127.0.0.1", port: 80 },
    frontendName: "f",
    backendName: "b",
    serverName: "",
    tls: undefined,
    wallMs: 1_700_000_000_123,
    nextUint32: () => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      return random;
    },
    internal: () => -1,
    getVariable: (name) => variables.get(name),
    setVariable: (name, value) => {
      if (value === undefined) variables.delete(name);
      else variables.set(name, value);
    },
    ...given,
  };
}

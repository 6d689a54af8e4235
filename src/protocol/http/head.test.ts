import { expect, test } from "bun:test";
import { latin1, latin1Bytes } from "../../stdx/index.ts";
import { encodeHead, parseRequestHead } from "../h1/index.ts";
import { appendFieldText, removeField, replaceTarget, replaceValueText } from "./edit.ts";
import { fieldIdOf, fieldIdOfName, fieldNames } from "./field-names.ts";
import { copyHead, HeadTable } from "./head.ts";
import { methodIdOf, methodNames } from "./methods.ts";
import { reasonOf } from "./status.ts";

const head = "GET /a HTTP/1.1\r\nhost: x\r\nx-a: 1\r\nx-b: 2\r\n\r\n";

function parse(text: string, prefix = ""): HeadTable {
  const bytes = latin1Bytes(prefix + text);
  const table = new HeadTable();
  expect(parseRequestHead(bytes, prefix.length, bytes.length, table)).toBe(bytes.length);
  return table;
}

function forward(table: HeadTable): string {
  const out = new Uint8Array(300_000);
  return latin1(out, 0, encodeHead(table, out, 0, 0));
}

test("known names and methods have their ids and nothing else has", () => {
  fieldNames.forEach((name, id) => {
    if (id === 0) return;
    expect(fieldIdOfName(name.toUpperCase())).toBe(id);
    const longer = latin1Bytes(`${name}s`);
    expect(fieldIdOf(longer, 0, longer.length)).not.toBe(id);
    const other = latin1Bytes(`${name.slice(0, -2)}_${name.slice(-1)}`);
    expect(fieldIdOf(other, 0, other.length)).not.toBe(id);
  });
  expect(fieldIdOfName("")).toBe(0);
  methodNames.forEach((name, id) => {
    if (id === 0) return;
    const bytes = latin1Bytes(name);
    expect(methodIdOf(bytes, 0, bytes.length)).toBe(id);
    expect(methodIdOf(bytes, 0, bytes.length - 1)).toBe(0);
  });
});

test("reasons are the reference's, and those of a class where it has none", () => {
  expect(reasonOf(200)).toBe("OK");
  expect(reasonOf(408)).toBe("Request Time-out");
  expect(reasonOf(298)).toBe("Success");
  expect(reasonOf(999)).toBe("Other");
});

test("a copy lives on when the received bytes are gone", () => {
  const table = parse(head, "something before");
  const copy = new HeadTable();
  copyHead(table, copy);
  table.bytes.fill(0);
  expect(forward(copy)).toBe(head);
  expect(copy.bytes.length).toBe(head.length);
});

test("a copy of an edited head has the edits, and its own further ones", () => {
  const table = parse(head, "something before");
  expect(appendFieldText(table, latin1Bytes("x-c"), "3")).toBe(true);
  const copy = new HeadTable();
  copyHead(table, copy);
  expect(appendFieldText(copy, latin1Bytes("x-d"), "4")).toBe(true);
  expect(forward(table)).toBe(head.replace("\r\n\r\n", "\r\nx-c: 3\r\n\r\n"));
  expect(forward(copy)).toBe(head.replace("\r\n\r\n", "\r\nx-c: 3\r\nx-d: 4\r\n\r\n"));
});

test("edits are seen by the forwarder in the order of the fields", () => {
  const table = parse(head, "something before");
  expect(replaceValueText(table, 1, "one")).toBe(true);
  removeField(table, 2);
  expect(appendFieldText(table, latin1Bytes("x-c"), "")).toBe(true);
  const target = latin1Bytes("/other?q");
  expect(replaceTarget(table, target, 0, target.length)).toBe(true);
  expect(forward(table)).toBe("GET /other?q HTTP/1.1\r\nhost: x\r\nx-a: one\r\nx-c: \r\n\r\n");
});

test("a value cannot end its line", () => {
  const table = parse(head);
  expect(appendFieldText(table, latin1Bytes("x-c"), "a\r\nevil: 1\u0000b")).toBe(true);
  expect(forward(table)).toContain("\r\nx-c: a  evil: 1 b\r\n\r\n");
});

test("edits stop at the limit of the buffer and of the slots", () => {
  const table = parse(head);
  const big = "x".repeat(15_000);
  let edits = 0;
  while (replaceValueText(table, 1, big)) edits++;
  expect(edits).toBe(17);
  expect(forward(table)).toContain(`x-a: ${big}\r\n`);
  const small = parse(head);
  let added = 0;
  while (appendFieldText(small, latin1Bytes("x"), "y")) added++;
  expect(added).toBe(small.maxFields - 3);
});

test("the host index follows removals", () => {
  const table = parse("GET / HTTP/1.1\r\nx-a: 1\r\nhost: x\r\n\r\n");
  removeField(table, 0);
  expect(table.hostIndex).toBe(0);
  removeField(table, 0);
  expect(table.hostIndex).toBe(-1);
});

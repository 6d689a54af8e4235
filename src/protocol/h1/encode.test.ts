import { expect, test } from "bun:test";
import { latin1, latin1Bytes } from "../../stdx/index.ts";
import { appendFieldText, removeField, replaceStatus, replaceValueText } from "../http/edit.ts";
import { HeadTable } from "../http/head.ts";
import { fieldKey, nextField } from "../http/values.ts";
import { connectionModes, encodeHead, requestConnectionMode, responseConnectionMode } from "./encode.ts";
import { parseRequestHead } from "./request.ts";
import { parseResponseHead } from "./response.ts";

const lines = (...all: string[]): string => `${all.join("\r\n")}\r\n\r\n`;

function request(...all: string[]): HeadTable {
  const bytes = latin1Bytes(lines(...all));
  const table = new HeadTable();
  expect(parseRequestHead(bytes, 0, bytes.length, table)).toBe(bytes.length);
  return table;
}

function response(method: number, ...all: string[]): HeadTable {
  const bytes = latin1Bytes(lines(...all));
  const table = new HeadTable();
  expect(parseResponseHead(bytes, 0, bytes.length, table, method)).toBe(bytes.length);
  return table;
}

function encode(table: HeadTable, mode: 0 | 1 | 2 = 0, extra = ""): string {
  const out = new Uint8Array(65_536);
  return latin1(out, 3, encodeHead(table, out, 3, mode, latin1Bytes(extra), extra.length));
}

test("additions come after all fields, Connection comes last", () => {
  const regular = request("GET / HTTP/1.1", "host: a", "x: y");
  const irregular = request("GET  / HTTP/1.1", "host:a", "Connection: close", "x: y");
  for (const table of [regular, irregular]) {
    expect(encode(table, connectionModes.close, "x-forwarded-for: 192.0.2.1\r\n")).toBe(
      lines("GET / HTTP/1.1", "host: a", "x: y", "x-forwarded-for: 192.0.2.1", "connection: close"),
    );
  }
});

test("a buffer that is too small is refused and not overrun", () => {
  const table = request("GET / HTTP/1.1", "host: a", "x: y");
  const out = new Uint8Array(100);
  expect(encodeHead(table, out, 0, 0)).toBe(-1);
});

test("connection modes towards the server", () => {
  const old = request("GET / HTTP/1.0");
  const modern = request("GET / HTTP/1.1", "host: a");
  const upgrade = request("GET / HTTP/1.1", "connection: upgrade", "upgrade: foo");
  expect(requestConnectionMode(old, false)).toBe(connectionModes.keepAlive);
  expect(requestConnectionMode(old, true)).toBe(connectionModes.none);
  expect(requestConnectionMode(modern, false)).toBe(connectionModes.none);
  expect(requestConnectionMode(modern, true)).toBe(connectionModes.close);
  expect(requestConnectionMode(upgrade, true)).toBe(connectionModes.none);
});

test("connection modes towards the client", () => {
  const old = response(1, "HTTP/1.0 200 OK", "content-length: 2");
  const modern = response(1, "HTTP/1.1 200 OK", "content-length: 2");
  const interim = response(1, "HTTP/1.1 103 Early Hints");
  expect(responseConnectionMode(modern, 11, false)).toBe(connectionModes.none);
  expect(responseConnectionMode(modern, 11, true)).toBe(connectionModes.close);
  expect(responseConnectionMode(modern, 10, false)).toBe(connectionModes.keepAlive);
  expect(responseConnectionMode(old, 11, false)).toBe(connectionModes.keepAlive);
  expect(responseConnectionMode(old, 11, true)).toBe(connectionModes.none);
  expect(responseConnectionMode(interim, 11, true)).toBe(connectionModes.none);
});

test("a rule that deletes Content-Length does not make the body a second request", () => {
  const table = request("POST / HTTP/1.1", "host: a", "content-length: 3");
  removeField(table, 1);
  expect(encode(table)).toBe(lines("POST / HTTP/1.1", "host: a", "content-length: 3"));
});

test("a rule that adds a length to a chunked message, or another length, is not believed", () => {
  const chunked = request("POST / HTTP/1.1", "host: a", "transfer-encoding: chunked");
  appendFieldText(chunked, latin1Bytes("content-length"), "5");
  expect(encode(chunked)).toBe(lines("POST / HTTP/1.1", "host: a", "transfer-encoding: chunked"));
  const length = request("POST / HTTP/1.1", "content-length: 3");
  replaceValueText(length, 0, "4");
  expect(encode(length)).toBe(lines("POST / HTTP/1.1", "content-length: 3"));
  const none = request("GET / HTTP/1.1", "host: a");
  appendFieldText(none, latin1Bytes("transfer-encoding"), "chunked");
  expect(encode(none)).toBe(lines("GET / HTTP/1.1", "host: a"));
});

test("an empty response keeps its length, a bodyless one need not", () => {
  const empty = response(1, "HTTP/1.1 200 OK", "content-length: 0");
  removeField(empty, 0);
  expect(encode(empty)).toBe(lines("HTTP/1.1 200 OK", "content-length: 0"));
  const head = response(2, "HTTP/1.1 200 OK", "content-length: 612");
  removeField(head, nextField(head, fieldKey("Content-Length")));
  expect(encode(head)).toBe("HTTP/1.1 200 OK\r\n\r\n");
});

test("a replaced status and an empty reason", () => {
  const table = response(1, "HTTP/1.1 200 OK", "content-length: 0");
  const reason = latin1Bytes("Gone away");
  replaceStatus(table, 503, reason, 0, reason.length);
  expect(encode(table)).toBe(lines("HTTP/1.1 503 Gone away", "content-length: 0"));
  replaceStatus(table, 404, reason, 0, 0);
  expect(encode(table)).toBe(lines("HTTP/1.1 404 Not Found", "content-length: 0"));
});

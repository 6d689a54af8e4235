// Proves the pages: lengths that are true, the reference's own texts, and errorfile in both forms.

import { expect, test } from "bun:test";
import { ErrorPages } from "./error-pages.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const file = (status: number, content: string) => ({
  status,
  base64: Buffer.from(content, "latin1").toString("base64"),
});

test("every page says its true length in both forms", () => {
  const pages = new ErrorPages([]);
  for (const status of [
    200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 422, 425, 429, 431, 500, 501, 502, 503, 504,
  ]) {
    const page = pages.page(status);
    expect(page.status).toBe(status);
    expect(page.headers[0]).toBe(`content-length: ${page.body.length}`);
    const raw = text(page.raw);
    expect(raw.slice(raw.indexOf("\r\n\r\n") + 4)).toBe(text(page.body));
    expect(raw).toContain(`Content-length: ${page.body.length}\r\n`);
  }
});

test("a status without a page gets the page of 500", () => {
  expect(new ErrorPages([]).page(599).status).toBe(500);
});

test("a file with a length keeps the connection, one without ends it", () => {
  const pages = new ErrorPages([
    file(503, "HTTP/1.0 503 Nope\r\nX-Foo: Bar\r\nContent-Length: 2\r\n\r\nhi"),
    file(403, "HTTP/1.0 403 No\nX-Foo: Bar\n\nbody"),
  ]);
  expect(pages.page(503)).toMatchObject({
    version: "HTTP/1.0",
    reason: "Nope",
    framed: true,
    headers: ["x-foo: Bar", "content-length: 2"],
  });
  expect(pages.page(403)).toMatchObject({ framed: false, headers: ["x-foo: Bar"] });
  expect(text(pages.page(403).raw)).toBe("HTTP/1.0 403 No\r\nx-foo: Bar\r\n\r\nbody");
  expect(pages.has(503)).toBe(true);
  expect(pages.has(500)).toBe(false);
});

test("an empty file means silence", () => {
  expect(new ErrorPages([file(400, "")]).page(400).raw).toHaveLength(0);
});

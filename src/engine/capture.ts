// Owns captures: pieces of heads that the log shows. They are taken when a head has come, before any rule changes it. Configuration manual §8.8
// and "capture" in §4.2.

import type { ProxyModel } from "../config/model/index.ts";
import { cookieValue } from "../protocol/http/cookies.ts";
import type { HeadTable } from "../protocol/http/head.ts";
import { ByteRange } from "../protocol/http/range.ts";
import { type FieldKey, fieldKey, fieldValue } from "../protocol/http/values.ts";
import { latin1, latin1Bytes } from "../stdx/index.ts";

interface HeaderCapture {
  readonly key: FieldKey;
  readonly length: number;
}

/** What a frontend captures; undefined when it captures nothing. */
export interface Captures {
  readonly request: readonly HeaderCapture[];
  readonly response: readonly HeaderCapture[];
  readonly cookie: { readonly name: Uint8Array; readonly length: number } | undefined;
}

const found = new ByteRange();

/** Compiles the captures of a proxy. */
export function compileCaptures(model: ProxyModel): Captures | undefined {
  const { capturedRequestHeaders, capturedResponseHeaders, capturedCookie } = model;
  if (capturedRequestHeaders.length + capturedResponseHeaders.length === 0 && capturedCookie === undefined)
    return undefined;
  const compiled = (header: { readonly name: string; readonly length: number }) => ({
    key: fieldKey(header.name),
    length: header.length,
  });
  return {
    request: capturedRequestHeaders.map(compiled),
    response: capturedResponseHeaders.map(compiled),
    cookie:
      capturedCookie === undefined
        ? undefined
        : { name: latin1Bytes(capturedCookie.name), length: capturedCookie.length },
  };
}

/** The last value of each captured header, cut to its length; undefined where the head has none. */
export function captureHeaders(captures: readonly HeaderCapture[], head: HeadTable): (string | undefined)[] {
  return captures.map(({ key, length }) =>
    fieldValue(head, key, -1, found) ? found.text().slice(0, length) : undefined,
  );
}

/** "name=value" of the captured cookie, cut to its length; "" when the head has none. */
export function captureCookie(captures: Captures, head: HeadTable): string {
  const { cookie } = captures;
  if (cookie === undefined || !cookieValue(head, cookie.name, 1, found)) return "";
  return `${latin1(cookie.name, 0, cookie.name.length)}=${found.text()}`.slice(0, cookie.length);
}

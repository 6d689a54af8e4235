// Owns what a request for the statistics page asks for: its options behind the page's URI, its credentials, its form.
// Configuration manual §4.2 "stats uri", "stats auth", "stats admin"; RFC 7617 (Basic).

import type { StatsPageModel } from "../config/model/index.ts";
import type { HeadTable } from "../protocol/http/head.ts";
import { ByteRange } from "../protocol/http/range.ts";
import { fieldKey, nextField, valueAt } from "../protocol/http/values.ts";
import { latin1 } from "../stdx/index.ts";
import { percentEncode } from "./html.ts";

/** The options of `/stats;csv;norefresh?scope=be`. */
export interface PageOptions {
  readonly format: "html" | "csv" | "json" | "json-schema" | "typed";
  readonly hideDown: boolean;
  readonly hideMaintenance: boolean;
  readonly noRefresh: boolean;
  /** Part of a proxy's name; "" shows all. */
  readonly scope: string;
  /** Result of the last action ("DONE"), "" for none. */
  readonly result: string;
}

/** The longest scope that is looked at. */
const SCOPE_MAX = 64;

/** What stands behind the page's URI; undefined when the request is for something else. */
export function pageOptions(target: string, uriPrefix: string): PageOptions | undefined {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  if (!path.startsWith(uriPrefix)) return undefined;
  const words = path.slice(uriPrefix.length).split(/[;?&]/);
  const option = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const format = (["csv", "typed", "json-schema", "json"] as const).find((name) => words.includes(name)) ?? "html";
  return {
    format,
    hideDown: words.includes("up"),
    hideMaintenance: words.includes("no-maint"),
    noRefresh: words.includes("norefresh"),
    scope: decode(option("scope")).slice(0, SCOPE_MAX),
    result: /^[A-Z]{4}$/.test(option("st")) ? option("st") : "",
  };
}

/** The link to the page with these options, some of them changed. */
export function pageLink(uriPrefix: string, options: PageOptions, change: Partial<PageOptions> = {}): string {
  const wanted = { ...options, result: "", ...change };
  const words = [
    wanted.format === "html" ? "" : wanted.format,
    wanted.result === "" ? "" : `st=${wanted.result}`,
    wanted.hideDown ? "up" : "",
    wanted.hideMaintenance ? "no-maint" : "",
    wanted.noRefresh ? "norefresh" : "",
  ].filter((word) => word !== "");
  const scope = wanted.scope === "" ? "" : `?scope=${percentEncode(wanted.scope)}`;
  return uriPrefix + words.map((word) => `;${word}`).join("") + scope;
}

/** Whether the request names one of the page's users. A page without users is open. */
export function isAuthorized(head: HeadTable, users: StatsPageModel["users"]): boolean {
  if (users.length === 0) return true;
  const header = headerValue(head, "authorization");
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)?.[1];
  if (encoded === undefined) return false;
  const given = Buffer.from(encoded, "base64").toString("latin1");
  // Every user is compared in full, so that the time says little about which part was wrong.
  let found = false;
  for (const { user, password } of users) {
    if (sameText(given, `${user}:${password}`)) found = true;
  }
  return found;
}

function sameText(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length;
  for (let i = 0; i < wanted.length; i++) difference |= (given.charCodeAt(i) || 0) ^ wanted.charCodeAt(i);
  return difference === 0;
}

/** The value of the first field of that name, "" when there is none. */
export function headerValue(head: HeadTable, name: string): string {
  const index = nextField(head, fieldKey(name));
  if (index < 0) return "";
  const range = new ByteRange();
  valueAt(head, index, range);
  return range.text();
}

/** The fields of a form; at most as many as a page can have boxes for. */
export function parseForm(body: Uint8Array): readonly (readonly [string, string])[] {
  const text = latin1(body, 0, body.length);
  return text
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return [decode(name), equals < 0 ? "" : decode(pair.slice(equals + 1))] as const;
    });
}

function decode(text: string): string {
  return text
    .replaceAll("+", " ")
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

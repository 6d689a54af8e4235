// Owns the fetches of what a client says about itself in Authorization. Nothing is checked against a list of users here. RFC 7617, RFC 6750;
// configuration manual §7.3.6 "http_auth_user".

import { latin1 } from "../../stdx/index.ts";
import type { ByteRange, FetchRow, Getter } from "../rows.ts";
import { takes, textArgument } from "../rows.ts";
import type { SampleView } from "../types.ts";
import { fieldName, nextLine } from "./fields.ts";

/** The scheme and the rest behind one blank. */
interface Credentials {
  readonly scheme: string;
  readonly rest: string;
}

function reader(header: string): (view: SampleView) => Credentials | undefined {
  const name = fieldName(header);
  const range: ByteRange = { bytes: new Uint8Array(0), start: 0, end: 0, cursor: 0, position: 0 };
  return (view) => {
    const head = view.request;
    if (head === undefined || !nextLine(head, name, range, false)) return undefined;
    const match = /^([^ ]+) +([^ ]+)$/.exec(latin1(range.bytes, range.start, range.end));
    return match === null ? undefined : { scheme: match[1] ?? "", rest: match[2] ?? "" };
  };
}

/** User and password of Basic credentials. */
function basic(credentials: Credentials | undefined): readonly [user: string, password: string] | undefined {
  if (credentials === undefined || credentials.scheme.toLowerCase() !== "basic") return undefined;
  const { rest } = credentials;
  if (rest.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(rest)) return undefined;
  const text = Buffer.from(rest, "base64").toString("latin1");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : [text.slice(0, colon), text.slice(colon + 1)];
}

function field(name: string, doc: string, read: (credentials: Credentials) => string | undefined): FetchRow {
  return {
    name,
    parameters: [],
    type: "str",
    source: "request",
    since: "2.4",
    doc,
    compile: (): Getter => {
      const credentials = reader("authorization");
      return (view) => {
        const found = credentials(view);
        return found === undefined ? undefined : read(found);
      };
    },
  };
}

/** The table of this file. */
export const authFetches: readonly FetchRow[] = [
  field("http_auth_user", "The user's name of Basic credentials.", (found) => basic(found)?.[0]),
  field("http_auth_pass", "The password of Basic credentials.", (found) => basic(found)?.[1]),
  field("http_auth_type", "The scheme of the credentials.", (found) => {
    if (found.scheme.toLowerCase() === "basic") return basic(found) === undefined ? undefined : "Basic";
    return found.scheme.toLowerCase() === "bearer" ? "Bearer" : undefined;
  }),
  {
    name: "http_auth_bearer",
    parameters: [takes("str", "header")],
    type: "str",
    source: "request",
    since: "2.5",
    doc: "The token of Bearer credentials, from Authorization or another field.",
    compile: (args) => {
      const credentials = reader(textArgument(args, 0, "") || "authorization");
      return (view) => {
        const found = credentials(view);
        return found?.scheme.toLowerCase() === "bearer" ? found.rest : undefined;
      };
    },
  },
];

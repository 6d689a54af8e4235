// Owns the ACL keywords: names that stand for a fetch with a matching method (`path_beg`), and the predefined ACLs. Configuration manual §7.1, §7.4.

import type { MatchMethod } from "./types.ts";

/** What an ACL keyword stands for. */
export interface AclKeyword {
  readonly fetch: string;
  readonly method: MatchMethod;
}

/** Families with a derivative for each of the seven string methods: the prefix, and the fetch behind it. */
const families: Readonly<Record<string, string>> = {
  base: "base",
  cook: "req.cook",
  hdr: "req.hdr",
  path: "path",
  scook: "res.cook",
  shdr: "res.hdr",
  url: "url",
  urlp: "url_param",
};

const familyMethods: readonly MatchMethod[] = ["beg", "dir", "dom", "end", "len", "reg", "sub"];

/** Keywords outside of the families. */
const single: Readonly<Record<string, AclKeyword>> = {
  http_auth_group: { fetch: "http_auth_group", method: "str" },
  method: { fetch: "method", method: "str" },
  payload: { fetch: "req.payload", method: "bin" },
  payload_lv: { fetch: "req.payload_lv", method: "bin" },
  "req.ssl_ver": { fetch: "req.ssl_ver", method: "int" },
  req_rdp_cookie: { fetch: "req.rdp_cookie", method: "str" },
  req_rdp_cookie_cnt: { fetch: "req.rdp_cookie_cnt", method: "int" },
  req_ssl_sni: { fetch: "req.ssl_sni", method: "str" },
  req_ssl_ver: { fetch: "req.ssl_ver", method: "int" },
  req_ver: { fetch: "req.ver", method: "str" },
  resp_ver: { fetch: "res.ver", method: "str" },
  ssl_fc_sni_end: { fetch: "ssl_fc_sni", method: "end" },
  ssl_fc_sni_reg: { fetch: "ssl_fc_sni", method: "reg" },
};

const keywords = new Map<string, AclKeyword>(Object.entries(single));
for (const [prefix, fetch] of Object.entries(families)) {
  keywords.set(prefix, { fetch, method: "str" });
  for (const method of familyMethods) keywords.set(`${prefix}_${method}`, { fetch, method });
}

/** The ACL keyword of that name. */
export function aclKeyword(name: string): AclKeyword | undefined {
  return keywords.get(name);
}

/** All ACL keywords, for suggestions. */
export function aclKeywordNames(): readonly string[] {
  return [...keywords.keys()];
}

/** The words that each predefined ACL stands for. */
export const predefinedAcls: Readonly<Record<string, readonly string[]>> = {
  TRUE: ["always_true"],
  FALSE: ["always_false"],
  LOCALHOST: ["src", "127.0.0.1/8", "::1"],
  HTTP: ["req.proto_http"],
  "HTTP_1.0": ["req.ver", "1.0"],
  "HTTP_1.1": ["req.ver", "1.1"],
  "HTTP_2.0": ["req.ver", "2.0"],
  "HTTP_3.0": ["req.ver", "3.0"],
  METH_CONNECT: ["method", "CONNECT"],
  METH_DELETE: ["method", "DELETE"],
  METH_GET: ["method", "GET", "HEAD"],
  METH_HEAD: ["method", "HEAD"],
  METH_OPTIONS: ["method", "OPTIONS"],
  METH_POST: ["method", "POST"],
  METH_PUT: ["method", "PUT"],
  METH_TRACE: ["method", "TRACE"],
  HTTP_URL_ABS: ["url_reg", "^[^/:]*://"],
  HTTP_URL_SLASH: ["url_beg", "/"],
  HTTP_URL_STAR: ["url", "*"],
  HTTP_CONTENT: ["req.hdr_val(content-length)", "gt", "0"],
  RDP_COOKIE: ["req_rdp_cookie_cnt", "gt", "0"],
  REQ_CONTENT: ["req.len", "gt", "0"],
  WAIT_END: ["wait_end"],
};

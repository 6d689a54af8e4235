// Owns the list of what the differential test of converters asks: families of expressions that share a source and inputs. A source turns the request's
// field into the converters' input: arbitrary bytes travel as base64.

import { createHmac } from "node:crypto";
import { SeededRandom } from "../../src/stdx/index.ts";
import {
  addresses,
  all,
  anyOf,
  bytesFrom,
  damaged,
  dates,
  fix,
  type Generator,
  grpc,
  integers,
  json,
  mqtt,
  oneOf,
  over,
  pieces,
  protobuf,
} from "./converters-inputs.ts";
import type { Group } from "./converters-oracle.ts";

/** How a family's input reaches the converters. */
export const sources = {
  bytes: "req.hdr(x),b64dec",
  text: "req.hdr(x)",
  integer: "req.hdr(x),add(0)",
  address: "req.hdr_ip(x)",
} as const;

/** Expressions over the same inputs. */
export interface Family {
  readonly name: string;
  readonly source: keyof typeof sources;
  readonly make: Generator;
  /** The bytes of the second field y, always base64. */
  readonly makeSecond?: Generator;
  readonly before?: Group["before"];
  /** Chains of converters behind the source. */
  readonly chains: readonly string[];
}

const second = [["txn.y", "req.hdr(y),b64dec"]] as const;

const anyBytes = anyOf(
  bytesFrom(0),
  bytesFrom(1),
  over("abcXYZ019-._~ "),
  over("\r\n\t ab\x7f\x00"),
  pieces("é", "€", "\xc3\xa9", "\xf0\x9f\x98\x80", "\xe2\x82\xac", "a", "\xed\xa0\x80", "\xc0\xaf", '"', "\\", "/"),
);

/** `count` decimal digits. */
function digits(count: number): Generator {
  return (random) => String(random.below(10 ** count)).padStart(count, "0");
}

const monthName = oneOf("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "dec");
const clock = all(oneOf(" "), digits(2), oneOf(":"), digits(2), oneOf(":"), digits(2));

const forwardedName = oneOf("1.2.3.4", "[::1]", "[2001:db8::2]", "unknown", "_a.b-c", "_", "1.2.3", "a", "10.0.0.300");
const forwardedPort = oneOf("", "", ":80", ":65535", ":65536", ":0", ":_p", ":_", ":", ":00080", ":4294967376", ":x");
const forwardedNode = all(forwardedName, forwardedPort);

/** A Forwarded value that is often valid. */
const forwardedValue: Generator = (random) => {
  const pairs: string[] = [];
  for (const name of ["for", "by", "host", "proto", "for", "x"]) {
    if (random.below(pairs.length === 0 ? 2 : 4) !== 0) continue;
    const quote = random.below(3) === 0 ? "" : '"';
    const value =
      name === "proto"
        ? oneOf("http", "https", "HTTP")(random)
        : name === "host"
          ? oneOf("a.b", "a-b:80", "[::1]:8", "", "[::ffff:1.2.3.4]")(random)
          : forwardedNode(random);
    pairs.push(name === "proto" ? `proto=${value}` : `${name}=${quote}${value}${quote}`);
  }
  return pairs.join(oneOf(";", ";", ";", ",", "; ")(random));
};

/** A token in compact form, mostly signed with "secret". */
const token: Generator = (random) => {
  const bits = oneOf("256", "384", "512")(random);
  const encode = (text: string): string => Buffer.from(text, "latin1").toString("base64url");
  const header = encode(`{"alg":"${oneOf("HS", "HS", "HS", "RS", "ES", "XX")(random)}${bits}"}`);
  const signed = `${header}.${encode(all(oneOf('{"a":'), json, oneOf("}"))(random))}`;
  const code = createHmac(`sha${bits}`, oneOf("secret", "secret", "other")(random))
    .update(signed)
    .digest("base64url");
  return oneOf(
    `${signed}.${code}`,
    `${signed}.${code}`,
    `${signed}.`,
    signed,
    `${signed}.${code}.x`,
    `.${code}.`,
  )(random);
};

/** strftime formats of random flags, widths, modifiers and letters. */
function randomFormats(count: number): readonly string[] {
  const random = new SeededRandom(15);
  const one = all(
    oneOf("%", "%", "%", "%%"),
    oneOf("", "", "_", "-", "0", "^", "#", "_^", "0#", "-0", "+"),
    oneOf("", "", "", "1", "3", "05", "9", "12"),
    oneOf("", "", "", "E", "O"),
    oneOf(..."aAbBcCdDeFgGhHIjklmMnNpPrRsStTuUVwWxXyYzZ%fiJKLoOqQvE+ "),
  );
  return Array.from({ length: count }, () => Array.from({ length: 8 }, () => one(random)).join("|"));
}

/** All families. */
export const families: readonly Family[] = [
  {
    name: "hashes",
    source: "bytes",
    make: bytesFrom(0),
    chains: [
      ...["djb2", "sdbm", "wt6", "crc32", "crc32c"].flatMap((name) => [name, `${name}(0)`, `${name}(1)`, `${name}(2)`]),
      ...["xxh32", "xxh64", "xxh3"].flatMap((name) => [
        name,
        `${name}(1)`,
        `${name}(-1)`,
        `${name}(4294967296)`,
        `${name}(9223372036854775807)`,
        `${name}(-9223372036854775808)`,
        `${name}(123456789012345)`,
      ]),
      "sha1",
      ...["sha2", "sha2(224)", "sha2(256)", "sha2(384)", "sha2(512)"],
      ...[
        "md5",
        "sha1",
        "SHA256",
        "sha512-224",
        "SHA512-256",
        "sha3-256",
        "shake128",
        "blake2b512",
        "blake2s256",
        "ripemd160",
      ].map((name) => `digest(${name})`),
      ...["md5", "sha1", "sha256", "sha512", "sha3-512", "sha512-256", "blake2b512", "sm3", "whirlpool"].flatMap(
        (name) => [`hmac(${name},a2V5)`, `hmac(${name},QUJD)`],
      ),
    ],
  },
  {
    name: "long hashes",
    source: "bytes",
    make: (random) => Array.from({ length: random.below(4000) }, () => String.fromCharCode(random.below(256))).join(""),
    chains: [
      "xxh3",
      "xxh3(123456789012345)",
      "xxh64(7)",
      "xxh32(7)",
      "crc32",
      "wt6(1)",
      "digest(sm3)",
      "sha2(512)",
      "djb2",
    ],
  },
  {
    name: "hmac",
    source: "bytes",
    make: bytesFrom(0),
    makeSecond: bytesFrom(0),
    before: [["txn.key", "req.hdr(y)"]],
    chains: ["hmac(sha256,txn.key)", "hmac(sha1,txn.key)", "hmac(sha256,txn.none)"],
  },
  {
    name: "encodings",
    source: "bytes",
    make: anyBytes,
    chains: [
      ...["hex", "base64", "ub64enc", "base2", "length", "lower", "upper", "cut_crlf", "url_enc", "url_enc(query)"],
      ...["be2dec(:,2)", "be2dec(-,2,1)", "be2dec(,3)", "be2dec(.,1)", "be2dec(;,8)", "be2dec(,7,1)"],
      ...["le2dec(:,2)", "le2dec(-,2,1)", "le2dec(,3)", "le2dec(.,1)", "le2dec(;,8)", "le2dec(,7,1)"],
      ...["be2hex", "be2hex(:,2)", "be2hex(--,2,1)", "be2hex(,3,1)", "be2hex(-,1)", "be2hex(.,100)"],
      ...["json(ascii)", "json(utf8)", "json(utf8s)", "json(utf8p)", "json(utf8ps)", "json"],
      ...["has_ctl(any)", "has_ctl(http)", "has_ctl(0x100002401)", "has_ctl(1)", "has_ctl(4294967296)"],
      ...["bytes(1)", "bytes(0,2)", "bytes(3,100)", "bytes(50,10)", "bytes(0)"],
      ...["ltrim(ab)", "rtrim(ab)", "ltrim(\\r\\n)", "rtrim(' ')", "concat(x)", "host_only", "port_only"],
      ...["hex2i", "set-var(txn.z)", "unset-var(txn.z)", "debug", "debug(a,buf0)"],
    ],
  },
  {
    name: "decoders",
    source: "bytes",
    make: anyOf(
      over("0123456789abcdefABCDEF"),
      over("ABCDwxyz0189+/="),
      over("ABCDwxyz0189-_="),
      over("AB+/-_=\n "),
      pieces("ABCD", "Bg==", "B===", "BBB="),
      pieces("%41", "%00", "%", "%4", "+", "?", "a", "%zz", "%c3%a9", "&", "=", "/"),
      (random) => Buffer.from(bytesFrom(0)(random), "latin1").toString("base64"),
      (random) => Buffer.from(bytesFrom(0)(random), "latin1").toString("base64url"),
    ),
    chains: ["hex2i", "b64dec", "ub64dec", "url_dec", "url_dec(0)", "url_dec(1)", "url_dec(-3)"],
  },
  {
    name: "parts",
    source: "bytes",
    make: anyOf(over("ab_;&="), over("a_,"), pieces("a=1", "&", "b", "=", ";", "ab=", "a"), bytesFrom(1)),
    makeSecond: over("ab_;&="),
    before: second,
    chains: [
      ...["field", "word"].flatMap((name) =>
        ["1,_", "2,_", "4,_", "-1,_", "-2,_", "2,_,0", "2,_,2", "-2,_,3", "-3,_,0", "1,_;&", "3,',;',2", "-9,_,4"].map(
          (args) => `${name}(${args})`,
        ),
      ),
      ...["field(2,_,-1)", "word(2,_,-1)", "field(1,_,99)", "word(1,_,99)", "field(-1,_,-2)", "word(-1,_,-2)"],
      ...["param(a)", "param(ab)", "param(a,;)", "param('')"],
      ...["concat", "concat(<)", "concat(<,txn.y,>)", "concat(,txn.y)", "concat(,,>)", "concat(<,txn.none,>)"],
      ...["add_item(;,txn.y)", "add_item(;,txn.y,!)", "add_item(;,,!)", "add_item(;,txn.none)", "add_item('',txn.y)"],
      ...["strcmp(txn.y)", "strcmp(txn.none)", "secure_memcmp(txn.y)", "secure_memcmp(txn.none)"],
      ...["ltrim(_;)", "rtrim(_;)", "ltrim(ab=)", "rtrim(ab=)"],
      ...[
        "regsub(a,b)",
        "regsub(a,b,g)",
        "regsub('[ab]+',<\\0>,g)",
        "regsub('(a)(_)?','\\2\\1',gi)",
        "regsub('()',x,g)",
      ],
      ...["regsub('^a','')", "regsub('a*',x,g)", "regsub('_$',!)", "regsub(A,b,i)", "regsub('b*$',-,g)"],
    ],
  },
  {
    name: "integers",
    source: "integer",
    make: integers,
    makeSecond: (random) => Buffer.from(integers(random)).toString("latin1"),
    before: [
      ["txn.n", "req.hdr(y),b64dec,concat,add(0)"],
      ["txn.t", "req.hdr(y),b64dec,concat"],
    ],
    chains: [
      ...["add", "sub", "mul", "div", "mod", "and", "or", "xor"].flatMap((name) =>
        ["txn.n", "txn.t", "txn.none", "7", "0", "-1", "9223372036854775807", "-9223372036854775808"].map(
          (operand) => `${name}(${operand})`,
        ),
      ),
      ...["neg", "cpl", "bool", "not", "odd", "even", "htonl", "hex", "length", "base64", "sha1"],
      ...["iif(a,b)", "ipmask(24)", "ipmask(8,16)", "set-var(txn.z)", "x509_v_err_str", "hex2i", "lower", "rfc7239_np"],
      ...["bytes(2,3)", "bytes(txn.n)", "bytes(0,txn.n)", "json_query('$')", "crc32"],
    ],
  },
  {
    name: "dates",
    source: "integer",
    make: dates,
    chains: [
      ...["http_date", "http_date(5)", "http_date(-100000)", "http_date(0,ms)", "http_date(0,us)", "http_date(7,s)"],
      ...["ltime", "utime", "ms_ltime", "ms_utime", "us_ltime", "us_utime"].flatMap((name) => [
        `${name}(%Y-%m-%dT%H:%M:%S)`,
        `${name}('%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %k %l %m %M %n %p %P %r %R %S %T %u %U %V %w %W %x %X %y %Y %z %Z %%')`,
        `${name}('%s %N %3N %6N %9N %1N %0N %12N %q %')`,
        `${name}('%-d %_m %^a %05d %10Y %Ey %Od %E %#Z %+ %:z %::z',-3600)`,
        `${name}(%s,1000000)`,
        ...randomFormats(5).map((format) => `${name}('${format}')`),
      ]),
    ],
  },
  {
    name: "HTTP dates",
    source: "bytes",
    make: damaged(
      anyOf(
        all(
          oneOf("Mon", "Sun", "Tue", "sun"),
          oneOf(", "),
          digits(2),
          oneOf(" "),
          monthName,
          oneOf(" "),
          digits(4),
          clock,
          oneOf(" GMT", " UTC"),
        ),
        all(
          oneOf("Monday", "Saturday", "Sun"),
          oneOf(", "),
          digits(2),
          oneOf("-"),
          monthName,
          oneOf("-"),
          anyOf(digits(2), digits(4)),
          clock,
          oneOf(" GMT"),
        ),
        all(
          oneOf("Wed", "Thu", "Fri"),
          oneOf(" "),
          monthName,
          oneOf(" ", "  "),
          anyOf(digits(2), digits(1)),
          clock,
          oneOf(" "),
          digits(4),
        ),
      ),
    ),
    chains: ["date", "date,http_date"],
  },
  {
    name: "languages",
    source: "bytes",
    make: anyOf(
      pieces(
        "en",
        "-us",
        "fr",
        ",",
        ";q=0.5",
        ";q=0",
        ", ",
        "; q = 0.7",
        ";q=1",
        ";q=.3",
        ";q=0.999",
        ";x",
        "*",
        "de-ch",
        " ",
      ),
      pieces("en,", "en;q=0.3,", "fr;q=0.31,", "de;q=0.299,", "en-us;q=0.3,", "fr;q=0.3a,", "de;q=2.5,", "fr q=1,"),
    ),
    chains: [
      "language(es;fr;en)",
      "language(es;fr;en,de)",
      "language(en;en-us;fr)",
      "language()",
      "language(en;;fr,x)",
      "language(de-ch)",
    ],
  },
  {
    name: "forwarded",
    source: "bytes",
    make: anyOf(
      damaged(forwardedValue),
      forwardedValue,
      forwardedNode,
      damaged(forwardedNode),
      all(oneOf("host="), over("aZ09.-_~")),
      all(oneOf('host="'), over("aZ.:0[]-"), oneOf('"')),
      over("aZ0._-~ "),
    ),
    chains: [
      ...["rfc7239_is_valid", "rfc7239_field(for)", "rfc7239_field(by)", "rfc7239_field(host)", "rfc7239_field(proto)"],
      ...[
        "rfc7239_n2nn",
        "rfc7239_n2np",
        "concat,rfc7239_nn",
        "concat,rfc7239_np",
        "rfc7239_field(x)",
        "rfc7239_nn",
        "rfc7239_np",
      ],
      ...["rfc7239_field(for),rfc7239_n2nn", "rfc7239_field(for),rfc7239_n2np,add(1)", "rfc7239_n2nn,rfc7239_nn"],
    ],
  },
  {
    name: "JSON",
    source: "bytes",
    make: anyOf(
      json,
      json,
      damaged(json),
      all(oneOf('{"a":'), json, oneOf("}")),
      all(oneOf("["), json, oneOf(","), json, oneOf("]")),
    ),
    chains: [
      ...[
        "$",
        "$.a",
        "$.b",
        "$.a.b",
        "$.a.a",
        "$[0]",
        "$[1]",
        "$.a[0]",
        "$.a[1]",
        "$.a[0].b",
        "$[1].a",
        "$[0][0]",
        "$[1][1]",
        "$.a[1][0].a",
      ],
      ...[
        "$.a\\.b",
        "$.ab",
        "$.",
        "$..a",
        "$x",
        "a",
        "$.[0]",
        "$.\\[0\\]",
        "$[x]",
        "$[10]",
        "$.a[2].b",
        "$[-1]",
        "$[00]",
        "$[0]a",
      ],
    ].flatMap((path) => [`concat,json_query('${path}')`, `concat,json_query('${path}',int)`]),
  },
  {
    name: "ciphers",
    source: "bytes",
    make: bytesFrom(0),
    makeSecond: all(bytesFrom(0), oneOf("n")),
    before: [
      ["txn.nonce", "req.hdr(y)"],
      ["txn.key16", "str(0123456789abcdef),base64"],
      ["txn.key24", "str(0123456789abcdef01234567),base64"],
      ["txn.short", "str(0123),base64"],
    ],
    chains: [
      ...[
        "128,AAAAAAAAAAAAAAAA,txn.key16",
        "192,bm9uY2U=,txn.key24",
        "256,txn.nonce,MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "128,txn.nonce,txn.key16",
      ].flatMap((args) => [
        `aes_gcm_enc(${args},txn.tag),base64,concat(.,txn.tag)`,
        `aes_gcm_enc(${args},txn.tag),aes_gcm_dec(${args},txn.tag)`,
        `aes_gcm_dec(${args},AAAAAAAAAAAAAAAAAAAAAA==)`,
      ]),
      ...["128,bm9uY2U=,txn.key24", "128,bm9uY2U=,txn.none"].map((args) => `aes_gcm_enc(${args},txn.tag)`),
    ],
  },
  {
    name: "tokens",
    source: "bytes",
    make: anyOf(token, damaged(token)),
    before: [
      ["txn.alg", "req.hdr(x),b64dec,jwt_header_query('$.alg')"],
      ["txn.secret", "str(secret)"],
    ],
    chains: [
      ...[
        "jwt_header_query",
        "jwt_payload_query",
        "jwt_header_query('$.alg')",
        "jwt_payload_query('$.a')",
        "jwt_payload_query('$.a',int)",
      ],
      ...[
        "jwt_verify(HS256,secret)",
        "jwt_verify(HS384,txn.secret)",
        "jwt_verify(HS512,secret)",
        "jwt_verify(txn.alg,secret)",
        "jwt_verify(none,x)",
      ],
      ...[
        "jwt_verify(RS256,/nonexistent)",
        "jwt_verify(ES256,/nonexistent)",
        "jwt_verify(HS256,txn.none)",
        "jwt_payload_query('')",
      ],
    ],
  },
  {
    name: "protocol buffers",
    source: "bytes",
    make: anyOf(protobuf, protobuf, damaged(protobuf)),
    chains: [
      ...["1", "2", "3", "1.1", "1.2", "2.1.1", "3.2.1", "1.1.1.1", "4.", ".1", "1..2"]
        .filter((path) => !path.endsWith("."))
        .map((path) => `protobuf(${path})`),
      ...["1", "2", "1.1"].flatMap((path) =>
        [
          ..."int32 int64 uint32 uint64 sint32 sint64 bool enum fixed64 sfixed64 double fixed32 sfixed32 float".split(
            " ",
          ),
        ].map((type) => `protobuf(${path},${type})`),
      ),
    ],
  },
  {
    name: "gRPC",
    source: "bytes",
    make: anyOf(grpc, grpc, damaged(grpc)),
    chains: ["1", "2", "1.1", "1,int32", "2,sint64", "3,float", "2.1,uint32", "1,bool"].map(
      (args) => `ungrpc(${args})`,
    ),
  },
  {
    name: "MQTT",
    source: "bytes",
    make: anyOf(mqtt, mqtt, mqtt, damaged(mqtt)),
    chains: [
      "mqtt_is_valid",
      ..."flags protocol_name protocol_version client_identifier will_topic will_payload username password keepalive 17 33 39 34 25 23 21 22 24 1 2 3 8 9 38"
        .split(" ")
        .map((field) => `mqtt_field_value(connect,${field})`),
      ..."flags protocol_version reason_code 17 33 36 37 39 18 34 31 40 41 42 19 26 28 21 22 38"
        .split(" ")
        .map((field) => `mqtt_field_value(2,${field})`),
    ],
  },
  {
    name: "FIX",
    source: "bytes",
    make: anyOf(fix, fix, damaged(fix)),
    chains: [
      "fix_is_valid",
      ..."8 9 10 35 49 MsgType SenderCompID checksum 1 34".split(" ").map((tag) => `fix_tag_value(${tag})`),
    ],
  },
  {
    name: "addresses",
    source: "address",
    make: addresses,
    chains: [
      "ipmask(24)",
      "ipmask(255.255.0.0)",
      "ipmask(8,64)",
      "ipmask(32,128)",
      "ipmask(0,0)",
      "ipmask(20,ffff:f000::)",
    ].concat([...["rfc7239_nn", "hex", "length", "lower", "crc32", "base64", "json_query('$')", "json(utf8)"]]),
  },
  {
    name: "hosts",
    source: "bytes",
    make: anyOf(
      pieces("Host", ".", ":", "80", "[", "]", "::1", "a", "9"),
      (random) => `[${addresses(random)}]${random.below(2) === 0 ? ":80" : ""}`,
      (random) => `${addresses(random)}:${random.below(99_999)}`,
    ),
    chains: ["host_only", "port_only"],
  },
];

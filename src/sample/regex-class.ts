// Owns bracket classes of PCRE2 patterns: members, ranges, escapes, POSIX names. A class becomes the list of its bytes, so that case folding
// and negation are plain set operations.

const posix: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-/:-@\\[-`{-~",
  space: "\\t-\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

const shorthand: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "0-9A-Za-z_",
  s: "\\t-\\r ",
  h: "\\t \\xa0",
  v: "\\n-\\r\\x85",
};

const control: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, a: 7, e: 27, b: 8 };

/** A parsed class, or why it was refused and where. */
export type ParsedClass =
  | { readonly text: string; readonly end: number }
  | { readonly fault: string; readonly at: number };

/** Parses the class whose "[" stands at `source[at]`. */
export function parseClass(source: string, at: number, ignoreCase: boolean): ParsedClass {
  const members = new Uint8Array(256);
  let i = at + 1;
  const negated = source[i] === "^";
  if (negated) i++;
  let last = -1;
  for (let first = true; ; first = false) {
    const char = source[i];
    if (char === undefined) return { fault: "missing terminating ] for character class", at: source.length };
    if (char === "]" && !first) break;
    const item = readItem(source, i);
    if ("fault" in item) return item;
    const next = source[item.end];
    if (item.set !== undefined) {
      addSet(members, item.set, item.inverted);
      i = item.end;
      continue;
    }
    last = item.code;
    i = item.end;
    if (next === "-" && source[i + 1] !== "]" && source[i + 1] !== undefined) {
      const upper = readItem(source, i + 1);
      if ("fault" in upper) return upper;
      if (upper.set === undefined) {
        if (upper.code < last) return { fault: "range out of order in character class", at: upper.end };
        for (let code = last; code <= upper.code; code++) members[code] = 1;
        i = upper.end;
        continue;
      }
    }
    members[last] = 1;
  }
  if (ignoreCase) fold(members);
  return { text: print(members, negated), end: i + 1 };
}

type Item =
  | { readonly code: number; readonly set: undefined; readonly inverted: false; readonly end: number }
  | { readonly code: -1; readonly set: string; readonly inverted: boolean; readonly end: number }
  | { readonly fault: string; readonly at: number };

function one(code: number, end: number): Item {
  return { code: code & 255, set: undefined, inverted: false, end };
}

function readItem(source: string, at: number): Item {
  const char = source[at]!;
  if (char === "[") {
    const named = /^\[:(\^?)([a-z]+):\]/.exec(source.slice(at, at + 16));
    if (named === null) return one(0x5b, at + 1);
    const set = posix[named[2] ?? ""];
    if (set === undefined) return { fault: "unknown POSIX class name", at };
    return { code: -1, set, inverted: named[1] === "^", end: at + named[0].length };
  }
  if (char !== "\\") return one(char.charCodeAt(0), at + 1);
  const next = source[at + 1];
  if (next === undefined) return { fault: "\\ at end of pattern", at: at + 1 };
  const set = shorthand[next.toLowerCase()];
  if (set !== undefined) return { code: -1, set, inverted: next < "a", end: at + 2 };
  const fixed = control[next];
  if (fixed !== undefined) return one(fixed, at + 2);
  const code = /^(?:x\{([0-9a-fA-F]{1,2})\}|x([0-9a-fA-F]{0,2})|([0-7]{1,3})|c([ -~]))/.exec(
    source.slice(at + 1, at + 8),
  );
  if (code !== null) {
    const end = at + 1 + code[0].length;
    if (code[4] !== undefined) return one(code[4].toUpperCase().charCodeAt(0) ^ 64, end);
    const hex = code[1] ?? code[2];
    return one(Number.parseInt((hex ?? code[3]) || "0", hex === undefined ? 8 : 16), end);
  }
  if (/[a-zA-Z]/.test(next)) return { fault: "unrecognized character follows \\", at: at + 1 };
  return one(next.charCodeAt(0), at + 2);
}

function addSet(members: Uint8Array, set: string, inverted: boolean): void {
  const test = new RegExp(`[${set}]`);
  for (let code = 0; code < 256; code++) if (test.test(String.fromCharCode(code)) !== inverted) members[code] = 1;
}

function fold(members: Uint8Array): void {
  for (let code = 0x41; code <= 0x5a; code++) {
    const either = members[code]! | members[code + 32]!;
    members[code] = either;
    members[code + 32] = either;
  }
}

function print(members: Uint8Array, negated: boolean): string {
  let text = negated ? "[^" : "[";
  for (let code = 0; code < 256; code++) {
    if (members[code] === 0) continue;
    let end = code;
    while (end < 255 && members[end + 1] === 1) end++;
    text += escapeMember(code);
    if (end > code) text += (end > code + 1 ? "-" : "") + escapeMember(end);
    code = end;
  }
  return `${text}]`;
}

function escapeMember(code: number): string {
  const char = String.fromCharCode(code);
  return /[0-9A-Za-z_]/.test(char) ? char : `\\x${code.toString(16).padStart(2, "0")}`;
}

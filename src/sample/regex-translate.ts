// Owns the token by token translation of a PCRE2 pattern (see `regex.ts`). Case-insensitive letters become classes of both cases, so that inline
// options cost nothing and folding stays ASCII; atomic groups and possessive quantifiers become a lookahead with a back-reference.

import { parseClass } from "./regex-class.ts";

interface Options {
  ignoreCase: boolean;
  dotAll: boolean;
  multiline: boolean;
  extended: boolean;
}

/** How deep groups may nest. */
const depthLimit = 200;

/** The longest pattern. */
const lengthLimit = 65_536;

/** One translation. */
export class RegexTranslator {
  /** The reference's sentence once something was refused. */
  fault = "";
  /** Platform number of each PCRE group; entry 0 is the whole match. */
  readonly groups: number[] = [0];
  readonly #source: string;
  /** What "^" becomes. */
  readonly #start: string;
  readonly #lineStart: string;
  readonly #names = new Map<string, number>();
  #at = 0;
  #depth = 0;
  readonly #capturing: boolean;
  /** Capturing groups opened so far on the platform's side, those of atomic groups included. */
  #captures = 0;
  #options: Options;
  /** Places where the platform's number of a PCRE group that was not open yet must stand. */
  #forward = false;

  constructor(source: string, ignoreCase: boolean, captures: boolean, behind = false) {
    this.#start = behind ? "(?!)" : "^";
    this.#lineStart = behind ? "(?<=\\n)" : "(?<![^\\n])";
    this.#capturing = captures;
    this.#source = source;
    this.#options = { ignoreCase, dotAll: false, multiline: false, extended: false };
  }

  /** The platform's pattern, or undefined with {@link fault} set. */
  run(): string | undefined {
    if (this.#source.length > lengthLimit) return this.#refuse("pattern is too long", lengthLimit);
    const body = this.#alternatives();
    if (body === undefined) return undefined;
    if (this.#at < this.#source.length) return this.#refuse("unmatched closing parenthesis", this.#at);
    if (this.#forward) return this.#unsupported("a reference to a group that comes later");
    return body;
  }

  #refuse(why: string, offset: number): undefined {
    if (this.fault === "") this.fault = `regex '${this.#source}' is invalid (error=${why}, erroffset=${offset})`;
    return undefined;
  }

  #unsupported(what: string): undefined {
    if (this.fault === "") this.fault = `regex '${this.#source}' uses ${what}, which is not supported yet`;
    return undefined;
  }

  /** Everything up to the closing parenthesis of the group, or to the end. Options set inside end with it. */
  #alternatives(): string | undefined {
    if (++this.#depth > depthLimit) return this.#refuse("parentheses are too deeply nested", this.#at);
    const saved = { ...this.#options };
    let out = "";
    while (this.#at < this.#source.length && this.#source[this.#at] !== ")") {
      if (this.#source[this.#at] === "|") {
        this.#at++;
        out += "|";
        continue;
      }
      const piece = this.#quantified();
      if (piece === undefined) return undefined;
      out += piece;
    }
    this.#options = saved;
    this.#depth--;
    return out;
  }

  #quantified(): string | undefined {
    const before = this.#captures;
    const groupsBefore = this.groups.length;
    const start = this.#at;
    const atom = this.#atom();
    if (atom === undefined || atom === "") return atom;
    this.#skipExtended();
    const quantifier = this.#quantifier();
    if (quantifier === "") return atom;
    if (assertion.test(this.#source.slice(start, start + 3))) {
      // The platform does not repeat lookbehinds or anchors; PCRE does, to no use.
      return quantifier.startsWith("*") || quantifier.startsWith("?") || quantifier.startsWith("{0")
        ? `(?:${atom})?`
        : atom;
    }
    if (!quantifier.endsWith("+") || quantifier === "+") return atom + quantifier;
    return this.#atomic(atom + quantifier.slice(0, -1), before, groupsBefore);
  }

  /** `(?>…)`: what matched is kept. The new capture stands before those inside of `body`, which all move up by one. */
  #atomic(body: string, capturesBefore: number, groupsBefore: number): string | undefined {
    if (/\\[1-9]/.test(body) && this.#captures > capturesBefore) {
      return this.#unsupported("a back-reference inside an atomic group");
    }
    for (let i = groupsBefore; i < this.groups.length; i++) this.groups[i] = this.groups[i]! + 1;
    this.#captures++;
    return `(?:(?=(${body}))\\${capturesBefore + 1}(?:))`;
  }

  #quantifier(): string {
    const match = /^(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})[+?]?/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (match === null) return "";
    this.#at += match[0].length;
    return match[0].replace("{,", "{0,");
  }

  #skipExtended(): void {
    if (!this.#options.extended) return;
    for (;;) {
      const char = this.#source[this.#at];
      if (char !== undefined && " \t\n\r\f\v".includes(char)) this.#at++;
      else if (char === "#") {
        const end = this.#source.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.#source.length : end + 1;
      } else return;
    }
  }

  #atom(): string | undefined {
    this.#skipExtended();
    const char = this.#source[this.#at];
    if (char === undefined || char === ")" || char === "|") return "";
    switch (char) {
      case "(":
        return this.#group();
      case "[":
        return this.#class();
      case "\\":
        return this.#escape();
      case ".":
        this.#at++;
        return this.#options.dotAll ? "[^]" : "[^\\n]";
      case "^":
        this.#at++;
        return this.#options.multiline ? this.#lineStart : this.#start;
      case "$":
        this.#at++;
        return this.#options.multiline ? "(?![^\\n])" : "(?=\\n?$)";
      case "*":
      case "+":
      case "?":
        return this.#refuse("quantifier does not follow a repeatable item", this.#at + 1);
      default:
        this.#at++;
        return this.#literal(char.charCodeAt(0));
    }
  }

  #literal(code: number): string {
    const char = String.fromCharCode(code);
    if (this.#options.ignoreCase && /[a-zA-Z]/.test(char)) return `[${char.toLowerCase()}${char.toUpperCase()}]`;
    if (/[a-zA-Z0-9 _\-/:;,<>=~@%&"'`!#]/.test(char)) return char;
    return code < 0x20 || code > 0x7e ? `\\x${code.toString(16).padStart(2, "0")}` : `\\${char}`;
  }

  #class(): string | undefined {
    const parsed = parseClass(this.#source, this.#at, this.#options.ignoreCase);
    if ("fault" in parsed) return this.#refuse(parsed.fault, parsed.at);
    this.#at = parsed.end;
    return parsed.text;
  }

  #group(): string | undefined {
    const rest = this.#source.slice(this.#at, this.#at + 80);
    if (rest.startsWith("(?#")) {
      const end = this.#source.indexOf(")", this.#at);
      if (end < 0) return this.#refuse("missing ) after (?# comment", this.#source.length);
      this.#at = end + 1;
      return "";
    }
    const plain = /^\((\?:|\?=|\?!|\?<=|\?<!)/.exec(rest);
    if (plain !== null) return this.#close(`(${plain[1]}`, plain[0].length);
    const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
    if (named !== null) {
      this.#names.set(named[1] ?? named[2] ?? "", this.groups.length);
      return this.#capture(named[0].length);
    }
    if (rest.startsWith("(?>")) {
      const before = this.#captures;
      const groupsBefore = this.groups.length;
      const body = this.#close("(?:", 3);
      return body === undefined ? undefined : this.#atomic(body, before, groupsBefore);
    }
    const options = /^\(\?([imsx]*)(?:-([imsx]+))?([:)])/.exec(rest);
    if (options !== null) return this.#inlineOptions(options);
    if (rest.startsWith("(?") || rest.startsWith("(*")) return this.#unsupported(`'${rest.slice(0, 4)}'`);
    return this.#capturing ? this.#capture(1) : this.#close("(?:", 1);
  }

  #capture(skip: number): string | undefined {
    this.groups.push(++this.#captures);
    return this.#close("(", skip);
  }

  #close(open: string, skip: number): string | undefined {
    this.#at += skip;
    const body = this.#alternatives();
    if (body === undefined) return undefined;
    if (this.#source[this.#at] !== ")") return this.#refuse("missing closing parenthesis", this.#source.length);
    this.#at++;
    return `${open}${body})`;
  }

  #inlineOptions(match: RegExpExecArray): string | undefined {
    const saved = { ...this.#options };
    this.#set(match[1] ?? "", true);
    this.#set(match[2] ?? "", false);
    if (match[3] === ")") {
      this.#at += match[0].length;
      return "";
    }
    const body = this.#close("(?:", match[0].length);
    this.#options = saved;
    return body;
  }

  #set(letters: string, value: boolean): void {
    for (const letter of letters) {
      if (letter === "i") this.#options.ignoreCase = value;
      else if (letter === "s") this.#options.dotAll = value;
      else if (letter === "m") this.#options.multiline = value;
      else this.#options.extended = value;
    }
  }

  #escape(): string | undefined {
    const rest = this.#source.slice(this.#at + 1, this.#at + 80);
    const char = rest[0];
    if (char === undefined) return this.#refuse("\\ at end of pattern", this.#source.length);
    const simple = simpleEscapes[char];
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    if (char === "Q") return this.#quoted();
    const reference = /^(?:g\{?(-?\d+)\}?|g\{([A-Za-z_]\w*)\}|k[{<']([A-Za-z_]\w*)[}>']|([1-9]\d?))/.exec(rest);
    if (reference !== null) return this.#reference(reference);
    const code = /^(?:x\{([0-9a-fA-F]{1,2})\}|x([0-9a-fA-F]{0,2})|(0[0-7]{0,2})|o\{([0-7]{1,3})\}|c([ -~]))/.exec(rest);
    if (code !== null) {
      this.#at += 1 + code[0].length;
      if (code[5] !== undefined) return this.#literal(code[5].toUpperCase().charCodeAt(0) ^ 64);
      const hex = code[1] ?? code[2];
      return this.#literal(Number.parseInt((hex ?? code[3] ?? code[4]) || "0", hex === undefined ? 8 : 16) & 255);
    }
    if (/[a-zA-Z0-9]/.test(char)) {
      if ("pPXKGCR".includes(char)) return this.#unsupported(`'\\${char}'`);
      return this.#refuse("unrecognized character follows \\", this.#at + 2);
    }
    this.#at += 2;
    return this.#literal(char.charCodeAt(0));
  }

  #quoted(): string {
    const start = this.#at + 2;
    const found = this.#source.indexOf("\\E", start);
    const end = found < 0 ? this.#source.length : found;
    this.#at = found < 0 ? end : end + 2;
    let out = "";
    for (let i = start; i < end; i++) out += this.#literal(this.#source.charCodeAt(i));
    return out === "" ? "" : `(?:${out})`;
  }

  #reference(match: RegExpExecArray): string | undefined {
    this.#at += 1 + match[0].length;
    const name = match[2] ?? match[3];
    let group = name === undefined ? Number(match[1] ?? match[4]) : (this.#names.get(name) ?? 0);
    if (group < 0) group += this.groups.length;
    const target = this.groups[group];
    if (target === undefined || group === 0) {
      if (!this.#capturing) return this.#refuse("reference to non-existent subpattern", this.#at);
      this.#forward = true;
      return "";
    }
    if (this.#options.ignoreCase) return this.#unsupported("a back-reference under (?i)");
    return `\\${target}(?:)`;
  }
}

/** Atoms that match a place and not a character. */
const assertion = /^(?:\^|\$|\(\?[=!]|\(\?<[=!]|\\[AzZbB])/;

const simpleEscapes: Readonly<Record<string, string>> = {
  d: "[0-9]",
  D: "[^0-9]",
  w: "[0-9A-Za-z_]",
  W: "[^0-9A-Za-z_]",
  s: "[\\t-\\r ]",
  S: "[^\\t-\\r ]",
  h: "[\\t \\xa0]",
  H: "[^\\t \\xa0]",
  v: "[\\n-\\r\\x85]",
  V: "[^\\n-\\r\\x85]",
  N: "[^\\n]",
  R: "(?:\\r\\n|[\\n-\\r\\x85])",
  b: "\\b",
  B: "\\B",
  A: "(?<![^])",
  z: "(?![^])",
  Z: "(?=\\n?(?![^]))",
  n: "\\n",
  r: "\\r",
  t: "\\t",
  f: "\\f",
  a: "\\x07",
  e: "\\x1b",
  E: "",
};
